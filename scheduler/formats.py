"""The alarm of the echo chamber: training on one form of answers until no other is left, without getting better at it.

The form of an answer is told by a string rule. The alarm sounds when the entropy of the shares of the forms has halved,
and the answers of the form that survives are no better than the answers of that form were before.

Source: Echo Chamber 2504.07912 (one form wins within an epoch of training, known by a string rule).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from statistics import fmean
from typing import Literal

from divisi.scheduler.learner import Behaviour

Format = Literal["json", "call", "xml", "prose"]

RULES: Mapping[Format, re.Pattern[str]] = {
    "json": re.compile(r"\s*[\[{\"].*[\]}\"]\s*", re.DOTALL),
    "xml": re.compile(r"\s*<(\w+)[^>]*>.*</\1>\s*", re.DOTALL),
    "call": re.compile(r"\s*[A-Za-z_][\w.]*\(.*\)\s*", re.DOTALL),
}
"""The first rule that matches the whole text; prose where none does."""


@dataclass(frozen=True, slots=True)
class Echo:
    """What became of the forms of one task's answers.

    Attributes:
        task: which.
        before, now: form -> its share.
        survivor: the commonest form now.
        gain: change of the mean score inside that form; None where no answer had it before.
        alarm: whether diversity halved for nothing.
    """

    task: str
    before: Mapping[Format, float]
    now: Mapping[Format, float]
    survivor: Format
    gain: float | None
    alarm: bool


def format_of(text: str) -> Format:
    """The form of an answer."""
    for name, rule in RULES.items():
        if rule.fullmatch(text):
            return name
    return "prose"


def format_shares(texts: Iterable[str]) -> dict[Format, float]:
    """Form -> its share, the commonest first."""
    counts = Counter(map(format_of, texts))
    return {name: count / counts.total() for name, count in counts.most_common()}


def diversity(shares: Mapping[Format, float]) -> float:
    """Entropy of shares, in nats: -sum p log p."""
    return -sum(share * log(share) for share in shares.values() if share)


def listen(task: str, before: Behaviour, now: Behaviour) -> Echo:
    """Compare the forms of two behaviours on the same prompts."""
    old, new = format_shares(before.texts), format_shares(now.texts)
    survivor = next(iter(new))
    gain = _gain(survivor, before, now)
    halved = diversity(old) > 0 and diversity(new) <= diversity(old) / 2
    return Echo(task, old, new, survivor, gain, halved and gain is not None and gain <= 0)


def _gain(form: Format, before: Behaviour, now: Behaviour) -> float | None:
    old, new = _scores(form, before), _scores(form, now)
    return fmean(new) - fmean(old) if old and new else None


def _scores(form: Format, behaviour: Behaviour) -> list[float]:
    pairs = zip(behaviour.texts, behaviour.scores, strict=True)
    return [score for text, score in pairs if format_of(text) == form]
