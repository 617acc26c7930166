"""Numbers with their counts and 95% bootstrap intervals.

value = sum over parts p of weight_p * (sum of tops in p / sum of bottoms in p)

A mean has bottoms of 1; a micro F1 has 2 x hits over given + true; an average of columns has one part for each. Items
are drawn again within their part, all numbers of one item together.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
SHARE = 0.95


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of one group of a set.

    Attributes:
        group: the part of the set, "all" for the whole.
        metric: what is measured.
        count: items that it comes from.
        value: in [0, 1], but for milliseconds and tokens.
        low, high: its interval.
    """

    group: str
    metric: str
    count: int
    value: float
    low: float
    high: float

    def to_record(self) -> dict[str, Any]:
        """The measure as a plain JSON object."""
        return {key: round(part, 5) if isinstance(part, float) else part for key, part in asdict(self).items()}


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Items that are drawn together: tops and bottoms, [items] each, and the weight of their quotient."""

    tops: NDArray[np.float64]
    bottoms: NDArray[np.float64]
    weight: float = 1.0


def mean(group: str, metric: str, values: Sequence[float], *, seed: int) -> Measure:
    """The mean of one number an item."""
    return weighted(group, metric, [part(values)], seed=seed)


def part(values: Sequence[float], weight: float = 1.0) -> Part:
    """Items that count with one number each."""
    return Part(np.asarray(values, dtype=np.float64), np.ones(len(values)), weight)


def micro_f1(
    group: str,
    metric: str,
    pairs: Sequence[tuple[Sequence[Hashable], Sequence[Hashable]]],
    *,
    seed: int,
) -> Measure:
    """F1 over a whole set: 2 x hits / (given + true), each summed over all items.

    Args:
        group, metric: of the measure.
        pairs: what was given and what is true of each item; at least one of both has to be there.
        seed: of the drawing.
    """
    tops = [2.0 * (Counter(given) & Counter(truth)).total() for given, truth in pairs]
    bottoms = [float(len(given) + len(truth)) for given, truth in pairs]
    return weighted(group, metric, [Part(np.asarray(tops), np.asarray(bottoms))], seed=seed)


def weighted(group: str, metric: str, parts: Sequence[Part], *, seed: int) -> Measure:
    """The weighted sum of the parts' quotients."""
    rng = np.random.default_rng(seed)
    value = sum(one.weight * float(one.tops.sum() / one.bottoms.sum()) for one in parts)
    drawn = sum((one.weight * _drawn(one, rng) for one in parts), np.zeros(RESAMPLES))
    low, high = np.quantile(drawn, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return Measure(group, metric, sum(len(one.tops) for one in parts), value, float(low), float(high))


def _drawn(one: Part, rng: np.random.Generator) -> NDArray[np.float64]:
    """The quotient of each resample, [RESAMPLES]; a resample without any bottom counts as 0."""
    items = len(one.tops)
    quotients = np.zeros(RESAMPLES)
    for number in range(RESAMPLES):
        chosen = rng.integers(items, size=items)
        bottom = one.bottoms[chosen].sum()
        quotients[number] = one.tops[chosen].sum() / bottom if bottom else 0.0
    return quotients


def quantile(group: str, metric: str, values: Sequence[float], share: float, *, seed: int) -> Measure:
    """The number that a share of the items stays below."""
    rng = np.random.default_rng(seed)
    samples = np.asarray(values, dtype=np.float64)
    drawn = [np.quantile(samples[rng.integers(len(samples), size=len(samples))], share) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return Measure(group, metric, len(samples), float(np.quantile(samples, share)), float(low), float(high))
