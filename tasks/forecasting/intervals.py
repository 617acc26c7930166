"""Intervals calibrated across series: how far forecasts of other series were off, in units of each series' own scale.

A model's own bands are too narrow, and two or three windows of one series say too little about its tails (on 175
quarterly series of M3, nominal 95% bands of AutoETS held 87%, conformal ones of three windows 74%). So errors at
each step ahead are divided by a scale that each series has (error_scale.py), pooled over many series, and their
quantiles multiplied by the scale of the series at hand. Sample paths are drawn from the same quantiles: an operator
that acts on the paths moves the interval.

    error[h] / scale ~ Q[h]                     Q [steps, levels], pooled over series
    path[h] = point[h] + scale * Q[h](Phi(z[h])),   z[h] = r z[h-1] + sqrt(1 - r^2) noise

Source: split conformal prediction (Vovk et al. 2005), over series in place of over time; the Gaussian copula that
joins the steps of a path is ours.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from divisi.tasks.forecasting.error_scale import Scaling, extended

Array = NDArray[np.float64]

LEVELS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99, 0.995)
"""The probabilities whose quantiles are kept."""

SIGMAS_AT_85 = 1.0364
"""The 85% quantile of a standard normal distribution."""

LEAST_ERRORS = 200
"""Fewer errors say nothing about a 95% interval, let alone a 99% one."""

SMOOTHED = 2
"""Steps on each side that a step's quantiles are averaged with."""

TABLES = Path(__file__).with_name("spreads.json")


@dataclass(frozen=True, slots=True)
class Spread:
    """How far forecasts are off, in units of scale.

    Attributes:
        scaling: how the scales were found.
        quantiles: [steps, len(LEVELS)], increasing along the levels.
        correlation: of the normal scores of neighbouring steps.
        origin: where the errors come from, in words.
        count: of how many windows.
    """

    scaling: Scaling
    quantiles: Array
    correlation: float
    origin: str
    count: int

    def at(self, steps: int) -> Array:
        """[steps, len(LEVELS)]; beyond the steps that are known, the last one grows with the root of the distance."""
        return extended(smoothed(self.quantiles), steps)

    def sigma(self, steps: int) -> Array:
        """[steps], half of what lies between the quantiles of one standard deviation below and above."""
        low, high = (LEVELS.index(level) for level in (0.15, 0.85))
        quantiles = self.at(steps)
        return np.asarray((quantiles[:, high] - quantiles[:, low]) / 2 / SIGMAS_AT_85, dtype=np.float64)


def smoothed(rows: Array) -> Array:
    """[steps, ...], each row the mean of its neighbours, as many on each side: tails of few hundred windows are ragged.

    On M3 and Tourism (60 series of each kind) coverage stays within a point, and bands become 1% narrower.
    """
    reach = [min(SMOOTHED, step, len(rows) - 1 - step) for step in range(len(rows))]
    return np.stack([rows[step - side : step + side + 1].mean(axis=0) for step, side in enumerate(reach)])


def typical_errors(errors: Sequence[Array]) -> Array:
    """[steps], the mean absolute error at each step, the largest twentieth counted as the one below it.

    Args:
        errors: of each window of each series, [steps], divided by the series' change; steps may differ.
    """
    clipped = [np.minimum(column, np.quantile(column, 0.95)) for column in map(np.abs, _columns(errors))]
    return np.array([column.mean() for column in clipped])


def fit_spread(errors: Sequence[Array], scaling: Scaling, *, origin: str) -> Spread:
    """Pool scaled errors of many series.

    Args:
        errors: of each window of each series, [steps], divided by its scale; steps may differ.
        scaling: what their scales were found with.
        origin: where they come from.

    Returns:
        As many steps as at least LEAST_ERRORS windows have, and at least one.
    """
    columns = _columns(errors)
    quantiles = np.stack([widened(column) for column in columns])
    return Spread(scaling, quantiles, _correlation(errors, len(columns)), origin, len(errors))


def _columns(errors: Sequence[Array]) -> list[Array]:
    """The errors of each step that LEAST_ERRORS windows have, and of the first."""
    steps = 1
    while sum(len(one) > steps for one in errors) >= LEAST_ERRORS:
        steps += 1
    return [np.array([one[step] for one in errors if len(one) > step]) for step in range(steps)]


def widened(sample: Array) -> Array:
    """Quantiles that a new value falls below with at least the probability meant: (n + 1) / n further out."""
    count = len(sample)
    out = [0.5 + (level - 0.5) * (count + 1) / count for level in LEVELS]
    return np.asarray(np.quantile(sample, np.clip(out, 0.0, 1.0)), dtype=np.float64)


def _correlation(errors: Sequence[Array], steps: int) -> float:
    from scipy.stats import spearmanr

    pairs = [(one[step], one[step + 1]) for one in errors for step in range(min(steps, len(one)) - 1)]
    if len(pairs) < LEAST_ERRORS:
        return 0.5
    ranked = float(spearmanr(np.array(pairs)).statistic)
    return float(np.clip(2 * np.sin(np.pi * ranked / 6), 0.0, 0.99))


def paths_around(point: Array, scale: float, spread: Spread, *, samples: int, seed: int = 0) -> Array:
    """[samples, horizon], what may come: the forecast with errors as other series had them.

    Args:
        point: [horizon].
        scale: of the series, see error_scale.
        spread: of the errors.
        samples: paths; quantiles beyond 1 / samples are not among them.
        seed: the same seed draws the same paths, whatever the series.
    """
    ranks = _ranks(samples, len(point), spread.correlation, seed)
    quantiles = spread.at(len(point))
    errors = [np.interp(ranks[:, step], LEVELS, quantiles[step]) for step in range(len(point))]
    return np.asarray(point + scale * np.stack(errors, axis=1), dtype=np.float64)


@cache
def _ranks(samples: int, horizon: int, correlation: float, seed: int) -> Array:
    """[samples, horizon], uniform at each step: the ranks of a stationary Gaussian chain, made exact by sorting."""
    noise = np.random.default_rng(seed).standard_normal((samples, horizon))
    chain = noise.copy()
    for step in range(1, horizon):
        chain[:, step] = correlation * chain[:, step - 1] + np.sqrt(1 - correlation**2) * noise[:, step]
    places = chain.argsort(axis=0).argsort(axis=0)
    return np.asarray((places + 0.5) / samples, dtype=np.float64)


def interval(paths: Array, level: float) -> tuple[Array, Array]:
    """The central interval of sample paths at each step: [horizon] lower, [horizon] upper.

    Args:
        paths: [samples, horizon].
        level: percent, between 0 and 100.
    """
    outside = (1 - level / 100) / 2
    low, high = np.quantile(paths, [outside, 1 - outside], axis=0)
    return low, high


def own_spread(errors: Sequence[Array], scales: Sequence[float], scaling: Scaling) -> Spread | None:
    """The spread of the series at hand, where they are many enough; else None.

    Args:
        errors: of each window, [steps].
        scales: of each window, found without its own errors.
        scaling: what the scales were found with.
    """
    usable = [one / scale for one, scale in zip(errors, scales, strict=True) if scale > 0 and np.isfinite(one).all()]
    if len(usable) < LEAST_ERRORS:
        return None
    return fit_spread(usable, scaling, origin=f"errors of this request's own series ({len(usable)} windows)")


def spread_for(season_length: int) -> Spread:
    """The spread that comes with the package for series of a season length; the nearest where there is none.

    Its origin says what it was fitted on, so that an answer can say so.
    """
    tables = _tables()
    nearest = min(tables, key=lambda known: abs(np.log(known) - np.log(season_length)))
    return tables[nearest]


@cache
def _tables() -> dict[int, Spread]:
    record = json.loads(TABLES.read_text(encoding="utf-8"))
    return {int(season): _read(one) for season, one in record.items()}


def _read(record: Mapping[str, Any]) -> Spread:
    scaling = Scaling(*(np.array(record[name]) for name in ("typical", "weights", "blind")))
    return Spread(
        scaling, np.array(record["quantiles"]), record["correlation"], origin=record["origin"], count=record["count"]
    )
