"""A number with its bootstrap interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from divisi.scheduler.learner import ScheduleError

Values = NDArray[np.float64]

SHARE = 0.95
RESAMPLES = 400
LEAST_ITEMS = 10
"""With fewer items an interval says nothing, however narrow."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and the bounds between which 95% of its resamples lie."""

    value: float
    low: float
    high: float

    @property
    def above_zero(self) -> bool:
        """Whether even the lower bound is above 0."""
        return self.low > 0

    @property
    def below_zero(self) -> bool:
        """Whether even the upper bound is below 0."""
        return self.high < 0

    def __str__(self) -> str:
        return f"{self.value:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


def estimate(value: float, draws: Values) -> Estimate:
    """A number with the interval of its resamples, [resamples]."""
    low, high = np.quantile(draws, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return Estimate(float(value), float(low), float(high))


def mean_change(before: Sequence[float], after: Sequence[float], *, seed: int, resamples: int = RESAMPLES) -> Estimate:
    """The mean of paired differences.

    Args:
        before, after: one number for each item, in the same order.
        seed: replays the drawing.
        resamples: how often items are drawn again.

    Raises:
        ScheduleError: there are no items, or not as many after as before.
    """
    if not before or len(before) != len(after):
        raise ScheduleError(f"{len(before)} items before and {len(after)} after: give the same ones, at least one")
    changes = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    return estimate(float(changes.mean()), changes[drawn_items(len(changes), seed, resamples)].mean(axis=1))


def drawn_items(items: int, seed: int, resamples: int) -> NDArray[np.int64]:
    """Items drawn again with replacement, [resamples, items]."""
    return np.random.default_rng(seed).integers(items, size=(resamples, items))
