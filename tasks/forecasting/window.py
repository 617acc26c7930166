"""The steps of a series that an effect acts on.

A step counts where the effect covers at least half of the time that its date stands for. An effect that covers half
of no step, but touches some (three days of a week), acts on the step that it covers most of.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from divisi.tasks.forecasting.effect import Effect, Moment, Span
from divisi.tasks.forecasting.errors import EffectError
from divisi.tasks.forecasting.frequency import DAY_S, Dates, Frequency, Time, as_dates, moment, periods, stepped

SPAN_S = {"min": 60, "h": 3600, "D": DAY_S, "W": 7 * DAY_S}
SPAN_MONTHS = {"M": 1, "Y": 12}
MOST_OCCURRENCES = 100_000
MOST_BEYOND = 1000
"""Steps of a ramp before and after the horizon that are counted."""

FAR = np.datetime64("2260-01-01", "s")


def covered(effect: Effect, dates: Dates, frequency: Frequency) -> NDArray[np.bool_]:
    """Which steps an effect acts on. [n]

    Args:
        effect: what a text says.
        dates: [n], of the horizon or of the history.
        frequency: what the dates step by.

    Raises:
        EffectError: its moments are of another kind than the dates.
    """
    dates = as_dates(dates)
    if not len(dates):
        return np.zeros(0, dtype=bool)
    starts, ends = periods(dates, frequency)
    acts = np.zeros(len(dates), dtype=bool)
    for begin, end in occurrences(effect, dates, frequency):
        acts |= _within(starts, ends, begin, end)
    return acts


def occurrences(effect: Effect, dates: Dates, frequency: Frequency) -> Iterator[tuple[Time, Time]]:
    """Begin and end (left out) of every time that an effect happens up to the last date."""
    _, ends = periods(dates[-1:], frequency)
    last = ends[-1]
    begin = dates[0] if effect.start is None else bound(effect.start, frequency)
    if effect.recurrence is None:
        yield begin, whole_end(effect, begin, frequency)
        return
    until = last if effect.end is None else min(last, after(effect.end, frequency))
    one = effect.duration or Span(1, "step" if frequency.unit == "step" else _own_unit(frequency))
    for _ in range(MOST_OCCURRENCES):
        if begin >= until:
            return
        yield begin, min(later(begin, one), until)
        begin = later(begin, Span(effect.recurrence.every, effect.recurrence.unit))
    raise EffectError("too_often", f"the effect recurs more than {MOST_OCCURRENCES} times up to the horizon's end")


def whole_end(effect: Effect, begin: Time, frequency: Frequency) -> Time:
    """Where an effect that does not recur ends, the moment itself left out; far away where it lasts."""
    if effect.end is not None:
        return after(effect.end, frequency)
    if effect.duration is not None:
        return later(begin, effect.duration)
    return np.iinfo(np.int64).max if frequency.unit == "step" else FAR


def bound(time: Moment, frequency: Frequency) -> Time:
    """A moment as the dates of a series count it.

    Raises:
        EffectError: a date for a series without dates, or the other way round.
    """
    if (frequency.unit == "step") != isinstance(time, int):
        expected = "whole numbers of steps" if frequency.unit == "step" else "dates"
        raise EffectError("wrong_moment", f"{time!r} is no moment of this series, which counts in {expected}")
    return time if isinstance(time, int) else moment(time)


def after(time: Moment, frequency: Frequency) -> Time:
    """The first moment after an end: the next day or step, or the end itself where it has a clock time."""
    end = bound(time, frequency)
    if isinstance(time, int):
        return time + 1
    return end if "T" in time or " " in time.strip() else end + np.timedelta64(DAY_S, "s")


def later(time: Time, span: Span) -> Time:
    """So much later."""
    if span.unit == "step":
        return time + round(span.n)
    if span.unit in SPAN_S:
        return time + np.timedelta64(round(span.n * SPAN_S[span.unit]), "s")
    month = time.astype("datetime64[M]")
    moved = month + np.timedelta64(round(span.n * SPAN_MONTHS[span.unit]), "M")
    return moved.astype("datetime64[s]") + (time - month.astype("datetime64[s]"))


def _own_unit(frequency: Frequency) -> str:
    if frequency.months:
        return "M"
    return frequency.unit if frequency.unit in SPAN_S else "D" if frequency.unit == "B" else "min"


def _within(starts: Dates, ends: Dates, begin: Time, end: Time) -> NDArray[np.bool_]:
    """The steps of which [begin, end) covers half, or else the one it covers most of."""
    low, high = np.maximum(starts, begin), np.minimum(ends, end)
    shared = np.maximum((high - low).astype(np.int64), 0)
    half = 2 * shared >= (ends - starts).astype(np.int64)
    if begin == end:
        return np.asarray((starts <= begin) & (begin < ends))
    if half.any() or not shared.any():
        return np.asarray(half)
    return np.asarray(np.arange(len(starts)) == int(shared.argmax()))


def progress(effect: Effect, dates: Dates, frequency: Frequency) -> NDArray[np.float64]:
    """How much of a ramp is reached at each step: k of n steps in its window, 0 before, 1 after. [n]

    Steps of the window that lie before or after the dates count too; without an end it ends with the dates.

    Raises:
        EffectError: its window holds no step.
    """
    return _shares(effect, dates, frequency)[MOST_BEYOND : MOST_BEYOND + len(dates)]


def reached_before(effect: Effect, dates: Dates, frequency: Frequency) -> float:
    """How much of a ramp is reached one step before the dates, so that the history shows it already.

    Raises:
        EffectError: its window holds no step.
    """
    return float(_shares(effect, dates, frequency)[MOST_BEYOND - 1])


def _shares(effect: Effect, dates: Dates, frequency: Frequency) -> NDArray[np.float64]:
    """The progress of a ramp from MOST_BEYOND steps before the dates to as many after them."""
    dates = as_dates(dates)
    reach = np.arange(-MOST_BEYOND, len(dates) + MOST_BEYOND)
    if effect.end is None and effect.duration is None:
        reach = reach[reach < len(dates)]
    acts = covered(effect, stepped(dates[:1], frequency, reach), frequency)
    if not acts.any():
        raise EffectError("empty_window", f"a ramp needs time: it begins at {effect.start} and ends at {effect.end}")
    return np.asarray(np.cumsum(acts) / acts.sum())
