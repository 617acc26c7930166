"""The with-text benchmark: what counts as taken, what perfect and greedy readers score, what swapped texts become."""

import asyncio
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import text_reading
from errors import BenchmarkError
from text_futures import future_measures, moved, score, swapped
from text_items import Item, generated, written
from text_measures import distractors_of, is_taken, reading_measures
from text_reading import load_arm, read_all, read_nothing, read_one

from divisi.services.player import Played, Reading, Resident
from divisi.services.section import Section
from divisi.tasks.forecasting import pool
from divisi.tasks.forecasting.card import forecast_case
from divisi.tasks.forecasting.context import Context
from divisi.tasks.forecasting.effect import effect_to_record
from divisi.tasks.forecasting.read_effects import read_own_test
from divisi.tasks.forecasting.readings import Reading as Likely
from divisi.tasks.forecasting.synthesis import Synthesis

ITEMS = [written(example) for example in read_own_test()]


@pytest.fixture(autouse=True)
def untold(monkeypatch):
    """Invocations without what code reads: these readers do not look at them."""
    monkeypatch.setattr("divisi.tasks.forecasting.context.told", lambda card, text: "", raising=False)


class Player:
    """A player whose context answers are given by a function of the item that a row is about."""

    base_name, base_fingerprint, context_tokens = "test", "f" * 8, 4096
    residents = (Resident("context", "context", "lora", "v1"),)

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers, self.rows = answers, []

    async def read(self, messages, tools) -> Reading:
        return Reading(tuple(messages), tuple(tools), 10, 0, np.zeros(2), None)

    async def play(self, row, heard=None) -> Played:
        self.rows.append(row)
        return Played(self.answers[row.reading.messages[1]["content"]], "stop", 0.0, 7, 5.0)


def scripted(items, effects_of_item) -> Section:
    answers = {
        item.text: Context().write(
            {"effects": list(map(effect_to_record, effects_of_item(item)))}, forecast_case(item.card, item.text)
        )
        for item in items
    }
    return Section(Player(answers), None, {"context": Context(), "synthesis": Synthesis()})


def measured(items, section) -> dict[tuple[str, str], float]:
    reads = asyncio.run(read_all(items, partial(read_one, section=section), together=4))
    return {(one.group, one.metric): one.value for one in reading_measures(items, reads, seed=0)}


def test_who_reads_everything_right_takes_no_distractor():
    found = measured(ITEMS, scripted(ITEMS, lambda item: item.true_acts))
    right = ("effect_f1", "type_f1", "slots", "exact")
    assert [found["applied", metric] for metric in right] == [1.0] * 4
    assert found["applied", "hallucinated"] == found["applied", "distractors_taken"] == 0.0
    assert {value for (group, _), value in found.items() if group == "found"} == {1.0}


def test_who_takes_every_effect_for_certain_takes_the_distractors():
    def greedy(item: Item):
        return [replace(effect, certainty="stated", target="this_series") for effect in item.truth]

    found = measured(ITEMS, scripted(ITEMS, greedy))
    assert found["context alone", "taken_hypothetical"] == 1.0
    assert found["context alone", "taken_irrelevant"] < 0.2
    assert found["applied", "distractors_taken"] <= found["context alone", "distractors_taken"]


def test_nothing_read_finds_nothing():
    found = measured(ITEMS, None)
    assert found["applied", "effect_f1"] == 0.0
    assert found["applied", "exact"] == pytest.approx(np.mean([not item.true_acts for item in ITEMS]))


def test_an_effect_whose_words_are_the_truth_s_takes_no_distractor_beside_it():
    item = next(item for item in ITEMS if item.id == "wt-0001")
    (truth,) = item.true_acts
    span = distractors_of(item)[0][1]
    assert not is_taken(span, [truth], item)
    assert is_taken(span, [replace(truth, evidence=span)], item)


def test_the_base_alone_plays_the_same_rows_without_adapter():
    section = scripted(ITEMS[:3], lambda item: item.true_acts)
    asyncio.run(read_all(ITEMS[:3], load_arm("base", section).read, together=1))
    assert [row.specialist for row in section.player.rows if row.invocation.startswith("context")] == [None] * 3


def test_code_alone_is_taken_at_its_word_where_it_is_likely(monkeypatch):
    item = next(item for item in ITEMS if item.id == "wt-0001")
    (truth,) = item.true_acts
    found = [Likely(truth, 0.6), Likely(replace(truth, value=30), 0.4)]
    monkeypatch.setattr(text_reading, "readings", lambda card, text: found)
    read = asyncio.run(load_arm("code", Section(Player({}), None, {})).read(item))
    assert read.said == read.applied == (truth,)


def test_an_arm_without_a_reader_is_refused():
    section = scripted(ITEMS[:1], lambda item: item.true_acts)
    section.player.residents = ()
    with pytest.raises(BenchmarkError, match="no specialist for context"):
        load_arm("specialists", section)


@pytest.fixture(scope="module")
def texts():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "run_model", lambda _, values, horizon, season: pool.repeated(values, horizon, season))
        yield generated(8, processes=1, seed=3)


def test_true_effects_lower_crps_and_their_absence_is_the_pool(texts):
    blank = asyncio.run(read_all(texts, read_nothing, together=1))
    pairs = [
        (score(item, read.opinion), score(item, read.opinion, effects=item.true_acts))
        for item, read in zip(texts, blank, strict=True)
        if item.true_acts
    ]
    plain, oracle = [one for one, _ in pairs], [other for _, other in pairs]
    found = {one.metric: one.value for one in future_measures("true effects", oracle, plain, seed=0)}
    assert found["crps_over_pool"] < 0.7
    assert found["applied"] >= 1
    same = {one.metric: one.value for one in future_measures("no text", plain, plain, seed=0)}
    assert (same["crps_over_pool"], same["better"], same["worse"]) == (1.0, 0.0, 0.0)


def test_swapped_texts_are_others_and_the_series_can_move_to_their_days(texts):
    for item, still, there in zip(texts, swapped(texts, same_days=False), swapped(texts, same_days=True), strict=True):
        assert still.text == there.text
        assert still.scene.dates.tolist() == item.scene.dates.tolist()
        np.testing.assert_array_equal(there.future.matter.known.values, item.future.matter.known.values)
    assert any(still.text != item.text for still, item in zip(swapped(texts, same_days=False), texts, strict=True))


def test_a_moved_series_ends_on_the_given_day(texts):
    matter = texts[0].future.matter
    there, ahead = moved(matter, texts[0].scene.history_dates[-1:])
    np.testing.assert_array_equal(there.known.dates.astype("datetime64[s]"), texts[0].scene.history_dates)
    np.testing.assert_array_equal(ahead, texts[0].scene.dates)
