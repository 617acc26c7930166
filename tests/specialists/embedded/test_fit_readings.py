"""Lessons about texts: mentions find their effects, times theirs, and what is fitted reads back as it was."""

from pathlib import Path

import numpy as np
import pytest
import torch

from divisi.specialists.embedded import fit_readings
from divisi.specialists.embedded.fit_readings import aligned, fit, fit_times, lessons, write
from divisi.specialists.embedded.train_forecasters import with_misread
from divisi.tasks.example import Example
from divisi.tasks.forecasting import readings
from divisi.tasks.forecasting.card import Card, forecast_case
from divisi.tasks.forecasting.effect import Effect, effect_to_record
from divisi.tasks.forecasting.mentions import mentions_in, seen_of
from divisi.tasks.forecasting.readings import KINDS
from divisi.tasks.forecasting.said_times import said_times

CARD = Card("Orders", "orders", "D", "2024-01-01", "2025-03-02", 30, last_values=(100.0,))
TEXT = "From 10 to 12 March 2025 we expect 30% more orders. The price goes up by 2 euros. Closed on 20 March 2025."
MORE = Effect(
    "multiply", start="2025-03-10", end="2025-03-12", value=30, unit="pct", evidence="we expect 30% more orders"
)
CLOSED = Effect("set", start="2025-03-20", end="2025-03-20", value=0, unit="abs", evidence="Closed on 20 March 2025")


def example() -> Example:
    target = {"effects": [effect_to_record(MORE), effect_to_record(CLOSED)], "irrelevant": []}
    return Example("1", "context", "test", forecast_case(CARD, TEXT), target, "g")


def test_each_effect_has_the_mention_of_its_size() -> None:
    mentions = mentions_in(TEXT, said_times(TEXT, CARD))
    found = {KINDS[kind]: mentions[place].size for place, (kind, _) in aligned((MORE, CLOSED), mentions, TEXT).items()}
    assert set(found) == {"multiply +%", "set ="}
    assert found["multiply +%"] is not None
    assert found["multiply +%"].value == 30
    assert found["set ="] is not None
    assert found["set ="].kind == "nothing"


def test_the_price_is_a_lesson_in_nothing_and_times_cover_their_effects() -> None:
    found, timed = lessons(example(), 1.0)
    assert sum(lesson.kind > 0 for lesson in found) == 2
    assert [one.right.tolist() for one in timed] == [[True, False], [False, True]]


def test_what_is_fitted_reads_back_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fit_readings, "STEPS", 40)
    monkeypatch.setattr(fit_readings, "BATCH", 16)
    monkeypatch.setattr(readings, "FILE", tmp_path / "readings.safetensors")
    found, timed = lessons(example(), 1.0)
    model = fit(found, seed=0)
    write(model, fit_times(timed, seed=0), readings.FILE)
    readings._fitted.cache_clear()
    try:
        times = said_times(TEXT, CARD)
        mentions = mentions_in(TEXT, times)
        kinds, _, _ = readings.chances(CARD, TEXT, mentions, times)
        read = readings.readings(CARD, TEXT)
    finally:
        readings._fitted.cache_clear()
    seen = [seen_of(CARD, TEXT, mention, times) for mention in mentions]
    words = torch.from_numpy(np.concatenate([one.words for one in seen]))
    offsets = torch.tensor([0, *np.cumsum([len(one.words) for one in seen])[:-1].tolist()])
    with torch.no_grad():
        scores = model(words, offsets, torch.ones(len(words)), torch.from_numpy(np.stack([one.dense for one in seen])))
    expected = scores[:, : len(KINDS)].softmax(-1).numpy()
    np.testing.assert_allclose(kinds, expected, atol=0.02)  # words are stored in half precision
    assert [(one.effect.type, one.effect.start, one.effect.value) for one in read if one.probability > 0.5] == [
        ("multiply", "2025-03-10", 30.0),
        ("set", "2025-03-20", 0.0),
    ]


def test_a_text_of_which_nothing_is_read_gives_context_alone() -> None:
    case = forecast_case(CARD, "Thanks for the cake.")
    nothing = Example("2", "context", "test", case, {"effects": [], "irrelevant": []}, "g")
    assert [one.subtask for one in with_misread(nothing)] == ["context"]
