"""Texts about real series whose effects are known: drawn, put into the future, told, and kept apart for testing.

Source: CAF-7M (arXiv 2603.12451) verifies texts by whether a forecaster improves with them; ours are true by
construction, which a round trip through JSON and the operators proves.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType

import numpy as np

from divisi.tasks.example import Example
from divisi.tasks.forecasting import synthesis
from divisi.tasks.forecasting.card import card_of, forecast_case
from divisi.tasks.forecasting.checks import check_effects, conflicts, times_of
from divisi.tasks.forecasting.drafts import DRAFTING, Draft, draw_draft
from divisi.tasks.forecasting.effect import effect_from_record, effect_to_record
from divisi.tasks.forecasting.frequency import as_dates
from divisi.tasks.forecasting.ground import Ground, Source, draw_ground, is_test
from divisi.tasks.forecasting.injection import injected, spoiled_history, with_references
from divisi.tasks.forecasting.invented_world import TESTING, TRAINING, World
from divisi.tasks.forecasting.scene import Floats, Scene
from divisi.tasks.forecasting.telling import STYLES, Sentence, Telling, beside, nothing, row_of, sentences_of, told
from divisi.tasks.forecasting.wordings_beside import BESIDE, BESIDE_HELD, CHATTER, NOTHING
from divisi.tasks.forecasting.wordings_held import HELD
from divisi.tasks.forecasting.wordings_shapes import SHAPES
from divisi.tasks.forecasting.wordings_sizes import SIZED

NO_EFFECT_SHARE = 0.3
BESIDE_SHARE = 0.4
EFFECT_COUNTS = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3)
TYPE_SHARES: Mapping[str, float] = MappingProxyType(
    {
        **{"multiply": 0.22, "add": 0.13, "set": 0.13, "level_shift": 0.10, "ceiling": 0.07, "mask_history": 0.07},
        **{"use_profile": 0.06, "floor": 0.06, "ramp": 0.06, "remove_trend": 0.04, "follow_reference": 0.03},
        **{"regime_path": 0.03},
    }
)
DAILY_ONLY = ("use_profile",)
ONCE = ("remove_trend", "follow_reference", "regime_path", "use_profile", "mask_history")
NOT_IN_TABLES = ("remove_trend", "regime_path", "follow_reference")
MOST_TRIES = 20
EVERY_WEEKDAY = np.timedelta64(8, "D")
"""A history that is shorter does not have every day of the week as a whole."""


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that texts are made of: one set for training, another for testing."""

    world: World
    effects: Mapping[str, Sequence[str]]
    beside: Mapping[str, Sequence[str]]
    nothing: Sequence[str]
    chatter: Sequence[str]


TRAINING_WORDS = Words(TRAINING, {**SIZED, **SHAPES}, BESIDE, NOTHING, CHATTER)
TESTING_WORDS = Words(TESTING, HELD, BESIDE_HELD, BESIDE_HELD["nothing"], BESIDE_HELD["chatter"])


@dataclass(frozen=True, slots=True)
class Told:
    """A text about a series with everything that is true of it.

    Attributes:
        example: of `context`.
        scene: what effects act on; the history has the errors that masks speak of.
        clean: [horizon] the future without effects.
        future: [horizon] the future with them.
    """

    example: Example
    scene: Scene
    clean: Floats
    future: Floats


def generate_training(sources: Sequence[Source], random: Random) -> Iterator[Told]:
    """Endless texts about series that are not kept for testing, in training words."""
    return _generate([source for source in sources if not is_test(source)], TRAINING_WORDS, random, "effects/training")


def generate_test(sources: Sequence[Source], random: Random) -> Iterator[Told]:
    """Endless texts about series that are kept for testing, in words that no training text has."""
    return _generate([source for source in sources if is_test(source)], TESTING_WORDS, random, "effects/test")


def _generate(sources: Sequence[Source], words: Words, random: Random, name: str) -> Iterator[Told]:
    number = 0
    while sources:
        number += 1
        yield tell(random.choice(sources), words, random, id=f"{name}-{number}", source=name)


def tell(given: Source, words: Words, random: Random, *, id: str, source: str) -> Told:  # noqa: A002
    """One text about a window of a series.

    Args:
        given: the series.
        words: that texts are made of.
        random: where chance comes from.
        id: of the example.
        source: of the example.
    """
    ground = draw_ground(given, words.world, random)
    drafts = [] if random.random() < NO_EFFECT_SHARE else draw_drafts(ground, words.world, random)
    numbers = np.random.default_rng(random.randrange(2**32))
    ground = replace(ground, scene=with_references(ground.scene, drafts, numbers))
    spoiled = replace(ground, scene=replace(ground.scene, history=spoiled_history(ground, drafts)))
    telling = _text(spoiled, drafts, words, random)
    records = [effect_to_record(effect_from_record(record)) for record in telling.effects]
    target = {"effects": records, "irrelevant": list(telling.irrelevant)}
    case = forecast_case(spoiled.card(), telling.text)
    example = Example(id, "context", source, case, target, f"forecast/{given.group}")
    return Told(example, spoiled.scene, ground.future, injected(spoiled, drafts))


def draw_drafts(ground: Ground, world: World, random: Random) -> list[Draft]:
    """One to three effects that can hold together."""
    drafts: list[Draft] = []
    wanted = random.choice(EFFECT_COUNTS)
    for _ in range(MOST_TRIES):
        if len(drafts) == wanted:
            break
        kind = random.choices(list(TYPE_SHARES), weights=list(TYPE_SHARES.values()))[0]
        if _fits(kind, drafts, ground):
            draft = draw_draft(kind, ground, world, random)
            if _agrees(draft, drafts, ground):
                drafts.append(draft)
    return drafts


def _fits(kind: str, drafts: Sequence[Draft], ground: Ground) -> bool:
    if kind in DAILY_ONLY and not (ground.frequency.within_day or ground.frequency.unit in ("D", "B")):
        return False
    if kind in DAILY_ONLY and np.ptp(as_dates(ground.scene.history_dates)) < EVERY_WEEKDAY:
        return False
    return kind in DRAFTING and not (kind in ONCE and any(draft.type == kind for draft in drafts))


def _agrees(draft: Draft, drafts: Sequence[Draft], ground: Ground) -> bool:
    """No other draft of its event, and no bound that contradicts another."""
    if any(draft.slots.get("event") == other.slots.get("event") for other in drafts):
        return False
    effects = [effect_from_record(other.record) for other in (*drafts, draft) if other.type != "mask_history"]
    return not conflicts(effects, ground.scene.dates, ground.frequency)


def _text(ground: Ground, drafts: Sequence[Draft], words: Words, random: Random) -> Telling:
    style = random.choice(STYLES)
    if style == "table" and (not drafts or any(draft.type in NOT_IN_TABLES for draft in drafts)):
        style = "news"
    sentences: list[list[Sentence]] = [
        [row_of(draft, random)] if style == "table" else sentences_of(draft, words.effects, random) for draft in drafts
    ]
    if not drafts:
        pile = words.nothing if random.random() < 0.6 else words.chatter
        sentences.append([nothing(ground, words.world, random.choice(list(pile)), random)])
    if random.random() < (BESIDE_SHARE if drafts else 0.6) and style != "table":
        kind = random.choices(("irrelevant", "other", "hypothetical", "negated"), weights=(5, 2, 3, 3))[0]
        tempting = beside(kind, ground, words.world, random.choice(list(words.beside[kind])), random)
        if not drafts and kind in ("hypothetical", "negated") and random.random() < 0.5:
            sentences = []
        sentences.insert(random.randint(0, len(sentences)), [tempting])
    return told([sentence for group in sentences for sentence in group], style, random)


def synthesis_example(given: Told, random: Random) -> Example:
    """What the last look should say of a text's effects, some of which were misread on purpose.

    Args:
        given: a text with at least one effect; its true ones are accepted.
        random: where chance comes from.
    """
    card, text = card_of(given.example.case), given.example.case.messages[1]["content"]
    records, reasons = [], []
    times = times_of(given.scene)
    for record in given.example.target["effects"]:
        effect = effect_from_record(record)
        (verdict,) = check_effects([effect], text, times)
        reason = synthesis.conflict_of(effect, verdict)
        if reason in ("not_certain", "withdrawn", "other_series") and random.random() < 0.7:
            # Misread as if it were certain and about this series: the words alone can tell.
            effect = replace(effect, certainty="stated", target="this_series")
        records.append(effect_to_record(effect))
        reasons.append(reason)
    value = synthesis.decision([reason == "none" for reason in reasons], reasons)
    case = synthesis.synthesis_case(card, text, records)
    source = given.example.source
    return Example(f"{given.example.id}/synthesis", "synthesis", source, case, value, given.example.group)
