"""Days that are said in part ("the 12th", "6 March", "Friday", "in August"), and which days of the calendar they mean.

What the words leave open is chosen by the card: the days ahead if one of them fits, or else the fitting days nearest
to the last day of the history, or to the day that the text spoke of before.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from divisi.tasks.forecasting.card import Card
from divisi.tasks.forecasting.effect import Span
from divisi.tasks.forecasting.frequency import Frequency, periods, shown_date

Days = tuple[date, date]
"""The first and the last day of a stretch."""

FAR_DAYS = 62
"""From the day that the text spoke of to one without a month."""
LONG_DAYS, LONGEST_DAYS = 200, 370
"""Of a range whose years are not both said."""

MONTHS_OF = {"M": 1, "Q": 3, "H": 6, "Y": 12}
DAYS_OF = {"D": 1, "W": 7}


@dataclass(frozen=True, slots=True)
class Partial:
    """A stretch of days, as far as it is said.

    Attributes:
        weekday: 0 is Monday; with `nth` the first, second, ... of a month, -1 the last.
        day: of the month, or before its end where below zero; of a week or an odd stretch its first.
        month: of a quarter, half or year its first.
        year: where it is said.
        width: "D", "W", "M", "Q", "H" (half a year) or "Y".
        count: how many days it has, where its width is "D".
        nth: which weekday of the month.
        week: the number of a calendar week.
        easter: days after Easter Sunday.
        shift: days to go on from there.
        fixed: the days, where they are known.
        span: how long it is said to last.
    """

    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    width: str = "D"
    count: int = 1
    nth: int | None = None
    week: int | None = None
    easter: int | None = None
    shift: int = 0
    fixed: Days | None = None
    span: Span | None = None

    @property
    def said(self) -> int:
        """How definite it is: 3 with a year, 2 with a month, 1 with a day or a weekday alone."""
        if self.fixed or self.year:
            return 3
        return 2 if self.month or self.week or self.easter is not None else 1


@dataclass(frozen=True, slots=True)
class Here:
    """Where a text stands in time.

    Attributes:
        today: the last day of the history.
        begin: its first day.
        ahead: the days of the horizon.
        first_step: the first step ahead.
        frequency: of the series.
    """

    today: date
    begin: date
    ahead: Days
    first_step: str
    frequency: Frequency


def here_of(card: Card) -> Here:
    """Where the texts about a series stand; for series with dates."""
    frequency, dates = card.frequency, card.dates
    starts, ends = periods(dates, frequency)
    last = datetime.fromisoformat(str(ends[-1])) - timedelta(seconds=1)
    first = shown_date(dates[0], frequency)
    ahead = (date.fromisoformat(str(starts[0])[:10]), last.date())
    return Here(_day(card.history_end), _day(card.history_start), ahead, first, frequency)


def _day(text: str | int) -> date:
    return datetime.fromisoformat(str(text)).date()


def resolved(partial: Partial, here: Here, near: date | None = None) -> Days | None:
    """The days that are meant, or None where there are none.

    Args:
        partial: what is said.
        here: where the text stands.
        near: the day that the text spoke of before.
    """
    if partial.said == 1 and near is not None:
        found = candidates(partial, near)
        if partial.day is None:
            return next((days for days in found if days[0] >= near), None)
        told_ahead = near >= here.ahead[0]
        nearest = min(
            found, key=lambda days: (told_ahead and _apart(days, here), abs((days[0] - near).days)), default=None
        )
        return nearest if nearest and abs((nearest[0] - near).days) <= FAR_DAYS else None
    if partial.said == 1 and partial.day is None:
        return next((days for days in candidates(partial, here.today) if days[0] > here.today), None)
    found = candidates(partial, near if near and partial.said == 1 else here.today)
    if partial.width == "W" and here.frequency.unit == "W":
        grid = here.ahead[0].weekday()
        found = [days for days in found if days[0].weekday() == grid] or found
    return min(found, key=lambda days: _rank(days, here), default=None)


def resolved_range(start: Partial, end: Partial, here: Here, near: date | None = None) -> Days | None:
    """The first day of one and the last day of the other; each lends the other the month and the year that it lacks."""
    pairs: list[Days] = []
    if end.said > start.said:
        for _, last in _choices(end, here, near):
            firsts = [days[0] for days in candidates(start, last) if days[0] <= last]
            pairs += [(max(firsts), last)] if firsts else []
    else:
        for first, first_end in _choices(start, here, near):
            lasts = [days[1] for days in candidates(end, first) if days[1] >= first_end]
            pairs += [(first, min(lasts))] if lasts else []
    fitting = [pair for pair in pairs if (pair[1] - pair[0]).days <= LONGEST_DAYS or start.said == end.said == 3]
    return min(fitting, key=lambda days: _rank(days, here), default=None)


def _choices(partial: Partial, here: Here, near: date | None) -> list[Days]:
    if partial.said == 1:
        one = resolved(partial, here, near)
        return [one] if one else []
    return candidates(partial, here.today)


def _rank(days: Days, here: Here) -> tuple[bool, bool, bool, int]:
    """Days ahead first, no year round, of weekly series those that begin with a step, then those nearest to today."""
    beside = here.frequency.unit == "W" and days[0].weekday() != here.ahead[0].weekday()
    away = max((days[0] - here.today).days, (here.today - days[1]).days, 0)
    return _apart(days, here), (days[1] - days[0]).days > LONG_DAYS, beside, away


def _apart(days: Days, here: Here) -> bool:
    return days[1] < here.ahead[0] or days[0] > here.ahead[1]


def candidates(partial: Partial, around: date) -> list[Days]:
    """The days that a partial day can mean near to a day, oldest first."""
    if partial.fixed:
        return [partial.fixed]
    if partial.said == 1 and partial.day is None:
        assert partial.weekday is not None
        first = around + timedelta(days=(partial.weekday - around.weekday()) % 7 - 7)
        return [(day, day) for day in (first + timedelta(weeks=week) for week in range(3))]
    found = list(_dated(partial, around))
    exact = [days for days in found if partial.weekday in (None, days[0].weekday()) or partial.nth]
    return exact or found


def _dated(partial: Partial, around: date) -> Iterator[Days]:
    years = (partial.year,) if partial.year else tuple(range(around.year - 2, around.year + 3))
    whole = partial.month or partial.week or partial.easter is not None
    months = [(year, partial.month or 1) for year in years] if whole else list(_months_near(around))
    for year, month in months:
        first = _first_day(partial, year, month)
        if first is not None:
            try:
                first += timedelta(days=partial.shift)
                yield first, _last_day(first, partial)
            except OverflowError:
                continue


def _months_near(around: date) -> Iterator[tuple[int, int]]:
    """The months two before a day to three after it."""
    for number in range(around.year * 12 + around.month - 3, around.year * 12 + around.month + 3):
        yield number // 12, number % 12 + 1


def _first_day(partial: Partial, year: int, month: int) -> date | None:
    try:
        if partial.easter is not None:
            return easter_sunday(year) + timedelta(days=partial.easter)
        if partial.week:
            return date.fromisocalendar(year, partial.week, 1)
        if partial.nth and partial.weekday is not None:
            return _nth_weekday(year, month, partial.nth, partial.weekday)
        if partial.day and partial.day < 0:
            return date(year, month, calendar.monthrange(year, month)[1] + 1 + partial.day)
        return date(year, month, partial.day or 1)
    except ValueError:
        return None


def _nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    if nth < 0:
        last = date(year, month, calendar.monthrange(year, month)[1])
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return date(year, month, 1 + (weekday - date(year, month, 1).weekday()) % 7 + 7 * (nth - 1))


def _last_day(first: date, partial: Partial) -> date:
    if partial.width in MONTHS_OF:
        return month_later(first.replace(day=1), MONTHS_OF[partial.width]) - timedelta(days=1)
    return first + timedelta(days=DAYS_OF[partial.width] * partial.count - 1)


def month_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(f"{day} moved by {months} months")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def easter_sunday(year: int) -> date:
    """The day of Easter, by the Gregorian rule of Meeus, Jones and Butcher."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def end_of(unit: str, day: date) -> date:
    """The last day of the week, month, quarter or year that a day lies in."""
    if unit == "W":
        return day + timedelta(days=6 - day.weekday())
    months = MONTHS_OF[unit]
    return _last_day(date(day.year, (day.month - 1) // months * months + 1, 1), Partial(width=unit))


def whole_unit(unit: str, day: date) -> Days:
    """The week, month, quarter or year that a day lies in."""
    last = end_of(unit, day)
    if unit == "W":
        return last - timedelta(days=6), last
    return month_later(date(last.year, last.month, 1), 1 - MONTHS_OF[unit]), last
