"""The sizes that a text about a series says, each where it stands: "40%", "x1.5", "1,200", "a third", "closed".

What a size is of (a change, a level, a bound, nothing at all) is for others to decide: readings.py.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from divisi.tasks.calling.numerals import CARDINALS, SCALES, number_said
from divisi.tasks.forecasting.magnitudes import NOTHING

KINDS = ("percent", "times", "plain", "part", "multiple", "nothing")
"""percent: 40 of "40%". times: 1.5 of "x1.5". plain: 1200 of "1,200 boxes". part: 0.333 of "a third". multiple: 2 of
"double". nothing: 0 of "closed"."""

_DIGITS = r"\d{1,3}(?:[,'’\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+"
_SCALE = r"(?:\s?(?P<scale>k|m|mn|bn|mio\.?|thousand|million|billion)\b)?"
DIGITS = re.compile(
    rf"(?<![\w.,])(?P<sign>[-+−–](?=\d))?(?P<times>[x×]\s?)?(?P<digits>{_DIGITS}){_SCALE}"
    r"(?P<mark>\s?(?:%|per ?cent\b|pct\b|percent\b)|\s?(?:x|×|times)(?!\w)|-?fold\b)?",
    re.IGNORECASE,
)
MULTIPLES: tuple[tuple[str, float], ...] = (
    (r"(?:twice|double) and a half", 2.5),
    (r"half as (?:many|much) again|half again", 1.5),
    (r"doubl\w*|twice|two-?fold", 2.0),
    (r"tripl\w*|trebl\w*|thrice|three-?fold", 3.0),
    (r"quadrupl\w*|four-?fold", 4.0),
)
PARTS: tuple[tuple[str, float], ...] = (
    (r"three[- ]quarters?", 0.75),
    (r"two[- ]thirds?", 2 / 3),
    (r"two[- ]fifths?", 0.4),
    (r"three[- ]fifths?", 0.6),
    (r"four[- ]fifths?", 0.8),
    (r"halv\w+|half", 0.5),
    (r"(?:an?|one) third", 1 / 3),
    (r"(?:an?|one) quarter", 0.25),
    (r"(?:an?|one) fifth", 0.2),
    (r"(?:an?|one) sixth", 1 / 6),
    (r"(?:an?|one) eighth", 0.125),
    (r"(?:an?|one) tenth", 0.1),
)
WORD = re.compile(r"[a-z]+", re.IGNORECASE)
AFTER_WORDS = re.compile(r"\s?(?:(?P<percent>%|per ?cent\b|percent\b)|(?P<times>times\b|-?fold\b))", re.IGNORECASE)
SCALE_OF = {"k": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "bn": 1e9, "thousand": 1e3, "million": 1e6, "billion": 1e9}


@dataclass(frozen=True, slots=True)
class SaidSize:
    """A size where a text says it.

    Attributes:
        first, last: its characters in the text.
        value: with the sign that stands before it, "+40%" and "-40%" being 40 and -40.
        kind: one of KINDS.
        signed: whether a sign stands before it.
    """

    first: int
    last: int
    value: float
    kind: str
    signed: bool = False


def said_sizes(text: str, without: Sequence[tuple[int, int]] = ()) -> tuple[SaidSize, ...]:
    """The sizes of a text in order, none over another.

    Args:
        text: as it stands.
        without: the places of other things, such as times, in which nothing is a size.
    """
    taken = list(without)
    found: list[SaidSize] = []
    for size in (*_in_digits(text), *_in_patterns(text), *_in_words(text), *_nothings(text)):
        if not any(size.first < last and first < size.last for first, last in taken):
            found.append(size)
            taken.append((size.first, size.last))
    return tuple(sorted(found, key=lambda size: size.first))


def _in_digits(text: str) -> Iterator[SaidSize]:
    for match in DIGITS.finditer(text):
        digits, mark = match["digits"], (match["mark"] or "").strip().casefold()
        plain = re.sub(r"[,'’\u00a0\u202f](?=\d{3}(?!\d))", "", digits).replace(",", ".")
        value = float(plain) * SCALE_OF.get((match["scale"] or "").casefold().rstrip("."), 1.0)
        percent = mark.startswith(("%", "p"))
        kind = "percent" if percent else "times" if mark or match["times"] else "plain"
        sign = -1.0 if match["sign"] in ("-", "−", "–") else 1.0
        yield SaidSize(match.start(), match.end(), round(sign * value, 9), kind, match["sign"] is not None)


def _in_patterns(text: str) -> Iterator[SaidSize]:
    for kind, table in (("multiple", MULTIPLES), ("part", PARTS)):
        for pattern, value in table:
            for match in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
                yield SaidSize(match.start(), match.end(), value, kind)


def _in_words(text: str) -> Iterator[SaidSize]:
    """Runs of number words: "twenty-five", "two thousand five hundred"."""
    run: list[re.Match[str]] = []
    for match in [*WORD.finditer(text), None]:
        word = match.group().casefold() if match else ""
        joined = not run or not text[run[-1].end() : match.start()].strip(" -") if match else False
        if match and joined and (word in CARDINALS or word in SCALES or (run and word == "and")):
            run.append(match)
            continue
        if run:
            yield from _said(text, run)
        run = [match] if match and word in CARDINALS else []


def _said(text: str, run: list[re.Match[str]]) -> Iterator[SaidSize]:
    while run and run[-1].group().casefold() == "and":
        run.pop()
    if not run:
        return
    first, last = run[0].start(), run[-1].end()
    value = number_said(text[first:last])
    if value is not None:
        after = AFTER_WORDS.match(text, last)
        kind = "plain" if after is None else "percent" if after["percent"] else "times"
        yield SaidSize(first, last if after is None else after.end(), value, kind)


def _nothings(text: str) -> Iterator[SaidSize]:
    for match in re.finditer(NOTHING.pattern, text, re.IGNORECASE):
        yield SaidSize(match.start(), match.end(), 0.0, "nothing")
