"""Effects applied to a forecast in their fixed order, to points and sample paths alike, each with its outcome.

The order is effect.ORDER and does not depend on the text: shape, factors, amounts, bounds. Within a type the text's
order holds. Source: the stages of Nexus (arXiv 2605.14389) let a model write the numbers; here it never does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np

from divisi.tasks.forecasting.effect import ORDER, Effect, effect_to_record
from divisi.tasks.forecasting.errors import EffectError, ForecastError
from divisi.tasks.forecasting.frequency import as_dates
from divisi.tasks.forecasting.operators import OPERATORS
from divisi.tasks.forecasting.scene import Floats, Scene
from divisi.tasks.forecasting.window import covered, progress, reached_before

IMPLIED_SPREAD = 0.25
"""Standard deviation of the scale that is put on a size which the text only implies."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one effect.

    Attributes:
        effect: as the text was read.
        accepted: whether it was applied.
        reason: why it was not, or "".
        steps: numbers of the steps that it acts on, from 0; of the history for mask_history.
    """

    effect: Effect
    accepted: bool
    reason: str = ""
    steps: tuple[int, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """The outcome as a plain JSON object."""
        return {
            "effect": effect_to_record(self.effect),
            "accepted": self.accepted,
            "reason": self.reason,
            "steps": list(self.steps),
        }


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A forecast after its effects, and one outcome for each effect in the order in which they were given."""

    values: Floats
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A history to fit on, and one outcome for each mask of it."""

    history: Floats
    outcomes: tuple[Outcome, ...]


def apply_effects(
    values: Floats, effects: Sequence[Effect], scene: Scene, *, random: np.random.Generator | None = None
) -> Adjusted:
    """The forecast with the effects applied in the fixed order.

    Args:
        values: [horizon] points, or [samples, horizon] paths.
        effects: accepted ones; what cannot be applied gets an outcome that says why.
        scene: the horizon and what operators may look at.
        random: spreads sizes that are only implied over the paths; None leaves them as they are said.

    Raises:
        EffectError: the values do not have the horizon's length.
    """
    values = np.asarray(values, dtype=np.float64)
    scene = _plain(scene)
    if values.ndim not in (1, 2) or values.shape[-1] != len(scene.dates):
        shape = f"[{len(scene.dates)}] or [samples, {len(scene.dates)}]"
        raise EffectError("wrong_shape", f"values have the shape {list(values.shape)}, expected {shape}")
    outcomes: dict[int, Outcome] = {}
    for place in sorted(range(len(effects)), key=lambda place: _rank(effects[place])):
        values, outcomes[place] = _applied(values, effects[place], scene, random)
    if scene.nonnegative and not any(one.accepted and _below_zero(one.effect) for one in outcomes.values()):
        values = np.maximum(values, 0.0) if effects else values
    return Adjusted(values, tuple(outcomes[place] for place in range(len(effects))))


def _rank(effect: Effect) -> int:
    return ORDER.index(effect.type) if effect.type in ORDER else len(ORDER)


def _applied(
    values: Floats, effect: Effect, scene: Scene, random: np.random.Generator | None
) -> tuple[Floats, Outcome]:
    reason = refusal(effect)
    if reason or effect.type == "mask_history":
        return values, Outcome(effect, not reason, reason, () if reason else _masked_steps(effect, scene))
    try:
        steps = acting_steps(effect, scene)
        if not steps:
            return values, Outcome(effect, False, "it lies outside the horizon")
        changed = OPERATORS[effect.type](values, effect, scene, _scale(values, effect, random))
    except ForecastError as error:
        return values, Outcome(effect, False, str(error))
    if not np.isfinite(changed).all():
        return values, Outcome(effect, False, "it leads to values that are not finite")
    return changed, Outcome(effect, True, "", steps)


def refusal(effect: Effect) -> str:
    """Why an effect is never applied, whatever the numbers; "" where nothing speaks against it."""
    if effect.type == "none":
        return "the text says that nothing changes"
    if effect.target != "this_series":
        return "it is about another series"
    if effect.certainty == "hypothetical":
        return "it is only possible, not said to happen"
    if effect.certainty == "negated":
        return "the text says that it does not happen"
    return ""


def acting_steps(effect: Effect, scene: Scene) -> tuple[int, ...]:
    """Numbers of the steps of the horizon that an effect acts on; a ramp acts on after its end."""
    if effect.type == "ramp":
        known = reached_before(effect, scene.dates, scene.frequency)
        acts = progress(effect, scene.dates, scene.frequency) > known
    else:
        acts = covered(effect, scene.dates, scene.frequency)
    return tuple(np.flatnonzero(acts).tolist())


def _scale(values: Floats, effect: Effect, random: np.random.Generator | None) -> Floats:
    """1 for each path; around 1 where the size is only implied, as evenly spread as quantiles are. [...]"""
    shape = values.shape[:-1]
    if random is None or effect.certainty != "implied" or not shape:
        return np.ones(shape)
    normal = NormalDist()
    quantiles = [normal.inv_cdf((place + 0.5) / shape[0]) for place in range(shape[0])]
    return np.clip(1 + IMPLIED_SPREAD * random.permutation(quantiles), 0.0, 2.0)


def _below_zero(effect: Effect) -> bool:
    return effect.type in ("set", "ceiling") and effect.value is not None and effect.value < 0


def _masked_steps(effect: Effect, scene: Scene) -> tuple[int, ...]:
    return tuple(np.flatnonzero(covered(effect, scene.history_dates, scene.frequency)).tolist())


def prepare_history(effects: Sequence[Effect], scene: Scene) -> Prepared:
    """The history with masked steps refilled from the same place in other seasons, to be fitted on.

    Args:
        effects: accepted ones; only mask_history acts here.
    """
    scene = _plain(scene)
    history = scene.history.copy()
    masked = np.zeros(len(history), dtype=bool)
    outcomes = []
    for effect in effects:
        if effect.type != "mask_history":
            continue
        reason = refusal(effect)
        try:
            steps = () if reason else _masked_steps(effect, scene)
        except ForecastError as error:
            steps, reason = (), str(error)
        if not reason and not steps:
            reason = "it lies outside the history"
        trial = masked.copy()
        trial[list(steps)] = True
        if not reason and trial.all():
            reason = "it would leave no history"
        if not reason:
            masked = trial
        outcomes.append(Outcome(effect, not reason, reason, () if reason else steps))
    return Prepared(refilled(history, masked, scene.frequency.season), tuple(outcomes))


def refilled(history: Floats, masked: np.ndarray, season: int) -> Floats:
    """Masked steps replaced by the mean of the nearest unmasked ones before and after at the same place in the season.

    Args:
        history: [n]
        masked: [n] bool, not all true.
        season: steps of the season; 1 uses direct neighbours.
    """
    filled = history.copy()
    for step in np.flatnonzero(masked):
        alike = np.flatnonzero(~masked & (np.arange(len(history)) % season == step % season))
        if not len(alike):
            alike = np.flatnonzero(~masked)
        before, after = alike[alike < step][-1:], alike[alike > step][:1]
        filled[step] = history[np.concatenate([before, after])].mean()
    return filled


def _plain(scene: Scene) -> Scene:
    """The scene with its arrays in the types that operators reckon with."""
    return replace(
        scene,
        dates=as_dates(scene.dates),
        history=np.asarray(scene.history, dtype=np.float64),
        history_dates=as_dates(scene.history_dates),
        references={name: (as_dates(d), np.asarray(v, dtype=np.float64)) for name, (d, v) in scene.references.items()},
    )
