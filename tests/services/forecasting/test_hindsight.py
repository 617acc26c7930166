"""Examples of macro and micro from real series: the served card in front, answers that pass their own checks."""

import numpy as np
import pytest

from divisi.services.forecasting import hindsight as module
from divisi.services.forecasting.hindsight import hindsight
from divisi.tasks.catalog import find_subtask
from divisi.tasks.forecasting.card import card_of
from divisi.tasks.forecasting.ground import Source, is_test


def source(name: str, points: int) -> Source:
    random = np.random.default_rng(len(name))
    return Source(name, 100 + 5 * np.arange(points) + random.normal(0, 4, points), 1)


def kept(prefix: str, points: int) -> list[Source]:
    made = [source(f"{prefix}/{number}", points) for number in range(20)]
    return [one for one in made if not is_test(one)][:2]


def test_each_window_gives_an_answer_of_macro_and_of_micro_that_passes_its_checks() -> None:
    found = list(hindsight(kept("yearly", 30), 2, seed=0))
    assert [example.subtask for example in found] == ["macro", "micro", "macro", "micro"]
    for example in found:
        subtask, card = find_subtask(example.subtask), card_of(example.case)
        assert subtask.verify(example.target, example.case).valid
        assert card.errors
        assert card.horizon == 6


def test_some_series_have_dates_and_others_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DATED_SHARE", 1.0)
    assert {card_of(one.case).freq for one in hindsight(kept("dated", 24), 1, seed=0)} == {"YS"}
    monkeypatch.setattr(module, "DATED_SHARE", 0.0)
    assert {card_of(one.case).freq for one in hindsight(kept("dated", 24), 1, seed=0)} == {1}


def test_series_that_are_for_testing_or_too_short_give_nothing() -> None:
    testing = [one for number in range(60) if is_test(one := source(f"kept/{number}", 30))]
    assert testing
    assert list(hindsight([*testing, source("short", 12)], 9, seed=0)) == []
