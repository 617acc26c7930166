"""The stretches of a horizon that invented effects act on, with the words for them."""

from datetime import datetime, timedelta
from random import Random

import numpy as np

from divisi.tasks.forecasting.frequency import Dates, periods
from divisi.tasks.forecasting.ground import Ground
from divisi.tasks.forecasting.sayings import (
    Saying,
    say_daily,
    say_days,
    say_hours,
    say_months,
    say_since,
    say_weekly,
    say_weeks,
)

WINDOW_LENGTHS = {
    "D": (1, 1, 1, 2, 3, 5, 7, 7, 14),
    "B": (1, 1, 2, 3, 5),
    "W": (1, 1, 2, 3, 4),
    "YS": (1,),
    "QS": (1, 2),
}
HOUR_LENGTHS = (1, 2, 3, 4, 6, 8, 12)


def window_said(ground: Ground, first: int, after: int, random: Random, *, dates: Dates | None = None) -> Saying:
    """The words for steps [first, after) of the horizon, or of other dates."""
    dates = ground.scene.dates if dates is None else dates
    frequency = ground.frequency
    begin = as_datetime(dates[first])
    _, ends = periods(dates[after - 1 : after], frequency)
    end, today = as_datetime(ends[0]), as_datetime(ground.scene.history_dates[-1]).date()
    last = (end - timedelta(seconds=1)).date()
    if frequency.unit == "W":
        return say_weeks(begin.date(), last, today, random)
    if frequency.months:
        return say_months(begin.date(), last, random)
    if frequency.within_day and (begin.hour or begin.minute or end.hour or end.minute):
        return say_hours(begin, end, today, random)
    return say_days(begin.date(), last, today, random)


def draw_steps(ground: Ground, random: Random) -> tuple[int, int]:
    """A window in the horizon."""
    horizon, unit = len(ground.scene.dates), ground.frequency.unit
    if ground.frequency.within_day:
        per_hour = 3600 // (ground.frequency.step_s or 3600)
        if random.random() < 0.25 and horizon > 72 * per_hour:
            return _whole_days(ground, random)
        length = min(random.choice(HOUR_LENGTHS) * per_hour, horizon)
    else:
        length = min(random.choice(WINDOW_LENGTHS.get(unit, (1, 1, 2, 3))), horizon)
    first = random.randint(0, horizon - length)
    return first, first + length


def _whole_days(ground: Ground, random: Random) -> tuple[int, int]:
    days = ground.scene.dates.astype("datetime64[D]")
    day = random.choice(list(np.unique(days)[1:-1]))
    inside = np.flatnonzero(days == day)
    return int(inside[0]), int(inside[-1]) + 1


def draw_again(ground: Ground, random: Random) -> tuple[tuple[int, int], int, int] | None:
    """A window that comes again, how often, and after how many steps; None where the horizon is too short."""
    frequency, horizon = ground.frequency, len(ground.future)
    if frequency.within_day:
        per_hour = 3600 // (frequency.step_s or 3600)
        every, length = 24 * per_hour, random.choice((1, 2, 3, 4)) * per_hour
    elif frequency.unit == "D":
        every, length = 7, 1
    else:
        return None
    most = (horizon - length) // every
    if most < 1:
        return None
    repeats = random.randint(2, min(most + 1, 4))
    first = random.randint(0, horizon - length - (repeats - 1) * every)
    return (first, first + length), repeats, every


def again_said(ground: Ground, steps: tuple[int, int], repeats: int, every: int, random: Random) -> Saying:
    """The words for a window that comes again."""
    first = as_datetime(ground.scene.dates[steps[0]])
    last = as_datetime(ground.scene.dates[steps[0] + (repeats - 1) * every]).date()
    if not ground.frequency.within_day:
        return say_weekly(first.date(), last, random)
    hours = (steps[1] - steps[0]) * (ground.frequency.step_s or 3600) // 3600
    return say_daily(first, hours, last, random)


def draw_open_start(ground: Ground, random: Random) -> tuple[int, Saying]:
    """A step in the first part of the horizon from which something lasts, and the words for it."""
    first = random.randrange(max(1, int(len(ground.future) * 0.7)))
    begin = as_datetime(ground.scene.dates[first])
    today = as_datetime(ground.scene.history_dates[-1]).date()
    on_clock = ground.frequency.within_day and bool(begin.hour or begin.minute)
    return first, say_since(begin if on_clock else begin.date(), today, random)


def as_datetime(moment: np.datetime64) -> datetime:
    """A date as Python counts it."""
    return datetime.fromisoformat(str(moment.astype("datetime64[s]")))
