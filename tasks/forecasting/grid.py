"""The grid of dates that series step through: found, checked, and the place of each row on it.

All series at once, as flat arrays; a code numbers the series of each row, and rows are sorted by code and date.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from divisi.tasks.forecasting.errors import SeriesError
from divisi.tasks.forecasting.frequency import DAY_S, Dates, Frequency, periods, read_frequency

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
FEWEST_FOR_WEEKDAYS = 10
"""Points that a daily series needs before the lack of weekends shows that it has working days only."""

FEWEST_FOR_DOUBT = 3
"""Points that a series needs before its own steps can speak against the frequency that was given."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of all series, sorted by series and date, no date twice in a series.

    Attributes:
        names: [series] what each is called.
        codes: [rows] the series of each row.
        dates: [rows] datetime64[s], or int64.
        values: [rows] float64.
    """

    names: NDArray[Any]
    codes: NDArray[np.int64]
    dates: Dates
    values: NDArray[np.float64]

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each series begins. [series]"""
        return np.searchsorted(self.codes, np.arange(len(self.names)))

    @property
    def counts(self) -> NDArray[np.int64]:
        """Rows of each series. [series]"""
        return np.bincount(self.codes, minlength=len(self.names))


def find_frequency(rows: Rows, given: str | int | None) -> Frequency:
    """The one frequency of all series, with the anchor that their dates have.

    Args:
        rows: the rows.
        given: what the caller says it is, or None.

    Raises:
        SeriesError: the series differ, nothing fits, or the dates speak against what was given.
        FrequencyError: what was given is not known.
    """
    asked = None if given is None else read_frequency(given)
    numbered = rows.dates.dtype.kind == "i"
    if asked and numbered != (asked.unit == "step"):
        holds = "whole numbers" if numbered else "dates"
        hint = "pass freq=1, or write dates as 2025-03-17" if numbered else "pass a frequency of dates such as 'D'"
        raise SeriesError("wrong_frequency", f"ds holds {holds} and freq is {given!r}; {hint}")
    found = _own_frequencies(rows)
    if asked is None:
        return _agreed(found, rows)
    for name, own in found.items():
        if (own.unit, own.count) != (asked.unit, asked.count) and rows.counts[name] >= FEWEST_FOR_DOUBT:
            raise SeriesError(
                "wrong_frequency",
                f"freq is {given!r}, but series {rows.names[name]!r} steps by {own.alias!r}; pass freq={own.alias!r}, "
                "or bring the series to the frequency that you want",
            )
    return _anchored(asked, rows.dates)


def _agreed(found: dict[int, Frequency], rows: Rows) -> Frequency:
    if not found:
        raise SeriesError("unknown_frequency", "no series has two points, so pass freq (for instance freq='D')")
    by_alias: dict[str | int, Any] = {}
    for place, own in found.items():
        by_alias.setdefault(own.alias, rows.names[place])
    if len(by_alias) > 1:
        shown = ", ".join(f"{name!r} steps by {alias!r}" for alias, name in list(by_alias.items())[:4])
        raise SeriesError("mixed_frequencies", f"the series step differently ({shown}); forecast each kind by itself")
    return next(iter(found.values()))


def _own_frequencies(rows: Rows) -> dict[int, Frequency]:
    """Number of a series -> what its dates step by, for those of two points and more."""
    same = rows.codes[1:] == rows.codes[:-1]
    if not same.any():
        return {}
    codes = rows.codes[1:][same]
    steps = np.diff(rows.dates)[same].astype(np.int64)
    usual = _most_frequent(codes, steps)
    if rows.dates.dtype.kind == "i":
        return {code: Frequency("step", step) for code, step in usual.items()}
    marks = _marks(rows)
    known: dict[tuple[Any, ...], Frequency] = {}
    found = {}
    for code, step in usual.items():
        key = (step, *(mark[code] for mark in marks))
        if key not in known:
            known[key] = _frequency_of(key, rows.names[code])
        found[code] = known[key]
    return found


def _most_frequent(codes: NDArray[np.int64], steps: NDArray[np.int64]) -> dict[int, int]:
    """Code -> its most frequent step; the smallest where several are."""
    counted = pd.DataFrame({"code": codes, "step": steps}).value_counts(sort=False).reset_index(name="times")
    counted = counted.sort_values(["code", "times", "step"], ascending=[True, False, True])
    first = counted.drop_duplicates("code")
    return dict(zip(first["code"].tolist(), first["step"].tolist(), strict=True))


def _marks(rows: Rows) -> tuple[NDArray[Any], ...]:
    """Of each series: all on first days, on last days, months a step, first month, working days, weekday. [series]"""
    days = rows.dates.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    weekday = (days.astype(np.int64) + 3) % 7
    midnight = rows.dates == days
    starts = rows.starts
    last = (months + 1).astype("datetime64[D]") - 1
    number = months.astype(np.int64)
    gaps = np.where(np.diff(rows.codes, prepend=-1) == 0, np.diff(number, prepend=0), 0)
    return (
        np.minimum.reduceat(midnight & (days == months), starts),
        np.minimum.reduceat(midnight & (days == last), starts),
        np.gcd.reduceat(gaps, starts),
        number[starts] % 12,
        np.minimum.reduceat(weekday < 5, starts) & (rows.counts >= FEWEST_FOR_WEEKDAYS),
        weekday[starts],
    )


def _frequency_of(key: tuple[Any, ...], name: Any) -> Frequency:
    step, on_first, on_last, months, month, working, weekday = key
    if (on_first or on_last) and step >= 28 * DAY_S:
        unit, count = next((u, months // n) for u, n in (("Y", 12), ("Q", 3), ("M", 1)) if months % n == 0)
        return _with_month(Frequency(unit + ("S" if on_first else "E"), int(count)), int(month))
    if step == DAY_S and working:
        return Frequency("B")
    for unit, seconds in (("W", 7 * DAY_S), ("D", DAY_S), ("h", 3600), ("min", 60), ("s", 1)):
        if step % seconds == 0 and step // seconds > 0:
            return Frequency(unit, step // seconds, WEEKDAYS[weekday] if unit == "W" else None)
    raise SeriesError("irregular", f"the dates of series {name!r} have no regular step; bring them to one")


def _with_month(frequency: Frequency, month: int) -> Frequency:
    """Quarters and years with the month they are anchored in, where it is not the usual one."""
    if frequency.unit in ("QS", "QE"):
        anchor = MONTH_NAMES[month % 3] if frequency.unit == "QS" else MONTH_NAMES[9 + month % 3]
        usual = "JAN" if frequency.unit == "QS" else "DEC"
    elif frequency.unit in ("YS", "YE"):
        anchor, usual = MONTH_NAMES[month], "JAN" if frequency.unit == "YS" else "DEC"
    else:
        return frequency
    return Frequency(frequency.unit, frequency.count, None if anchor == usual else anchor)


def _anchored(asked: Frequency, dates: Dates) -> Frequency:
    """What was asked for with the anchor of the first date, where the caller named none."""
    if asked.anchor is not None or asked.unit == "step":
        return asked
    day = dates[:1].astype("datetime64[D]")
    if asked.unit == "W":
        return Frequency("W", asked.count, WEEKDAYS[int((day.astype(np.int64)[0] + 3) % 7)])
    return _with_month(asked, int(day.astype("datetime64[M]").astype(np.int64)[0] % 12))


def places(rows: Rows, frequency: Frequency) -> NDArray[np.int64]:
    """Steps of each row after the first row of its series. [rows]

    Raises:
        SeriesError: a date is not on the grid; the message names it.
    """
    first = rows.dates[rows.starts][rows.codes]
    if frequency.unit == "step":
        return _whole_steps((rows.dates - first).astype(np.int64), frequency.count, rows, frequency)
    if frequency.step_s:
        _refuse_off_grid(_off_anchor(rows, frequency), rows, frequency)
        return _whole_steps((rows.dates - first).astype(np.int64), frequency.step_s, rows, frequency)
    days = rows.dates.astype("datetime64[D]")
    if frequency.months:
        begin, end = periods(rows.dates, frequency)
        edge = end - np.timedelta64(DAY_S, "s") if frequency.unit.endswith("E") else begin.astype("datetime64[M]")
        _refuse_off_grid(rows.dates != edge.astype("datetime64[s]"), rows, frequency)
        passed = (days.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(np.int64)
        return _whole_steps(passed, frequency.months, rows, frequency)
    _refuse_off_grid((rows.dates != days) | ~np.is_busday(days), rows, frequency)
    passed = np.busday_count(first.astype("datetime64[D]"), days).astype(np.int64)
    return _whole_steps(passed, frequency.count, rows, frequency)


def _off_anchor(rows: Rows, frequency: Frequency) -> NDArray[np.bool_]:
    if frequency.unit != "W" or frequency.anchor is None:
        return np.zeros(len(rows.dates), dtype=bool)
    weekday = (rows.dates.astype("datetime64[D]").astype(np.int64) + 3) % 7
    return np.asarray(weekday != WEEKDAYS.index(frequency.anchor))


def _whole_steps(passed: NDArray[np.int64], length: int, rows: Rows, frequency: Frequency) -> NDArray[np.int64]:
    _refuse_off_grid(passed % length != 0, rows, frequency)
    return passed // length


def _refuse_off_grid(wrong: NDArray[np.bool_], rows: Rows, frequency: Frequency) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise SeriesError(
            "off_grid",
            f"series {rows.names[rows.codes[row]]!r} has the date {rows.dates[row]}, which freq={frequency.alias!r} "
            f"never reaches, and {int(wrong.sum())} such dates in all; move them, or pass another freq",
        )
