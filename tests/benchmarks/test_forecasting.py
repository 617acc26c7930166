"""The forecasting benchmark on series made up here: arms, scores, and who may be trained on what."""

import asyncio

import forecast_cost
import forecasting
import numpy as np
import pytest
from errors import BenchmarkError
from forecast_boosting import STEPS, weighted_by
from forecast_scores import covered, covered_together, errors_of, held, owa_of, scored
from forecast_sets import Trial
from forecasting import _earlier, compared

from divisi.services.forecasting.answer import Forecast
from divisi.tasks.forecasting import pool
from divisi.tasks.forecasting.calibration import Calibration, Factor, unproven
from divisi.tasks.forecasting.pool import POOL, PoolForecast
from divisi.tasks.forecasting.repair import Report

RANDOM = np.random.default_rng(0)
SERIES = [
    Trial(str(place), RANDOM.normal(100, 5, 30) + np.arange(30), RANDOM.normal(130, 5, 4), 1) for place in range(6)
]


@pytest.fixture
def spoken(monkeypatch):
    """AutoETS says 110, DynamicOptimizedTheta 120, CES 130, SeasonalNaive 140."""
    said = dict(zip(POOL, (110.0, 120.0, 130.0, 140.0), strict=True))
    monkeypatch.setattr(pool, "run_model", lambda name, values, horizon, season: np.full(horizon, said[name]))


def test_all_arms_answer_every_series(spoken):
    made = asyncio.run(compared(SERIES, None, None, processes=1, native=False, seed=0))
    found = made.report
    assert set(found["arms"]) == {*POOL, "median", "divisi"}
    assert found["arms"]["divisi"]["owa_minus_reference"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert found["arms"]["CES"]["owa"]["value"] < found["arms"]["AutoETS"]["owa"]["value"]
    assert found["acted_on"] == {"macro": 0, "micro": 0}
    assert set(found["intervals"]["divisi"]) == {"80", "95"}
    assert made.held[80.0].mean() == pytest.approx(found["intervals"]["divisi"]["80"]["coverage"]["value"], abs=1e-4)


def test_a_batch_never_calibrates_on_itself(spoken):
    many = [SERIES[0]] * forecasting.BATCH
    made = asyncio.run(forecasting.forecast_batch(many, None, processes=1, seed=0))
    assert "this request" not in made.series[0].spread


def test_the_difference_of_two_arms_is_drawn_in_pairs():
    naive = np.column_stack([RANDOM.uniform(5, 20, 40), RANDOM.uniform(0.5, 2, 40)])
    arms = {"median": naive, "better": naive * 0.9}
    found = scored(arms, naive, reference="median", seed=0)["better"]["owa_minus_reference"]
    assert (found["value"], found["low"], found["high"]) == pytest.approx((-0.1, -0.1, -0.1))


def test_coverage_and_width_of_known_bands():
    tested = [Trial("a", np.array([0.0, 1.0, 0.0, 1.0]), np.array([1.0, 5.0]), 1)]
    found = covered([{80.0: (np.zeros(2), np.full(2, 2.0))}], tested, seed=0)["80"]
    assert (found["coverage"]["value"], found["width"], found["msis"]) == (0.5, 2.0, pytest.approx(2 + 15.0))


def test_sets_of_a_frequency_count_by_their_series():
    narrow, wide = {80.0: np.zeros(1)}, {80.0: np.ones(3)}
    found = covered_together({"M3/yearly": narrow, "Tourism/yearly": wide}, seed=0)
    assert (found["series"], found["coverage"]["80"]["value"]) == (4, 0.75)
    assert found["coverage"]["80"]["low"] < 0.75 < found["coverage"]["80"]["high"]


def test_each_series_holds_its_own_share():
    tested = [Trial("a", np.ones(4), np.array([1.0, 5.0]), 1), Trial("b", np.ones(4), np.array([1.0, 1.0]), 1)]
    bands = [{80.0: (np.zeros(2), np.full(2, 2.0))}] * 2
    assert held(bands, tested)[80.0].tolist() == [0.5, 1.0]


@pytest.mark.parametrize(("share", "verdict"), [(0.825, "met"), (0.835, "missed"), (0.765, "missed")])
def test_intervals_may_be_three_points_off(share, verdict):
    said = forecasting._verdicts({"80": {"value": share, "low": 0.7, "high": 0.9}})
    assert said.endswith(f"of 80% ({verdict})")


def test_sets_are_taken_in_the_order_asked_for_and_an_unknown_one_is_refused():
    assert forecasting._wanted("Tourism/monthly,M3/yearly") == [("Tourism", "monthly"), ("M3", "yearly")]
    with pytest.raises(BenchmarkError, match="M4/yearly"):
        forecasting._wanted("M4/yearly")


def test_errors_are_relative_to_what_is_known_alone():
    one = Trial("a", np.array([1.0, 3.0, 1.0, 3.0]), np.array([4.0]), 1)
    errors = errors_of([np.array([2.0])], [one])
    assert errors.tolist() == [[pytest.approx(200 * 2 / 6), 1.0]]
    assert owa_of(errors, errors) == 1.0


def test_calibrations_are_counted_over_batches():
    kept = Factor("micro", 0.5, True, 2.0, 1.0, "")
    dropped = Factor("micro", 0.0, False, 2.0, 3.0, "")
    report = Report(1, 1, 1, 1, 1)
    batches = [
        Forecast(report, (), 1.0, Calibration(1, 3, {"micro": factor}))
        for factor in (kept, dropped, unproven("micro", ""))
    ]
    found = forecasting.calibrations([*batches, Forecast(report, (), 1.0)])
    assert found == {
        "micro": {"batches": 2, "kept": 1, "mean_shrink": 0.25, "hidden_error_before": 2.0, "hidden_error_after": 2.0}
    }


class Promise:
    """A regressor that always promises the same."""

    def __init__(self, value: float) -> None:
        self.value = value

    def predict(self, rows: np.ndarray) -> list[float]:
        return [self.value] * len(rows)


def test_weights_fall_with_what_is_promised():
    forecast = PoolForecast(POOL, np.arange(4.0)[:, None] + 100, {})
    promises = [Promise(limit) for limit in (0.0, STEPS[1][0], STEPS[2][0], 9.0)]
    assert list(weighted_by(promises, SERIES[0], forecast).weights.values()) == [3, 2, 1, 0]


def test_what_is_trained_on_ends_before_the_truth_that_is_tested():
    earlier = _earlier(SERIES[0])
    assert earlier is not None
    np.testing.assert_array_equal(np.concatenate([earlier.history, earlier.truth]), SERIES[0].history)
    assert _earlier(Trial("a", np.arange(12.0), np.arange(4.0), 1)) is None


def test_peak_memory_is_not_that_of_the_other_side(monkeypatch):
    peaks = [100.0]
    monkeypatch.setattr(forecast_cost, "compute_all", lambda jobs, workers, done: None)
    monkeypatch.setattr(forecast_cost, "direct", lambda values, processes: peaks.append(900.0))
    monkeypatch.setattr(forecast_cost, "peak_mib", lambda: max(peaks))
    found = forecast_cost.measured(3, processes=1, compare=True, seed=0)
    assert (found["series"], found["peak_memory_mib"]) == (3, 100.0)
    assert found["ratio"] > 0
