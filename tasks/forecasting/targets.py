"""What macro and micro should have answered, once the future is known: their targets for training.

Plain arrays in, so that any pool can be learnt from. A choice that hardly helps is not learnt: the target is neutral.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from divisi.tasks.forecasting import macro, micro
from divisi.tasks.forecasting.frequency import Dates
from divisi.tasks.forecasting.scene import Floats

SMALLEST_GAIN = 0.2
"""Part of the error that a choice has to save before it is worth answering; the best of many saves some by chance."""


def macro_target(
    forecasts: Mapping[str, Floats],
    actual: Floats,
    *,
    combined: Floats,
    history: Floats,
    history_dates: Dates,
    season: int,
) -> dict[str, Any]:
    """The macro answer with the least error on a hidden fold: the best weights first, then the best change of shape.

    Args:
        forecasts: model -> [horizon]
        actual: [horizon]
        combined: [horizon] the pool's own combination.
        history: [n]
        history_dates: [n]
        season: steps of the season; 1 is none.
    """

    def error(value: Mapping[str, Any]) -> float:
        changed = macro.apply_macro(
            forecasts, value, combined=combined, history=history, history_dates=history_dates, season=season
        )
        return float(np.abs(changed - actual).mean())

    best: dict[str, Any] = {**macro.NEUTRAL, "pool_weights": best_weights(forecasts, actual, combined)}
    shapes = [{**best, slot: word} for slot, words in macro.CHOICES.items() for word in words if word != "shifted"]
    better = min(shapes, key=error)
    if error(better) < (1 - SMALLEST_GAIN) * error(best):
        best = better
    return {**best, "reason_codes": list(_reasons(best))}


def best_weights(forecasts: Mapping[str, Floats], actual: Floats, combined: Floats) -> dict[str, int]:
    """The whole weights from 0 to 3 with the least error; equal ones where others hardly help.

    Args:
        forecasts: model -> [horizon]; models that are not there get 0, unless all are equal.
        actual: [horizon]
        combined: [horizon] what equal weights stand for.
    """
    there = [model for model in macro.MODELS if model in forecasts]
    values = np.array([forecasts[model] for model in there])
    grid = [weights for weights in product(range(macro.MOST_WEIGHT + 1), repeat=len(there)) if any(weights)]
    shares = np.array(grid, dtype=np.float64)
    errors = [float(np.abs(macro.weighted_median(values, weights) - actual).mean()) for weights in grid]
    # Of equally good weights, the most even and then the smallest ones.
    spread = shares.max(axis=1) - shares.min(axis=1)
    place = min(range(len(grid)), key=lambda one: (round(errors[one], 9), spread[one], shares[one].sum()))
    if errors[place] >= (1 - SMALLEST_GAIN) * np.abs(combined - actual).mean():
        return dict.fromkeys(macro.MODELS, 1)
    return {**dict.fromkeys(macro.MODELS, 0), **dict(zip(there, grid[place], strict=True))}


def _reasons(value: Mapping[str, Any]) -> Sequence[str]:
    found = []
    if value["trend"] != "keep":
        found.append("trend_reversed")
    if value["damping"] != "none":
        found.append("trend_slowing")
    if value["season"] != "keep":
        found.append("season_fading")
    if value["level"] != "last":
        found.append("level_changed")
    if len(set(value["pool_weights"].values())) > 1:
        found.append("model_error")
    return found[:3]


def micro_target(pool: Floats, actual: Floats, sigma: float | Floats, *, outlier_last: bool = False) -> dict[str, Any]:
    """The micro answer that comes closest to what happened.

    Args:
        pool: [horizon]
        actual: [horizon]
        sigma: standard deviation of the pool's errors, a number or [horizon].
        outlier_last: whether the last value of the history is known to be one.
    """
    spread = np.broadcast_to(np.asarray(sigma, dtype=np.float64), pool.shape)
    wanted = np.clip((actual - pool) / np.where(spread > 0, spread, np.inf), -micro.LARGEST, micro.LARGEST)
    neutral = {**micro.NEUTRAL, "outlier_last": outlier_last}
    plain = [
        {**neutral, "bias": bias, "decay": decay}
        for bias in range(-micro.LARGEST, micro.LARGEST + 1)
        for decay in micro.DECAY
        if bias or decay == micro.NEUTRAL["decay"]
    ]
    best = min(plain, key=lambda value: _distance(value, wanted))
    left = wanted - micro.moves(best, len(wanted))
    steps = [
        {"k": k, "adj": int(np.clip(round(float(move)), -micro.LARGEST, micro.LARGEST))}
        for k, move in enumerate(left[: micro.MOST_STEPS], 1)
        if abs(move) >= 1.0
    ]
    full = {**best, "steps": steps}
    return full if _distance(full, wanted) < (1 - SMALLEST_GAIN) * _distance(neutral, wanted) else neutral


def _distance(value: Mapping[str, Any], wanted: Floats) -> float:
    return float(np.abs(micro.moves(value, len(wanted)) - wanted).sum())
