"""Metrics against values worked out by hand, and a slow CRPS; Naive2 on a season that is known."""

import numpy as np
import pytest

from divisi.tasks.forecasting.accuracy import coverage, crps, mase, msis, naive_error, owa, smape
from divisi.tasks.forecasting.naive2 import is_seasonal, naive2, seasonal_indices

TRUTH = np.array([100.0, 200.0])


def test_smape_is_in_percent_of_the_mean_of_both():
    assert smape(TRUTH, np.array([100.0, 100.0])) == pytest.approx((0 + 200 / 3) / 2)
    assert smape(np.zeros(2), np.zeros(2)) == 0.0


def test_mase_is_in_units_of_the_seasonal_naive_error():
    history = np.array([1.0, 2.0, 3.0, 4.0])
    assert naive_error(history, 2) == 2.0
    assert mase(TRUTH, TRUTH + 4, history, 2) == 2.0
    assert np.isnan(mase(TRUTH, TRUTH, np.ones(4), 1))


def test_owa_is_one_for_naive2_itself_and_leaves_out_what_has_no_mase():
    smapes, mases = np.array([10.0, 20.0]), np.array([1.0, np.nan])
    assert owa(smapes, mases, smapes, mases) == 1.0
    assert owa(smapes / 2, mases, smapes, mases) == 0.75


def test_coverage_counts_the_ends():
    assert coverage(TRUTH, np.array([100.0, 0.0]), np.array([150.0, 199.0])) == 0.5


def test_msis_adds_what_lies_outside():
    history = np.array([0.0, 1.0, 0.0, 1.0])
    score = msis(TRUTH, np.array([90.0, 190.0]), np.array([110.0, 195.0]), history, season_length=1, level=80)
    assert score == pytest.approx((20 + 5 + 10 * 5) / 2)


def test_crps_is_that_of_the_slow_definition():
    paths = np.random.default_rng(0).normal(size=(40, 2)) * 30 + 150
    slow = [
        np.abs(column - truth).mean() - np.abs(column[:, None] - column[None]).mean() / 2
        for column, truth in zip(paths.T, TRUTH, strict=True)
    ]
    assert crps(TRUTH, paths) == pytest.approx(np.mean(slow))


def test_naive2_continues_a_multiplicative_season():
    values = np.array([50.0, 100.0, 150.0, 100.0] * 6)
    np.testing.assert_allclose(seasonal_indices(values, 4), [0.5, 1.0, 1.5, 1.0])
    np.testing.assert_allclose(naive2(values, 5, 4), [50.0, 100.0, 150.0, 100.0, 50.0])


def test_naive2_repeats_the_last_value_where_there_is_no_season():
    values = np.random.default_rng(0).normal(100, 1, 40)
    assert not is_seasonal(values, 4)
    assert naive2(values, 2, 4).tolist() == [values[-1]] * 2
