"""The gradient-boosting baseline: LightGBM says from a series' features how far each model will be off.

One regressor a model, on the logarithm of its error relative to the models' mean. Its weights are those that macro can
give, 0 to 3: 3 for the model that promises the least error, fewer the more another promises above it. Trained on M1
and on the training parts of M3 and Tourism; never on what is tested.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from errors import BenchmarkError
from forecast_sets import Trial

from divisi.tasks.forecasting.accuracy import naive_error
from divisi.tasks.forecasting.pool import POOL, Array, Combined, PoolForecast, combine, pool_forecast
from divisi.tasks.forecasting.view import series_traits

STEPS = ((0.02, 3), (0.08, 2), (0.2, 1))
"""How far above the least promised error (in logarithms) a model may be for its weight."""


def features_of(history: Array, season_length: int, forecast: PoolForecast) -> Array:
    """[features]: the traits that the card shows, length, season, and how far the models are apart."""
    traits = series_traits(history, season_length)
    unit = naive_error(history, season_length)
    spread = [float(np.abs(point - np.median(forecast.points, axis=0)).mean() / unit) for point in forecast.points]
    return np.array([*traits.values(), np.log(len(history)), season_length, *spread])


def fit_regressors(tested: Sequence[Trial], *, seed: int) -> list[Any]:
    """One regressor for each model of the pool, from series whose truth may be known.

    Raises:
        BenchmarkError: LightGBM is not installed.
    """
    try:
        import lightgbm
    except ModuleNotFoundError as error:
        raise BenchmarkError(
            "this arm needs lightgbm: pip install lightgbm, or leave it out with --no-boosting"
        ) from error
    rows, targets = [], []
    for one in tested:
        forecast = pool_forecast(one.history, len(one.truth), one.season_length)
        if forecast.models != POOL or not np.isfinite(naive_error(one.history, one.season_length)):
            continue
        missed = np.abs(forecast.points - one.truth).mean(axis=1) + 1e-9
        rows.append(features_of(one.history, one.season_length, forecast))
        targets.append(np.log(missed / missed.mean()))
    made = []
    for column in np.array(targets).T:
        options = {"n_estimators": 200, "learning_rate": 0.05, "num_leaves": 15, "min_child_samples": 20}
        made.append(lightgbm.LGBMRegressor(**options, random_state=seed, verbose=-1).fit(np.array(rows), column))
    return made


def weighted_by(regressors: Sequence[Any], one: Trial, forecast: PoolForecast) -> Combined:
    """The pool's forecast under the weights that the regressors choose."""
    if forecast.models != POOL or not np.isfinite(naive_error(one.history, one.season_length)):
        return combine(forecast)
    row = features_of(one.history, one.season_length, forecast)[None]
    promised = np.array([float(regressor.predict(row)[0]) for regressor in regressors])
    above = promised - promised.min()
    weights = {
        model: next((weight for limit, weight in STEPS if extra <= limit), 0)
        for model, extra in zip(POOL, above, strict=True)
    }
    return combine(forecast, weights)
