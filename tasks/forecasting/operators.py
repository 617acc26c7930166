"""What each type of effect does to a forecast: one function a type, on points and on sample paths alike.

An operator takes values [..., horizon], the effect, the scene, and `scale` [...], which is 1 where the size of the
effect is known and varies over paths where the text only implies it. It returns new values.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.forecasting.errors import EffectError
from divisi.tasks.forecasting.profiles import profile_change
from divisi.tasks.forecasting.regimes import state_factors
from divisi.tasks.forecasting.scene import Floats, Scene
from divisi.tasks.forecasting.window import covered, progress, reached_before

Operator = Callable[[Floats, Effect, Scene, Floats], Floats]
FEWEST_SHARED = 8
"""Dates that a reference must share with the history before it can be followed."""


def multiply(values: Floats, effect: Effect, scene: Scene, scale: Floats) -> Floats:
    """y (1 + s (f - 1)) on the window, f the factor, s the scale of the path."""
    acts = covered(effect, scene.dates, scene.frequency)
    return values * (1 + scale[..., None] * acts * (_factor(effect) - 1))


def add(values: Floats, effect: Effect, scene: Scene, scale: Floats) -> Floats:
    """y + s v on the window."""
    return values + scale[..., None] * covered(effect, scene.dates, scene.frequency) * _value(effect)


def set_value(values: Floats, effect: Effect, scene: Scene, scale: Floats) -> Floats:  # noqa: ARG001
    """v on the window."""
    return np.where(covered(effect, scene.dates, scene.frequency), _value(effect), values)


def floor(values: Floats, effect: Effect, scene: Scene, scale: Floats) -> Floats:  # noqa: ARG001
    """max(y, v) on the window."""
    return np.where(covered(effect, scene.dates, scene.frequency), np.maximum(values, _value(effect)), values)


def ceiling(values: Floats, effect: Effect, scene: Scene, scale: Floats) -> Floats:  # noqa: ARG001
    """min(y, v) on the window."""
    return np.where(covered(effect, scene.dates, scene.frequency), np.minimum(values, _value(effect)), values)


def level_shift(values: Floats, effect: Effect, scene: Scene, scale: Floats) -> Floats:
    """As add or multiply, by the unit; from its start on, since a lasting effect has no end."""
    return add(values, effect, scene, scale) if effect.unit == "abs" else multiply(values, effect, scene, scale)


def ramp(values: Floats, effect: Effect, scene: Scene, scale: Floats) -> Floats:
    """As a level shift, weighted by how much of the ramp has been reached; it stays at its end.

    What was reached before the horizon is in the history, and so in the forecast, already: only the rest is applied.
    """
    share, before = progress(effect, scene.dates, scene.frequency), reached_before(effect, scene.dates, scene.frequency)
    if effect.unit == "abs":
        return values + scale[..., None] * (share - before) * _value(effect)
    change = np.maximum(scale[..., None] * (_factor(effect) - 1), -1.0)
    return np.asarray(values * (1 + share * change) / (1 + before * change))


def remove_trend(values: Floats, effect: Effect, scene: Scene, scale: Floats) -> Floats:  # noqa: ARG001
    """y - b k from the start on, b the slope a step of the mean forecast, k the steps since the start."""
    acts = covered(effect, scene.dates, scene.frequency)
    slope = forecast_slope(values.reshape(-1, values.shape[-1]).mean(axis=0), scene)
    since = np.cumsum(acts)
    return values - slope * since


def forecast_slope(point: Floats, scene: Scene) -> float:
    """The trend of a forecast a step, with the season left out as well as its length allows.

    Args:
        point: [horizon]
    """
    season = scene.frequency.season
    known = np.concatenate([scene.history[-season:], point])
    if season > 1 and len(known) > season and len(scene.history) >= season:
        # Steps one season apart have the same place in it, so that their differences are trend alone.
        return float((known[season:] - known[:-season]).mean() / season)
    known = np.concatenate([scene.history[-1:], point])
    if len(known) < 2:
        return 0.0
    return float(np.polyfit(np.arange(len(known)), known, 1)[0])


def use_profile(values: Floats, effect: Effect, scene: Scene, scale: Floats) -> Floats:  # noqa: ARG001
    """The pattern of another place in the season, as a ratio or, around zero, as a difference."""
    acts = covered(effect, scene.dates, scene.frequency)
    ratio, difference = profile_change(effect.profile or "", np.flatnonzero(acts), scene)
    return values * ratio + difference


def follow_reference(values: Floats, effect: Effect, scene: Scene, scale: Floats) -> Floats:  # noqa: ARG001
    """The line a + b r fitted over the history, and each path's own distance from the mean path."""
    acts = covered(effect, scene.dates, scene.frequency)
    expected = reference_forecast(effect, scene)
    if np.isnan(expected[acts]).any():
        raise EffectError("short_reference", f"the series {effect.reference!r} does not reach over the whole effect")
    point = values.reshape(-1, values.shape[-1]).mean(axis=0)
    return np.where(acts, expected + (values - point), values)


def reference_forecast(effect: Effect, scene: Scene) -> Floats:
    """What a reference leads to expect, NaN where it is not known. [horizon]"""
    dates, reference = find_reference(effect.reference or "", scene)
    _, ours, theirs = np.intersect1d(scene.history_dates, dates, return_indices=True)
    if len(ours) < FEWEST_SHARED:
        raise EffectError(
            "short_reference", f"the series {effect.reference!r} shares {len(ours)} dates with the history, too few"
        )
    spread = float(np.var(reference[theirs]))
    covariance = float(np.cov(reference[theirs], scene.history[ours], ddof=0)[0, 1])
    slope = covariance / spread if spread > 0 else 0.0
    level = float(scene.history[ours].mean() - slope * reference[theirs].mean())
    expected = np.full(len(scene.dates), np.nan)
    _, ahead, known = np.intersect1d(scene.dates, dates, return_indices=True)
    expected[ahead] = level + slope * reference[known]
    return expected


def find_reference(name: str, scene: Scene) -> tuple[np.ndarray, Floats]:
    """The dates and values of the series of a name, in any case of letters.

    Raises:
        EffectError: it was not given.
    """
    for given, series in scene.references.items():
        if given.casefold() == name.casefold():
            return series
    there = ", ".join(scene.references) or "none"
    raise EffectError("no_reference", f"no series named {name!r} was given (given: {there}); send it as a reference")


def regime_path(values: Floats, effect: Effect, scene: Scene, scale: Floats) -> Floats:  # noqa: ARG001
    """y times the factor of the state that holds at each step."""
    return values * state_factors(effect, scene)


def _value(effect: Effect) -> float:
    if effect.value is None:
        raise EffectError("no_value", f"{effect.type} needs a value")
    return float(effect.value)


def _factor(effect: Effect) -> float:
    if effect.factor is None:
        raise EffectError("no_value", f"{effect.type} needs a value in x or pct")
    return effect.factor


OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        "remove_trend": remove_trend,
        "follow_reference": follow_reference,
        "use_profile": use_profile,
        "regime_path": regime_path,
        "multiply": multiply,
        "level_shift": level_shift,
        "ramp": ramp,
        "add": add,
        "floor": floor,
        "ceiling": ceiling,
        "set": set_value,
    }
)
"""Type -> what it does to a forecast; mask_history acts on the history, before the forecast."""
