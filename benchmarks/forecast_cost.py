"""What many series cost: seconds and peak memory, beside statsforecast called directly on the same series."""

import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from divisi.services.forecasting.numbers import WINDOWS, Job, compute_all
from divisi.services.forecasting.workers import Processes
from divisi.tasks.forecasting.pool import Array

POINTS, HORIZON, SEASON = 100, 12, 12


def series(count: int, *, seed: int) -> Array:
    """[count, POINTS], each with a trend, a season and noise."""
    random = np.random.default_rng(seed)
    steps = np.arange(POINTS)
    season = random.uniform(1, 10, (count, 1)) * np.sin(2 * np.pi * steps / SEASON)
    return 100 + random.normal(0, 0.3, (count, 1)) * steps + season + random.normal(0, 2, (count, POINTS))


def measured(count: int, *, processes: int, compare: bool, seed: int) -> dict[str, Any]:
    """Seconds of so many series, and how they compare with statsforecast's own forecast and cross_validation.

    Args:
        count: of series.
        processes: that compute, for both.
        compare: whether statsforecast is measured too; it takes as long again.
        seed: of the series.
    """
    values = series(count, seed=seed)
    jobs = [Job(one, HORIZON, SEASON) for one in values]
    compute_all(jobs[:1], Processes(1), done=lambda: None)  # here and below: imports are no cost of a series
    ours = timed(lambda: compute_all(jobs, Processes(processes), done=lambda: None))
    found: dict[str, Any] = {"series": count, "points": POINTS, "processes": processes, "seconds": round(ours, 3)}
    found["peak_memory_mib"] = peak_mib()  # before the other side runs, whose memory would be counted as ours
    if compare:
        direct(values[:1], 1)
        theirs = timed(lambda: direct(values, processes))
        found |= {"statsforecast_seconds": round(theirs, 3), "ratio": round(ours / theirs, 3)}
    return found


def direct(values: Array, processes: int) -> None:
    """The same forecasts and backtests by statsforecast alone: new models, every series, as many windows."""
    import pandas as pd
    from statsforecast import StatsForecast
    from statsforecast.models import AutoCES, AutoETS, DynamicOptimizedTheta, SeasonalNaive

    names = np.repeat(np.arange(len(values)), POINTS)
    frame = pd.DataFrame({"unique_id": names, "ds": np.tile(np.arange(POINTS), len(values)), "y": values.ravel()})
    kinds = (AutoETS, DynamicOptimizedTheta, AutoCES, SeasonalNaive)
    for run in ("forecast", "cross_validation"):
        made = StatsForecast(models=[kind(season_length=SEASON) for kind in kinds], freq=1, n_jobs=processes)
        if run == "forecast":
            made.forecast(df=frame, h=HORIZON)
        else:
            made.cross_validation(df=frame, h=HORIZON, n_windows=WINDOWS, step_size=HORIZON)


def timed(work: Callable[[], object]) -> float:
    """Seconds of a piece of work."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def peak_mib() -> float:
    """The most memory that this process, or the largest of those it started, has held so far."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return round(max(resource.getrusage(kind).ru_maxrss for kind in kinds) / unit, 1)
