"""The coarse view of a series: its history in few points, and a few numbers that describe it."""

from itertools import pairwise

import numpy as np

from divisi.tasks.forecasting.scene import Floats

MOST_POINTS = 24
FEWEST_POINTS = 8


def coarse_view(values: Floats, points: int = MOST_POINTS) -> Floats:
    """The means of as many equal stretches of a history; the values themselves where they are few. [<= points]"""
    values = np.asarray(values, dtype=np.float64)
    if len(values) <= points:
        return values
    edges = np.linspace(0, len(values), points + 1).astype(int)
    return np.array([values[first:last].mean() for first, last in pairwise(edges)])


def series_traits(values: Floats, season: int) -> dict[str, float]:
    """Trend, season and level of a series, each without a unit.

    Args:
        values: [n], finite.
        season: steps of the season; 1 is none.

    Returns:
        trend: slope over the last three seasons (at least 8 steps), in parts of the mean size, a season.
        season: share of the variance around the trend that places in the season explain, in [0, 1].
        level: mean of the last season over the mean of all.
        noise: standard deviation of what is left, in parts of the mean size.
    """
    values = np.asarray(values, dtype=np.float64)
    size = float(np.abs(values).mean()) or 1.0
    recent = values[-max(3 * season, FEWEST_POINTS) :]
    slope, around = _detrended(recent)
    explained = _seasonal_part(around, season)
    rest = around - explained
    total = float(around.var())
    return {
        "trend": slope * max(season, 1) / size,
        "season": 1 - float(rest.var()) / total if total > 0 and season > 1 and len(recent) >= 2 * season else 0.0,
        "level": float(values[-max(season, 1) :].mean()) / float(values.mean()) if values.mean() else 1.0,
        "noise": float(rest.std()) / size,
    }


def _detrended(values: Floats) -> tuple[float, Floats]:
    """Slope a step, and the values around the line."""
    if len(values) < 2:
        return 0.0, np.zeros(len(values))
    step = np.arange(len(values))
    slope, level = np.polyfit(step, values, 1)
    return float(slope), values - (level + slope * step)


def _seasonal_part(around: Floats, season: int) -> Floats:
    """The mean at each place in the season, repeated over the whole. [n]"""
    if season < 2 or len(around) < 2 * season:
        return np.zeros(len(around))
    place = np.arange(len(around)) % season
    sums = np.bincount(place, weights=around, minlength=season)
    return (sums / np.bincount(place, minlength=season))[place]
