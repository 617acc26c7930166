"""Days that a text says, in ISO 8601's form.

A day without its year, or a number that ends or begins a range of days, is completed from the nearest day that the text
says in full, from the only year that it says, or from today where that is told.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from divisi.tasks.calling.clocks import Calendar, clocks_of, gap, time_near
from divisi.tasks.calling.full_days import ANY_MONTH, DAY, EDGE, FEAST, dated, day_said, in_full, number_of_day
from divisi.tasks.calling.hours import Place
from divisi.tasks.calling.months import MONTH, NAME, year_stated
from divisi.tasks.calling.near_days import near_days

Days = Mapping[Place, date]
TO = r"(?: (?:to|and|until|till|through|up to) | ?[-–] ?)(?:the )?"
TO_HERE = re.compile(TO, re.IGNORECASE)
OTHER_DAY = DAY.replace("?P<day>", "?:")
WITH_MONTH = tuple(
    re.compile(rf"(?<![\w.:])(?<![a-z\d]-){pattern}(?![\w-]|:\d)", re.IGNORECASE)
    for pattern in (
        rf"{DAY}(?: of)? {MONTH}(?P<which> (?:next|this|last) year)?",
        rf"{MONTH} (?:the )?{DAY}(?P<which> (?:next|this|last) year)?",
        rf"{EDGE} {MONTH}(?P<which> (?:next|this|last) year)?",
        FEAST,
    )
)
FIRST_OF_RANGE = re.compile(
    rf"(?<![\w.:-]){DAY}(?={TO}{OTHER_DAY}(?: of)? (?P<month>{ANY_MONTH}))(?![\w:])", re.IGNORECASE
)
LAST_OF_RANGE = re.compile(
    rf"(?<!\w)(?P<first>{MONTH} (?:the )?{OTHER_DAY}){TO}(?P<second>{DAY}(?:,? \d{{4}}\b)?)(?![\w:-]| ?{ANY_MONTH})",
    re.IGNORECASE,
)
NTH_ALONE = re.compile(r"(?<![\w.:-])(?P<day>\d{1,2}(?:st|nd|rd|th))(?![\w-]|:\d)", re.IGNORECASE)
SAME = re.compile(r"\bsame day\b", re.IGNORECASE)
YEARS = {"next": 1, "this": 0, "last": -1}


def day_of(text: str) -> str | None:
    """The day that a text says and nothing else, "2026-03-04"; None where it is no day with its year."""
    plain = text.strip().removeprefix("the ")
    return next((day.isoformat() for (start, end), day in in_full(plain) if end - start == len(plain)), None)


def first_day(text: str) -> str | None:
    """A day that a text says in full."""
    return next((day.isoformat() for _, day in in_full(text)), None)


def days_of(text: str, today: str | None = None) -> Calendar:
    """The days that a text says, each with the nearest time that it says; `today` is a day in ISO's form."""
    now = date.fromisoformat(today) if today else None
    found = dict(in_full(text))
    found |= _apart(found, _of_ranges(text, found, now))
    found |= _apart(found, _with_month(text, found, now))
    found |= _apart(found, near_days(text, now)) if now else {}
    found |= _apart(found, _by_number(text, found, now))
    found |= _apart(found, _same(text, found))
    times = {place: time for place, time in clocks_of(text).items() if not any(_overlap(place, day) for day in found)}
    times.update(_inside(text, found))
    return {place: _with_time(day, time_near(times, place)) for place, day in found.items()}


def _apart(found: Days, more: Iterable[tuple[Place, date]]) -> dict[Place, date]:
    """What of more days overlaps no day that is found, nor an earlier one of them."""
    kept: dict[Place, date] = {}
    for place, day in more:
        if not any(_overlap(place, other) for other in (*found, *kept)):
            kept[place] = day
    return kept


def _inside(text: str, found: Days) -> Iterator[tuple[Place, str]]:
    """The time that stands in a day itself, "2026-03-04T17:45"."""
    for start, end in found:
        match = re.search(r"T(\d\d:\d\d)", text[start:end])
        if match is not None:
            yield (start + match.start(), end), match[1]


def _with_time(day: date, time: str | None) -> str:
    return f"{day.isoformat()}T{time}:00" if time else day.isoformat()


def _overlap(one: Place, other: Place) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _of_ranges(text: str, found: Days, today: date | None) -> Iterator[tuple[Place, date]]:
    """The days of a range that share a month: "3 to 9 May", "May 3-9, 2026"."""
    if NAME.search(text) is None:
        return
    for match in FIRST_OF_RANGE.finditer(text):
        day = _completed(text, match, match.span("day"), found, today)
        if day is not None:
            yield match.span("day"), day
    for match in LAST_OF_RANGE.finditer(text):
        year = re.search(r"\d{4}$", match["second"])
        last = day_said(match, int(year[0])) if year else _completed(text, match, match.span("second"), found, today)
        first = last and dated(last.year, last.month, number_of_day(match["first"].split()[-1]))
        for part, day in (("first", first), ("second", last)):
            if day is not None:
                yield match.span(part), day


def _with_month(text: str, found: Days, today: date | None) -> Iterator[tuple[Place, date]]:
    for pattern in WITH_MONTH:
        for match in pattern.finditer(text):
            which, end = match.groupdict().get("which"), match.start() + len(match.group().rstrip(". "))
            place = (match.start(), match.start("which") if which else end)
            if which and today:
                day = day_said(match, today.year + YEARS[which.split()[0].lower()])
            else:
                day = _completed(text, match, place, found, today)
            if day is not None:
                yield place, day


def _by_number(text: str, found: Days, today: date | None) -> Iterator[tuple[Place, date]]:
    """Days of which their number alone is said: of the month of the nearest day, else the next such day."""
    for match in NTH_ALONE.finditer(text):
        number, near = number_of_day(match["day"]), _nearest(found, match.span())
        known = found[near] if near else today
        if known is None:
            continue
        passed = number < known.day and (near is None or _ends_range(text, near, match.span()))
        month = known.month + passed
        day = dated(known.year + month // 13, (month - 1) % 12 + 1, number)
        if day is not None:
            yield match.span(), day


def _same(text: str, found: Days) -> Iterator[tuple[Place, date]]:
    for match in SAME.finditer(text):
        before = max((place for place in found if place[1] <= match.start()), default=None)
        if before is not None:
            yield match.span(), found[before]


def _completed(text: str, match: re.Match[str], place: Place, found: Days, today: date | None) -> date | None:
    """A day of a month in the year of the nearest day in full, the year that the text states, or the next such day."""
    near, stated = _nearest(found, place), year_stated(text)
    if near is not None:
        day = day_said(match, found[near].year)
        early = day is not None and _ends_range(text, near, place) and day < found[near]
        late = day is not None and _ends_range(text, place, near) and day > found[near]
        return day_said(match, found[near].year + early - late)
    if stated:
        return day_said(match, int(stated))
    day = day_said(match, today.year) if today else None
    return day_said(match, day.year + 1) or day if day and today and day < today else day


def _nearest(found: Days, place: Place) -> Place | None:
    return min(found, key=lambda other: gap(other, place), default=None)


def _ends_range(text: str, first: Place, last: Place) -> bool:
    """Whether a word like "until" and nothing else stands between two places."""
    return TO_HERE.fullmatch(text, first[1], last[0]) is not None if first[1] <= last[0] else False
