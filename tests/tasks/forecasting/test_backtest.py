"""Rolling origins: no window knows its truth, and short series get the windows that fit."""

import numpy as np
import pytest

from divisi.tasks.forecasting import pool
from divisi.tasks.forecasting.backtest import backtest, backtest_at, origins_of, window_shape
from divisi.tasks.forecasting.pool import PoolError


@pytest.fixture
def last_value(monkeypatch):
    """Every model forecasts the last value that it was shown; CES fails at the first origin of 20 points."""

    def run(name, values, horizon, season):
        if name == "CES" and len(values) == 20:
            raise Exception("tiny datasets")
        return np.full(horizon, values[-1])

    monkeypatch.setattr(pool, "run_model", run)


def test_errors_are_truth_minus_what_was_said_before_it(last_value):
    ran = backtest(np.arange(30.0), 5, 1)
    assert ran.origins == (20, 25)
    assert ran.errors().tolist() == [[1.0, 2.0, 3.0, 4.0, 5.0]] * 2


def test_a_model_that_failed_at_one_origin_is_missing_there_alone(last_value):
    ran = backtest(np.arange(30.0), 5, 1)
    missing = np.isnan(ran.points[ran.models.index("CES")])
    assert missing.all(axis=1).tolist() == [True, False]
    assert np.isfinite(ran.errors({"CES": 3})).all()


@pytest.mark.parametrize(
    ("count", "expected"), [(100, (2, 12)), (40, (1, 12)), (30, (1, 6)), (24, (0, 0)), (3, (0, 0))]
)
def test_windows_are_given_up_before_steps(count, expected):
    assert window_shape(count, 12, 12) == expected


def test_a_series_without_room_has_no_errors():
    assert backtest(np.arange(9.0), 4, 1).errors().shape == (0, 0)


def test_origins_may_lie_closer_than_a_horizon():
    assert origins_of(30, 6, 3, step=2) == (20, 22, 24)


def test_an_origin_before_the_series_is_refused():
    with pytest.raises(PoolError, match="10 points are too few for these windows, which need 13"):
        backtest_at(np.arange(10.0), (-2, 4), 6, 1)
