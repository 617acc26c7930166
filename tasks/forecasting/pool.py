"""The numeric pool: classical models on one series, each answering under its own name.

statsforecast computes; it is imported inside functions, because it takes seconds. Its model objects keep settings from
one call to the next, so every forecast makes new ones. A model that fails is left out and named with the reason.

Source: Petropoulos and Svetunkov 2020 (a median of ETS, Theta and CES, sixth in the M4 competition; they add ARIMA).
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from divisi.tasks.forecasting.errors import ForecastError

Array = NDArray[np.float64]

POOL = ("AutoETS", "DynamicOptimizedTheta", "CES", "SeasonalNaive")
"""The models that always play, by statsforecast's column names."""

ON_REQUEST = ("AutoARIMA",)
"""Models that must be asked for: this one takes as long as 250 DynamicOptimizedTheta."""

EQUAL_WEIGHTS: Mapping[str, int] = MappingProxyType(
    {"AutoETS": 1, "DynamicOptimizedTheta": 1, "CES": 1, "SeasonalNaive": 0, "AutoARIMA": 1}
)
"""How often each model counts where nothing is known. SeasonalNaive is a voice for short series and for weights."""

MOST_WEIGHT = 3
LEAST_POINTS = 10
FARTHEST = 20.0
"""A forecast whose distance from the history's range is more than so many times that range is no forecast."""


class PoolError(ForecastError):
    """A pool that cannot forecast: no model of it could, or one that it does not know was asked for."""


@dataclass(frozen=True, slots=True)
class PoolForecast:
    """What the models say, before they are combined.

    Attributes:
        models: those that answered.
        points: [models, horizon], their forecasts.
        left_out: model -> why it did not answer.
    """

    models: tuple[str, ...]
    points: Array
    left_out: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Combined:
    """One forecast of several.

    Attributes:
        point: [horizon].
        weights: model -> how often it was counted.
        note: what was done that the weights did not say, or None.
    """

    point: Array
    weights: Mapping[str, int]
    note: str | None = None


def check_models(models: Sequence[str]) -> tuple[str, ...]:
    """The models of a pool, each once.

    Raises:
        PoolError: one is not known, or none is given.
    """
    known = (*POOL, *ON_REQUEST)
    unknown = [name for name in models if name not in known]
    if unknown or not models:
        given = f"{unknown[0]!r} is no model of the pool" if unknown else "the pool needs at least one model"
        raise PoolError("unknown_model", f"{given}; there are: {', '.join(known)}")
    return tuple(dict.fromkeys(models))


def pool_forecast(
    values: Array, horizon: int, season_length: int, *, models: Sequence[str] = POOL, short: bool = True
) -> PoolForecast:
    """Forecast one series with every model of a pool.

    Args:
        values: [points], finite, oldest first, at least one.
        horizon: steps ahead.
        season_length: points of a season; 1 is none.
        models: by name.
        short: whether a series that is too short for the others is left to SeasonalNaive.

    Raises:
        PoolError: no model could, or one is not known.
    """
    names = check_models(models)
    too_short = short_reason(len(values), season_length) if short else None
    if too_short is not None:
        point = repeated(values, horizon, season_length)
        left_out = {name: too_short for name in names if name != "SeasonalNaive"}
        return PoolForecast(("SeasonalNaive",), point[None], left_out)
    points, left_out = {}, {}
    for name in names:
        try:
            points[name] = believable(run_model(name, values, horizon, season_length), values)
        except Exception as error:  # statsforecast raises bare Exception too
            left_out[name] = f"{type(error).__name__}: {error}"
    if not points:
        reasons = "; ".join(f"{name}: {why}" for name, why in left_out.items())
        raise PoolError("no_model_answered", f"no model could forecast: {reasons}")
    return PoolForecast(tuple(points), np.stack(list(points.values())), left_out)


def short_reason(count: int, season_length: int) -> str | None:
    """Why so many points are too few for anything but repeating them, or None."""
    least = max(2 * season_length, LEAST_POINTS)
    return None if count >= least else f"{count} points are too few, it needs {least}"


def repeated(values: Array, horizon: int, season_length: int) -> Array:
    """[horizon], the last season again and again; the last value where there is not a whole season."""
    season = values[-season_length:] if len(values) >= season_length else values[-1:]
    return np.asarray(np.resize(season, horizon), dtype=np.float64)


def run_model(name: str, values: Array, horizon: int, season_length: int) -> Array:
    """[horizon], the forecast of one new model object."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy's and numpy's, about steps of the search that are not the result
        model = new_model(name, season_length)
        return np.asarray(model.forecast(values, horizon)["mean"], dtype=np.float64)


def new_model(name: str, season_length: int) -> Any:
    """A new model object of statsforecast."""
    from statsforecast import models

    makers: Mapping[str, Callable[..., Any]] = {
        "AutoETS": models.AutoETS,
        "DynamicOptimizedTheta": models.DynamicOptimizedTheta,
        "CES": models.AutoCES,
        "SeasonalNaive": models.SeasonalNaive,
        "AutoARIMA": models.AutoARIMA,
    }
    return makers[name](season_length=season_length)


def believable(point: Array, values: Array) -> Array:
    """A forecast that can be one.

    Raises:
        PoolError: it is not finite, or far outside of all that was seen.
    """
    if not np.isfinite(point).all():
        raise PoolError("not_a_forecast", "its forecast is not finite")
    reach = max(float(np.ptp(values)), float(np.abs(values).max()))
    beyond = np.maximum(point - values.max(), values.min() - point).max()
    if beyond > FARTHEST * reach:
        message = f"its forecast lies {beyond:.3g} outside of the history, which reaches {reach:.3g}"
        raise PoolError("not_a_forecast", message)
    return point


def combine(forecast: PoolForecast, weights: Mapping[str, int] = EQUAL_WEIGHTS) -> Combined:
    """The weighted median at each step: a model of weight 3 is counted three times, one of weight 0 not at all.

    Args:
        forecast: of the models.
        weights: model -> 0 to 3; a model that is not in it counts as in EQUAL_WEIGHTS.

    Raises:
        PoolError: a weight is out of range.
    """
    used = {name: int(weights.get(name, EQUAL_WEIGHTS[name])) for name in forecast.models}
    wrong = {name: weight for name, weight in used.items() if not 0 <= weight <= MOST_WEIGHT}
    if wrong:
        raise PoolError("weight_out_of_range", f"weights must be integers from 0 to {MOST_WEIGHT}, got {wrong}")
    note = None
    if not any(used.values()):
        used = dict.fromkeys(used, 1)
        note = f"only models of weight 0 could answer, so they were counted once: {', '.join(used)}"
    counted = np.repeat(forecast.points, list(used.values()), axis=0)
    return Combined(np.median(counted, axis=0), used, note)
