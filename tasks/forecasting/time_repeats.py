"""Times that are several: days of a list, hours of each day, every Monday."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from divisi.tasks.forecasting.effect import Recurrence, Span
from divisi.tasks.forecasting.time_days import Days, Here, Partial, resolved, resolved_range
from divisi.tasks.forecasting.time_told import DAY, SaidTime, Told, date_of, day_before, days_of_clock, opening, shown
from divisi.tasks.forecasting.time_wholes import EVERY_DAY, Point
from divisi.tasks.forecasting.time_words import Clock

Placed = tuple[Point, Days]


def listed(one: Told, told: Sequence[Told], here: Here) -> Iterator[SaidTime]:
    """Days in a row as one range, days a week apart as a recurrence, others one by one."""
    groups: list[list[Placed]] = []
    for placed in _days_of_list(one.phrase.points, day_before(told), here):
        if groups and _goes_on(groups[-1], placed[1], here):
            groups[-1].append(placed)
        else:
            groups.append([placed])
    for group in groups:
        (first, begin), (last, end) = group[0], group[-1]
        time = SaidTime(first.first, last.last, shown(begin[0], opening(first.clock)), end[1].isoformat())
        if first.clock:
            yield replace(time, end=None)
        elif len(group) > 1 and _gap(group) == 7 and begin[0] == begin[1]:
            yield replace(time, duration=Span(1, "D"), recurrence=Recurrence(1, "W"))
        else:
            yield time


def _days_of_list(points: Sequence[Point], near: date | None, here: Here) -> Iterator[Placed]:
    """Each day of a list; the month and the year that it lacks the days after it lend, or those before."""
    previous = near
    for place, point in enumerate(points):
        partial = point.days
        lender = next((later.days for later in points[place + 1 :] if later.days and later.days.said > 1), None)
        days: Days | None
        if partial is None:
            days = (previous or here.today, previous or here.today)
        elif lender and lender.said > partial.said and not lender.fixed:
            pair = resolved_range(partial, lender, here)
            days = (
                pair and resolved(partial, here, pair[0])
                if partial.said == 1
                else pair and _of_year(partial, pair[0], here)
            )
        else:
            days = resolved(partial, here, previous)
        if days:
            previous = days[0]
            yield point, days


def _of_year(partial: Partial, first: date, here: Here) -> Days | None:
    return resolved(replace(partial, year=first.year), here)


def _gap(group: Sequence[Placed]) -> int:
    return (group[1][1][0] - group[0][1][0]).days if len(group) > 1 else 0


def _goes_on(group: Sequence[Placed], days: Days, here: Here) -> bool:
    """Whether a day goes on with a group: the next day, the next working day, or a week later each time."""
    point, previous = group[-1]
    if point.clock:
        return False
    gap = (days[0] - previous[1]).days
    weekly = days[0] == days[1] and previous[0] == previous[1]
    if gap == 1 or (here.frequency.unit == "B" and previous[1].weekday() == 4 and gap == 3):
        return not (weekly and _gap(group) == 7)
    return weekly and gap == 7 and _gap(group) in (0, 7)


def hours_of_days(one: Told, clocks: Sequence[Clock | None], days: Days, *, last: date | None) -> SaidTime:
    """The same hours of every day.

    Args:
        one: the phrase.
        clocks: begin and end.
        days: the first day, and the last.
        last: the last day, or None where there is none.
    """
    begin, close = opening(clocks[0]), clocks[1]
    assert begin is not None
    assert close is not None
    minutes = (close.hour - begin.hour) * 60 + close.minute - begin.minute
    end = shown(last + DAY * (minutes <= 0), close) if last else None
    minutes += 1440 * (minutes <= 0)
    span = Span(minutes // 60, "h") if minutes % 60 == 0 else Span(minutes, "min")
    return replace(one.read, start=shown(days[0], begin), end=end, duration=span, recurrence=Recurrence(1, "D"))


def hours(one: Told, told: Sequence[Told], here: Here) -> Iterator[SaidTime]:
    """ "3 to 9 March, 22:00 to 05:00": a range or a list of days with the hours of each."""
    points, near = one.phrase.points, day_before(told)
    assert points[0].days is not None
    assert points[-1].days is not None
    days = resolved_range(points[0].days, points[-1].days, here, near)
    if one.phrase.form == "hours of list":
        placed = list(_days_of_list(points, near, here))
        days = (placed[0][1][0], placed[-1][1][1]) if placed else None
    if days:
        yield hours_of_days(one, one.phrase.clocks, days, last=days[1])


def again(one: Told, told: Sequence[Told], here: Here) -> Iterator[SaidTime]:
    """Every weekday, or every day, of a stretch; or from its next one on."""
    phrase, days = one.phrase, here.ahead
    told_days = days_of_clock(one, told, here)
    if phrase.clocks and phrase.weekday == EVERY_DAY and told_days[0] != told_days[1]:
        yield hours_of_days(one, phrase.clocks, told_days, last=told_days[1])
        return
    ends = [point.days for point in phrase.points if point.days]
    found = resolved_range(ends[0], ends[-1], here, day_before(told)) if ends else days
    if found is None or phrase.weekday is None:
        return
    last = found[1] if len(ends) == 2 else None
    daily = phrase.weekday == EVERY_DAY
    first = found[0] + DAY * (0 if daily else (phrase.weekday - found[0].weekday()) % 7)
    recurrence = Recurrence(phrase.every, "D" if daily else "W")
    if phrase.clocks:
        inside = hours_of_days(one, phrase.clocks, (first, first), last=last)
        yield replace(inside, recurrence=recurrence)
    elif daily:
        yield replace(one.read, start=first.isoformat(), end=last.isoformat() if last else None)
    else:
        end = last.isoformat() if last else None
        yield replace(one.read, start=first.isoformat(), end=end, duration=Span(1, "D"), recurrence=recurrence)


def every_day_told(one: Told, told: Sequence[Told]) -> Told | None:
    """The phrase of the same sentence that speaks of every day."""
    here = [other for other in told if other.sentence == one.sentence and other.phrase.weekday == EVERY_DAY]
    return here[-1] if here else None


def clocks_alone(one: Told, told: Sequence[Told], days: Days) -> SaidTime:
    """Hours without a day: of one day, or of each day of those that their sentence speaks of."""
    begin, close = opening(one.phrase.points[0].clock), one.phrase.points[-1].clock
    daily = every_day_told(one, told)
    if daily and daily.times:
        end = daily.times[-1].end
        return hours_of_days(one, (begin, close), days, last=date_of(end) if end else None)
    if days[0] != days[1]:
        return hours_of_days(one, (begin, close), days, last=days[1])
    start, end = shown(days[0], begin), shown(days[1], close)
    return replace(one.read, start=start, end=end if end > start else shown(days[1] + DAY, close))
