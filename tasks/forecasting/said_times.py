"""Every expression of time in a text about a series, with the moments that it means: a small base cannot reckon.

Today is the last day of the history. An end without a beginning begins with the moment that the text gave just before,
or else with the first step ahead; clock times without a day lie on the day that their sentence speaks of.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import accumulate, islice

from divisi.tasks.forecasting.card import Card
from divisi.tasks.forecasting.effect import Moment, Span
from divisi.tasks.forecasting.time_days import Here, Partial, here_of, month_later, resolved, resolved_range
from divisi.tasks.forecasting.time_phrases import DAY_RULES
from divisi.tasks.forecasting.time_repeats import again, clocks_alone, hours, listed
from divisi.tasks.forecasting.time_rules import Rule, reduced
from divisi.tasks.forecasting.time_steps import step_times
from divisi.tasks.forecasting.time_told import (
    DAY,
    SaidTime,
    Told,
    date_of,
    day_before,
    days_of_clock,
    last_told,
    left_open,
    moment_after,
    opening,
    shown,
    start_before,
)
from divisi.tasks.forecasting.time_wholes import CLOCK_FIRST, CLOCK_RULES, HOUR_RULES, PHRASE_RULES, POINT_RULES
from divisi.tasks.forecasting.time_words import CARDINALS, Word, words

__all__ = ["SaidTime", "said_times"]

MOST = 200
"""Expressions of one text that are resolved."""

SAME_BREATH = 12
"""Characters between two words for the same moment."""
LENGTHS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "D": DAY, "W": 7 * DAY}


def said_times(text: str, card: Card) -> tuple[SaidTime, ...]:
    """Every expression of time in a text, in order of place; what no day of the calendar fits is left out.

    Args:
        text: about the series.
        card: of the series: its history, its horizon, its frequency.
    """
    if card.frequency.unit == "step":
        return tuple(islice(step_times(text, card), MOST))
    here = here_of(card)
    found = _put_together(text, here)
    told: list[Told] = []
    for one in _phrases(found):
        try:
            told.append(replace(one, times=tuple(MEANINGS[one.phrase.form](one, told, here))))
        except (OverflowError, ValueError):
            continue  # a day that no calendar has
    lasting = set(_for_good(found, told, here))
    return tuple(replace(time, end=None) if time in lasting else time for one in told for time in one.times)


def _put_together(text: str, here: Here) -> list[Word]:
    """The words of a text, phrases of time put together; only series within the day have clocks."""
    stages: tuple[Sequence[Rule], ...] = (DAY_RULES, POINT_RULES, PHRASE_RULES)
    found = words(text)
    if here.frequency.within_day:
        stages = (CLOCK_FIRST, DAY_RULES, CLOCK_RULES, HOUR_RULES, POINT_RULES, PHRASE_RULES)
    else:
        found = [word for word in found if word.kind not in "chj"]
    for stage in stages:
        found = reduced(found, stage, here)
    return found


def _phrases(found: Sequence[Word]) -> Iterator[Told]:
    """Each phrase with the number of its sentence and the first days that are said there."""
    numbers = accumulate(word.kind == "." for word in found)
    kept = [pair for pair in zip(found, numbers, strict=True) if pair[0].kind == "X"][:MOST]
    days: dict[int, Partial] = {}
    for word, sentence in kept:
        for point in word.value.points:
            if point.days:
                days.setdefault(sentence, point.days)
    for word, sentence in kept:
        yield Told(word.value, SaidTime(word.first, word.last), sentence, days.get(sentence))


def _for_good(found: Sequence[Word], told: Sequence[Told], here: Here) -> Iterator[SaidTime]:
    """The single moments that the text says to last: those just before "for good", or else the next of its sentence,
    or the last of the sentence before."""
    sentence = 0
    for word in found:
        sentence += word.kind == "."
        if word.kind != "G":
            continue
        inside = [one for one in told if one.sentence == sentence]
        before = [one for one in inside if one.read.first < word.first]
        near = before or inside[:1] or [one for one in told if one.sentence == sentence - 1]
        for time in _beside_the_last(near):
            if str(time.start) >= here.today.isoformat():
                yield time


def _beside_the_last(told: Sequence[Told]) -> Iterator[SaidTime]:
    """The last single moment, and those that are said in the same breath: "on the 22nd, that is next Monday"."""
    place: int | None = None
    for one in reversed(told):
        if one.phrase.form != "one" or (place is not None and place - one.read.last > SAME_BREATH):
            return
        place = one.read.first
        yield from one.times


def _single(one: Told, told: Sequence[Told], here: Here) -> Iterator[SaidTime]:
    """A day, a month, a moment; open where the words say "from"."""
    point = one.phrase.points[0]
    if point.days:
        same = bool(told) and told[-1].sentence == one.sentence
        days = resolved(point.days, here, day_before(told) if point.days.day or same else None)
    else:
        days = days_of_clock(one, told, here)
    if days:
        start, is_open = shown(days[0], opening(point.clock)), one.phrase.form == "from"
        end = _end_before(one, told, start) if is_open else None if point.clock else days[1].isoformat()
        span = point.days.span if point.days and not is_open else None
        yield replace(one.read, start=start, end=end, duration=span)


def _end_before(one: Told, told: Sequence[Told], start: str) -> Moment | None:
    """The end that the sentence said before its beginning: "till 20:00 only half, that is from 18:00"."""
    ends = [e.times[-1].end for e in told if e.sentence == one.sentence and e.phrase.form == "until" and e.times]
    return ends[-1] if ends and str(ends[-1]) > start else None


def _ranged(one: Told, told: Sequence[Told], here: Here) -> Iterator[SaidTime]:
    start, end = one.phrase.points[0], one.phrase.points[-1]
    near = day_before(told)
    if start.days and end.days:
        days = resolved_range(start.days, end.days, here, near)
    elif start.days or end.days:
        days = resolved(start.days or end.days or Partial(), here, near)
    else:
        yield clocks_alone(one, told, days_of_clock(one, told, here))
        return
    if days is None:
        return
    if start.days and end.days and start.days.width == end.days.width == "W" and ((days[1] - days[0]).days + 1) % 7:
        days = days[0], days[1] - 6 * DAY  # "the week from Monday 5 to Friday 9 May"
    first, last, begin, close = *days, opening(start.clock), end.clock
    over = begin and close and (close.hour, close.minute) <= (begin.hour, begin.minute)
    if over and not (start.days and end.days):
        first, last = (first, last + DAY) if start.days else (first - DAY, last)
    yield replace(one.read, start=shown(first, begin), end=shown(last, close))


def _until(one: Told, told: Sequence[Told], here: Here) -> Iterator[SaidTime]:
    """An end; it begins where the text has just begun, or with the first step ahead."""
    point, start = one.phrase.points[0], left_open(one, told, here) or here.first_step
    last = _last_day(one, told, here, start)
    if last is not None:
        end = shown(last - DAY * (one.phrase.form == "before" and not point.clock), point.clock)
        past = date_of(end) < date_of(start) or end < here.first_step[: len(end)]
        yield replace(one.read, start=None if past else start, end=end)


def _last_day(one: Told, told: Sequence[Told], here: Here, start: str) -> date | None:
    """The day of an end, after its start where the words leave that open."""
    point = one.phrase.points[0]
    if point.days is None:
        day = days_of_clock(one, told, here)[1]
        return day if shown(day, point.clock) > start else day + DAY
    days = resolved(point.days, here, day_before(told))
    if point.days.said < 3 and days and days[1] < date_of(start):
        days = resolved_range(Partial(fixed=(date_of(start), date_of(start))), point.days, here)
    if days and one.phrase.form == "before":
        return days[0] if days[0] == days[1] or days[0] > date_of(start) else days[1]
    return days[1] if days else None


def _counted(one: Told, told: Sequence[Told], here: Here) -> Iterator[SaidTime]:
    """A length of time from a moment on: "for two weeks from 3 March"."""
    if one.phrase.points:
        start = next((time.start for time in _single(one, told, here)), None)
    else:
        start = moment_after(told) if "after" in one.phrase.said else start_before(told)
    if start:
        yield _lasting(replace(one.read, start=start), one.phrase.span)


def _length(one: Told, told: Sequence[Told], here: Here) -> Iterator[SaidTime]:
    """A length alone: of what the text has just begun."""
    start = left_open(one, told, here)
    yield (
        _lasting(replace(one.read, start=start), one.phrase.span)
        if start
        else replace(one.read, duration=one.phrase.span)
    )


def _lasting(time: SaidTime, span: Span | None) -> SaidTime:
    """The time with the end that its length gives it."""
    assert span is not None
    start = datetime.fromisoformat(str(time.start))
    months = {"M": 1, "Y": 12}.get(span.unit)
    if months:
        end = datetime.combine(month_later(start.date(), round(span.n) * months), start.time())
    else:
        end = start + span.n * LENGTHS[span.unit]
    if "T" in str(time.start) or span.unit in ("min", "h"):
        return replace(time, end=end.isoformat(timespec="minutes"), duration=span)
    return replace(time, end=(end - DAY).date().isoformat(), duration=span)


def _back(one: Told, told: Sequence[Told], here: Here) -> Iterator[SaidTime]:
    """ "From then on", "after that", "until then"."""
    said, start = one.phrase.said, start_before(told)
    end: Moment | None = None
    if said.startswith(("the ", "and ")):
        yield from _beside(one, told)
        return
    if said.startswith(("after", "there", "subs")):
        start = moment_after(told)
    elif said.startswith(("until", "till", "til", "up", "through")):
        end = next((time.end for earlier in reversed(told) for time in reversed(earlier.times) if time.end), None)
        start = (left_open(one, told, here) or here.first_step) if end else None
    elif not said.startswith(("from", "since")):
        return
    if start:
        yield replace(one.read, start=start, end=end)


def _beside(one: Told, told: Sequence[Told]) -> Iterator[SaidTime]:
    """ "The day before", "the week after", "and the two days after"."""
    last, said = last_told(told), one.phrase.said
    if last is None or said in ("the same day", "the same date"):
        return
    first, count = date_of(last.times[-1].start), 7 if "week" in said else 1
    if said.startswith("and"):
        number = said.split()[2]
        count *= CARDINALS.get(number) or int(number)
        yield replace(one.read, start=first.isoformat(), end=(first + count * DAY).isoformat())
        return
    if "after" in said:
        first = date_of(last.times[-1].end or last.times[-1].start) + DAY
        first += DAY * (-first.weekday() % 7 if count == 7 else 0)
    else:
        first -= count * DAY
    yield replace(one.read, start=first.isoformat(), end=(first + (count - 1) * DAY).isoformat())


def _now(one: Told, told: Sequence[Told], here: Here) -> Iterator[SaidTime]:  # noqa: ARG001
    yield replace(one.read, start=here.first_step)


def _ahead(one: Told, told: Sequence[Told], here: Here) -> Iterator[SaidTime]:  # noqa: ARG001
    """ "The next six hours", "the last 3 hours"."""
    span = one.phrase.span
    assert span is not None
    begun = replace(one.read, start=here.first_step)
    if span.n > 0:
        yield _lasting(begun, span)
    else:
        yield replace(begun, start=_lasting(begun, span).end, end=here.first_step)


def _left(one: Told, told: Sequence[Told], here: Here) -> Iterator[SaidTime]:
    """ "For the rest of the year": from the first step ahead, or from what the text has just begun."""
    days = resolved(one.phrase.points[0].days or Partial(), here)
    if days:
        start = left_open(one, told, here) or max(here.first_step, days[0].isoformat())
        yield replace(one.read, start=start, end=days[1].isoformat())


MEANINGS: Mapping[str, Callable[[Told, Sequence[Told], Here], Iterator[SaidTime]]] = {
    "one": _single,
    "from": _single,
    "range": _ranged,
    "list": listed,
    "hours": hours,
    "hours of list": hours,
    "again": again,
    "until": _until,
    "before": _until,
    "counted": _counted,
    "span": _length,
    "back": _back,
    "now": _now,
    "ahead": _ahead,
    "left": _left,
}
"""Form of a phrase -> what it means."""
