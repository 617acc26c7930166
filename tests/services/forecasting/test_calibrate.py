"""Macro and micro are kept as far as the past of the series shows that they help, and off where it does not."""

import asyncio
import json

import numpy as np
import pytest

from divisi.services.forecasting.calibrate import FOLDS
from divisi.services.forecasting.compose import forecast_record, usage
from divisi.services.forecasting.conduct import conduct
from divisi.services.forecasting.wire import ForecastRequest
from divisi.services.forecasting.workers import Processes

EVEN = {"ETS": 1, "DOT": 1, "CES": 1, "SNaive": 1}
MACRO = {"trend": "keep", "damping": "none", "season": "keep", "level": "last", "regime_start": None}
MACRO = {**MACRO, "pool_weights": EVEN, "reason_codes": []}
MICRO = {"steps": [], "outlier_last": False, "bias": 2, "decay": "slow"}
SCRIPT = {
    "context": json.dumps({"effects": []}),
    "macro": json.dumps(MACRO),
    "micro": json.dumps(MICRO),
    "synthesis": json.dumps({"accept": [], "conflict": "none", "confidence": "high"}),
}


def series(growth: float, points: int = 72) -> dict[str, list]:
    """A season of 12 months with a trend that the pool, which repeats the last season, misses every time."""
    dates = np.arange("2018-01", "2030-01", dtype="datetime64[M]").astype("datetime64[D]")[:points]
    season = 10 * np.sin(np.arange(points) / 12 * 2 * np.pi)
    return {"ds": [str(date) for date in dates], "y": (200 + season + growth * np.arange(points)).tolist()}


def forecast(section, monthly, **changes):
    request = ForecastRequest.model_validate({"series": monthly, "horizon": 6, **changes})
    return asyncio.run(conduct(request, request.context, section, Processes()))


def micro_of(made):
    return next(one for one in made.series[0].decided if one.subtask == "micro")


def test_what_helped_at_earlier_origins_is_kept_and_told(section_with):
    made = forecast(section_with(SCRIPT), series(+1.0))
    factor = made.calibration.factors["micro"]
    assert factor.kept
    assert factor.error_after < factor.error_before
    assert (made.series[0].final > made.series[0].pool).all()
    record = forecast_record(made)["calibration"]
    assert (record["series"], record["folds"]) == (1, FOLDS)
    assert record["factors"]["micro"]["shrink"] == factor.shrink
    assert usage(made)["prompt_tokens"] > 3 * made.series[0].prefix_tokens


def test_what_hurt_at_earlier_origins_is_off_and_is_not_asked_again(section_with):
    section = section_with(SCRIPT)
    made = forecast(section, series(-1.0))
    np.testing.assert_array_equal(made.series[0].final, made.series[0].pool)
    assert micro_of(made).neutral == "calibration: earlier folds are best without it"
    assert sum(row.specialist == "micro" for row in section.player.rows) == FOLDS


def test_a_stage_that_changes_nothing_is_not_kept(section_with):
    made = forecast(section_with(SCRIPT), series(+1.0))
    assert made.calibration.factors["macro"].reason == "no earlier fold has it, so nothing shows that it helps"


def test_a_series_without_room_for_folds_proves_nothing(section_with):
    made = forecast(section_with(SCRIPT), series(+1.0, points=26))
    assert "long enough for 3 folds" in micro_of(made).neutral
    assert json.dumps(forecast_record(made)["calibration"])
    np.testing.assert_array_equal(made.series[0].final, made.series[0].pool)


def test_the_future_is_never_shown_to_a_fold(section_with):
    section = section_with(SCRIPT)
    forecast(section, series(+1.0))
    ends = [row.reading.messages[0]["content"].split("history: ")[1].split("\n")[0] for row in section.player.rows]
    assert [end.split(" to ")[1] for end in dict.fromkeys(ends)] == [
        "2022-06-01",
        "2022-12-01",
        "2023-06-01",
        "2023-12-01",
    ]


def test_without_calibration_their_word_is_taken(section_with):
    made = forecast(section_with(SCRIPT), series(-1.0), calibrate=False)
    assert made.calibration is None
    assert (made.series[0].final > made.series[0].pool).all()


@pytest.mark.parametrize("stages", [{"macro": False, "micro": False}])
def test_nothing_is_asked_of_the_past_where_neither_would_act(section_with, stages):
    section = section_with(SCRIPT)
    made = forecast(section, series(+1.0), stages=stages, context="Nothing new.")
    assert made.calibration is None
    assert {row.specialist for row in section.player.rows} == {"context"}
