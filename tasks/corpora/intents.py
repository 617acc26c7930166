"""Utterances with one intent each, made into requests: alone, without their tool, and joined as API-BLEND joins them.

Source of joining: Basu et al., API-BLEND, arXiv 2402.15491 (SeqSNIPS).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked, Kind
from divisi.tasks.calling.turns import says
from divisi.tasks.corpora.offering import name_of, offer, without
from divisi.tasks.subtask import ToolRecord

NONE_SHARE = 0.125
JOINED_SHARE = 0.2
THREE_SHARE = 0.2
PARALLEL_JOINTS = ("{0} and {1}", "{0}. also {1}", "{0}, and {1}", "{0}. {1}", "{0}; {1}", "two things: {0} and {1}")
CHAIN_JOINTS = (
    "first {0}, then {1}",
    "{0} and then {1}",
    "{0}. after that {1}",
    "{0}. next, {1}",
    "{0}, and once that is done {1}",
    "{1}, but before that {0}",
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing said: its text, its intent (None for talk that no function serves), the arguments it gives."""

    id: str
    text: str
    intent: str | None
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The tools of a set.

    Attributes:
        source: the set's name.
        tools: intent -> tool.
        scenarios: intent -> what it is about; tools of one scenario are near misses of each other.
        overlaps: intent -> others that might serve it too, which are left out where it must find no tool.
    """

    source: str
    tools: Mapping[str, ToolRecord]
    scenarios: Mapping[str, str]
    overlaps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def ask(utterances: Sequence[Utterance], catalogue: Catalogue, rng: Random) -> Iterator[Asked]:
    """Each utterance as a request, and one in five joined with one or two of other intents."""
    served = [utterance for utterance in utterances if utterance.intent is not None]
    for utterance in utterances:
        yield _alone(utterance, catalogue, rng)
        if utterance.intent is not None and rng.random() < JOINED_SHARE:
            others = rng.sample(served, 2 if rng.random() < THREE_SHARE else 1)
            if len({other.intent for other in (utterance, *others)}) == 1 + len(others):
                yield _joined((utterance, *others), catalogue, rng)


def _alone(utterance: Utterance, catalogue: Catalogue, rng: Random) -> Asked:
    offered = _offered((utterance,), catalogue, rng)
    if utterance.intent is not None and rng.random() >= NONE_SHARE:
        asked = _asked(utterance, "single", utterance.text, offered, catalogue)
        return replace(asked, calls=_calls((utterance,), catalogue))
    unfit = (utterance.intent, *catalogue.overlaps.get(utterance.intent or "", ()))
    names = [name_of(catalogue.tools[intent]) for intent in unfit if intent is not None]
    return _asked(utterance, "none", utterance.text, without(offered, names), catalogue)


def _joined(utterances: Sequence[Utterance], catalogue: Catalogue, rng: Random) -> Asked:
    kind: Kind = rng.choice(("parallel", "chain"))
    joints = CHAIN_JOINTS if kind == "chain" else PARALLEL_JOINTS
    texts = [utterance.text.rstrip(" .?!") for utterance in utterances]
    text = texts[-1]
    for earlier in reversed(texts[:-1]):
        text = rng.choice(joints if len(texts) == 2 else joints[1:3]).format(earlier, text)
    offered = _offered(utterances, catalogue, rng)
    return replace(_asked(utterances[0], kind, text, offered, catalogue), calls=_calls(utterances, catalogue))


def _offered(utterances: Sequence[Utterance], catalogue: Catalogue, rng: Random) -> tuple[ToolRecord, ...]:
    intents = [utterance.intent for utterance in utterances if utterance.intent is not None]
    needed = [catalogue.tools[intent] for intent in intents]
    scenarios = {catalogue.scenarios[intent] for intent in intents}
    near = [tool for intent, tool in catalogue.tools.items() if catalogue.scenarios[intent] in scenarios]
    return offer(needed, near, list(catalogue.tools.values()), rng)


def _calls(utterances: Sequence[Utterance], catalogue: Catalogue) -> tuple[Call, ...]:
    return tuple(
        Call(name_of(catalogue.tools[utterance.intent]), utterance.arguments)
        for utterance in utterances
        if utterance.intent is not None
    )


def _asked(first: Utterance, kind: Kind, text: str, offered: tuple[ToolRecord, ...], catalogue: Catalogue) -> Asked:
    return Asked(
        id=f"{first.id}/{kind}",
        source=catalogue.source,
        messages=(says("user", text),),
        tools=offered,
        kind=kind,
        group=f"{catalogue.source}/{first.intent or 'talk'}",
    )
