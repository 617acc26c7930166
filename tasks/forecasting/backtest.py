"""Rolling origins: what the pool would have said at earlier points of a series, beside what came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from divisi.tasks.forecasting.pool import (
    EQUAL_WEIGHTS,
    POOL,
    Array,
    PoolError,
    PoolForecast,
    check_models,
    combine,
    pool_forecast,
)


@dataclass(frozen=True, slots=True)
class Backtest:
    """Forecasts from earlier origins.

    Attributes:
        models: the pool in order, SeasonalNaive always among them.
        origins: [windows], how many points were known at each, increasing.
        points: [models, windows, steps]; NaN where a model was left out.
        truth: [windows, steps].
    """

    models: tuple[str, ...]
    origins: tuple[int, ...]
    points: Array
    truth: Array

    def errors(self, weights: Mapping[str, int] = EQUAL_WEIGHTS) -> Array:
        """[windows, steps], truth minus the combined forecast under some weights."""
        rows = [truth - self.combined(place, weights) for place, truth in enumerate(self.truth)]
        return np.stack(rows) if rows else np.empty(self.truth.shape)

    def combined(self, window: int, weights: Mapping[str, int] = EQUAL_WEIGHTS) -> Array:
        """[steps], the combined forecast of one window."""
        points = self.points[:, window]
        there = ~np.isnan(points[:, 0])
        names = tuple(name for name, answered in zip(self.models, there, strict=True) if answered)
        return combine(PoolForecast(names, points[there], {}), weights).point


def origins_of(count: int, horizon: int, windows: int, *, step: int | None = None) -> tuple[int, ...]:
    """The origins of windows that end with the series, increasing; the last one leaves exactly one horizon.

    Args:
        count: points of the series.
        horizon: steps of each window.
        windows: how many.
        step: points between origins; one horizon by default, so that no point is forecast twice.
    """
    apart = horizon if step is None else step
    return tuple(count - horizon - apart * back for back in reversed(range(windows)))


def window_shape(count: int, horizon: int, season_length: int, *, windows: int = 2) -> tuple[int, int]:
    """How many windows of how many steps a series has room for.

    Windows are given up before steps: errors far ahead are the ones that intervals need most.

    Returns:
        Windows, which may be 0, and steps, at most the horizon.
    """
    room = count - max(2 * season_length, 10)
    if room < 1:
        return 0, 0
    steps = min(horizon, room)
    return min(windows, room // steps), steps


def backtest(
    values: Array, horizon: int, season_length: int, *, models: Sequence[str] = POOL, windows: int = 2
) -> Backtest:
    """What the pool would have said, at as many origins as the series has room for.

    Args:
        values: [points], finite, oldest first.
        horizon: steps ahead.
        season_length: points of a season; 1 is none.
        models: by name.
        windows: the most.
    """
    count, steps = window_shape(len(values), horizon, season_length, windows=windows)
    return backtest_at(values, origins_of(len(values), steps, count), steps, season_length, models=models)


def backtest_at(
    values: Array, origins: Sequence[int], steps: int, season_length: int, *, models: Sequence[str] = POOL
) -> Backtest:
    """What the pool would have said at given origins.

    Raises:
        PoolError: an origin knows nothing, or no model could forecast from it.
    """
    names = check_models((*models, "SeasonalNaive"))  # who stands in where the points are few; it costs nothing
    if origins and min(origins) < 1:
        needed = len(values) - min(origins) + 1
        message = f"{len(values)} points are too few for these windows, which need {needed}; ask for fewer"
        raise PoolError("too_few_points", message)
    points = np.full((len(names), len(origins), steps), np.nan)
    truth = np.empty((len(origins), steps))
    for window, origin in enumerate(origins):
        said = pool_forecast(values[:origin], steps, season_length, models=names)
        truth[window] = values[origin : origin + steps]
        for name, point in zip(said.models, said.points, strict=True):
            points[names.index(name), window] = point
    return Backtest(names, tuple(origins), points, truth)
