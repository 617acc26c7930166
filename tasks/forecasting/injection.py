"""Effects put into a clean future by plain arithmetic on known steps, without the operators that serve requests.

The two are written apart on purpose: a test applies the true JSON by the operators and must find this future again.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from divisi.tasks.forecasting.drafts import Draft
from divisi.tasks.forecasting.effect import ORDER
from divisi.tasks.forecasting.ground import Ground
from divisi.tasks.forecasting.regimes import STATES
from divisi.tasks.forecasting.scene import Floats, Scene

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKS = 8
PER_WINDOW = ("multiply", "add", "level_shift", "set", "floor", "ceiling")


def with_references(scene: Scene, drafts: Sequence[Draft], random: np.random.Generator) -> Scene:
    """The scene with a reference series for each draft that follows one: a line of the history, and a course ahead."""
    dates = np.concatenate([scene.history_dates, scene.dates])
    given = {}
    for draft in drafts:
        if draft.type == "follow_reference":
            slope = random.uniform(0.2, 3.0)
            ahead = scene.history.mean() * random.uniform(0.7, 1.3, len(scene.dates))
            given[draft.record["reference"]] = (dates, 10 + slope * np.concatenate([scene.history, ahead]))
    return replace(scene, references=given)


def spoiled_history(ground: Ground, drafts: Sequence[Draft]) -> Floats:
    """The history with the errors that masks speak of. [n]"""
    history = ground.scene.history.copy()
    for draft in drafts:
        if draft.type == "mask_history":
            history[slice(*draft.steps)] *= draft.factor if draft.factor is not None else 0.0
    return history


def injected(ground: Ground, drafts: Sequence[Draft]) -> Floats:
    """The future with all effects in it. [horizon]"""
    future = ground.future.copy()
    for draft in sorted(drafts, key=lambda draft: ORDER.index(draft.type)):
        future = _put(future, draft, ground)
    return np.maximum(future, 0.0)


def _put(future: Floats, draft: Draft, ground: Ground) -> Floats:
    values, (first, after) = future.copy(), draft.steps
    value, unit = draft.record.get("value"), draft.record.get("unit")
    if draft.type in PER_WINDOW:
        for window in draft.windows:
            values[window] = _in_window(values[window], draft.type, value, unit)
    elif draft.type == "ramp":
        share = np.minimum(np.arange(1, len(values) - first + 1) / (after - first), 1.0)
        values[first:] = _changed(values[first:], value, unit, share)
    elif draft.type == "remove_trend":
        values[first:] -= _slope(future, ground) * np.arange(1, len(values) - first + 1)
    elif draft.type == "regime_path":
        values = _by_state(values, draft, ground)
    elif draft.type == "use_profile":
        for step in range(first, after):
            values[step] *= _ratio(step, draft.record["profile"], ground)
    elif draft.type == "follow_reference":
        values[first:after] = _followed(draft.record["reference"], ground)[first:after]
    return values


def _in_window(values: Floats, kind: str, value: Any, unit: Any) -> Floats:
    if kind == "set":
        return np.full(len(values), float(value))
    if kind == "floor":
        return np.asarray(np.maximum(values, value))
    if kind == "ceiling":
        return np.asarray(np.minimum(values, value))
    return _changed(values, value, unit, 1.0)


def _changed(values: Floats, value: Any, unit: Any, share: float | Floats) -> Floats:
    if unit == "abs":
        return np.asarray(values + share * value)
    factor = value if unit == "x" else 1 + value / 100
    return np.asarray(values * (1 + share * (factor - 1)))


def _slope(future: Floats, ground: Ground) -> float:
    """Mean change a step: over differences one season apart where there is a season, else of the best line."""
    season, history = ground.frequency.season, ground.scene.history
    known = np.concatenate([history[-season:], future])
    if season > 1 and len(history) >= season:
        return float(np.mean([known[k + season] - known[k] for k in range(len(known) - season)])) / season
    known = np.concatenate([history[-1:], future])
    x = np.arange(len(known)) - (len(known) - 1) / 2
    return float((x * known).sum() / (x * x).sum())


def _by_state(values: Floats, draft: Draft, ground: Ground) -> Floats:
    shown = [str(date) for date in ground.scene.dates]
    factor, changed = 1.0, values.copy()
    starts = {part["start"]: STATES[part["state"]] for part in draft.record["path"]}
    for step, date in enumerate(shown):
        for start, own in starts.items():
            if date.startswith(start):
                factor = own if _is_first(date, start, shown, step) else factor
        changed[step] *= factor
    return changed


def _is_first(date: str, start: str, shown: Sequence[str], step: int) -> bool:
    return step == 0 or not shown[step - 1].startswith(start) or date == start


def _ratio(step: int, profile: str, ground: Ground) -> float:
    """Mean of the profile's weekday over the mean of the own one, at the same time of the day, in the last weeks."""
    dates, history = ground.scene.history_dates, ground.scene.history
    date = ground.scene.dates[step]
    theirs, ours, alike = [], [], []
    for day, value in zip(dates, history, strict=True):
        if (day - day.astype("datetime64[D]")) != (date - date.astype("datetime64[D]")):
            continue
        alike.append(value)
        if day <= dates[-1] - np.timedelta64(WEEKS * 7 * 86_400, "s"):
            continue
        weekday = (day.astype("datetime64[D]").astype(int) + 3) % 7
        if weekday == WEEKDAYS.index(profile.lower()):
            theirs.append(value)
        if weekday == (date.astype("datetime64[D]").astype(int) + 3) % 7:
            ours.append(value)
    return float(np.mean(theirs) / np.mean(ours or alike))


def _followed(name: str, ground: Ground) -> Floats:
    dates, reference = ground.scene.references[name]
    past = reference[: len(ground.scene.history)]
    slope, level = np.polyfit(past, ground.scene.history, 1)
    return np.asarray(level + slope * reference[len(past) : len(dates)])
