"""The guard: a long frame is repaired, with every repair reported, or refused with what to do about it.

statsforecast says nothing of missing dates, repeated ones or a wrong frequency, and answers NaN in several ways
(reference/forecasting.md, section 7). Columns keep the names of Nixtla's libraries: unique_id, ds, y.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from divisi.tasks.forecasting.columns import typed_columns
from divisi.tasks.forecasting.errors import SeriesError
from divisi.tasks.forecasting.frequency import Dates, Frequency, read_frequency, shown_date, stepped
from divisi.tasks.forecasting.grid import Rows, find_frequency, places
from divisi.tasks.forecasting.repair import Repair, Report

FEWEST_POINTS = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the guard takes.

    Attributes:
        missing_share: the most that may be missing between the first and the last value of a series.
        horizon: the most steps ahead.
        series: the most series.
        rows: the most rows, filled gaps included.
    """

    missing_share: float = 0.3
    horizon: int = 10_000
    series: int = 200_000
    rows: int = 50_000_000


def guard(
    frame: object, *, freq: str | int | None, horizon: int, limits: Limits | None = None
) -> tuple[pd.DataFrame, Report]:
    """A frame that can be forecast: exactly unique_id, ds, y; sorted, regular, every value finite.

    Args:
        frame: in long format, as somebody sent it.
        freq: the frequency as pandas spells it, 1 for whole numbers as dates, None to find it out.
        horizon: steps to forecast.
        limits: how much is taken.

    Raises:
        SeriesError: it cannot be repaired without guessing; the message says what to do.
        FrequencyError: `freq` is not known.
    """
    limits = limits or Limits()
    _check_horizon(horizon, limits)
    if freq is not None:
        read_frequency(freq)
    plain, repairs = typed_columns(frame)
    rows, of_order = _sorted(plain, limits)
    rows, of_twins = _without_twins(rows)
    frequency = find_frequency(rows, freq)
    of_name = list(_renamed(freq, frequency))
    rows, of_gaps = _filled(rows, frequency, limits)
    report = _report(rows, frequency, horizon, (*repairs, *of_order, *of_twins, *of_name, *of_gaps))
    dates = rows.dates if frequency.unit == "step" else rows.dates.astype("datetime64[ns]")
    return pd.DataFrame({"unique_id": rows.names[rows.codes], "ds": dates, "y": rows.values}), report


def _check_horizon(horizon: object, limits: Limits) -> None:
    if not isinstance(horizon, (int, np.integer)) or isinstance(horizon, bool):
        raise SeriesError("bad_horizon", f"the horizon must be a whole number of steps, not {horizon!r}")
    if horizon < 1:
        raise SeriesError("bad_horizon", f"the horizon must be 1 step or more, not {horizon}")
    if horizon > limits.horizon:
        raise SeriesError("bad_horizon", f"the horizon is {horizon} steps; the most is {limits.horizon}")


def _sorted(plain: pd.DataFrame, limits: Limits) -> tuple[Rows, list[Repair]]:
    """The rows by series and date; that whole series come in another order is no matter and not reported."""
    codes, names = pd.factorize(plain["unique_id"])
    if len(names) > limits.series:
        raise SeriesError("too_many_series", f"{len(names)} series; send at most {limits.series} at once")
    dates = plain["ds"].to_numpy()
    if dates.dtype.kind != "i":
        dates = dates.astype("datetime64[s]")
        if (plain["ds"].to_numpy() != dates).any():
            raise SeriesError("off_grid", "ds has parts of a second; round it to whole seconds")
    early = (np.diff(codes) < 0) | ((np.diff(codes) == 0) & (np.diff(dates).astype(np.int64) < 0))
    ranks = np.argsort(np.argsort(np.asarray(names)))
    codes, names = ranks[codes], np.sort(np.asarray(names))
    order = np.lexsort((dates, codes))
    rows = Rows(names, codes[order], dates[order], plain["y"].to_numpy()[order])
    if not early.any():
        return rows, []
    what = "the rows were not in the order of their dates, and are now"
    return rows, [Repair("sorted", None, int(early.sum()), str(dates[1:][early][0]), what)]


def _without_twins(rows: Rows) -> tuple[Rows, list[Repair]]:
    """Rows that say the same twice are dropped; those that say different things are refused."""
    twin = (np.diff(rows.codes) == 0) & (np.diff(rows.dates).astype(np.int64) == 0)
    if not twin.any():
        return rows, []
    # Values before missing ones, so that a twin without a value follows one that has it.
    order = np.lexsort((np.isnan(rows.values), rows.dates, rows.codes))
    codes, dates, values = rows.codes[order], rows.dates[order], rows.values[order]
    before, after = values[:-1][twin], values[1:][twin]
    other = ~np.isnan(after) & (before != after)
    row = np.flatnonzero(twin)
    if other.any():
        place = row[int(np.flatnonzero(other)[0])]
        raise SeriesError(
            "conflicting_duplicates",
            f"series {rows.names[codes[place]]!r} has {values[place]:g} and {values[place + 1]:g} at {dates[place]}, "
            f"and {int(other.sum())} such pairs in all; sum, average or drop them before sending",
        )
    keep = np.concatenate(([True], ~twin))
    repairs = [
        Repair(
            "duplicates_dropped", name, count, str(first), f"{count} rows said again what was said, and were dropped"
        )
        for name, count, first in _by_series(rows.names, codes[row], dates[row])
    ]
    return Rows(rows.names, codes[keep], dates[keep], values[keep]), repairs


def _by_series(
    names: NDArray[np.object_], codes: NDArray[np.int64], dates: Dates
) -> Iterator[tuple[Hashable, int, object]]:
    """Name, how often it occurs, and its first date, for sorted codes."""
    found, first, counts = np.unique(codes, return_index=True, return_counts=True)
    for code, place, count in zip(found, first, counts, strict=True):
        name = names[code]
        yield name.item() if isinstance(name, np.generic) else name, int(count), dates[place]


def _renamed(given: str | int | None, found: Frequency) -> Iterator[Repair]:
    if given is None:
        yield Repair(
            "frequency_found", None, 1, str(found.alias), f"freq was not given; the dates step by {found.alias}"
        )
    elif given != found.alias:
        what = f"freq {given!r} is read as {found.alias!r}, which is where the dates lie"
        yield Repair("frequency_respelled", None, 1, str(found.alias), what)


def _filled(rows: Rows, frequency: Frequency, limits: Limits) -> tuple[Rows, list[Repair]]:
    """Every step between the first and the last value of a series, what was missing on a straight line between."""
    steps = places(rows, frequency)
    starts, counts = rows.starts, rows.counts
    lengths = steps[starts + counts - 1] + 1
    _check_missing(lengths - counts, lengths, rows, limits, "dates are missing")
    if int(lengths.sum()) > limits.rows:
        raise SeriesError("too_many_rows", f"{int(lengths.sum())} rows; send at most {limits.rows} at once")
    begins = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    codes = np.repeat(np.arange(len(rows.names)), lengths)
    within = np.arange(len(codes)) - begins[codes]
    values, given = np.full(len(codes), np.nan), np.zeros(len(codes), dtype=bool)
    target = begins[rows.codes] + steps
    values[target], given[target] = rows.values, True
    infinite = np.isinf(values)
    values[infinite] = np.nan
    dates = stepped(rows.dates[starts][codes], frequency, within)
    full = Rows(rows.names, codes, dates, values)
    trimmed, inner, repairs = _trimmed(full, ~given, infinite, frequency, limits)
    return replace(trimmed, values=_interpolated(trimmed.values, inner)), repairs


def _check_missing(
    missing: NDArray[np.int64], lengths: NDArray[np.int64], rows: Rows, limits: Limits, what: str
) -> None:
    wrong = missing > limits.missing_share * lengths
    if wrong.any():
        code = int(np.flatnonzero(wrong)[0])
        raise SeriesError(
            "too_much_missing",
            f"{missing[code]} of {lengths[code]} {what} in series {rows.names[code]!r}, and too many in "
            f"{int(wrong.sum())} series; fill them from what you know, or pass a coarser freq",
        )


def _trimmed(
    full: Rows, absent: NDArray[np.bool_], infinite: NDArray[np.bool_], frequency: Frequency, limits: Limits
) -> tuple[Rows, NDArray[np.bool_], list[Repair]]:
    """Without missing values at both ends; what is missing within is left for a straight line."""
    known = ~np.isnan(full.values)
    empty = np.flatnonzero(np.bincount(full.codes[known], minlength=len(full.names)) == 0)
    if len(empty):
        raise SeriesError("no_values", f"series {full.names[empty[0]]!r} has no value at all; leave it out")
    place = np.arange(len(known))
    starts = full.starts
    first = np.minimum.reduceat(np.where(known, place, len(known)), starts)[full.codes]
    last = np.maximum.reduceat(np.where(known, place, -1), starts)[full.codes]
    head, tail = place < first, place > last
    inner = ~known & ~head & ~tail
    kept = ~head & ~tail
    counts = np.bincount(full.codes[kept], minlength=len(full.names))
    lost = np.bincount(full.codes[inner], minlength=len(full.names))
    _check_missing(lost, counts, full, limits, "values are missing")
    kinds = (
        (
            "infinite_replaced",
            infinite & inner,
            "infinite values stand on a straight line between their neighbours now",
        ),
        ("gaps_filled", absent & inner, "missing dates were filled on a straight line between their neighbours"),
        ("values_filled", inner & ~absent & ~infinite, "missing values were filled on a straight line"),
        ("start_trimmed", head, "steps without a value at the beginning were left out"),
        ("end_trimmed", tail, "steps without a value at the end were left out, so the forecast begins there"),
    )
    repairs = [
        Repair(kind, name, count, shown_date(date, frequency), f"{count} {what}")
        for kind, where, what in kinds
        for name, count, date in _by_series(full.names, full.codes[where], full.dates[where])
    ]
    return Rows(full.names, full.codes[kept], full.dates[kept], full.values[kept]), inner[kept], repairs


def _interpolated(values: NDArray[np.float64], missing: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Both ends of each series are known, so that a line never leads from one series into another."""
    if not missing.any():
        return values
    place = np.arange(len(values))
    return np.where(missing, np.interp(place, place[~missing], values[~missing]), values)


def _report(rows: Rows, frequency: Frequency, horizon: int, repairs: tuple[Repair, ...]) -> Report:
    starts, counts = rows.starts, rows.counts
    low, high = np.minimum.reduceat(rows.values, starts), np.maximum.reduceat(rows.values, starts)
    names = rows.names.tolist()
    short = counts < max(2 * frequency.season, FEWEST_POINTS)
    return Report(
        freq=frequency.alias,
        season_length=frequency.season,
        horizon=int(horizon),
        series=len(names),
        rows=len(rows.values),
        repairs=repairs,
        short=tuple(name for name, found in zip(names, short, strict=True) if found),
        constant=tuple(name for name, found in zip(names, low == high, strict=True) if found),
        nonnegative=frozenset(name for name, found in zip(names, low >= 0, strict=True) if found),
    )
