"""From decisions to numbers: operators in a fixed order, on the forecast and on its sample paths alike.

masked history, refit -> macro -> micro -> effects -> never below zero where the history never was -> intervals
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from divisi.services.forecasting.matter import Matter, name_of, short_name
from divisi.services.forecasting.numbers import Failure, Numbers, compute, scale_of
from divisi.services.forecasting.stages import Opinion
from divisi.tasks.forecasting.apply import Outcome, apply_effects, prepare_history, refilled, refusal
from divisi.tasks.forecasting.checks import screened
from divisi.tasks.forecasting.context import effects_of
from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.forecasting.errors import ForecastError
from divisi.tasks.forecasting.frequency import Dates, as_dates
from divisi.tasks.forecasting.intervals import interval, paths_around
from divisi.tasks.forecasting.macro import apply_macro
from divisi.tasks.forecasting.micro import apply_micro
from divisi.tasks.forecasting.pool import Array, PoolForecast, combine
from divisi.tasks.forecasting.scene import Scene

KINDS = ("macro", "micro")
"""Adjustments of the pool's forecast that no text states."""

UNPROVEN: Mapping[str, float] = {"macro": 1.0, "micro": 0.5}
"""How much of each is kept where the request does without calibration."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What macro and micro make of a combined forecast.

    Attributes:
        added: kind -> [horizon], what it adds.
        weights: model -> how often macro counts it.
        notes: what could not be applied, in sentences.
    """

    added: Mapping[str, Array]
    weights: Mapping[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """The numbers of one forecast.

    Attributes:
        pool: [horizon], the models' median before anything was decided.
        final: [horizon].
        bands: level -> [horizon] lower and upper.
        paths: [samples, horizon], what the bands are quantiles of.
        models: what each model said.
        weights: model -> how often it was counted.
        outcomes: of every effect.
        notes: what else was done, in sentences.
    """

    pool: Array
    final: Array
    bands: Mapping[float, tuple[Array, Array]]
    paths: Array
    models: PoolForecast
    weights: Mapping[str, int]
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...]


def settle(matter: Matter, ahead: Dates, opinion: Opinion, kept_shares: Mapping[str, float] = UNPROVEN) -> Settled:
    """The numbers that the decisions about a series come to.

    Args:
        matter: the series.
        ahead: [horizon] the dates of the steps.
        opinion: of the stages.
        kept_shares: of KINDS, how much of its adjustments is kept.
    """
    spec, known = matter.wanted.spec, matter.known
    scene = scene_of(matter, ahead)
    kept, rejected = chosen(matter, opinion, scene)
    pool = clipped(combine(matter.numbers.forecast).point, known.nonnegative)
    outlier = bool(opinion.value("micro")["outlier_last"])
    numbers, masked, refit = refitted(matter, kept, scene, outlier_last=outlier)
    combined = combine(numbers.forecast)
    made = changes(combined.point, numbers, matter, opinion)
    shaped = combined.point + sum(kept_shares.get(kind, 0.0) * change for kind, change in made.added.items())
    weights = made.weights if kept_shares.get("macro") == 1.0 else combined.weights
    scale = scale_of(numbers, matter.spread)
    paths = paths_around(shaped, scale, matter.spread, samples=spec.samples, seed=spec.seed)
    adjusted = apply_effects(shaped, kept, scene)
    moved = apply_effects(paths, kept, scene, random=np.random.default_rng(spec.seed))
    below = known.nonnegative and not any(one.accepted and _may_be_negative(one.effect) for one in adjusted.outcomes)
    final, drawn = clipped(adjusted.values, below), clipped(moved.values, below)
    bands = {level: interval(drawn, level) for level in spec.level}
    outcomes = [masked.get(place, one) for place, one in enumerate(adjusted.outcomes)]
    left_out = [f"{model} was left out: {why}" for model, why in numbers.forecast.left_out.items()]
    noted = [*refit, *made.notes, *left_out, *filter(None, [combined.note, _flat(scale)])]
    return Settled(pool, final, bands, drawn, numbers.forecast, weights, (*outcomes, *rejected), tuple(noted))


def scene_of(matter: Matter, ahead: Dates) -> Scene:
    """What effects act on and may look at."""
    spec, known = matter.wanted.spec, matter.known
    return Scene(
        dates=ahead,
        freq=matter.wanted.report.freq,
        history=known.values,
        history_dates=known.dates,
        references=matter.wanted.references,
        states=spec.states or {},
        country=spec.facts.country,
        unit=spec.facts.unit,
        name=name_of(matter),
    )


def chosen(matter: Matter, opinion: Opinion, scene: Scene) -> tuple[tuple[Effect, ...], tuple[Outcome, ...]]:
    """The effects to apply, and the rejected ones: those that the request states, then those that were read."""
    stated = [(effect, refusal(effect)) for effect in matter.wanted.effects]
    kept, rejected = after_checks(opinion, matter.known.text, scene)
    own = tuple(effect for effect, why in stated if not why)
    return (*own, *kept), (*(Outcome(effect, False, why) for effect, why in stated if why), *rejected)


def after_checks(opinion: Opinion, text: str, scene: Scene) -> tuple[tuple[Effect, ...], tuple[Outcome, ...]]:
    """What was read in a text, after checks and synthesis: the effects to apply, and the rejected ones."""
    synthesis = opinion.value("synthesis")
    accept = None if synthesis is None else synthesis["accept"]
    return screened(effects_of(opinion.value("context")), text, scene, accept)


def refitted(
    matter: Matter, effects: Sequence[Effect], scene: Scene, *, outlier_last: bool
) -> tuple[Numbers, Mapping[int, Outcome], tuple[str, ...]]:
    """The numbers on the history without what effects mask, the outcomes of those effects by place, and notes.

    Args:
        matter: the series with its numbers on the whole history.
        effects: accepted ones.
        scene: of the series.
        outlier_last: whether the last point is masked too.
    """
    numbers = matter.numbers
    places = [place for place, effect in enumerate(effects) if effect.type == "mask_history"]
    prepared = prepare_history(effects, scene)
    outcomes = dict(zip(places, prepared.outcomes, strict=True))
    masked = {step for one in prepared.outcomes for step in one.steps}
    history = prepared.history
    if outlier_last and len(history) > 1:
        last = np.arange(len(history)) == len(history) - 1
        history, masked = refilled(history, last, numbers.job.season_length), masked | {len(history) - 1}
    if not masked:
        return numbers, outcomes, ()
    points = "1 point" if len(masked) == 1 else f"{len(masked)} points"
    again = compute(replace(numbers.job, values=history))
    if isinstance(again, Failure):
        reason = f"without {points} of the history no model can forecast: {again.message}"
        return numbers, {place: Outcome(effects[place], False, reason) for place in places}, (reason,)
    return again, outcomes, (f"the models were fitted again without {points} of the history",)


def changes(base: Array, numbers: Numbers, matter: Matter, opinion: Opinion) -> Changes:
    """What macro adds to a combined forecast, and what micro adds after it.

    Args:
        base: [horizon]
        numbers: whose models macro weighs.
        matter: the series.
        opinion: of the stages.
    """
    value = opinion.value("macro")
    said = dict(zip(map(short_name, numbers.forecast.models), numbers.forecast.points, strict=True))
    point = base
    notes: tuple[str, ...] = ()
    weights: Mapping[str, int] = combine(numbers.forecast).weights
    try:
        point = apply_macro(
            said,
            value,
            combined=base,
            history=numbers.job.values,
            history_dates=as_dates(matter.known.dates),
            season=numbers.job.season_length,
        )
        weights = weights_of(weights, value)
    except ForecastError as error:
        notes = (f"macro was not applied: {error}",)
    sigma = scale_of(numbers, matter.spread) * matter.spread.sigma(len(base))
    moved = apply_micro(base, opinion.value("micro"), sigma=sigma, shrink=1.0)
    return Changes({"macro": point - base, "micro": moved - base}, weights, notes)


def weights_of(weights: Mapping[str, int], value: Mapping[str, Any]) -> Mapping[str, int]:
    """How often each model was counted: as macro says where its weights differ, else as the pool has it."""
    said: Mapping[str, int] = value["pool_weights"]
    if len(set(said.values())) == 1:
        return weights
    return {model: said.get(short_name(model), 0) for model in weights}


def clipped(values: Array, nonnegative: bool) -> Array:
    """The values, at least zero where the history always was."""
    return np.maximum(values, 0.0) if nonnegative else values


def _may_be_negative(effect: Effect) -> bool:
    return effect.type in ("set", "ceiling") and effect.value is not None and effect.value < 0


def _flat(scale: float) -> str | None:
    return None if scale > 0 else "the series never changed, so its intervals have no width"
