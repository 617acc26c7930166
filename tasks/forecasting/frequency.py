"""Frequencies of series: their spelling, their season, and the dates that they step through.

Plain numpy, so that checks can reckon with dates without pandas. Dates are datetime64[s]; a series without dates is
counted in whole numbers and has the frequency 1.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from divisi.tasks.forecasting.errors import FrequencyError

Dates = NDArray[Any]
"""[n] datetime64[s], or int64 for a series without dates; numpy's types have no name for "one of the two"."""

Time = Any
"""One of such dates: np.datetime64, or a whole number."""

SPELLING = re.compile(r"(\d*)([A-Za-z]+)(?:-([A-Z]{3}))?")
OLD_SPELLINGS = {
    **{"H": "h", "T": "min", "M": "ME", "Q": "QE", "Y": "YE", "A": "YE", "AS": "YS", "S": "s"},
    **{"BM": "BME", "d": "D", "w": "W", "Min": "min"},
}
SECONDS = {"s": 1, "min": 60, "h": 3600, "D": 86_400, "W": 7 * 86_400}
MONTHS = {"MS": 1, "ME": 1, "QS": 3, "QE": 3, "YS": 12, "YE": 12}
KNOWN = "s, min, 15min, h, D, B, W, MS, ME, QS, QE, YS, YE (with a count: 2h), or 1 for series without dates"
DAY_S = 86_400
LARGEST_COUNT = 10_000


@dataclass(frozen=True, slots=True)
class Frequency:
    """How a series steps.

    Attributes:
        unit: "s", "min", "h", "D", "B", "W", "MS", "ME", "QS", "QE", "YS", "YE", or "step" without dates.
        count: units a step.
        anchor: the weekday or month that weeks, quarters or years end in or begin with ("MON"), or None.
    """

    unit: str
    count: int = 1
    anchor: str | None = None

    @property
    def alias(self) -> str | int:
        """The spelling that pandas and Nixtla's libraries take."""
        if self.unit == "step":
            return self.count
        return f"{self.count if self.count > 1 else ''}{self.unit}{f'-{self.anchor}' if self.anchor else ''}"

    @property
    def step_s(self) -> int | None:
        """Seconds a step, or None where steps differ in length."""
        return SECONDS[self.unit] * self.count if self.unit in SECONDS else None

    @property
    def months(self) -> int | None:
        """Months a step, or None where it is not counted in months."""
        return MONTHS[self.unit] * self.count if self.unit in MONTHS else None

    @property
    def within_day(self) -> bool:
        """Whether a step is shorter than a day, so that clock times matter."""
        return self.step_s is not None and self.step_s < DAY_S

    @property
    def season(self) -> int:
        """Steps of the season that is assumed: a day within days, a week of days, a year of weeks, months, quarters."""
        if self.months:
            return max(1, 12 // self.months)
        if self.step_s:
            cycle = DAY_S if self.within_day else 7 * DAY_S if self.step_s < 7 * DAY_S else 52 * 7 * DAY_S
            return max(1, cycle // self.step_s)
        return 5 if self.unit == "B" and self.count == 1 else 1


def read_frequency(freq: str | int) -> Frequency:
    """The frequency of a spelling; pandas' older spellings (H, T, M, Q, Y) are taken too.

    Raises:
        FrequencyError: it is not known; the message lists those that are.
    """
    if isinstance(freq, (int, np.integer)) and not isinstance(freq, bool) and 0 < freq <= LARGEST_COUNT:
        return Frequency("step", int(freq))
    match = SPELLING.fullmatch(freq.strip()) if isinstance(freq, str) else None
    if match:
        count, unit, anchor = match.groups()
        unit = OLD_SPELLINGS.get(unit, unit)
        steps = int(count) if count and len(count) < 6 else 0 if count else 1
        anchored = anchor is None or unit in ("W", "QS", "QE", "YS", "YE")
        if (unit in SECONDS or unit in MONTHS or unit == "B") and 0 < steps <= LARGEST_COUNT and anchored:
            return Frequency(unit, steps, anchor)
    raise FrequencyError("unknown_frequency", f"freq {freq!r} is not known; known are {KNOWN}")


def season_length(freq: str | int) -> int:
    """Steps of the season that a frequency is assumed to have; 1 is none."""
    return read_frequency(freq).season


def future_dates(last: object, freq: str | int, horizon: int) -> Dates:
    """The dates of the steps after the last one. [horizon]"""
    return following(as_dates([last]), read_frequency(freq), horizon)


def following(last: Dates, frequency: Frequency, horizon: int) -> Dates:
    """The dates after the last element of `last`. [horizon]"""
    return stepped(last[-1:], frequency, np.arange(1, horizon + 1))


def stepped(start: Dates, frequency: Frequency, steps: NDArray[np.int64]) -> Dates:
    """The dates so many steps after a start.

    Args:
        start: [1] or [n], on the frequency's grid.
        steps: [n], may be negative.
    """
    if frequency.unit == "step":
        return np.asarray(start + steps * frequency.count, dtype=np.int64)
    if frequency.step_s:
        return np.asarray(start + (steps * frequency.step_s).astype("timedelta64[s]"))
    if frequency.months:
        months = start.astype("datetime64[M]") + (steps * frequency.months).astype("timedelta64[M]")
        return _in_month(months, frequency)
    days = np.busday_offset(start.astype("datetime64[D]"), steps * frequency.count, roll="backward")
    return np.asarray(days.astype("datetime64[s]"))


def _in_month(months: NDArray[np.datetime64], frequency: Frequency) -> NDArray[np.datetime64]:
    if frequency.unit.endswith("S"):
        return months.astype("datetime64[s]")
    return ((months + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")).astype("datetime64[s]")


def periods(dates: Dates, frequency: Frequency) -> tuple[Dates, Dates]:
    """Where the time that each date stands for begins and ends, the end left out. ([n], [n])

    A date is the beginning of its time, but where the unit ends with E (ME, QE, YE) it is its last day.
    """
    if frequency.unit == "step":
        return dates, dates + 1
    if frequency.unit == "B":
        return dates, dates + np.timedelta64(DAY_S, "s")
    if frequency.months and frequency.unit.endswith("E"):
        end = dates.astype("datetime64[M]") + np.timedelta64(1, "M")
        return (end - np.timedelta64(frequency.months, "M")).astype("datetime64[s]"), end.astype("datetime64[s]")
    return dates, stepped(dates, frequency, np.ones(len(dates), dtype=np.int64))


def as_dates(values: object) -> Dates:
    """Dates or whole numbers as the arrays that this folder reckons with. [n]"""
    array = np.asarray(values)
    if array.dtype.kind in "iu":
        return array.astype(np.int64)
    return array.astype("datetime64[s]")


def moment(text: str) -> np.datetime64:
    """The time of an ISO text ("2025-03-17", "2025-03-17T09:00").

    Raises:
        FrequencyError: it is not such a text.
    """
    try:
        return np.datetime64(datetime.fromisoformat(text).replace(tzinfo=None), "s")
    except (TypeError, ValueError) as error:
        raise FrequencyError("unknown_date", f"{text!r} is not a date; write 2025-03-17 or 2025-03-17T09:00") from error


def shown_date(date: object, frequency: Frequency) -> str:
    """A date as people and specialists read it: "2025-03-17", with the clock where steps are shorter than a day."""
    if frequency.unit == "step":
        return str(date)
    return str(np.datetime64(str(date), "m" if frequency.within_day else "D"))
