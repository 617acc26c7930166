"""The broad view of a series: which models to trust, and whether trend, season and level go on as they did.

Every slot has a word that changes nothing; the neutral answer leaves the pool's own combination as it is. Nexus
(arXiv 2605.14389) lets its macro stage write values; here it chooses among operators, and code computes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from divisi.tasks.calling.answer_text import read_json, write_json
from divisi.tasks.forecasting.card import card_of, has_card
from divisi.tasks.forecasting.context import date_schema, object_schema, times_of_card
from divisi.tasks.forecasting.errors import EffectError, ForecastError
from divisi.tasks.forecasting.frequency import Dates, Time, as_dates, moment
from divisi.tasks.forecasting.scene import Floats
from divisi.tasks.forecasting.window import bound
from divisi.tasks.subtask import AnswerError, Case, Schema, Verdict

CHOICES: Mapping[str, tuple[str, ...]] = {
    "trend": ("keep", "up", "flat", "down"),
    "damping": ("none", "mild", "strong"),
    "season": ("keep", "weaken", "none"),
    "level": ("last", "mean", "shifted"),
}
"""Slot -> its words, the one that changes nothing first."""

MODELS = ("ETS", "DOT", "CES", "SNaive")
REASONS = ("trend_reversed", "trend_slowing", "season_fading", "level_changed", "outlier", "model_error", "short")
MOST_WEIGHT = 3
DAMPING: Mapping[str, float] = {"none": 1.0, "mild": 0.95, "strong": 0.8}
"""Word -> phi, by which each further step of the trend is multiplied."""

SEASON_KEPT: Mapping[str, float] = {"keep": 1.0, "weaken": 0.5, "none": 0.0}
PULLED_TO_MEAN = 0.5
NEUTRAL: Mapping[str, Any] = {
    **{slot: words[0] for slot, words in CHOICES.items()},
    "regime_start": None,
    "pool_weights": dict.fromkeys(MODELS, 1),
    "reason_codes": [],
}
"""The answer that changes nothing: equal weights stand for the pool's own combination."""


@dataclass(frozen=True, slots=True)
class Macro:
    """Trend, damping, season, level and the weights of the pool's models, each as a word or a small number."""

    name: str = "macro"

    def render(self, case: Case) -> str:  # noqa: ARG002
        """The invocation."""
        return "macro"

    def grammar(self, case: Case) -> Schema:
        """An object of choices, and weights from 0 to 3."""
        date = date_schema(card_of(case) if has_card(case) else None)
        weights = {model: {"enum": list(range(MOST_WEIGHT + 1))} for model in MODELS}
        properties: dict[str, Schema] = {slot: {"enum": list(words)} for slot, words in CHOICES.items()}
        properties["regime_start"] = {"anyOf": [date, {"type": "null"}]}
        properties["pool_weights"] = object_schema(weights, list(weights))
        reasons = {"type": "array", "items": {"enum": list(REASONS)}, "maxItems": 3}
        properties["reason_codes"] = reasons
        return object_schema(properties, list(properties))

    def write(self, value: Any, case: Case) -> str:  # noqa: ARG002
        """The canonical text, slots in their fixed order."""
        weights = {model: value["pool_weights"][model] for model in MODELS}
        return write_json({slot: weights if slot == "pool_weights" else value[slot] for slot in NEUTRAL})

    def parse(self, text: str, case: Case) -> dict[str, Any]:  # noqa: ARG002
        """The choices.

        Raises:
            AnswerError: a slot is missing, or a weight is no whole number from 0 to 3.
        """
        value = read_json(text)
        if not isinstance(value, dict) or set(value) != set(NEUTRAL):
            raise AnswerError(f"the answer must have the slots {', '.join(NEUTRAL)}: {text[:200]!r}")
        weights = value["pool_weights"]
        if not isinstance(weights, dict) or set(weights) != set(MODELS) or not all(map(_is_weight, weights.values())):
            raise AnswerError(f"pool_weights must give {', '.join(MODELS)} each 0 to {MOST_WEIGHT}: {text[:200]!r}")
        return value

    def verify(self, value: Any, case: Case) -> Verdict:
        """Words are known, some model has weight, and a shifted level says since when, within the history."""
        problems = [
            f"{slot} must be one of {', '.join(words)}, not {value[slot]!r}"
            for slot, words in CHOICES.items()
            if value[slot] not in words
        ]
        if not any(value["pool_weights"].values()):
            problems.append("every model has the weight 0; give one of them weight")
        if (value["level"] == "shifted") != (value["regime_start"] is not None):
            problems.append("regime_start and level 'shifted' go together; give both or neither")
        if value["regime_start"] is not None:
            problems += _check_regime(value["regime_start"], case)
        return Verdict(tuple(problems))

    def score(self, value: Any, truth: Any, case: Case) -> Mapping[str, float]:  # noqa: ARG002
        """exact, the share of right words, and how close the weights are as shares of the pool."""
        words = [value[slot] == truth[slot] for slot in (*CHOICES, "regime_start")]
        distance = np.abs(_shares(value) - _shares(truth)).sum() / 2
        return {
            "choices": sum(words) / len(words),
            "weights": 1.0 - float(distance),
            "exact": float(all(words) and distance == 0),
        }


def apply_macro(
    forecasts: Mapping[str, Floats],
    value: Mapping[str, Any],
    *,
    combined: Floats,
    history: Floats,
    history_dates: Dates,
    season: int,
) -> Floats:
    """The pool's forecast as a macro answer has it.

    Args:
        forecasts: model -> its forecast, [horizon] or [samples, horizon]; models that are not there have no weight.
        value: a macro answer.
        combined: the pool's own combination, in the same shape; what the neutral answer returns.
        history: [n]
        history_dates: [n]
        season: steps of the season; 1 is none.

    Raises:
        EffectError: no model that has weight is there.
    """
    changed = combined if _is_even(value) else _weighted(forecasts, value)
    point = changed.reshape(-1, changed.shape[-1]).mean(axis=0)
    # Changes are computed on the mean path and added to every path, so that the spread stays what it was.
    reshaped = _reshaped(point, value, history, as_dates(history_dates), season)
    return np.asarray(changed + (reshaped - point), dtype=np.float64)


def _is_even(value: Mapping[str, Any]) -> bool:
    return len(set(value["pool_weights"].values())) == 1


def _weighted(forecasts: Mapping[str, Floats], value: Mapping[str, Any]) -> Floats:
    weights = {model: value["pool_weights"][model] for model in MODELS if model in forecasts}
    if not any(weights.values()):
        there = ", ".join(forecasts) or "none"
        raise EffectError("no_model", f"no model with weight has a forecast (there are: {there})")
    return weighted_median(np.stack([forecasts[model] for model in weights]), list(weights.values()))


def weighted_median(forecasts: Floats, weights: Sequence[int]) -> Floats:
    """The median in which each model counts as often as its weight says, so that equal weights are the plain median.

    Args:
        forecasts: [models, ...]
        weights: [models], not all 0.
    """
    return np.asarray(np.median(np.repeat(forecasts, weights, axis=0), axis=0), dtype=np.float64)


def _reshaped(point: Floats, value: Mapping[str, Any], history: Floats, dates: Dates, season: int) -> Floats:
    """The mean forecast with its trend, season and level as they are asked for. [horizon]"""
    if all(value[slot] == words[0] for slot, words in CHOICES.items()):
        return point
    steps = np.arange(1, len(point) + 1)
    slope, pattern = _parts(point, season)
    level = point - slope * steps - pattern
    return (
        level
        + _trend(slope, value) * _damped(steps, value)
        + SEASON_KEPT[value["season"]] * pattern
        + _shift(value, history, dates, season, level)
    )


def _parts(point: Floats, season: int) -> tuple[float, Floats]:
    """Slope a step, and the pattern of the season around the line. [horizon]"""
    steps = np.arange(1, len(point) + 1)
    if len(point) < 2:
        return 0.0, np.zeros(len(point))
    if 1 < season < len(point):
        slope = float((point[season:] - point[:-season]).mean() / season)
    else:
        slope = float(np.polyfit(steps, point, 1)[0])
    around = point - slope * steps
    if not 1 < season < len(point):
        return slope, np.zeros(len(point))
    return slope, around - around[:season].mean()


def _trend(slope: float, value: Mapping[str, Any]) -> float:
    against = (value["trend"] == "up" and slope < 0) or (value["trend"] == "down" and slope > 0)
    return 0.0 if value["trend"] == "flat" or against else slope


def _damped(steps: np.ndarray, value: Mapping[str, Any]) -> Floats:
    """phi + phi^2 + ... + phi^k, which is k without damping. [horizon]"""
    return np.asarray(np.cumsum(DAMPING[value["damping"]] ** steps), dtype=np.float64)


def _shift(value: Mapping[str, Any], history: Floats, dates: Dates, season: int, level: Floats) -> float:
    """How far the level of the forecast moves."""
    if value["level"] == "last":
        return 0.0
    if value["level"] == "mean":
        return PULLED_TO_MEAN * float(history.mean() - level.mean())
    since = history[dates >= _regime(value["regime_start"])]
    if not len(since):
        return 0.0
    whole = since[-(len(since) // season * season) :] if len(since) >= season else since
    return float(whole.mean() - level.mean())


def _regime(start: str | int) -> Time:
    return start if isinstance(start, int) else moment(start)


def _check_regime(start: str | int, case: Case) -> list[str]:
    times = times_of_card(card_of(case))
    try:
        begin = bound(start, times.frequency)
    except ForecastError as error:
        return [str(error)]
    inside = times.history_start <= begin <= times.history_end
    return [] if inside else [f"regime_start {start} lies outside the history"]


def _is_weight(weight: Any) -> bool:
    return isinstance(weight, int) and not isinstance(weight, bool) and 0 <= weight <= MOST_WEIGHT


def _shares(value: Mapping[str, Any]) -> Floats:
    weights = np.array([value["pool_weights"][model] for model in MODELS], dtype=np.float64)
    return np.asarray(weights / max(weights.sum(), 1.0), dtype=np.float64)
