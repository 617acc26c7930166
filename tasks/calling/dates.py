"""Days and clock times that a text says in full, in ISO 8601's form."""

import re
from collections.abc import Iterator
from datetime import date

from divisi.tasks.calling.numerals import MONTHS

NUMBER_OF = {month[:3]: number for number, month in enumerate(MONTHS.split(), 1)}
MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
DAY, YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<year>\d{4})"
DAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:the )?{DAY}(?: of)? {MONTH},? {YEAR}",
        rf"{MONTH} (?:the )?{DAY},? {YEAR}",
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
    )
)
"""Forms that can be meant in one way alone: 04/03/2026 is left to the reader."""
TIME = re.compile(
    r"(?<![\d.:])(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?![\d.:])\s*(?P<half>[ap]\.?m\b\.?)?"
    r"|\b(?P<word>noon|midnight)\b",
    re.IGNORECASE,
)


def day_of(text: str) -> str | None:
    """The day that a text says and nothing else, "2026-03-04"; None where it is no day with its year."""
    for pattern in DAYS:
        match = pattern.fullmatch(text.strip())
        if match is not None:
            return _iso(match)
    return None


def _iso(match: re.Match[str]) -> str | None:
    month = match["month"]
    number = int(month) if month.isdigit() else NUMBER_OF[month[:3].lower()]
    try:
        return date(int(match["year"]), number, int(match["day"])).isoformat()
    except ValueError:
        return None


def time_near(text: str, place: int) -> str | None:
    """The clock time that is said nearest to a place of a text, "04:30"; None where none is said."""
    times = list(_times(text))
    return min(times, key=lambda one: abs(one[0] - place))[1] if times else None


def _times(text: str) -> Iterator[tuple[int, str]]:
    for match in TIME.finditer(text):
        if match["word"]:
            yield match.start(), "12:00" if match["word"].lower() == "noon" else "00:00"
        elif match["minute"] or match["half"]:
            hour, minute = int(match["hour"]), int(match["minute"] or 0)
            if match["half"]:
                hour = hour % 12 + 12 * (match["half"][0].lower() == "p")
            if hour < 24 and minute < 60:
                yield match.start(), f"{hour:02}:{minute:02}"
