"""Texts with what they truly say of a series: written by hand in held domains, and generated in held words."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from divisi.services.forecasting.adjust import scene_of
from divisi.services.forecasting.intake import intake
from divisi.services.forecasting.matter import Matter, card_of
from divisi.services.forecasting.numbers import Job, compute_all, spread_among
from divisi.services.forecasting.wire import ForecastRequest
from divisi.services.forecasting.workers import Processes
from divisi.tasks.example import Example
from divisi.tasks.forecasting.card import Card, card_moment, text_of
from divisi.tasks.forecasting.card import card_of as card_of_case
from divisi.tasks.forecasting.context import effects_of
from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.forecasting.frequency import as_dates, shown_date
from divisi.tasks.forecasting.generate import Told, generate_test
from divisi.tasks.forecasting.ground import public_sources
from divisi.tasks.forecasting.pool import Array
from divisi.tasks.forecasting.read_effects import read_own_test, read_test
from divisi.tasks.forecasting.scene import Scene

HAND, OWN, GENERATED = "test domains", "own texts", "generated"
SETS = (HAND, OWN, GENERATED)


@dataclass(frozen=True, slots=True)
class Future:
    """What came after a generated text.

    Attributes:
        matter: the series with the pool's numbers, as the service has it.
        ahead: [horizon] dates.
        truth: [horizon] the future with all effects in it.
    """

    matter: Matter
    ahead: Any
    truth: Array


@dataclass(frozen=True, slots=True)
class Item:
    """One text.

    Attributes:
        id: of the example.
        card: the series as specialists read it.
        text: cleaned.
        truth: every effect, applicable or not.
        irrelevant: spans that tempt and do not count.
        scene: the horizon that effects act on.
        future: what came, or None for a text written by hand.
    """

    id: str
    card: Card
    text: str
    truth: tuple[Effect, ...]
    irrelevant: tuple[str, ...]
    scene: Scene
    future: Future | None = None

    @property
    def true_acts(self) -> tuple[Effect, ...]:
        """The effects that are to be applied."""
        return tuple(effect for effect in self.truth if effect.applicable)


def read_items(name: str, data: Path, *, count: int, limit: int | None, processes: int, seed: int) -> list[Item]:
    """The texts of a set.

    Args:
        name: one of SETS.
        data: the folder that holds `written`.
        count: of generated texts.
        limit: at most so many, drawn by the seed; None for all.
        processes: that compute the pool of generated texts.
        seed: of every drawing.
    """
    if name == GENERATED:
        return generated(count if limit is None else min(count, limit), processes=processes, seed=seed)
    examples = list(read_test(data) if name == HAND else read_own_test())
    if limit is not None and limit < len(examples):
        examples = Random(seed).sample(examples, limit)
    return [written(example) for example in examples]


def written(example: Example) -> Item:
    """A text written by hand: its series is known by its card alone."""
    card, target = card_of_case(example.case), example.target
    known = as_dates(np.array([card_moment(card.history_start), card_moment(card.history_end)]))
    scene = Scene(card.dates, card.freq, np.array(card.last_values), known, unit=card.unit or "", name=card.name)
    return Item(example.id, card, text_of(example.case), effects_of(target), tuple(target["irrelevant"]), scene)


def generated(count: int, *, processes: int, seed: int) -> list[Item]:
    """Texts about windows of held series in held words, each with the pool's numbers of its series."""
    told = list(islice(generate_test(list(public_sources()), Random(seed)), count))
    wanted = [intake(request_of(one), text_of(one.example.case)) for one in told]
    jobs = [Job(each.series[0].values, each.spec.horizon, each.season_length, each.models) for each in wanted]
    numbers = compute_all(jobs, Processes(processes), done=lambda: None)
    matters = [
        Matter(each, each.series[0], one, spread_among([one])) for each, one in zip(wanted, numbers, strict=True)
    ]
    return list(map(item_of, told, matters))


def request_of(told: Told) -> ForecastRequest:
    """A generated series as POST /v1/forecast takes it."""
    scene, card = told.scene, card_of_case(told.example.case)
    body = {
        "series": {"ds": shown(scene.history_dates, scene), "y": scene.history.tolist()},
        "horizon": len(scene.dates),
        "freq": scene.freq,
        "facts": {"name": card.name, "unit": card.unit, "domain": card.domain},
        "references": {
            name: {"ds": shown(dates, scene), "y": values.tolist()}
            for name, (dates, values) in scene.references.items()
        },
    }
    return ForecastRequest.model_validate(body)


def shown(dates: Any, scene: Scene) -> list[str]:
    """Dates as ISO texts."""
    return [shown_date(date, scene.frequency) for date in as_dates(dates)]


def item_of(told: Told, matter: Matter) -> Item:
    """A generated text with what came."""
    target = told.example.target
    ahead = as_dates(told.scene.dates)
    return Item(
        told.example.id,
        card_of(matter),
        matter.known.text,
        effects_of(target),
        tuple(target["irrelevant"]),
        scene_of(matter, ahead),
        Future(matter, ahead, told.future),
    )
