"""The unit that a series' forecast errors are measured in: how far it is from what can be foreseen of it.

Errors of many series can be pooled only in units that make them alike. The size of a series' changes alone does not:
a steady trend changes much and is foreseen well. So four more things are looked at, each as a ratio to the change, and
how much each tells is fitted on the logarithms of the errors of other series.

    scale = change * product over parts of (part / change) ^ weight

Parts: `recent`, the change over the last two seasons; `turns`, how much one change differs from the next; `steps`, the
difference of neighbouring points; `missed`, what the pool missed at earlier origins in units of what is typical.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PARTS = ("recent", "turns", "steps", "missed")

RECENT_SEASONS = 2
LEAST_RECENT = 8
"""The change of fewer points is chance."""

FARTHEST_RATIO = 20.0
"""A part that is farther from the change, either way, counts as this far."""

RIDGE = 5.0
"""How many windows' worth of doubt holds each weight near 0."""

FARTHEST_ERROR = 3.0
"""An error farther from the change, in logarithms, counts as this far: a series that stands still is missed by none."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """How scales are found.

    Attributes:
        typical: [steps], the mean absolute error in units of the series' own change.
        weights: [len(PARTS)], of each part where earlier errors are known.
        blind: [len(PARTS) - 1], of each but the last where none are.
    """

    typical: Array
    weights: Array
    blind: Array


@dataclass(frozen=True, slots=True)
class Window:
    """A forecast whose errors are known.

    Attributes:
        history: [points], what was known.
        past: [windows, steps], the errors of a backtest on it, perhaps none.
        error: [steps], truth minus forecast.
    """

    history: Array
    past: Array
    error: Array


def error_scale(values: Array, season_length: int, errors: Array, scaling: Scaling) -> float:
    """The scale of one series, in its own unit.

    Args:
        values: [points], the history.
        season_length: points of a season; changes are taken over one.
        errors: [windows, steps] of a backtest, perhaps none.
        scaling: fitted on other series.

    Returns:
        Not negative. What was missed where nothing ever changed over a season; 0 where neither.
    """
    unit, missed = change(values, season_length), missed_before(errors, scaling.typical)
    if unit <= 0:
        return missed or 0.0
    ratios = _ratios(values, season_length, unit, missed)
    weights = scaling.blind if missed is None else scaling.weights
    return float(unit * np.exp(ratios @ weights))


def change(values: Array, season_length: int) -> float:
    """The mean absolute difference over a season, or over one point where the history has not got two seasons."""
    return _mean_size(_changes(values, season_length))


def missed_before(errors: Array, typical: Array) -> float | None:
    """The mean absolute error of a backtest in units of what is typical of its step; None where there is none."""
    own = np.abs(errors) / extended(typical, errors.shape[1])
    own = own[np.isfinite(own)]
    return float(own.mean()) if own.size else None


def extended(rows: Array, steps: int) -> Array:
    """[steps, ...] of [known, ...]: the first ones, or beyond them the last one times the root of the distance."""
    known = len(rows)
    if steps <= known:
        return rows[:steps]
    growth = np.sqrt(np.arange(known + 1, steps + 1) / known)
    return np.concatenate([rows, np.multiply.outer(growth, rows[-1])])


def fit_scaling(windows: Sequence[Window], season_length: int, typical: Array) -> Scaling:
    """How much each part tells of the errors to come: ridge regression on logarithms.

    Args:
        windows: of many series.
        season_length: points of their season.
        typical: [steps], what errors are at each step.
    """
    usable = [one for one in windows if change(one.history, season_length) > 0]
    seen = [one for one in usable if missed_before(one.past, typical) is not None]
    return Scaling(
        typical,
        _regressed([_row(one, season_length, typical, blind=False) for one in seen]),
        _regressed([_row(one, season_length, typical, blind=True) for one in usable]),
    )


def _row(window: Window, season_length: int, typical: Array, *, blind: bool) -> tuple[Array, float]:
    """The ratios of one window, and how large its error was beside its change, both as logarithms."""
    unit = change(window.history, season_length)
    missed = None if blind else missed_before(window.past, typical)
    size = (missed_before(window.error[None], typical) or 0.0) / unit
    reach = np.exp(FARTHEST_ERROR)
    return _ratios(window.history, season_length, unit, missed), float(np.log(np.clip(size, 1 / reach, reach)))


def _regressed(rows: Sequence[tuple[Array, float]]) -> Array:
    ratios, sizes = np.array([row for row, _ in rows]), np.array([size for _, size in rows])
    ratios, sizes = ratios - ratios.mean(axis=0), sizes - sizes.mean()
    return np.linalg.solve(ratios.T @ ratios + RIDGE * np.eye(ratios.shape[1]), ratios.T @ sizes)


def _ratios(values: Array, season_length: int, unit: float, missed: float | None) -> Array:
    """[parts], the logarithm of each part over the change; without the last one where nothing was foreseen before."""
    changes = _changes(values, season_length)
    lately = changes[-max(RECENT_SEASONS * season_length, LEAST_RECENT) :]
    turns = np.diff(changes) if len(changes) > 1 else changes
    parts = [_mean_size(lately), _mean_size(turns), _mean_size(np.diff(values))]
    known = np.array(parts if missed is None else [*parts, missed])
    return np.log(np.clip(known / unit, 1 / FARTHEST_RATIO, FARTHEST_RATIO))


def _changes(values: Array, season_length: int) -> Array:
    apart = season_length if len(values) >= 2 * season_length else 1
    return values[apart:] - values[:-apart]


def _mean_size(values: Array) -> float:
    return float(np.abs(values).mean()) if len(values) else 0.0
