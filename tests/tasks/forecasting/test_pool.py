"""The pool: named models, failures that are told, the weighted median; against statsforecast itself."""

import numpy as np
import pytest

from divisi.tasks.forecasting import pool
from divisi.tasks.forecasting.pool import PoolError, PoolForecast, check_models, combine, pool_forecast

RANDOM = np.random.default_rng(0)
SEASONAL = 50 + np.arange(24) + 10 * np.sin(np.arange(24) * np.pi / 2) + RANDOM.normal(0, 1, 24)


def test_points_are_those_of_statsforecast_itself():
    from statsforecast.models import AutoCES, AutoETS, DynamicOptimizedTheta

    ours = pool_forecast(SEASONAL, 6, 4)
    assert ours.models == pool.POOL
    for name, model in (("AutoETS", AutoETS), ("DynamicOptimizedTheta", DynamicOptimizedTheta), ("CES", AutoCES)):
        theirs = model(season_length=4).forecast(SEASONAL, 6)["mean"]
        np.testing.assert_array_equal(ours.points[ours.models.index(name)], theirs)


def test_every_forecast_makes_new_model_objects(monkeypatch):
    made = []

    class Model:
        def forecast(self, values, horizon):
            return {"mean": np.full(horizon, values[-1])}

    monkeypatch.setattr(pool, "new_model", lambda name, season: made.append(Model()) or made[-1])
    pool_forecast(SEASONAL, 2, 4)
    pool_forecast(SEASONAL, 2, 4)
    assert len(set(map(id, made))) == 2 * len(pool.POOL)


def test_a_model_that_fails_is_named_and_the_others_answer(monkeypatch):
    def run(name, values, horizon, season):
        if name == "CES":
            raise Exception("tiny datasets")
        return np.full(horizon, np.nan if name == "AutoETS" else 5.0)

    monkeypatch.setattr(pool, "run_model", run)
    said = pool_forecast(SEASONAL, 3, 4)
    assert said.models == ("DynamicOptimizedTheta", "SeasonalNaive")
    assert said.left_out == {"CES": "Exception: tiny datasets", "AutoETS": "PoolError: its forecast is not finite"}


def test_a_forecast_far_outside_of_the_history_is_left_out(monkeypatch):
    monkeypatch.setattr(pool, "run_model", lambda name, *_: np.array([1e6 if name == "AutoETS" else 60.0]))
    said = pool_forecast(SEASONAL, 1, 4)
    assert "outside of the history" in said.left_out["AutoETS"]


def test_a_pool_without_an_answer_is_an_error_that_names_all_models(monkeypatch):
    monkeypatch.setattr(pool, "run_model", lambda *_: np.array([np.inf]))
    with pytest.raises(PoolError, match=r"AutoETS: .*SeasonalNaive: "):
        pool_forecast(SEASONAL, 1, 4)


def test_a_short_series_is_left_to_repetition_and_says_so():
    said = pool_forecast(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 6, 4)
    assert said.models == ("SeasonalNaive",)
    assert said.points.tolist() == [[2.0, 3.0, 4.0, 5.0, 2.0, 3.0]]
    assert said.left_out["AutoETS"] == "5 points are too few, it needs 10"
    assert combine(said).note is not None


def test_less_than_a_season_repeats_the_last_value():
    assert pool_forecast(np.array([7.0, 3.0]), 2, 12).points.tolist() == [[3.0, 3.0]]


THREE = PoolForecast(
    ("AutoETS", "DynamicOptimizedTheta", "CES", "SeasonalNaive"), np.array([[1.0], [2.0], [9.0], [100.0]]), {}
)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({}, 2.0),
        ({"CES": 3}, 9.0),
        ({"AutoETS": 0, "DynamicOptimizedTheta": 1, "CES": 1}, 5.5),
        ({"AutoETS": 0, "DynamicOptimizedTheta": 0, "CES": 0, "SeasonalNaive": 1}, 100.0),
    ],
)
def test_a_weight_is_how_often_a_model_is_counted(weights, expected):
    assert combine(THREE, weights).point.tolist() == [expected]


def test_weights_that_leave_nobody_count_everybody_and_say_so():
    combined = combine(THREE, dict.fromkeys(THREE.models, 0))
    assert combined.point.tolist() == [5.5]
    assert "counted once" in combined.note


@pytest.mark.parametrize("weight", [-1, 4])
def test_a_weight_out_of_range_is_refused(weight):
    with pytest.raises(PoolError, match="0 to 3"):
        combine(THREE, {"CES": weight})


def test_an_unknown_model_is_refused_with_those_there_are():
    with pytest.raises(PoolError, match=r"'Prophet' is no model of the pool; there are: AutoETS"):
        check_models(["AutoETS", "Prophet"])
