"""How good a forecast was: sMAPE, MASE, OWA, coverage, MSIS, CRPS; pure functions on plain arrays.

Source: Makridakis, Spiliotis and Assimakopoulos 2020 (the M4 competition), equations 1 to 5.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def smape(truth: Array, point: Array) -> float:
    """mean of 200 |y - f| / (|y| + |f|), in percent, 0 to 200; where both are 0 it is 0."""
    size = np.abs(truth) + np.abs(point)
    missed = np.abs(truth - point)
    return float(200 * np.divide(missed, size, out=np.zeros_like(missed), where=size > 0).mean())


def naive_error(history: Array, season_length: int) -> float:
    """The mean absolute error of repeating the last season within the history; the unit of MASE. NaN where it is 0."""
    apart = season_length if len(history) > season_length else 1
    error = float(np.abs(history[apart:] - history[:-apart]).mean()) if len(history) > apart else 0.0
    return error if error > 0 else float("nan")


def mase(truth: Array, point: Array, history: Array, season_length: int) -> float:
    """mean of |y - f| / naive_error(history); NaN for a constant history."""
    return float(np.abs(truth - point).mean() / naive_error(history, season_length))


def owa(smapes: Array, mases: Array, naive_smapes: Array, naive_mases: Array) -> float:
    """Half of mean sMAPE / that of Naive2 plus half of mean MASE / that of Naive2.

    Args:
        smapes, mases: [series] of a method.
        naive_smapes, naive_mases: [series] of Naive2. A series whose MASE is NaN counts in neither mean of MASE.
    """
    share = smapes.mean() / naive_smapes.mean()
    return float((share + np.nanmean(mases) / np.nanmean(naive_mases)) / 2)


def coverage(truth: Array, low: Array, high: Array) -> float:
    """The share of steps at which the truth lies within the interval, its ends included."""
    return float(((truth >= low) & (truth <= high)).mean())


def msis(truth: Array, low: Array, high: Array, history: Array, *, season_length: int, level: float) -> float:
    """Mean scaled interval score: width plus 2 / a times what lies outside, in units of naive_error.

    Args:
        truth, low, high: [horizon].
        history: [points].
        season_length: points of a season.
        level: percent; a = 1 - level / 100.
    """
    outside = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    score = (high - low) + 2 / (1 - level / 100) * outside
    return float(score.mean() / naive_error(history, season_length))


def crps(truth: Array, paths: Array) -> float:
    """Continuous ranked probability score of sample paths, mean over the steps: E|X - y| - E|X - X'| / 2.

    Args:
        truth: [horizon].
        paths: [samples, horizon].

    Source: Gneiting and Raftery 2007, equation 21; the second term from the sorted sample, exact for its distribution.
    """
    ordered = np.sort(paths, axis=0)
    count = len(ordered)
    ranks = 2 * np.arange(1, count + 1) - count - 1
    spread = (ranks[:, None] * ordered).sum(axis=0) / count**2
    return float((np.abs(paths - truth).mean(axis=0) - spread).mean())
