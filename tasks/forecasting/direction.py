"""Whether plain words beside a size say that it comes on top or goes away: "adds 40", "40 fewer", "down by 40".

    word size       adds 40, brings about 40, loses 40, cuts 40, takes away 40, rises by 40, a loss of 40, plus 40
    size words      40 more, 40 on top, 40 fewer, takes 40 off, 40 are added, 40 are lost

The network of readings.py has seen few such verbs and took "adds 40" for -40. What is not plain is left to it: what is
denied, a level ("rises to 40"), words that say both. The words were written down with the training texts in view: they
stand there beside 290 true changes by hand and 2,045 generated ones, and never say the wrong sign. In the texts for
testing they are right for 29 of 30.
"""

import re
from collections.abc import Sequence

import numpy as np

from divisi.tasks.forecasting.clauses import clause_at, sentences_in
from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.forecasting.said_sizes import SaidSize, said_sizes

CHANGES = ("add", "level_shift", "ramp", "multiply")
SHARES = ("percent", "part")
SIGNS = {1: "+", -1: "-"}

_BETWEEN = (
    r"(?:(?:about|around|some|roughly|nearly|almost|approximately|approx|another|an?|extra|further|additional|yet|exactly"
    r"|only|just|in|back|away|out|off|on|us|them|you|it|me|the|our|its)\W+)*"
)
_VERBS = {
    1: r"add(?:s|ed|ing)?|bring(?:s|ing)?|brought|gain(?:s|ed|ing)?|w[io]n(?:s|ning)?|attract(?:s|ed|ing)?"
    r"|contribut(?:es?|ed|ing)",
    -1: r"los(?:es?|ing|t)|cut(?:s|ting)?|remov(?:es?|ed|ing)|shed(?:s|ding)?|subtract(?:s|ed|ing)?"
    r"|deduct(?:s|ed|ing)?|eliminat(?:es?|ed|ing)|(?:tak(?:es?|ing)|took) (?:away|off|out)|costs? us",
}
"""Verbs whose object is the size."""

_MOVES = {
    1: r"ris(?:es?|ing)|rose|grow(?:s|ing)?|grew|climb(?:s|ed|ing)?|increas(?:es?|ed|ing)|rais(?:es?|ed|ing)"
    r"|lift(?:s|ed|ing)?|boost(?:s|ed|ing)?|jump(?:s|ed|ing)?|(?<!makes )(?<!make )(?<!bring )up|higher",
    -1: r"fall(?:s|ing)?|fell|drop(?:s|ped|ping)?|declin(?:es?|ed|ing)|decreas(?:es?|ed|ing)|lower(?:s|ed|ing)?"
    r"|reduc(?:es?|ed|ing)|shrink(?:s|ing)?|sink(?:s|ing)?|(?<!put )down|fewer|less",
}
"""Words for a move, which is by the size."""

_NOUNS = {
    1: r"gain|increase|rise|addition|growth|plus",
    -1: r"loss|cut|drop|fall|decrease|decline|reduction|minus",
}
_THING = r"(?:[^\s,.;:!?]+ ){0,4}?"
_HAS = r"(?:is|are|get|gets|be|been|was|were) (?:[a-z]+ )?"
_BEHIND = {
    1: rf"(?<!or )more|extra|additional\w*|on top|higher|above|{_HAS}(?:added|gained|won)",
    -1: rf"(?<!or )fewer|(?<!or )less|lower|below|off|away|{_HAS}(?:lost|cut|removed|gone|taken (?:away|off|out))",
}
OBJECT = {sign: re.compile(rf"\b(?:{_VERBS[sign]})\W+{_BETWEEN}$", re.IGNORECASE) for sign in SIGNS}
"""A verb right before its size, the plainest of all."""

BEFORE = {
    sign: re.compile(
        rf"\b(?:(?:{_VERBS[sign]})\W+{_BETWEEN}|(?:{_VERBS[sign]}|{_MOVES[sign]})\b[^.;:!?]*? by\W+{_BETWEEN}"
        rf"|(?:{_MOVES[sign]})\W+|(?:{_NOUNS[sign]})\W+(?:of\W+)?{_BETWEEN})$",
        re.IGNORECASE,
    )
    for sign in SIGNS
}
AFTER = {sign: re.compile(rf"\W*{_THING}(?:{_BEHIND[sign]})\b", re.IGNORECASE) for sign in SIGNS}
LEVEL = re.compile(
    r"\b(?:to|below|above|under|than|until|at|up to|between|from)\W+(?:(?:about|some|around)\W+)?$", re.IGNORECASE
)
BOUND = re.compile(
    r"\b(?:no|not|never|at|exactly|only|fixed|most|least|limit\w*|maximum|minimum|max|min)\b", re.IGNORECASE
)
"""Words that may make a level of the object of a verb: "they bring 400 each day, no less"."""

DENIED = re.compile(
    r"\b(?:not|no|never|without|instead|rather than|nor|neither|stop\w*|cease\w*|forget|scrap\w*)\b|n['’]t\b",
    re.IGNORECASE,
)


def direction_of(text: str, size: SaidSize) -> int | None:
    """1 where a size comes on top, -1 where it goes away, None where the words beside it do not say it plainly."""
    sentence = next((one for one in sentences_in(text) if one.holds(size.first)), None)
    if sentence is None or size.signed:
        return None
    clause = clause_at(text, sentence, size.first)
    before, after = text[clause.first : size.first], text[size.last : clause.last]
    if LEVEL.search(before) or DENIED.search(text[clause.first : clause.last]):
        return None
    if AFTER[-1].match(after):  # whatever the verb: "brings 40 fewer"
        return -1
    said = {sign for sign, pattern in BEFORE.items() if pattern.search(before)}
    said |= {1} if AFTER[1].match(after) else set()
    return said.pop() if len(said) == 1 else None


def is_change(text: str, size: SaidSize) -> bool:
    """Whether a size is the object of a verb that says a change, so that it can be no level: "takes away 40"."""
    direction = direction_of(text, size)
    sentence = next((one for one in sentences_in(text) if one.holds(size.first)), None)
    if direction is None or sentence is None or BOUND.search(text[sentence.first : sentence.last]):
        return False
    return OBJECT[direction].search(text, sentence.first, size.first) is not None


def agreeing(kinds: Sequence[str], chances: np.ndarray, size: SaidSize | None, text: str) -> np.ndarray:
    """Chances of kinds in which those that go against the words beside a size give theirs to the kind that agrees.

    Levels have none where the words say a change.

    Args:
        kinds: of readings.py.
        chances: [kinds]
        size: that is read; None leaves the chances as they are.
        text: in which it stands.
    """
    direction = None if size is None else direction_of(text, size)
    if size is None or direction is None:
        return chances
    agreed = chances.copy()
    if is_change(text, size):
        agreed[[place for place, kind in enumerate(kinds) if kind.endswith("=")]] = 0.0
    for place, kind in enumerate(kinds):
        name, _, form = kind.partition(" ")
        right = _form(form, direction, share=size.kind in SHARES)
        if right != form:
            agreed[kinds.index(f"{name} {right}")] += agreed[place]
            agreed[place] = 0.0
    return agreed


def _form(form: str, direction: int, *, share: bool) -> str:
    """How a size that changes something is meant, given which way it goes."""
    if form in ("+%", "-%") or (form == "x" and share):
        return f"{SIGNS[direction]}%"
    return SIGNS[direction] if form in ("+", "-") else form


def goes_against(effect: Effect, text: str) -> bool:
    """Whether the verb of an effect's evidence says that its size goes the other way: "adds 40" of -40.

    A refusal asks for more than a reading: the size must be the object of a verb, beside which nothing says otherwise.

    Args:
        effect: with its evidence, which stands in the text.
        text: it was read from.
    """
    begin = text.find(effect.evidence)
    change = (effect.value or 0.0) if effect.factor is None else effect.factor - 1
    if effect.type not in CHANGES or not change or begin < 0:
        return False
    sizes = [one for one in said_sizes(text) if begin <= one.first < begin + len(effect.evidence)]
    against = -1 if change > 0 else 1
    own = [one for one in sizes if _is_size_of(one, effect)]
    return bool(own) and all(
        direction_of(text, one) == against and OBJECT[against].search(text, begin, one.first) for one in own
    )


def _is_size_of(size: SaidSize, effect: Effect) -> bool:
    """Whether a said size is the change that an effect makes, its sign left out."""
    if effect.factor is None:
        return size.kind == "plain" and abs(size.value) == abs(effect.value or 0.0)
    percent = abs(size.value) * (100 if size.kind == "part" else 1)
    return size.kind in SHARES and abs(percent - abs(effect.factor - 1) * 100) < 0.5
