"""The numbers of one series before any text: the pool's forecasts, and what it missed at earlier origins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from divisi.services.forecasting.workers import Workers
from divisi.tasks.forecasting.backtest import Backtest, backtest
from divisi.tasks.forecasting.error_scale import error_scale
from divisi.tasks.forecasting.errors import ForecastError
from divisi.tasks.forecasting.intervals import Spread, own_spread, spread_for
from divisi.tasks.forecasting.pool import POOL, Array, PoolError, PoolForecast, pool_forecast

WINDOWS = 2
"""Of each series' backtest; each costs as much as the forecast itself."""


@dataclass(frozen=True, slots=True)
class Job:
    """One series to forecast.

    Attributes:
        values: [points], guarded.
        horizon: steps ahead.
        season_length: points of a season.
        models: of the pool.
    """

    values: Array
    horizon: int
    season_length: int
    models: tuple[str, ...] = POOL


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the pool says of one series.

    Attributes:
        job: what was asked.
        forecast: of each model.
        ran: what they would have said before.
    """

    job: Job
    forecast: PoolForecast
    ran: Backtest


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as plain data, so that it crosses processes."""

    code: str
    message: str


def compute(job: Job) -> Numbers | Failure:
    """Forecast one series and test the pool on its past."""
    try:
        ran = backtest(job.values, job.horizon, job.season_length, models=job.models, windows=WINDOWS)
        forecast = pool_forecast(job.values, job.horizon, job.season_length, models=job.models)
    except ForecastError as error:
        return Failure(error.code, str(error))
    return Numbers(job, forecast, ran)


def compute_all(jobs: Sequence[Job], workers: Workers, *, done: Callable[[], None]) -> list[Numbers]:
    """Forecast many series.

    Args:
        jobs: one for each.
        workers: who computes.
        done: called once for each series.

    Raises:
        PoolError: no model could forecast one of them.
    """
    found: list[Numbers | None] = [None] * len(jobs)
    for place, one in workers.map(compute, jobs):
        if isinstance(one, Failure):
            raise PoolError(one.code, one.message)
        found[place] = one
        done()
    return [one for one in found if one is not None]


def scale_of(numbers: Numbers, spread: Spread) -> float:
    """The scale of a series' errors, from its changes and all its windows."""
    return error_scale(numbers.job.values, numbers.job.season_length, numbers.ran.errors(), spread.scaling)


def spread_among(numbers: Sequence[Numbers]) -> Spread:
    """The spread of these series' own errors where they are enough, else the one that comes with the package."""
    shipped = spread_for(numbers[0].job.season_length)
    errors: list[Array] = []
    scales: list[float] = []
    for one in numbers:
        own = one.ran.errors()
        for window, error in enumerate(own):
            others = np.delete(own, window, axis=0)
            errors.append(error)
            scales.append(error_scale(one.job.values, one.job.season_length, others, shipped.scaling))
    return own_spread(errors, scales, shipped.scaling) or shipped
