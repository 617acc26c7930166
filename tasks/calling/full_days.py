"""Days that a text says in full, with their year."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from divisi.tasks.calling.hours import Place
from divisi.tasks.calling.months import MONTH, NAMES, YEAR, number_of_month
from divisi.tasks.calling.numerals import ORDINALS

_TEENS = "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
NTH = {
    **{word: number for number, word in enumerate((*ORDINALS.split(), *_TEENS.split()), 1)},
    **{f"twenty-{word}": number for number, word in enumerate(ORDINALS.split()[:9], 21)},
    **{"thirtieth": 30, "thirty-first": 31},
}
WORDS = "|".join(word.replace("-", "[- ]") for word in sorted(NTH, key=len, reverse=True))
DAY = rf"(?P<day>\d{{1,2}}(?:st|nd|rd|th)?|{WORDS})"
OVER_12 = r"(?P<day>1[3-9]|2\d|3[01])"
EDGE = r"(?P<edge>end|last day|last|beginning|start) of"
FEASTS = {
    **{"christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26)},
    **{"new year's eve": (12, 31), "new year's day": (1, 1), "new year's": (1, 1), "new year": (1, 1)},
    **{"valentine's day": (2, 14), "halloween": (10, 31)},
}
FEAST = "(?P<feast>" + "|".join(FEASTS).replace("'", "['’]") + ")"
IN_FULL = tuple(
    re.compile(rf"\b(?=[\da-fhj-osntv])(?<![\w.])(?<![a-z]-){pattern}(?![\w-])", re.IGNORECASE)
    for pattern in (
        rf"{DAY}(?: of)? {MONTH},? {YEAR}",
        rf"(?<!\d-){MONTH} (?:the )?{DAY},? {YEAR}",
        rf"(?<!\d-){YEAR}(?P<sign>[-/])(?P<month>\d{{1,2}})(?P=sign)(?P<day>\d{{1,2}})(?:T[\d:]+Z?)?",
        rf"(?<!\d-)(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.{YEAR}",
        rf"(?<![\d/-]){OVER_12}/(?P<month>\d{{1,2}})/{YEAR}",
        rf"(?<![\d/-])(?P<month>\d{{1,2}})/{OVER_12}/{YEAR}",
        rf"{EDGE} {MONTH},? {YEAR}",
        rf"{FEAST},? {YEAR}",
    )
)
"""Forms that can be meant in one way alone: 04/03/2026 is left to the reader."""
YEAR_SAID = re.compile(r"\d{4}")
ANY_MONTH = rf"(?:{NAMES})\b"


def in_full(text: str) -> Iterator[tuple[Place, date]]:
    """The days that a text says with their year."""
    if YEAR_SAID.search(text) is None:
        return
    for pattern in IN_FULL:
        for match in pattern.finditer(text):
            day = day_said(match, int(match["year"]))
            if day is not None:
                yield match.span(), day


def day_said(match: re.Match[str], year: int) -> date | None:
    """The day of a year that the groups of a match name: feast, or month with day or edge."""
    said = match.groupdict()
    if said.get("feast"):
        return dated(year, *FEASTS[said["feast"].lower().replace("’", "'")])
    month = number_of_month(said["month"])
    if said.get("edge"):
        last = said["edge"].lower() in ("end", "last day", "last")
        return dated(year, month, monthrange(year, month)[1] if last and year else 1)
    return dated(year, month, number_of_day(said["day"]))


def number_of_day(text: str) -> int:
    """3 for "3", "3rd" and "third"."""
    return NTH.get(text.lower().replace(" ", "-")) or int(re.sub(r"\D", "", text) or 0)


def dated(year: int, month: int, day: int) -> date | None:
    """A day; None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
