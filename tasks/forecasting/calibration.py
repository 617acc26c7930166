"""How much each kind of adjustment is worth: a factor from 0 to 1, learnt on earlier folds, kept where a later one
improves.

Source: the calibration stage of Nexus (arXiv 2605.14389) keeps guidelines in prose and accepts them by one fold. We
keep numbers, so that the same folds always give the same factors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from divisi.tasks.forecasting.errors import EffectError
from divisi.tasks.forecasting.scene import Floats

GRID = (0.0, 0.25, 0.5, 0.75, 1.0)
FEWEST_FOLDS = 3
SMALLEST_GAIN = 0.01
"""Part of the error that has to go on the hidden fold before an adjustment is kept."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One origin in time: what came, what was forecast, and what each kind of adjustment would have added.

    Attributes:
        actual: [n]
        base: [n] the forecast without adjustments.
        changes: kind -> [n] what it adds to the base; a kind that is not there adds nothing.
        scale: what errors are divided by (the error of a naive forecast), so that folds and series can be added.
    """

    actual: Floats
    base: Floats
    changes: Mapping[str, Floats]
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Factor:
    """What a kind of adjustment is multiplied by.

    Attributes:
        kind: of the adjustment ("multiply", "macro", "micro").
        shrink: in [0, 1]; 0 where it is not kept.
        kept: whether the hidden fold improved by it.
        error_before: mean scaled error of the hidden fold without it.
        error_after: the same with it, shrunk as earlier folds have it.
        reason: one sentence.
    """

    kind: str
    shrink: float
    kept: bool
    error_before: float
    error_after: float
    reason: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """What earlier origins say of the stages that adjust the forecast.

    Attributes:
        series, folds: how many series were asked at how many origins each; 0 where none is long enough.
        factors: kind of adjustment -> how much of it is kept, and why.
        read_tokens, new_tokens: what asking cost.
    """

    series: int
    folds: int
    factors: Mapping[str, Factor]
    read_tokens: int = 0
    new_tokens: int = 0

    @property
    def kept(self) -> dict[str, float]:
        """Kind -> what its adjustments are multiplied by."""
        return {kind: factor.shrink for kind, factor in self.factors.items()}

    @property
    def off(self) -> dict[str, str]:
        """Kind -> why it does not act."""
        return {kind: f"calibration: {one.reason}" for kind, one in self.factors.items() if not one.kept}

    def to_record(self) -> dict[str, Any]:
        """The calibration as a plain JSON object; an error that was not measured is null."""
        return {
            "series": self.series,
            "folds": self.folds,
            "factors": {
                kind: {
                    "shrink": one.shrink,
                    "kept": one.kept,
                    "error_before": _known(one.error_before),
                    "error_after": _known(one.error_after),
                    "reason": one.reason,
                }
                for kind, one in self.factors.items()
            },
        }


def unproven(kind: str, reason: str) -> Factor:
    """The factor of an adjustment that no fold was there to test."""
    return Factor(kind, 0.0, False, float("nan"), float("nan"), reason)


def fit_factors(folds: Sequence[Fold]) -> dict[str, Factor]:
    """A factor for each kind of adjustment.

    Args:
        folds: oldest first, at least three; the last is hidden while factors are chosen.

    Raises:
        EffectError: there are too few folds, or arrays of different lengths.
    """
    _check(folds)
    earlier, hidden = folds[:-1], folds[-1]
    kinds = sorted({kind for fold in folds for kind in fold.changes})
    return {kind: _fitted(kind, earlier, hidden) for kind in kinds}


def shrunk(base: Floats, changes: Mapping[str, Floats], factors: Mapping[str, Factor]) -> Floats:
    """The base and every change times its factor; a kind without a factor adds nothing. [n]"""
    total = np.asarray(base, dtype=np.float64)
    for kind, change in changes.items():
        if kind in factors:
            total = total + factors[kind].shrink * change
    return total


def _fitted(kind: str, earlier: Sequence[Fold], hidden: Fold) -> Factor:
    used = [fold for fold in earlier if np.any(fold.changes.get(kind, 0.0))]
    before, silent = _error(hidden, kind, 0.0), not np.any(hidden.changes.get(kind, 0.0))
    if not used:
        return Factor(kind, 0.0, False, before, before, "no earlier fold has it, so nothing shows that it helps")
    # Of factors that are equally good, the smallest: an adjustment has to earn its place.
    shrink = min(
        GRID, key=lambda factor: (round(float(np.mean([_error(fold, kind, factor) for fold in used])), 9), factor)
    )
    after = _error(hidden, kind, shrink)
    if shrink == 0.0:
        return Factor(kind, 0.0, False, before, before, "earlier folds are best without it")
    if silent:
        return Factor(kind, 0.0, False, before, before, "the hidden fold does not have it, so nothing confirms it")
    if after > before * (1 - SMALLEST_GAIN):
        return Factor(kind, 0.0, False, before, after, "the hidden fold does not improve by it")
    return Factor(kind, shrink, True, before, after, "the hidden fold improves by it")


def _error(fold: Fold, kind: str, factor: float) -> float:
    """Mean absolute error over the scale."""
    forecast = fold.base + factor * fold.changes.get(kind, np.zeros(len(fold.base)))
    return float(np.abs(fold.actual - forecast).mean()) / fold.scale


def _check(folds: Sequence[Fold]) -> None:
    if len(folds) < FEWEST_FOLDS:
        raise EffectError("too_few_folds", f"{len(folds)} folds; calibration needs {FEWEST_FOLDS}, the last one hidden")
    for fold in folds:
        lengths = {len(fold.actual), len(fold.base), *map(len, fold.changes.values())}
        if len(lengths) > 1 or fold.scale <= 0:
            raise EffectError("bad_fold", f"a fold has arrays of {sorted(lengths)} values, and the scale {fold.scale}")


def _known(error: float) -> float | None:
    return round(error, 6) if np.isfinite(error) else None
