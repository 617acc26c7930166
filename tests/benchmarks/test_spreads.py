"""What the spreads that come with the package are fitted on: nothing that a benchmark tests on."""

import numpy as np
import pytest
from forecast_sets import SEASONS, read_set
from spreads import Known, fitted, known_series, windows_of

from divisi.tasks.forecasting import pool
from divisi.tasks.forecasting.error_scale import PARTS, Window


@pytest.fixture
def silent(monkeypatch):
    """Every model says 0, so that errors are the truth."""
    monkeypatch.setattr(pool, "run_model", lambda name, values, horizon, season: np.zeros(horizon))


@pytest.mark.parametrize("kind", SEASONS)
def test_no_series_that_is_known_ends_as_one_that_is_tested(kind):
    ends = {one.values[-4:].tobytes() for one in known_series(kind, 10_000)}
    tested = [one for data in ("M3", "Tourism") for one in read_set(data, kind)]
    assert len(ends) > len(tested) * 0.9
    assert not [one.name for one in tested if one.truth[-4:].tobytes() in ends]


def test_each_origin_is_a_horizon_earlier_and_knows_only_what_was_before(silent):
    values = np.arange(1.0, 31.0)
    made = list(windows_of(Known(values, 4), 1))
    assert [len(one.history) for one in made] == [26, 22, 18]
    assert [one.error.tolist() for one in made] == [
        values[26:].tolist(),
        values[22:26].tolist(),
        values[18:22].tolist(),
    ]
    assert made[0].past.tolist() == [values[18:22].tolist(), values[22:26].tolist()]


def test_a_short_series_is_looked_at_once_and_less_far_ahead(silent):
    (one,) = windows_of(Known(np.arange(1.0, 13.0), 4), 1)
    assert (len(one.history), len(one.error), one.past.shape[0]) == (10, 2, 0)


def test_what_is_fitted_is_plain_and_has_a_weight_for_each_part():
    random = np.random.default_rng(0)
    windows = [Window(random.normal(0, 1, 30), random.normal(0, 1, (2, 3)), random.normal(0, 1, 3)) for _ in range(250)]
    one = fitted(windows, "yearly", 1)
    assert (len(one["weights"]), len(one["blind"]), one["count"]) == (len(PARTS), len(PARTS) - 1, 250)
    assert len(one["quantiles"]) == len(one["typical"]) == 3
