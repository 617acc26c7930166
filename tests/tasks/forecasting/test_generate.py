"""Invented texts: what they say is what was put into the future, and testing shares nothing with training."""

import itertools
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np
import pytest

from divisi.tasks.catalog import FORECASTING
from divisi.tasks.forecasting.apply import apply_effects, prepare_history
from divisi.tasks.forecasting.context import effects_of
from divisi.tasks.forecasting.effect import ORDER
from divisi.tasks.forecasting.generate import (
    TESTING_WORDS,
    TRAINING_WORDS,
    Told,
    generate_test,
    generate_training,
    synthesis_example,
)
from divisi.tasks.forecasting.ground import Source, is_test

STEPS = np.arange(80)
SOURCES = [
    Source(f"made/{number}", 100 + number + 0.3 * STEPS + 10 * np.sin(STEPS * np.pi / 6), 12) for number in range(40)
]
CONTEXT = FORECASTING["context"]


def drawn(make: Callable[..., Iterator[Told]], count: int, seed: int = 3) -> list[Told]:
    return list(itertools.islice(make(SOURCES, Random(seed)), count))


TRAINING, TESTING = drawn(generate_training, 90), drawn(generate_test, 50)


@pytest.mark.parametrize("told", [*TRAINING, *TESTING], ids=lambda told: told.example.id)
def test_the_true_json_puts_exactly_the_injected_future_into_the_clean_one(told: Told) -> None:
    case = told.example.case
    value = CONTEXT.parse(CONTEXT.write(told.example.target, case), case)
    effects = [effect for effect in effects_of(value) if effect.applicable]
    adjusted = apply_effects(told.clean, effects, told.scene)
    assert [outcome.reason for outcome in adjusted.outcomes] == [""] * len(effects)
    np.testing.assert_allclose(adjusted.values, told.future, rtol=1e-9, atol=1e-7)


@pytest.mark.parametrize("told", [*TRAINING, *TESTING], ids=lambda told: told.example.id)
def test_every_text_passes_the_checks(told: Told) -> None:
    assert CONTEXT.verify(told.example.target, told.example.case).problems == ()
    text = told.example.case.messages[1]["content"]
    assert not re.search(r"[\[\]{}]|,\s*[.,;:!?]", text)


def test_the_grammar_takes_the_answers(accepts: Callable[[Any, str], bool]) -> None:
    for told in TRAINING[:15]:
        case = told.example.case
        assert accepts(CONTEXT.grammar(case), CONTEXT.write(told.example.target, case))


def test_a_spoiled_history_is_masked_at_its_errors() -> None:
    masks = [told for told in TRAINING if any(e["type"] == "mask_history" for e in told.example.target["effects"])]
    assert masks
    for told in masks:
        (outcome,) = prepare_history(effects_of(told.example.target), told.scene).outcomes
        assert outcome.steps


def test_about_three_of_ten_texts_have_no_effect() -> None:
    silent = [not any(effect.applicable for effect in effects_of(told.example.target)) for told in TRAINING + TESTING]
    assert 0.2 < np.mean(silent) < 0.42


def test_every_type_has_thirty_wordings_for_training_and_others_for_testing() -> None:
    for kind in ORDER:
        training = wordings_of(kind, TRAINING_WORDS.effects)
        held = wordings_of(kind, TESTING_WORDS.effects)
        assert len(training) >= 30
        assert len(held) >= 3
        assert not training & held


def wordings_of(kind: str, wordings: Any) -> set[str]:
    return {line for key, lines in wordings.items() if key.split("/")[0] == kind for line in lines}


def test_worlds_and_distractors_of_testing_are_in_no_training() -> None:
    for part in ("places", "events", "faults", "people", "references"):
        assert not set(getattr(TRAINING_WORDS.world, part)) & set(getattr(TESTING_WORDS.world, part))
    domains = [{name for name, _, _ in words.world.domains} for words in (TRAINING_WORDS, TESTING_WORDS)]
    assert not domains[0] & domains[1]
    for kind, lines in TRAINING_WORDS.beside.items():
        assert not set(lines) & set(TESTING_WORDS.beside[kind])


def test_series_of_testing_are_in_no_training() -> None:
    groups = [{told.example.group for told in part} for part in (TRAINING, TESTING)]
    assert groups[0]
    assert groups[1]
    assert not groups[0] & groups[1]
    assert all(is_test(source) == (f"forecast/{source.group}" in groups[1]) for source in SOURCES if is_test(source))


def test_the_same_seed_draws_the_same_texts() -> None:
    again = drawn(generate_training, 5)
    assert [told.example for told in again] == [told.example for told in TRAINING[:5]]


def test_all_kinds_of_distractors_and_styles_come_up() -> None:
    effects = [effect for told in TRAINING for effect in effects_of(told.example.target)]
    assert {effect.certainty for effect in effects} >= {"stated", "hypothetical", "negated"}
    assert any(effect.target == "other" for effect in effects)
    assert any(told.example.target["irrelevant"] for told in TRAINING)
    texts = [told.example.case.messages[1]["content"] for told in TRAINING]
    assert any(text.islower() for text in texts)
    assert any(text.startswith("Item 1.") for text in texts)


def test_synthesis_accepts_what_is_true_and_rejects_what_was_misread() -> None:
    random, subtask = Random(1), FORECASTING["synthesis"]
    examples = [synthesis_example(told, random) for told in TRAINING]
    for example in examples:
        assert subtask.verify(example.target, example.case).problems == ()
        assert subtask.parse(subtask.write(example.target, example.case), example.case) == example.target
    misread = [
        example
        for example in examples
        if "not_certain" in example.target["conflict"] and '"hypothetical"' not in (example.case.focus or "")
    ]
    assert misread


def test_windows_that_come_again_are_drawn_and_put_in_each_time() -> None:
    again = [
        (told, effect)
        for told in TRAINING + TESTING
        for effect in effects_of(told.example.target)
        if effect.recurrence is not None
    ]
    assert again
    for told, effect in again:
        text = told.example.case.messages[1]["content"].casefold()
        assert effect.duration is not None
        assert any(word in text for word in ("every", "each", "on all"))
