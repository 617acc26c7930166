"""Spreads and paths: what is meant to lie inside does, on series that were not pooled, and nothing depends on units."""

import numpy as np
import pytest

from divisi.tasks.forecasting.error_scale import PARTS, Scaling
from divisi.tasks.forecasting.intervals import (
    LEVELS,
    Spread,
    fit_spread,
    interval,
    own_spread,
    paths_around,
    smoothed,
    spread_for,
    typical_errors,
    widened,
)

NORMAL = np.array([-2.58, -2.33, -1.96, -1.64, -1.28, -1.04, -0.84, -0.52, -0.25, 0])
PLAIN = Scaling(np.ones(3), np.zeros(len(PARTS)), np.zeros(len(PARTS) - 1))
SPREAD = Spread(PLAIN, np.tile(np.concatenate([NORMAL, -NORMAL[-2::-1]]), (2, 1)), 0.8, "a normal distribution", 9)


def heavy(random: np.random.Generator, windows: int, steps: int) -> list[np.ndarray]:
    """Errors that grow with the steps and have heavy tails."""
    return list(random.standard_t(3, (windows, steps)) * np.sqrt(np.arange(1, steps + 1)))


@pytest.mark.parametrize("level", [80, 95])
def test_intervals_hold_their_share_of_new_series(level):
    random = np.random.default_rng(1)
    errors = heavy(random, 1000, 6)
    spread = fit_spread(errors, PLAIN, origin="test")
    low, high = interval(paths_around(np.zeros(6), 1.0, spread, samples=1000), level)
    new = np.stack(heavy(random, 2000, 6))
    assert abs(((new >= low) & (new <= high)).mean() - level / 100) < 0.03


def test_paths_move_and_stretch_with_point_and_scale():
    plain = paths_around(np.zeros(2), 1.0, SPREAD, samples=200)
    np.testing.assert_allclose(paths_around(np.array([10.0, 20.0]), 3.0, SPREAD, samples=200), plain * 3 + [10, 20])


def test_neighbouring_steps_of_a_path_go_together():
    paths = paths_around(np.zeros(2), 1.0, SPREAD, samples=2000)
    assert abs(np.corrcoef(paths.T)[0, 1] - 0.8) < 0.05


def test_the_same_seed_draws_the_same_paths():
    one, same, other = (paths_around(np.zeros(2), 1.0, SPREAD, samples=50, seed=seed) for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_beyond_the_known_steps_the_spread_grows_with_the_root_of_the_distance():
    np.testing.assert_allclose(SPREAD.at(8)[-1], SPREAD.quantiles[-1] * 2)


def test_what_is_typical_is_not_what_the_farthest_twentieth_missed():
    errors = [np.array([1.0])] * 199 + [np.array([1e6])]
    np.testing.assert_allclose(typical_errors(errors), [1.0])


def test_quantiles_are_widened_for_small_samples():
    sample = np.arange(100.0)
    assert (widened(sample)[0], widened(sample)[9]) == (pytest.approx(0.0, abs=0.01), 49.5)
    assert widened(sample)[16] > np.quantile(sample, LEVELS[16])


def test_few_series_do_not_make_a_spread_of_their_own():
    random = np.random.default_rng(0)
    assert own_spread(heavy(random, 199, 3), [1.0] * 199, PLAIN) is None
    made = own_spread(heavy(random, 201, 3), [1.0] * 200 + [0.0], PLAIN)
    assert (made.count, made.quantiles.shape) == (200, (3, len(LEVELS)))


@pytest.mark.parametrize("season", [1, 4, 12, 24])
def test_a_spread_comes_with_the_package_and_says_what_it_was_fitted_on(season):
    spread = spread_for(season)
    assert (np.diff(spread.quantiles, axis=1) > 0).all()
    assert (np.diff(spread.scaling.typical) > 0).mean() > 0.5
    assert "M1 and the training parts of M3 and Tourism" in spread.origin
    assert spread.count >= 200


def test_neighbouring_steps_smooth_each_other_and_the_ends_stay():
    rows = np.array([[1.0], [1.0], [6.0], [1.0], [1.0], [2.0]])
    np.testing.assert_allclose(smoothed(rows)[:, 0], [1, 8 / 3, 2, 2.2, 4 / 3, 2])
