"""Sizes that are written in many ways, in plain digits: "2½", "1'200", "2,4 Mio.", "half a million", "one in eight"."""

import re
import unicodedata
from collections.abc import Callable, Mapping

from divisi.tasks.calling.numerals import ORDINALS, SCALES, TENS, TO_NINETEEN, TO_TEN, number_said

SPACES = re.compile("[\u00a0\u2007\u2009\u202f]")
"""Spaces that do not break, and thin ones, which stand between thousands."""

APOSTROPHES = re.compile(r"(?<=\d)['\u2019](?=\d{3}(?!\d))")
POINTED = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?:,\d+)?(?![\d.,]?\d)")
VULGAR = re.compile(r"(\d+)?\s?([\u00bc-\u00be\u2150-\u215e])")

COUNTS = "|".join(f"{TO_TEN} {TO_NINETEEN} {TENS}".split())
NUMBER = rf"(?:\d+(?:[.,]\d+)?|{COUNTS})"
PART_OF: Mapping[str, float] = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1}
LARGE: Mapping[str, float] = {
    **SCALES,
    **{"tsd": 1e3, "mill": 1e6, "mio": 1e6, "mrd": 1e9, "dozen": 12, "hundreds": 100, "thousands": 1e3},
    **{"millions": 1e6, "billions": 1e9},
}
NTH: Mapping[str, int] = {
    **{word: place for place, word in enumerate(ORDINALS.split(), 1) if place > 2},
    **{"quarter": 4, "fourth": 4, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16},
    **{"twentieth": 20, "fiftieth": 50, "hundredth": 100},
}
"""The word for a part of a whole -> how many such parts there are."""

LARGE_WORD, NTH_WORD, PART_WORD = ("|".join(sorted(words, key=len, reverse=True)) for words in (LARGE, NTH, PART_OF))
REWRITTEN: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (SPACES, lambda _: " "),
    (re.compile(r"(?<=\d)[.,]00?(?!\d)"), lambda _: ""),
    (APOSTROPHES, lambda _: ","),
    # "1.200" may also be a decimal: both are said.
    (POINTED, lambda match: f"{match[0]} {_plain(match[0].replace('.', '').replace(',', '.'))}"),
    (VULGAR, lambda match: f" {_plain(int(match[1] or 0) + unicodedata.numeric(match[2]))} "),
    (
        re.compile(rf"\b({NUMBER}) and an? ({PART_WORD}) ({LARGE_WORD})\b"),
        lambda match: _plain((_number(match[1]) + PART_OF[match[2]]) * LARGE[match[3]]),
    ),
    (
        re.compile(rf"\b(?:(an?|{NUMBER})[ -])?({PART_WORD})s? (?:of )?(?:an? )?({LARGE_WORD})\b"),
        lambda match: _plain(_number(match[1] or "a") * PART_OF[match[2]] * LARGE[match[3]]),
    ),
    (
        re.compile(rf"(?<![\w.,])({NUMBER})[ -]?(dozen|mio|mill|mrd|tsd)\b\.?"),
        lambda match: _plain(_number(match[1]) * LARGE[match[2]]),
    ),
    (re.compile(rf"(?<![\w.,])({NUMBER})[ -]?fold\b"), lambda match: f"x {_plain(_number(match[1]))}"),
    (
        re.compile(rf"(?<![\w.,])({NUMBER}|[a-z]+[ -][a-z]+) (?:basis points?|bps?)\b"),
        lambda match: match[0] if _read(match[1]) is None else f"{_plain(_number(match[1]) / 100)}%",
    ),
    (
        re.compile(rf"\b(an?|{NUMBER})[ -]({NTH_WORD})s?\b"),
        lambda match: f"{match[0]} {_plain(_number(match[1]) / NTH[match[2]])}",
    ),
    (
        re.compile(rf"(?<![\w.,])({NUMBER}) (?:in|out of)(?: every)? ({NUMBER})\b"),
        lambda match: f"{match[0]} {_share(match)}",
    ),
    (re.compile(rf"\bevery ({NTH_WORD})\b"), lambda match: f"{match[0]} {_plain(1 / NTH[match[1]])}"),
)
"""What is written -> the same in digits, in this order; where it can be meant in two ways, both stand there."""


def in_digits(folded: str) -> str:
    """A case-folded text with such sizes in digits: "half a million" is 500000 and neither 0.5 nor a million."""
    for pattern, write in REWRITTEN:
        folded = pattern.sub(write, folded)
    return folded


def _share(match: re.Match[str]) -> str:
    part, whole = _number(match[1]), _number(match[2])
    return _plain(part / whole) if 0 < part < whole else ""


def _number(text: str) -> float:
    value = _read(text)
    return 1.0 if value is None else value


def _read(text: str) -> float | None:
    return number_said(text.replace(",", ".")) if text[0].isdigit() else number_said(text)


def _plain(value: float | str) -> str:
    return f"{float(value):.10g}"
