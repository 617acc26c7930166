"""Whether a text says the size of an effect, in digits or in words: "down by a third", "doubled", "no buses"."""

import re

from divisi.tasks.calling.numerals import numbers_in
from divisi.tasks.forecasting.effect import Effect

SIZE_WORDS: tuple[tuple[str, float], ...] = (
    (r"doubl\w*|two-?fold|twice", 2.0),
    (r"tripl\w*|trebl\w*|three-?fold|thrice", 3.0),
    (r"quadrupl\w*|four-?fold", 4.0),
    (r"five-?fold|quintupl\w*", 5.0),
    (r"halv\w+|half", 0.5),
    (r"thirds?", 1 / 3),
    (r"two[- ]thirds", 2 / 3),
    (r"quarters?", 0.25),
    (r"three[- ]quarters", 0.75),
    (r"fifths?", 0.2),
    (r"two[- ]fifths", 0.4),
    (r"three[- ]fifths", 0.6),
    (r"four[- ]fifths", 0.8),
    (r"sixths?", 1 / 6),
    (r"eighths?", 0.125),
    (r"tenths?", 0.1),
    (r"two-tenths", 0.2),
    (r"three[- ]tenths", 0.3),
    (r"dozens?", 12.0),
    (r"twice and a half", 2.5),
    (r"half as many again|half as much again|half again", 1.5),
)
"""Words for sizes that numbers_in does not know, or knows as something else (a third: an ordinal)."""

NOTHING = re.compile(
    r"\b(?:no|none|nothing|nobody|not|zero|nil|clos\w+|shut\w*|dead|dark|off|offline|halt\w*|stop\w*|standstill|"
    r"suspend\w*|cancel\w*|void|empty|out of|down|disabled?|without|idle|stand\w* still|blocked|nowhere|never)\b|n't\b"
)
"""Words that say that a series is at zero."""

EVERYTHING = re.compile(r"\b(?:full|sold out|all|every|whole|complete\w*)\b")
TIMES_SIGN = re.compile(r"(?<!\w)([x×])(?=\d)")
TOLERANCE = 0.005


def says_size(effect: Effect, text: str) -> bool:
    """Whether a text says the value of an effect in any of the ways that mean the same.

    Args:
        effect: with a value.
        text: its evidence, or the whole text.
    """
    assert effect.value is not None
    folded = text.casefold()
    said = spoken_numbers(folded)
    if any(_same(size, number) for size in sizes_of(effect) for number in said):
        return True
    if _is_nothing(effect) and NOTHING.search(folded):
        return True
    return effect.unit == "abs" and effect.value == 100 and bool(EVERYTHING.search(folded))


def spoken_numbers(folded: str) -> frozenset[float]:
    """Every number that a case-folded text says, words for sizes included."""
    folded = TIMES_SIGN.sub(r"\1 ", folded)
    words = {value for pattern, value in SIZE_WORDS if re.search(rf"\b(?:{pattern})\b", folded)}
    return numbers_in(folded) | words


def sizes_of(effect: Effect) -> frozenset[float]:
    """The numbers that say the same size: of 1.2 x also 20 (percent), 0.2 and 1.2; signs left out."""
    assert effect.value is not None
    value = float(effect.value)
    if effect.unit not in ("x", "pct"):
        return frozenset({abs(value)})
    factor = value if effect.unit == "x" else 1 + value / 100
    change = factor - 1
    sizes = {abs(value), abs(factor), abs(change), abs(change) * 100, abs(factor) * 100}
    if 0 < factor < 1:
        sizes.add(1 / factor)
    return frozenset(sizes)


def _is_nothing(effect: Effect) -> bool:
    return effect.value == 0 or effect.factor == 0


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other), 1e-9)
