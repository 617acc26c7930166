"""Days that a text says by how far they are from today."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from divisi.tasks.calling.full_days import dated
from divisi.tasks.calling.hours import Place
from divisi.tasks.calling.numerals import number_said

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEAR = {
    **{"day after tomorrow": 2, "day before yesterday": -2, "tomorrow": 1, "yesterday": -1, "today": 0, "tonight": 0},
    **{"this morning": 0, "this afternoon": 0, "this evening": 0, "last night": -1},
}
COUNT = r"(?P<count>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen)"
UNIT = r"(?P<unit>day|week|fortnight|month|year)s?"
DAYS_IN = {"day": 1, "week": 7, "fortnight": 14}
COUNTED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{COUNT} {UNIT} (?:from (?:now|today)|hence)\b",
        rf"\b{COUNT} {UNIT} (?P<past>ago)\b",
        rf"(?:(?<=\bin )|(?<=\bwithin )){COUNT} {UNIT}\b(?! (?:old|or|and|of)\b)",
        r"\b(?:today|tomorrow) (?P<count>a) (?P<unit>week|fortnight)\b",
        r"\b(?P<count>a) (?P<unit>week|fortnight) (?:today|tomorrow)\b",
    )
)
NAMED = re.compile(
    rf"\b(?:(?P<near>{'|'.join(NEAR)})"
    rf"|(?P<when>next |last |this |coming )?(?P<weekday>{'|'.join(WEEKDAYS)})"
    r"|end of (?:the|this) (?P<end>month|year))\b",
    re.IGNORECASE,
)


def near_days(text: str, today: date) -> Iterator[tuple[Place, date]]:
    """The days that a text says by their distance from today or by their weekday, the longer wordings first."""
    for pattern in COUNTED:
        for match in pattern.finditer(text):
            day = _counted(today, match)
            article = match["count"].lower() in ("a", "an") and match.start() == match.start("count")
            if day is not None:
                yield (match.start("unit") if article else match.start(), match.end()), day
    for match in NAMED.finditer(text):
        yield match.span(), _named(today, match)


def _counted(today: date, match: re.Match[str]) -> date | None:
    said = match["count"].lower()
    count = int(1 if said in ("a", "an") else number_said(said) or 0)
    count = -count if match.groupdict().get("past") else count
    unit = match["unit"].lower()
    if unit in DAYS_IN:
        return today + timedelta(days=DAYS_IN[unit] * count + ("tomorrow" in match.group().lower()))
    months = 12 * today.year + today.month - 1 + count * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return dated(year, month, min(today.day, monthrange(year, month)[1]))


def _named(today: date, match: re.Match[str]) -> date:
    if match["near"]:
        return today + timedelta(days=NEAR[match["near"].lower()])
    if match["end"]:
        month = 12 if match["end"].lower() == "year" else today.month
        return date(today.year, month, monthrange(today.year, month)[1])
    ahead = WEEKDAYS.index(match["weekday"].lower()) - today.weekday()
    if (match["when"] or "").strip().lower() == "last":
        return today - timedelta(days=-ahead % 7 or 7)
    return today + timedelta(days=ahead % 7 or 7)
