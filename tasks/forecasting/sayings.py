"""The words for windows of time: absolute and relative, with weekdays and years or without."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
RELATIVE_SHARE = 0.25
YEAR_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Saying:
    """Words for a window, with what a reader takes from them.

    Attributes:
        text: begins with its preposition ("from 3 to 9 March 2025").
        start: ISO text.
        end: ISO text; a date is included, a clock time is the boundary; None where it is open.
        duration: (n, unit) where the words say how long it lasts.
    """

    text: str
    start: str
    end: str | None
    duration: tuple[int, str] | None = None


def say_days(first: date, last: date, today: date, random: Random) -> Saying:
    """Whole days, both included.

    Args:
        first: the first day.
        last: the last day.
        today: the last day of the history.
        random: where chance comes from.
    """
    count = (last - first).days + 1
    found = _near_days(first, count, today, random) if random.random() < RELATIVE_SHARE else None
    if found:
        return found
    if count == 1:
        return Saying(f"on {say_day(first, random)}", first.isoformat(), last.isoformat())
    if count > 2 and random.random() < 0.2:
        return _counted(first, last, count, "D", random)
    return Saying(_range(first, last, random), first.isoformat(), last.isoformat())


def _near_days(first: date, count: int, today: date, random: Random) -> Saying | None:
    ahead = (first - today).days
    last = first + timedelta(days=count - 1)
    texts: list[tuple[str, tuple[int, str] | None]] = []
    if count == 1 and ahead == 1:
        texts = [("tomorrow", None)]
    elif count == 1 and ahead == 2:
        texts = [("the day after tomorrow", None)]
    elif count == 1 and 2 < ahead < 8:
        texts = [(f"this coming {DAYS[first.weekday()]}", None), (f"on {DAYS[first.weekday()]}", None)]
    elif ahead == 1 and 1 < count < 22:
        texts = [(f"for the next {_count(count, random)} days", (count, "D"))]
    elif count == 7 and first.weekday() == 0 and 0 < ahead < 8:
        texts = [("next week", None), ("all of next week", None)]
    elif count == 1 and ahead == 0:
        texts = [("today", None)]
    elif count == 1 and ahead == -1:
        texts = [("yesterday", None)]
    if not texts:
        return None
    text, duration = random.choice(texts)
    return Saying(text, first.isoformat(), last.isoformat(), duration)


def _counted(first: date, last: date, count: int, unit: str, random: Random) -> Saying:
    name = {"D": "day", "W": "week", "M": "month"}[unit]
    plural = name if count == 1 else f"{name}s"
    patterns = ("for {n} {units} from {day}", "for {n} {units} starting {day}", "for the {n} {units} from {day} on")
    text = random.choice(patterns).format(n=_count(count, random), units=plural, day=say_day(first, random))
    return Saying(text, first.isoformat(), last.isoformat(), (count, unit))


def _range(first: date, last: date, random: Random) -> str:
    year = f" {last.year}" if random.random() < YEAR_SHARE else ""
    if (first.year, first.month) == (last.year, last.month):
        month = MONTHS[last.month - 1]
        weekdays = (f"{DAYS[first.weekday()]} {first.day}", f"{DAYS[last.weekday()]} {last.day}")
        patterns: Sequence[str] = (
            f"from {first.day} to {last.day} {month}{year}",
            f"between {first.day} and {last.day} {month}{year}",
            f"from {first.day} through {last.day} {month}{year}",
            f"from the {ordinal(first.day)} to the {ordinal(last.day)} of {month}{year}",
            f"from {weekdays[0]} to {weekdays[1]} {month}{year}",
            f"in the time of {first.day}–{last.day} {month}{year}",
            f"{first.day}-{last.day} {month[:3]}{year}",
            f"from {month} {first.day} to {last.day}{',' if year else ''}{year}",
        )
        return random.choice(patterns)
    begin = say_day(first, random, year=first.year != last.year)
    word, joint = random.choice((("from", "to"), ("from", "until"), ("between", "and")))
    return f"{word} {begin} {joint} {say_day(last, random, year=bool(year))}"


def say_weeks(first: date, last: date, today: date, random: Random) -> Saying:
    """Whole weeks, from the Monday of the first to the Sunday of the last."""
    weeks = ((last - first).days + 1) // 7
    iso = (first.isoformat(), last.isoformat())
    if 0 < (first - today).days <= 7 and weeks > 1 and random.random() < RELATIVE_SHARE:
        return Saying(f"for the next {_count(weeks, random)} weeks", *iso, (weeks, "W"))
    if weeks == 1:
        patterns = ("in the week of {day}", "in the week from {day}", "that is the week beginning {day},")
        return Saying(random.choice(patterns).format(day=say_day(first, random)), *iso)
    if random.random() < 0.5:
        return _counted(first, last, weeks, "W", random)
    return Saying(_range(first, last, random), *iso)


def say_months(first: date, last: date, random: Random) -> Saying:
    """Whole months, quarters or years."""
    iso = (first.isoformat(), last.isoformat())
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months == 1:
        return Saying(f"in {MONTHS[first.month - 1]} {first.year}", *iso)
    if months == 3 and first.month % 3 == 1 and random.random() < 0.7:
        return Saying(
            f"in the {('first', 'second', 'third', 'fourth')[first.month // 3]} quarter of {first.year}", *iso
        )
    if months % 12 == 0 and first.month == 1:
        years = f"in {first.year}" if months == 12 else f"from {first.year} to {last.year}"
        return Saying(years, *iso)
    begin = MONTHS[first.month - 1] + (f" {first.year}" if first.year != last.year else "")
    end = f"{MONTHS[last.month - 1]} {last.year}"
    return Saying(random.choice((f"from {begin} to {end}", f"from {begin} through {end}")), *iso)


def say_hours(begin: datetime, end: datetime, today: date, random: Random) -> Saying:
    """Clock times, the end being the boundary."""
    iso = (begin.isoformat(timespec="minutes"), end.isoformat(timespec="minutes"))
    day = _spoken_day(begin.date(), today, random)
    if end.date() == begin.date() or (end.time().hour, end.time().minute) == (0, 0):
        close = "24:00" if end.date() != begin.date() else _clock(end, random)
        patterns = ("{day} from {a} to {b}", "{day} between {a} and {b}", "{day}, {a}–{b},", "{day} {a} to {b}")
        if end - begin <= timedelta(days=1):
            return Saying(random.choice(patterns).format(day=day, a=_clock(begin, random), b=close), *iso)
    until = say_day(end.date(), random, year=False)
    return Saying(f"from {begin:%H:%M} {day} until {end:%H:%M} on {until}", *iso)


def _spoken_day(day: date, today: date, random: Random) -> str:
    if (day - today).days == 1 and random.random() < 0.4:
        return "tomorrow"
    return f"on {say_day(day, random)}"


def _clock(time: datetime, random: Random) -> str:
    if time.minute or random.random() < 0.6:
        return f"{time:%H:%M}"
    return random.choice((str(time.hour), f"{time.hour} h", f"{time.hour} o'clock"))


def say_weekly(first: date, last: date, random: Random) -> Saying:
    """One weekday, every week, the first and the last one included."""
    weekday = DAYS[first.weekday()]
    patterns = ("every {name} from {a} to {b}", "each {name} between {a} and {b}", "on all {name}s from {a} to {b}")
    text = random.choice(patterns).format(
        name=weekday, a=say_day(first, random, year=False), b=say_day(last, random, year=random.random() < YEAR_SHARE)
    )
    return Saying(text, first.isoformat(), last.isoformat(), (1, "D"))


def say_daily(begin: datetime, hours: int, last: date, random: Random) -> Saying:
    """The same hours every day, the last day included."""
    close = begin + timedelta(hours=hours)
    end = datetime.combine(last, begin.time()) + timedelta(hours=hours)
    patterns = ("every day from {a} to {b}, {x}–{y},", "each day between {a} and {b} from {x} to {y}")
    text = random.choice(patterns).format(
        a=say_day(begin.date(), random, year=False), b=say_day(last, random), x=f"{begin:%H:%M}", y=f"{close:%H:%M}"
    )
    iso = (begin.isoformat(timespec="minutes"), end.isoformat(timespec="minutes"))
    return Saying(text, *iso, (hours, "h"))


def say_since(start: date | datetime, today: date, random: Random) -> Saying:
    """An open beginning."""
    iso = start.isoformat(timespec="minutes") if isinstance(start, datetime) else start.isoformat()
    day = start.date() if isinstance(start, datetime) else start
    clock = f", {start:%H:%M}," if isinstance(start, datetime) and (start.hour or start.minute) else ""
    if (day - today).days == 1 and random.random() < RELATIVE_SHARE:
        return Saying(f"from tomorrow{clock} on", iso, None)
    patterns = ("from {day}{clock} on", "as of {day}{clock}", "starting {day}{clock}", "from {day}{clock} onwards")
    return Saying(random.choice(patterns).format(day=say_day(day, random), clock=clock), iso, None)


def say_day(day: date, random: Random, *, year: bool | None = None) -> str:
    """A day in one of the usual spellings; the year where `year` says so, or by chance where it is None."""
    shown = random.random() < YEAR_SHARE if year is None else year
    tail = f" {day.year}" if shown else ""
    month, weekday = MONTHS[day.month - 1], DAYS[day.weekday()]
    return random.choice(
        (
            f"{day.day} {month}{tail}",
            f"{day.day} {month}{tail}",
            f"{weekday} {day.day} {month}{tail}",
            f"{weekday}, {day.day} {month}{tail}",
            f"{weekday[:3]} {day.day} {month[:3]}{tail}",
            f"{month} {day.day}{',' if shown else ''}{tail}",
            f"the {ordinal(day.day)} of {month}{tail}",
            f"{day.day}.{day.month}.{day.year}",
            day.isoformat(),
        )
    )


def ordinal(number: int) -> str:
    """ "1st", "2nd", "3rd", "11th"."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _count(number: int, random: Random) -> str:
    return COUNTS[number] if number < len(COUNTS) and random.random() < 0.6 else str(number)
