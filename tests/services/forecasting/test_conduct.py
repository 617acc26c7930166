"""One forecast from series and text to numbers: what each stage does to them, what is said where it does nothing."""

import asyncio
import json
from dataclasses import replace

import numpy as np
import pytest

from divisi.services.errors import InvalidRequestError
from divisi.services.forecasting.compose import forecast_record
from divisi.services.forecasting.conduct import conduct
from divisi.services.forecasting.wire import ForecastRequest
from divisi.services.forecasting.workers import Processes
from divisi.tasks.forecasting import pool

TEXT = "The campaign doubles sales in March 2024. The plant in Oslo may close."
DOUBLED = {
    "evidence": "The campaign doubles sales in March 2024",
    "target": "this_series",
    "certainty": "stated",
    "type": "multiply",
    "start": "2024-03-01",
    "end": "2024-03-31",
    "value": 2,
    "unit": "x",
}
CLOSED = {
    **DOUBLED,
    "evidence": "The plant in Oslo may close",
    "target": "other",
    "certainty": "hypothetical",
    "type": "set",
    "value": 0,
    "unit": "abs",
}
EVEN = {"ETS": 1, "DOT": 1, "CES": 1, "SNaive": 1}
MACRO = {"trend": "keep", "damping": "none", "season": "keep", "level": "last", "regime_start": None}
MACRO = {**MACRO, "pool_weights": EVEN, "reason_codes": []}
MICRO = {"steps": [], "outlier_last": False, "bias": 0, "decay": "fast"}
SCRIPT = {
    "context": json.dumps({"effects": [DOUBLED, CLOSED]}),
    "macro": json.dumps(MACRO),
    "micro": json.dumps(MICRO),
    "synthesis": json.dumps({"accept": [True, False], "conflict": "other_series", "confidence": "high"}),
}


@pytest.fixture
def forecast(monthly):
    def made(section=None, *, context=None, **changes):
        request = ForecastRequest.model_validate(
            {"series": monthly, "horizon": 6, "context": context, "calibrate": False, **changes}
        )
        return asyncio.run(conduct(request, request.context, section, Processes()))

    return made


def neutral(one):
    return {decided.subtask: decided.neutral for decided in one.decided}


def test_without_text_the_forecast_is_the_pool_and_every_stage_says_why(forecast):
    (one,) = forecast().series
    np.testing.assert_array_equal(one.final, one.pool)
    np.testing.assert_allclose(one.pool, 101.0 + np.arange(6))
    assert neutral(one) == {
        "context": "there is no text",
        "macro": "no base is loaded",
        "micro": "no base is loaded",
        "synthesis": "no base is loaded",
    }


def test_a_text_moves_forecast_and_interval_on_the_steps_that_it_speaks_of(forecast, section_with):
    section = section_with(SCRIPT)
    (one,) = forecast(section, context=TEXT).series
    (plain,) = forecast().series
    np.testing.assert_allclose(one.final / one.pool, [1, 1, 2, 1, 1, 1])
    for moved, still in zip(one.bands[80.0], plain.bands[80.0], strict=True):
        np.testing.assert_allclose(moved / still, [1, 1, 2, 1, 1, 1])
    assert [(outcome.accepted, outcome.steps) for outcome in one.outcomes] == [(True, (2,)), (False, ())]
    assert one.outcomes[1].reason == "it is about another series"
    assert neutral(one) == dict.fromkeys(SCRIPT)


def test_context_macro_and_micro_are_one_batch_over_one_prefix(forecast, section_with):
    section = section_with(SCRIPT)
    (one,) = forecast(section, context=TEXT).series
    player = section.player
    assert player.most_together == 3
    assert len({id(row.reading) for row in player.rows}) == 1
    assert [row.specialist for row in player.rows] == ["context", "macro", "micro", "synthesis"]
    assert one.shared_prefix_tokens == 3 * one.prefix_tokens


def test_what_the_synthesis_does_not_accept_is_not_applied(forecast, section_with):
    refusing = json.dumps({"accept": [False, False], "conflict": "contradiction", "confidence": "low"})
    (one,) = forecast(section_with({**SCRIPT, "synthesis": refusing}), context=TEXT).series
    np.testing.assert_array_equal(one.final, one.pool)
    assert one.outcomes[0].reason == "the synthesis does not accept it"


def test_without_the_synthesis_the_checks_decide_and_the_trace_says_so(forecast, section_with):
    section = section_with(SCRIPT, ("context", "macro", "micro"))
    (one,) = forecast(section, context=TEXT).series
    assert one.outcomes[0].accepted
    assert neutral(one)["synthesis"] == "no specialist for synthesis is loaded"


def test_invented_evidence_is_rejected_whatever_the_synthesis_says(forecast, section_with):
    invented = {**DOUBLED, "evidence": "sales will be doubled in March 2024"}
    script = {**SCRIPT, "context": json.dumps({"effects": [invented, CLOSED]})}
    (one,) = forecast(section_with(script), context=TEXT).series
    np.testing.assert_array_equal(one.final, one.pool)
    assert "is not in the text" in one.outcomes[0].reason


def test_a_stage_that_is_switched_off_is_not_asked(forecast, section_with):
    section = section_with(SCRIPT)
    (one,) = forecast(section, context=TEXT, stages={"macro": False, "micro": False}).series
    assert [row.specialist for row in section.player.rows] == ["context", "synthesis"]
    assert neutral(one)["macro"] == "the request switches it off"


def test_a_stage_that_did_not_help_acts_only_where_it_is_asked_for(forecast, section_with):
    section = section_with(SCRIPT)
    residents = [replace(one, helps=False if one.subtask == "micro" else None) for one in section.player.residents]
    section.player.residents = tuple(residents)
    (one,) = forecast(section, context=TEXT).series
    assert "micro" not in {row.specialist for row in section.player.rows}
    assert neutral(one)["micro"].startswith("it made nothing better on data held back")
    forecast(section, context=TEXT, stages={"micro": True})
    assert "micro" in {row.specialist for row in section.player.rows}


def test_an_answer_that_cannot_be_read_is_neutral_and_told(forecast, section_with):
    (one,) = forecast(section_with({**SCRIPT, "macro": '{"trend": "up"}'}), context=TEXT).series
    assert neutral(one)["macro"].startswith("its answer cannot be read: the answer must have the slots")


def test_macro_weights_choose_the_model(forecast, section_with, monkeypatch):
    said = {"AutoETS": 1.0, "DynamicOptimizedTheta": 2.0, "CES": 3.0, "SeasonalNaive": 4.0}
    monkeypatch.setattr(pool, "run_model", lambda name, values, horizon, season: np.full(horizon, 100.0 + said[name]))
    weights = {"ETS": 0, "DOT": 0, "CES": 3, "SNaive": 0}
    script = {**SCRIPT, "macro": json.dumps({**MACRO, "pool_weights": weights})}
    (one,) = forecast(section_with(script)).series
    np.testing.assert_allclose((one.pool, one.final), (np.full(6, 102.0), np.full(6, 103.0)))
    assert one.weights == {"AutoETS": 0, "DynamicOptimizedTheta": 0, "CES": 3, "SeasonalNaive": 0}


def test_micro_moves_point_and_interval_alike(forecast, section_with):
    script = {**SCRIPT, "micro": json.dumps({**MICRO, "steps": [{"k": 1, "adj": 2}]})}
    (one,) = forecast(section_with(script)).series
    (plain,) = forecast().series
    moved = one.final - plain.final
    assert moved[0] > 0
    np.testing.assert_allclose(one.bands[95.0][1] - plain.bands[95.0][1], moved)


def test_an_outlier_at_the_end_is_masked_and_the_pool_fitted_again(forecast, section_with, monthly):
    monthly["y"][-1] = 500.0
    script = {**SCRIPT, "micro": json.dumps({**MICRO, "outlier_last": True})}
    (one,) = forecast(section_with(script), horizon=12).series
    assert one.pool[-1] == 500.0
    assert one.final[-1] < 120.0
    assert "the models were fitted again without 1 point of the history" in one.notes


def test_an_effect_that_the_request_states_needs_no_text(forecast):
    effect = {"type": "level_shift", "start": "2024-05-01", "value": -50, "unit": "abs"}
    (one,) = forecast(effects=[effect]).series
    np.testing.assert_allclose(one.final - one.pool, [0, 0, 0, 0, -50, -50])


def test_a_masked_history_is_refitted_without_it(forecast, monthly):
    monthly["y"][40:43] = [0.0, 0.0, 0.0]
    mask = {"type": "mask_history", "start": "2023-05-01", "end": "2023-07-31"}
    (plain,), (one,) = forecast(horizon=12).series, forecast(horizon=12, effects=[mask]).series
    assert plain.final[4:7].tolist() == [0.0, 0.0, 0.0]
    assert (one.final[4:7] > 100).all()
    assert one.outcomes[0].steps == (40, 41, 42)


def test_what_was_never_below_zero_stays_there(forecast):
    (one,) = forecast(effects=[{"type": "add", "start": "2024-02-01", "value": -500, "unit": "abs"}]).series
    assert one.final.tolist()[1:] == [0.0] * 5
    assert one.bands[95.0][0].min() == 0.0


def test_each_series_has_its_own_text(forecast, section_with, monthly):
    series = {"unique_id": ["a"] * 48 + ["b"] * 48, "ds": monthly["ds"] * 2, "y": monthly["y"] * 2}
    one, other = forecast(section_with(SCRIPT), series=series, contexts={"b": TEXT}).series
    np.testing.assert_array_equal(one.final, one.pool)
    assert other.final[2] == 2 * other.pool[2]


def test_a_text_for_an_unknown_series_is_refused(forecast):
    with pytest.raises(InvalidRequestError, match="'b', which is no unique_id"):
        forecast(contexts={"b": TEXT})


def test_a_constant_series_says_that_its_intervals_have_no_width(forecast, monthly):
    monthly["y"] = [5.0] * 48
    (one,) = forecast().series
    assert (one.bands[95.0][0] == one.bands[95.0][1]).all()
    assert "the series never changed, so its intervals have no width" in one.notes


def test_a_model_that_failed_is_named(forecast, monkeypatch):
    def run(name, values, horizon, season):
        if name == "CES":
            raise Exception("tiny datasets")
        return pool.repeated(values, horizon, season)

    monkeypatch.setattr(pool, "run_model", run)
    (one,) = forecast().series
    assert "CES was left out: Exception: tiny datasets" in one.notes


def test_a_frame_that_cannot_be_repaired_is_refused_with_advice(forecast, monthly):
    monthly["y"][3] = "closed"
    with pytest.raises(InvalidRequestError) as caught:
        forecast()
    assert caught.value.param == "series"
    assert "closed" in caught.value.message


def test_the_explanation_passes_its_check(forecast, section_with):
    (one,) = forecast(section_with(SCRIPT), context=TEXT, facts={"name": "Sales", "unit": "crates"}).series
    assert "The campaign doubles sales in March 2024" in one.explanation
    assert not [note for note in one.notes if "explanation" in note]


def test_a_size_in_another_scale_is_applied_in_that_of_the_series_and_told(forecast, section_with):
    text = "A new line adds 20 thousand guests a month from March 2024 on, for good."
    read = {**DOUBLED, "type": "level_shift", "end": None, "value": 20_000, "unit": "abs"}
    read = {name: value for name, value in {**read, "evidence": text[:-11]}.items() if value is not None}
    section = section_with({"context": json.dumps({"effects": [read]})}, ("context",))
    made = forecast(section, context=text)
    (one,) = made.series
    np.testing.assert_allclose(one.final - one.pool, [0, 0, 20, 20, 20, 20])
    assert "20000 was read as 20, in the series' own scale (thousands)." in one.explanation
    (effect,) = forecast_record(made)["series"][0]["effects"]
    assert (effect["value"], effect["said"]) == (20, 20_000)
    assert effect["note"] == "20000 was read as 20, in the series' own scale (thousands)"


def test_a_unit_without_a_scale_refuses_a_size_that_is_far_off(forecast, section_with):
    text = "A new line adds 20 thousand guests a month from March 2024 on, for good."
    read = {**DOUBLED, "type": "level_shift", "value": 20_000, "unit": "abs", "evidence": text[:-11]}
    section = section_with({"context": json.dumps({"effects": [read]})}, ("context",))
    (one,) = forecast(section, context=text, facts={"unit": "guests"}).series
    np.testing.assert_array_equal(one.final, one.pool)
    assert ["say so in the unit" in outcome.reason for outcome in one.outcomes] == [True]
