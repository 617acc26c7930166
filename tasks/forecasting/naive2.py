"""Naive2: the last value, seasonally adjusted where a season can be proven; what OWA is relative to.

Source: Makridakis et al. 2020 (the M4 competition's own code): a 90% test on the autocorrelation at the season's lag,
classical multiplicative decomposition, the last adjusted value times the season's indices.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Z_90 = 1.645


def naive2(values: Array, horizon: int, season_length: int) -> Array:
    """[horizon], the forecast.

    Args:
        values: [points]; a season is only looked for where all are positive.
        horizon: steps ahead.
        season_length: points of a season; 1 is none.
    """
    if not is_seasonal(values, season_length) or values.min() <= 0:
        return np.full(horizon, values[-1])
    indices = seasonal_indices(values, season_length)
    adjusted = values[-1] / indices[(len(values) - 1) % season_length]
    places = (len(values) + np.arange(horizon)) % season_length
    return np.asarray(adjusted * indices[places], dtype=np.float64)


def is_seasonal(values: Array, season_length: int) -> bool:
    """Whether the autocorrelation at the season's lag is beyond what its earlier lags let expect by chance, at 90%."""
    count = len(values)
    if season_length == 1 or count < 3 * season_length or np.ptp(values) == 0:
        return False
    centred = values - values.mean()
    correlations = [
        float((centred[lag:] * centred[: count - lag]).sum() / (centred**2).sum())
        for lag in range(1, season_length + 1)
    ]
    limit = Z_90 * np.sqrt((1 + 2 * sum(one**2 for one in correlations[:-1])) / count)
    return bool(abs(correlations[-1]) > limit)


def seasonal_indices(values: Array, season_length: int) -> Array:
    """[season_length], the mean ratio of each place in the season to the centred moving average, with mean 1."""
    even = season_length % 2 == 0
    weights = np.ones(season_length + even)
    if even:
        weights[[0, -1]] = 0.5
    trend = np.convolve(values, weights / season_length, mode="valid")
    first = len(weights) // 2
    ratios = values[first : first + len(trend)] / trend
    places = (first + np.arange(len(trend))) % season_length
    means = np.array([ratios[places == place].mean() for place in range(season_length)])
    return np.asarray(means / means.mean(), dtype=np.float64)
