"""Expressions of time in the order in which a text tells them: what one leaves open, those before it lend."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from divisi.tasks.forecasting.effect import Moment, Recurrence, Span
from divisi.tasks.forecasting.time_days import Days, Here, Partial, resolved
from divisi.tasks.forecasting.time_wholes import Phrase
from divisi.tasks.forecasting.time_words import Clock

DAY = timedelta(days=1)
LONG = timedelta(days=26)


@dataclass(frozen=True, slots=True)
class SaidTime:
    """An expression of time and what it means.

    Attributes:
        first: its first character in the text.
        last: the one after its last.
        start: the first moment, as effects have it: an ISO text, or the number of a step.
        end: the last; a date is included, a clock time is the boundary; None where it is open.
        duration: how long it lasts, where the text says so; of one occurrence, where it recurs.
        recurrence: how often it comes again.
    """

    first: int
    last: int
    start: Moment | None = None
    end: Moment | None = None
    duration: Span | None = None
    recurrence: Recurrence | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A phrase in its sentence.

    Attributes:
        phrase: what is said.
        read: where; not yet when.
        sentence: its number.
        days: the first days that its sentence says.
        times: what the phrase means.
    """

    phrase: Phrase
    read: SaidTime
    sentence: int
    days: Partial | None = None
    times: tuple[SaidTime, ...] = ()


def last_told(told: Sequence[Told]) -> Told | None:
    """The last phrase that has a beginning."""
    return next((one for one in reversed(told) if one.times and one.times[-1].start is not None), None)


def day_before(told: Sequence[Told]) -> date | None:
    """The day that the text spoke of last; months and years are no such days."""
    short = [one for one in told if one.phrase.form != "one" or not any(_is_long(time) for time in one.times)]
    last = last_told(short)
    if last is None:
        return None
    return date_of(last.times[-1].end or last.times[-1].start)


def _is_long(time: SaidTime) -> bool:
    return time.end is not None and date_of(time.end) - date_of(time.start) > LONG


def start_before(told: Sequence[Told]) -> str | None:
    """The moment that "from then on" points to: the last beginning, or after what has an end."""
    last = last_told(told)
    if last is None:
        return None
    if last.phrase.form == "before":
        return (date_of(last.times[-1].end) + DAY).isoformat()
    if last.phrase.form in ("range", "until"):
        return moment_after(told)
    return str(last.times[-1].start)


def moment_after(told: Sequence[Told]) -> str | None:
    """The moment after what was said last; after a single moment its own day is over."""
    last = last_told(told)
    if last is None:
        return None
    end = str(last.times[-1].end or last.times[-1].start)
    return end if "T" in end else (date_of(end) + DAY).isoformat()


def left_open(one: Told, told: Sequence[Told], here: Here) -> str | None:
    """The start that this sentence or the one before has left without an end."""
    for earlier in reversed(told):
        if earlier.sentence < one.sentence - 1:
            return None
        start = str(earlier.times[-1].start) if earlier.times else ""
        if earlier.phrase.form in ("one", "from", "now", "back") and start[:10] >= here.today.isoformat():
            return start
    return None


def days_of_clock(one: Told, told: Sequence[Told], here: Here) -> Days:
    """The days that a clock time without a day lies on: those of its sentence, or those spoken of last, or today."""
    inside = [time for earlier in told if earlier.sentence == one.sentence for time in earlier.times if time.start]
    if inside:
        last = inside[-1]
        whole = last.end is not None and "T" not in str(last.end) and not last.recurrence
        return date_of(last.start), date_of(last.end if whole else last.start)
    later = resolved(one.days, here, day_before(told)) if one.days else None
    if later and later[0] == later[1]:
        return later
    near = day_before(told) or here.today
    return near, near


def date_of(moment: Moment | None) -> date:
    """The day of a moment."""
    return date.fromisoformat(str(moment)[:10])


def shown(day: date, clock: Clock | None) -> str:
    """A moment as effects have it; 24:00 is the next day's beginning."""
    if clock is None:
        return day.isoformat()
    since = timedelta(hours=clock.hour, minutes=clock.minute)
    return (datetime.combine(day, time()) + since).isoformat(timespec="minutes")


def opening(clock: Clock | None) -> Clock | None:
    """A clock time that begins something: midnight is the beginning of its day then."""
    return Clock(0) if clock and clock.hour == 24 else clock
