"""Scores of forecasts over a set: OWA, MASE, sMAPE, coverage and width, with paired bootstrap intervals over series."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from forecast_sets import Trial

from divisi.tasks.forecasting.accuracy import coverage, mase, msis, owa, smape
from divisi.tasks.forecasting.naive2 import naive2
from divisi.tasks.forecasting.pool import Array

RESAMPLES = 1000
Bands = Mapping[float, tuple[Array, Array]]


def errors_of(points: Sequence[Array], tested: Sequence[Trial]) -> Array:
    """[series, 2], sMAPE and MASE of each forecast; MASE is NaN for a constant history."""
    rows = [
        (smape(one.truth, point), mase(one.truth, point, one.history, one.season_length))
        for point, one in zip(points, tested, strict=True)
    ]
    return np.array(rows)


def naive_errors(tested: Sequence[Trial]) -> Array:
    """[series, 2], those of Naive2."""
    return errors_of([naive2(one.history, len(one.truth), one.season_length) for one in tested], tested)


def owa_of(errors: Array, naive: Array) -> float:
    """OWA of a method's errors."""
    return owa(errors[:, 0], errors[:, 1], naive[:, 0], naive[:, 1])


def scored(arms: Mapping[str, Array], naive: Array, *, reference: str, seed: int) -> dict[str, Any]:
    """Each arm's scores, and how its OWA differs from the reference's.

    Args:
        arms: name -> [series, 2] errors.
        naive: [series, 2] of Naive2.
        reference: the arm that others are compared with; series are drawn in pairs.
        seed: of the drawing.
    """
    drawn = np.random.default_rng(seed).integers(len(naive), size=(RESAMPLES, len(naive)))
    resampled = {name: np.array([owa_of(errors[rows], naive[rows]) for rows in drawn]) for name, errors in arms.items()}
    return {
        name: {
            "smape": round(float(errors[:, 0].mean()), 3),
            "mase": round(float(np.nanmean(errors[:, 1])), 3),
            "owa": between(owa_of(errors, naive), resampled[name]),
            "owa_minus_reference": between(
                owa_of(errors, naive) - owa_of(arms[reference], naive), resampled[name] - resampled[reference]
            ),
        }
        for name, errors in arms.items()
    }


def between(value: float, resampled: Array) -> dict[str, float]:
    """A number with its 95% percentile interval."""
    low, high = np.quantile(resampled, [0.025, 0.975])
    return {"value": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def held(bands: Sequence[Bands], tested: Sequence[Trial]) -> dict[float, Array]:
    """Level -> [series], the share of each one's steps that its interval holds."""
    pairs = list(zip(bands, tested, strict=True))
    return {level: np.array([coverage(one.truth, *own[level]) for own, one in pairs]) for level in sorted(bands[0])}


def share(held_of: Array, *, seed: int) -> dict[str, float]:
    """The mean over series, with its interval over them."""
    drawn = np.random.default_rng(seed).integers(len(held_of), size=(RESAMPLES, len(held_of)))
    return between(float(held_of.mean()), held_of[drawn].mean(axis=1))


def covered(bands: Sequence[Bands], tested: Sequence[Trial], *, seed: int) -> dict[str, Any]:
    """Of each level: the share of steps held, with its interval over series; MSIS; mean width in units of MASE's."""
    found: dict[str, Any] = {}
    for level, held_of in held(bands, tested).items():
        pairs = [(one, *own[level]) for own, one in zip(bands, tested, strict=True)]
        scores = [
            msis(one.truth, low, high, one.history, season_length=one.season_length, level=level)
            for one, low, high in pairs
        ]
        widths = [
            msis(low, low, high, one.history, season_length=one.season_length, level=level) for one, low, high in pairs
        ]
        found[f"{level:g}"] = {
            "coverage": share(held_of, seed=seed),
            "msis": round(float(np.nanmean(scores)), 3),
            "width": round(float(np.nanmean(widths)), 3),
        }
    return found


def covered_together(sets: Mapping[str, Mapping[float, Array]], *, seed: int) -> dict[str, Any]:
    """The coverage of several sets as one, each series counting once.

    Args:
        sets: name -> what `held` found of it.
        seed: of the drawing.
    """
    levels = next(iter(sets.values()))
    joined = {level: np.concatenate([one[level] for one in sets.values()]) for level in levels}
    return {
        "sets": list(sets),
        "series": len(next(iter(joined.values()))),
        "coverage": {f"{level:g}": share(held_of, seed=seed) for level, held_of in joined.items()},
    }
