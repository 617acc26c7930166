"""Whether a text says the size of an effect, in digits or in words: "down by a third", "doubled", "no buses"."""

import re

from divisi.tasks.calling.numerals import numbers_in
from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.forecasting.spelling import in_digits

SIZE_WORDS: tuple[tuple[str, float], ...] = (
    (r"doubl\w*|two-?fold|twice", 2.0),
    (r"tripl\w*|trebl\w*|thrice|three-?fold", 3.0),
    (r"quadrupl\w*", 4.0),
    (r"quintupl\w*", 5.0),
    (r"halv\w+|half", 0.5),
    (r"thirds?", 1 / 3),
    (r"quarters?", 0.25),
    (r"fifths?", 0.2),
    (r"sixths?", 1 / 6),
    (r"eighths?", 0.125),
    (r"tenths?", 0.1),
    (r"dozens?", 12.0),
    (r"twice and a half", 2.5),
    (r"half as many again|half as much again|half again", 1.5),
)
"""Words for sizes that numbers_in does not know, or knows as something else (a third: an ordinal)."""

_BOUND = r"(?:more|less|fewer|lower|higher|above|below|over|under|until|before|later|earlier|only|just)\b"
_SIZE = r"(?:(?:by|to|from|about|some|roughly|around|almost|nearly) |an? |one |two |[-−+~]?\d+(?:[.,]\d+)?(?![\d:]))"
NOTHING = re.compile(
    rf"\b(?:no(?! {_BOUND})|none|nothing|nobody|not(?! {_BOUND})|zero|nil|clos\w+|shut\w*|dead|dark|offline|halt\w*|"
    rf"stop\w*|standstill|suspend\w*|cancel\w*|void|empty|out of|disabled?|without|idle|stand\w* still|blocked|nowhere|"
    rf"never|strikes?|striking|walk-?outs?|withdrawn|withdraw\w*|paus\w+|blank|ceas\w+|on (?:a |its |their )?break|"
    rf"(?:takes?|taking|have|has|having) (?:an? |its |their )?(?:[a-z]+ )?(?:break|rest)|"
    rf"impossible|(?<!% )(?<!cent )(?:off|down)(?! {_SIZE}))\b|n't\b(?! {_BOUND})"
)
"""Words that say that a series is at zero; "down 20%" and "no more than 80" do not."""

EVERYTHING = re.compile(r"\b(?:full|sold out|all|every|whole|complete\w*)\b")
ZERO = re.compile(r"(?<![\d.,])0(?![.,]?\d)")
DIVIDED = re.compile(r"fold\b|\btimes\b|\bdivid\w+|\bfactor\b")
TIMES_SIGN = re.compile(r"(?<!\w)([x×])(?=\d)")
PARTED = re.compile(r"\d+(?:[.,]\d+)+")
"""Digits with a mark inside: "2.5" says neither 2 nor 5."""

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
    sizes = sizes_of(effect)
    if effect.factor is not None and 0 < effect.factor < 1 and DIVIDED.search(folded):
        sizes |= {1 / effect.factor}
    if any(_same(size, number) for size in sizes for number in said):
        return True
    if _is_nothing(effect):
        return bool(NOTHING.search(folded) or ZERO.search(folded))
    return effect.unit == "abs" and effect.value == 100 and bool(EVERYTHING.search(folded))


def spoken_numbers(folded: str) -> frozenset[float]:
    """Every number that a case-folded text says, words for sizes included."""
    plain = TIMES_SIGN.sub(r"\1 ", in_digits(folded))
    words = {value for pattern, value in SIZE_WORDS if re.search(rf"\b(?:{pattern})\b", plain)}
    pieces = {float(run) for number in PARTED.findall(plain) for run in re.findall(r"\d+", number)}
    return (numbers_in(plain) - pieces) | numbers_in(PARTED.sub(" ", plain)) | words


def sizes_of(effect: Effect) -> frozenset[float]:
    """The numbers that say the same size: of 1.2 x also 20 (percent), 0.2 and 1.2; signs left out.

    Neither 0, which "no more than" says too, nor the 1 by which 2 x and 0 x change, which every "a" says.
    """
    assert effect.value is not None
    value = float(effect.value)
    if effect.unit not in ("x", "pct"):
        return frozenset({abs(value)} - {0.0})
    factor = value if effect.unit == "x" else 1 + value / 100
    change = factor - 1
    small = {abs(factor), abs(change)} - {1.0}
    return frozenset({abs(value), abs(change) * 100, abs(factor) * 100, *small} - {0.0})


def _is_nothing(effect: Effect) -> bool:
    return effect.value == 0 or effect.factor == 0


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other), 1e-9)
