"""Two to five sentences about a forecast, in which every number is copied from what was computed.

The sentences are put together by code from the frame, never written by a model, and the checker reads them as a
stranger would: numbers, dates and quotations that are not in the frame are found.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from divisi.tasks.forecasting.apply import Outcome
from divisi.tasks.forecasting.card import short
from divisi.tasks.forecasting.scale import scale_note
from divisi.tasks.subtask import Verdict

FEWEST_SENTENCES, MOST_SENTENCES = 2, 5
MOST_EFFECTS_TOLD = 2
NAMELESS = "the series"
"""How a series is called that has neither a name nor a telling unique_id."""

DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?")
NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")
QUOTED = re.compile(r"“([^”]*)”")
SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
KINDS = {
    "multiply": "changes the values by a factor",
    "add": "adds to the values",
    "set": "sets the values",
    "floor": "keeps the values up",
    "ceiling": "keeps the values down",
    "level_shift": "shifts the level",
    "ramp": "moves the level step by step",
    "mask_history": "leaves a part of the history out",
    "remove_trend": "ends the trend",
    "use_profile": "borrows the pattern of other days",
    "follow_reference": "follows another series",
    "regime_path": "follows the states that are given",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What an explanation may speak of.

    Attributes:
        name: of the series.
        unit: of its values.
        dates: [horizon] as ISO texts or numbers of steps.
        pool: [horizon] the forecast before any effect.
        final: [horizon] the forecast.
        low: [horizon] lower end of the interval.
        high: [horizon] upper end of the interval.
        level: of the interval, in percent.
        outcomes: what became of each effect.
        models: that the pool combined.
        repairs: how many changes the guard made.
    """

    name: str
    unit: str
    dates: Sequence[str]
    pool: Sequence[float]
    final: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    level: float
    outcomes: Sequence[Outcome] = ()
    models: Sequence[str] = ()
    repairs: int = 0


def explain(told: Told) -> str:
    """The explanation: the forecast, its interval, what effects do to it, what was rejected, what was repaired."""
    sentences = [_values(told), _interval(told)]
    accepted = [outcome for outcome in told.outcomes if outcome.accepted]
    rejected = [outcome for outcome in told.outcomes if not outcome.accepted]
    scaled = [note for outcome in accepted if (note := scale_note(outcome.effect))]
    most = MOST_EFFECTS_TOLD - bool(scaled and rejected)
    effects = [_effect(outcome, told) for outcome in _largest_first(accepted, told)[:most]]
    sentences += effects or [_unchanged(told)]
    if scaled:
        sentences.append(f"{'; '.join(scaled)}.")
    if rejected:
        sentences.append(_rejected(rejected))
    if told.repairs and len(sentences) < MOST_SENTENCES:
        sentences.append(f"The guard made {told.repairs} {_plural('repair', told.repairs)} to the history.")
    return " ".join(sentences)


def shown(value: float) -> str:
    """A value with four digits that count, the one form in which explanations show numbers."""
    return f"{short(float(value)):.10g}"


def _values(told: Told) -> str:
    first, last = f"{shown(told.final[0])} {told.unit}".rstrip(), shown(told.final[-1])
    name = NAMELESS.capitalize() if told.name == NAMELESS else told.name
    if len(told.final) == 1:
        return f"{name} is forecast at {first} for {told.dates[0]}."
    return f"{name} is forecast at {first} for {told.dates[0]} and {last} for {told.dates[-1]}."


def _interval(told: Told) -> str:
    low, high = shown(told.low[-1]), shown(told.high[-1])
    return f"The {told.level}% interval of {told.dates[-1]} goes from {low} to {high}."


def _largest_first(accepted: Sequence[Outcome], told: Told) -> list[Outcome]:
    """What moved the forecast most comes first; masks, which move no step of their own, last."""

    def moved(outcome: Outcome) -> float:
        return -1.0 if outcome.effect.type == "mask_history" else _change(_largest_step(outcome, told), told)

    return sorted(accepted, key=moved, reverse=True)


def _largest_step(outcome: Outcome, told: Told) -> int:
    """The step of an effect on which the forecast was moved most; of a mask, the first."""
    inside = [step for step in outcome.steps if step < len(told.final)]
    if outcome.effect.type == "mask_history" or not inside:
        return 0
    return max(inside, key=lambda step: _change(step, told))


def _change(step: int, told: Told) -> float:
    return abs(told.final[step] - told.pool[step])


def _effect(outcome: Outcome, told: Told) -> str:
    does = KINDS[outcome.effect.type]
    said = outcome.effect.evidence
    because = f"The text says “{said}”, which {does}" if said else f"The request states an effect that {does}"
    if outcome.effect.type == "mask_history":
        return f"{because}."
    step = _largest_step(outcome, told)
    return f"{because}: {told.dates[step]} goes from {shown(told.pool[step])} to {shown(told.final[step])}."


def _unchanged(told: Told) -> str:
    models = f" of {', '.join(told.models)}" if told.models else ""
    if np.allclose(told.pool, told.final):
        return f"No effect was applied, so this is the pool's own forecast{models}."
    return f"No effect was applied to the pool's forecast{models}."


def _rejected(rejected: Sequence[Outcome]) -> str:
    count = len(rejected)
    return f"{count} {_plural('effect', count)} {'was' if count == 1 else 'were'} rejected."


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def check_explanation(text: str, told: Told) -> Verdict:
    """Whether an explanation has two to five sentences, and nothing in it but what was computed or quoted."""
    problems = [
        f"“{span}” is not the evidence of an effect" for span in QUOTED.findall(text) if span not in _evidence(told)
    ]
    plain = QUOTED.sub("", text)
    for literal in sorted({told.name, told.unit, *told.models} - {""}, key=len, reverse=True):
        plain = re.sub(rf"(?<![\w.,]){re.escape(literal)}(?!\w|[.,]\d)", "", plain)
    problems += [f"{date} is not a date of the forecast" for date in DATE.findall(plain) if date not in told.dates]
    plain = DATE.sub("", plain)
    known = set(_known_numbers(told))
    problems += [f"{number} is not in the forecast" for number in NUMBER.findall(plain) if number not in known]
    sentences = len(SENTENCE_END.findall(NUMBER.sub("", plain)))
    if not FEWEST_SENTENCES <= sentences <= MOST_SENTENCES:
        problems.append(f"{sentences} sentences; an explanation has {FEWEST_SENTENCES} to {MOST_SENTENCES}")
    return Verdict(tuple(problems))


def _evidence(told: Told) -> set[str]:
    return {outcome.effect.evidence for outcome in told.outcomes}


def _known_numbers(told: Told) -> Iterator[str]:
    for values in (told.pool, told.final, told.low, told.high):
        yield from map(shown, values)
    yield from (str(told.level), str(told.repairs))
    yield from map(str, told.dates)
    yield str(sum(not outcome.accepted for outcome in told.outcomes))
    for outcome in told.outcomes:
        yield from NUMBER.findall(scale_note(outcome.effect))
