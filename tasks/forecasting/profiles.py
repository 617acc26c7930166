"""What borrowing another place of the season does: a holiday as a Sunday, a Saturday as a working day.

The pattern is taken from the history's last weeks: the mean of the steps that the profile names over the mean of the
steps that lie where the effect does, at the same time of the day.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from divisi.tasks.forecasting.days import named_days
from divisi.tasks.forecasting.errors import EffectError, ForecastError
from divisi.tasks.forecasting.frequency import DAY_S, Dates, as_dates, moment
from divisi.tasks.forecasting.scene import Floats, Scene

WEEKS = 8
YEARS = 3
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november")
GROUPS: dict[str, tuple[int, ...]] = {
    **{day: (place,) for place, day in enumerate(WEEKDAYS)},
    **dict.fromkeys(("weekday", "working day", "workday", "business day"), (0, 1, 2, 3, 4)),
    "weekend": (5, 6),
}
"""Name of a profile -> weekdays, Monday is 0."""

NEAR_ZERO = 1e-9


def profile_change(profile: str, steps: NDArray[np.int64], scene: Scene) -> tuple[Floats, Floats]:
    """Factor and difference that turn each step into one of the profile. ([horizon], [horizon])

    Args:
        profile: "Sunday", "weekday", "August", an ISO date, the name of a holiday.
        steps: [k] numbers of the steps that change.

    Raises:
        EffectError: the profile is not known, or the history has no such step.
    """
    dates, history = as_dates(scene.history_dates), scene.history
    ahead = as_dates(scene.dates)
    if dates.dtype.kind == "i":
        raise EffectError("no_profile", "a series without dates has no weekdays to borrow")
    borrowed = _borrowed(profile, scene)
    ratio, difference = np.ones(len(ahead)), np.zeros(len(ahead))
    clock, place = _clock(dates), _place(dates, scene)
    for step in steps:
        same_time = clock == _clock(ahead[step : step + 1])[0]
        theirs = _mean(history[borrowed & same_time], profile)
        own = history[_recent(dates, scene) & same_time & (place == _place(ahead[step : step + 1], scene)[0])]
        ours = _mean(own if len(own) else history[same_time], profile)
        if ours > NEAR_ZERO and theirs >= 0:
            ratio[step] = theirs / ours
        else:
            difference[step] = theirs - ours
    return ratio, difference


def is_known(profile: str, scene: Scene) -> bool:
    """Whether the history has steps of a profile."""
    try:
        return bool(_borrowed(profile, scene).any())
    except ForecastError:
        return False


def _borrowed(profile: str, scene: Scene) -> NDArray[np.bool_]:
    """Which steps of the history have the profile. [n]"""
    dates = as_dates(scene.history_dates)
    name = " ".join(profile.casefold().split()).removeprefix("a ").removeprefix("an ").removeprefix("the ")
    if name.removesuffix("s") in GROUPS and (scene.frequency.within_day or scene.frequency.unit in ("D", "B")):
        return np.asarray(_recent(dates, scene) & np.isin(_weekday(dates), GROUPS[name.removesuffix("s")]))
    if name in (*MONTHS, "december"):
        month = (*MONTHS, "december").index(name)
        of_year = dates.astype("datetime64[M]").astype(np.int64) % 12
        return np.asarray(_since(dates, YEARS * 366) & (of_year == month))
    if name[:4].isdigit():
        day = moment(profile).astype("datetime64[D]")
        return np.asarray(dates.astype("datetime64[D]") == day)
    found = _feasts(name, dates, scene)
    if not found.any():
        raise EffectError(
            "no_profile",
            f"the history has no step like {profile!r}; name a weekday, a month, a date, or a holiday with its country",
        )
    return found


def _feasts(name: str, dates: Dates, scene: Scene) -> NDArray[np.bool_]:
    """Days of a holiday, or steps of the week that it lies in ("Easter week")."""
    recent = _since(dates, YEARS * 366)
    if not name.endswith(" week"):
        return np.asarray(recent & named_days(name, scene.country, dates))
    first = dates.astype("datetime64[D]")
    held = [named_days(name.removesuffix(" week"), scene.country, first + day) for day in range(7)]
    return np.asarray(recent & np.logical_or.reduce(held))


def _recent(dates: Dates, scene: Scene) -> NDArray[np.bool_]:
    days = WEEKS * 7 if scene.frequency.within_day or scene.frequency.unit in ("D", "B") else YEARS * 366
    return _since(dates, days)


def _since(dates: Dates, days: int) -> NDArray[np.bool_]:
    return np.asarray(dates > dates[-1] - np.timedelta64(days * DAY_S, "s"))


def _weekday(dates: Dates) -> NDArray[np.int64]:
    return np.asarray((dates.astype("datetime64[D]").astype(np.int64) + 3) % 7)


def _clock(dates: Dates) -> NDArray[np.int64]:
    return np.asarray(dates.astype("datetime64[s]").astype(np.int64) % DAY_S)


def _place(dates: Dates, scene: Scene) -> NDArray[np.int64]:
    """The place in the season: the weekday of days and hours, the month or week of anything longer."""
    if scene.frequency.within_day or scene.frequency.unit in ("D", "B"):
        return _weekday(dates)
    if scene.frequency.months:
        return np.asarray(dates.astype("datetime64[M]").astype(np.int64) % 12)
    years = dates.astype("datetime64[Y]").astype("datetime64[D]")
    return np.asarray((dates.astype("datetime64[D]") - years).astype(np.int64) // 7)


def _mean(values: Sequence[float] | Floats, profile: str) -> float:
    if not len(values):
        raise EffectError("no_profile", f"the history has no step like {profile!r} at this time of the day")
    return float(np.mean(values))
