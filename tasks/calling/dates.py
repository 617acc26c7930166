"""Days and clock times that a text says, in ISO 8601's form.

A day without its year, or a number that ends or begins a range of days, is completed from the nearest day that the text
says in full, or from today where that is told.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from divisi.tasks.calling.numerals import MONTHS, ORDINALS, TO_TEN, number_said

Calendar = Mapping[tuple[int, int], str]
"""Begin and end in a text -> what is said there."""
NUMBER_OF = {month[:3]: number for number, month in enumerate(MONTHS.split(), 1)}
MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
NTH = {word: number for number, word in enumerate(ORDINALS.split(), 1)}
DAY = rf"(?P<day>\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(NTH)})"
YEAR = r"(?P<year>\d{4})"
DAYS = tuple(
    re.compile(rf"(?<![\w.-]){pattern}(?![\w-])", re.IGNORECASE)
    for pattern in (
        rf"{DAY}(?: of)? {MONTH},? {YEAR}",
        rf"{MONTH} (?:the )?{DAY},? {YEAR}",
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
    )
)
"""Forms that can be meant in one way alone: 04/03/2026 is left to the reader."""
PARTS = tuple(
    re.compile(rf"(?<![\w.:-]){pattern}(?![\w:-])", re.IGNORECASE)
    for pattern in (
        rf"{DAY}(?: of)? {MONTH}",
        rf"{MONTH} (?:the )?{DAY}",
        r"(?P<day>\d{1,2}(?:st|nd|rd|th))",
        r"(?P<day>\d{1,2})(?=(?: to | and | until | till | through | ?[-–] ?)(?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)? "
        rf"{MONTH.replace('?P<month>', '?:')})",
    )
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
RELATIVE = re.compile(
    rf"\b(?:(?P<near>today|tonight|tomorrow|yesterday)|(?P<when>next |last )?(?P<weekday>{'|'.join(WEEKDAYS)}))\b",
    re.IGNORECASE,
)
NEAR = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}
HOUR = rf"\d{{1,2}}|{'|'.join(TO_TEN.split()[1:])}|eleven|twelve"
TIME = re.compile(
    r"(?<![\d.:,$€£])(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?![\d.:,]\d|[\d:])\s*(?P<half>[ap]\.?m\b\.?)?"
    r"|\b(?P<word>noon|midnight)\b"
    rf"|\b(?P<part>half past|(?:quarter|five|ten|twenty|twenty-five)(?: minutes)? (?:past|to)) (?P<whole>{HOUR})\b"
    rf"|\b(?P<clock>{HOUR})(?: o['’]clock|(?= in the (?:morning|afternoon|evening)))",
    re.IGNORECASE,
)
TURN = re.compile(
    rf"\b(?:at|by|from|until|till|before|after|around) (?P<clock>{HOUR})\b"
    r"(?![.:,]?\d|[-–/%]|(?: minutes)? (?:past|to) )",
    re.IGNORECASE,
)
EVENING = re.compile(r".{0,12}\b(?:in the (?:afternoon|evening)|at night|tonight)\b", re.IGNORECASE)
MINUTES = {"half": 30, "quarter": 15}


def day_of(text: str) -> str | None:
    """The day that a text says and nothing else, "2026-03-04"; None where it is no day with its year."""
    plain = text.strip().removeprefix("the ")
    return next((day.isoformat() for (start, end), day in _in_full(plain) if end - start == len(plain)), None)


def first_day(text: str) -> str | None:
    """A day that a text says in full."""
    return next((day.isoformat() for _, day in _in_full(text)), None)


def days_of(text: str, today: str | None = None) -> Calendar:
    """The days that a text says, each with the nearest time that it says; `today` is a day in ISO's form."""
    full = dict(_in_full(text))
    now = date.fromisoformat(today) if today else None
    found = dict(full)
    for place, day in _in_part(text, full, now):
        if not any(start < place[1] and place[0] < end for start, end in found):
            found[place] = day
    return {place: _with_time(text, place[0], day) for place, day in found.items()}


def _with_time(text: str, place: int, day: date) -> str:
    time = time_near(text, place)
    return f"{day.isoformat()}T{time}:00" if time else day.isoformat()


def _in_full(text: str) -> Iterator[tuple[tuple[int, int], date]]:
    for pattern in DAYS:
        for match in pattern.finditer(text):
            day = _day(int(match["year"]), _month(match["month"]), _number(match["day"]))
            if day is not None:
                yield match.span(), day


def _in_part(
    text: str, full: Mapping[tuple[int, int], date], today: date | None
) -> Iterator[tuple[tuple[int, int], date]]:
    for pattern in PARTS:
        for match in pattern.finditer(text):
            near = min(full, key=lambda place: abs(place[0] - match.start()), default=None)
            known = today if near is None else full[near]
            if known is None:
                continue
            month = match.groupdict().get("month")
            day = _day(known.year, _month(month) if month else known.month, _number(match["day"]))
            if day is not None:
                late = near is None and month is not None and day < known
                yield _trimmed(match, ". "), _day(day.year + 1, day.month, day.day) or day if late else day
    if today is not None:
        for match in RELATIVE.finditer(text):
            yield match.span(), today + timedelta(days=_days_from(today, match))


def _days_from(today: date, match: re.Match[str]) -> int:
    """How many days lie between today and a day that is said by its distance or its weekday."""
    if match["near"]:
        return NEAR[match["near"].lower()]
    ahead = (WEEKDAYS.index(match["weekday"].lower()) - today.weekday()) % 7 or 7
    return ahead - 7 if (match["when"] or "").strip().lower() == "last" else ahead


def _month(text: str) -> int:
    return int(text) if text.isdigit() else NUMBER_OF[text[:3].lower()]


def _number(day: str) -> int:
    return NTH.get(day.lower()) or int(re.sub(r"\D", "", day))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def time_near(text: str, place: int) -> str | None:
    """The clock time that is said nearest to a place of a text, "04:30"; None where none is said."""
    times = list(_times(text))
    return min(times, key=lambda one: abs(one[0][0] - place))[1] if times else None


def clocks_of(text: str) -> Calendar:
    """The clock times that a text says; an hour alone counts where a word before it tells that it is one."""
    hours = ((match.span("clock"), _clock(text, match.end(), match["clock"], 0)) for match in TURN.finditer(text))
    return {**{place: time for place, time in hours if time}, **dict(_times(text))}


def _times(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    for match in TIME.finditer(text):
        if match["word"]:
            yield match.span(), "12:00" if match["word"].lower() == "noon" else "00:00"
            continue
        if match["part"]:
            first, side = match["part"].lower().split()[0], match["part"].lower().split()[-1]
            minutes = MINUTES.get(first) or int(number_said(first) or 0)
            minutes = -minutes if side == "to" else minutes
            time = _clock(text, match.end(), match["whole"], minutes)
        elif match["clock"]:
            time = _clock(text, match.end(), match["clock"], 0)
        elif match["minute"] or match["half"]:
            half = match["half"][0].lower() if match["half"] else None
            time = _clock(text, match.end(), match["hour"], int(match["minute"] or 0), half)
        else:
            continue
        if time is not None:
            yield _trimmed(match, " "), time


def _trimmed(match: re.Match[str], ends: str) -> tuple[int, int]:
    return match.start(), match.start() + len(match.group().rstrip(ends))


def _clock(text: str, end: int, hour: str, minutes: int, half: str | None = None) -> str | None:
    """The time so many minutes from an hour, in the afternoon where that is said right behind it."""
    whole = int(number_said(hour) or 0)
    if half is None and EVENING.match(text, end) and whole < 12:
        half = "p"
    if half is not None:
        whole = whole % 12 + 12 * (half == "p")
    total = 60 * whole + minutes
    return f"{total // 60:02}:{total % 60:02}" if whole < 24 and minutes < 60 and total >= 0 else None
