"""Scales: errors of unlike series become alike, units do not matter, and what is not known is not counted."""

import numpy as np
import pytest

from divisi.tasks.forecasting.error_scale import (
    PARTS,
    Scaling,
    Window,
    change,
    error_scale,
    extended,
    fit_scaling,
    missed_before,
)

NONE = np.empty((0, 3))
PLAIN = Scaling(np.ones(3), np.zeros(len(PARTS)), np.zeros(len(PARTS) - 1))
ONE_EACH = np.eye(len(PARTS))


def only(part: str) -> Scaling:
    """A scale that is one part alone."""
    weights = ONE_EACH[PARTS.index(part)]
    return Scaling(np.array([1.0, 4.0, 4.0]), weights, weights[:-1])


def test_without_weights_the_scale_is_the_change():
    values = np.array([1.0, 4.0, 2.0, 5.0])
    assert change(values, 1) == pytest.approx(8 / 3)
    assert error_scale(values, 1, NONE, PLAIN) == pytest.approx(8 / 3)


@pytest.mark.parametrize(
    ("part", "values", "season", "scale"),
    [
        ("recent", [0.0, 9.0, 0.0, 9.0, *np.arange(9.0, 18.0)], 1, 1.0),
        ("turns", [0.0, 1.0, 3.0, 6.0, 10.0], 1, 1.0),
        ("steps", [0.0, 2.0, 4.0, 1.0, 3.0, 5.0], 3, (2 + 2 + 3 + 2 + 2) / 5),
    ],
)
def test_each_part_is_what_it_says(part, values, season, scale):
    assert error_scale(np.array(values), season, NONE, only(part)) == pytest.approx(scale)


def test_own_errors_are_counted_by_what_is_typical_of_their_step():
    values = np.array([0.0, 1.0, 0.0, 1.0])
    assert error_scale(values, 1, np.array([[3.0, -12.0]]), only("missed")) == pytest.approx(3.0)
    assert missed_before(NONE, np.ones(3)) is None


def test_where_nothing_was_foreseen_before_the_blind_weights_count():
    values = np.array([0.0, 1.0, 3.0, 6.0, 10.0])
    scaling = Scaling(np.ones(3), np.array([0.0, 0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0]))
    assert error_scale(values, 1, np.full((1, 3), 7.0), scaling) == pytest.approx(7.0)
    assert error_scale(values, 1, NONE, scaling) == pytest.approx(1.0)


def test_the_scale_has_the_unit_of_the_series():
    values, errors = np.array([3.0, 5.0, 4.0, 8.0, 9.0, 5.0]), np.array([[1.0, 2.0]])
    scaling = Scaling(np.ones(2), np.array([0.3, 0.2, 0.1, 0.4]), np.zeros(3))
    assert error_scale(values * 1000, 1, errors * 1000, scaling) == pytest.approx(
        1000 * error_scale(values, 1, errors, scaling)
    )


def test_a_series_that_repeats_itself_has_the_scale_of_what_was_missed():
    values = np.tile([1.0, 2.0, 3.0, 4.0], 4)
    assert error_scale(values, 4, np.full((1, 2), 5.0), PLAIN) == pytest.approx(5.0)
    assert error_scale(np.ones(5), 1, NONE, PLAIN) == 0.0


def test_a_straight_line_has_a_scale_above_zero():
    assert 0 < error_scale(np.arange(20.0), 1, NONE, only("turns")) < 1


def test_beyond_the_known_steps_typical_errors_grow_with_the_root_of_the_distance():
    np.testing.assert_allclose(extended(np.array([1.0, 2.0]), 8), [1, 2, *(2 * np.sqrt(np.arange(3, 9) / 2))])


def test_fitted_weights_make_steady_and_restless_series_alike():
    random = np.random.default_rng(0)
    windows = [trending(random, noise) for noise in (0.2, 5.0) for _ in range(200)]
    scaling = fit_scaling(windows, 1, np.ones(3))
    quiet, loud = (
        np.mean([np.abs(one.error).mean() / error_scale(one.history, 1, one.past, scaling) for one in half])
        for half in (windows[:200], windows[200:])
    )
    plain = [
        np.mean([np.abs(one.error).mean() / change(one.history, 1) for one in half])
        for half in (windows[:200], windows[200:])
    ]
    assert plain[1] / plain[0] > 3
    assert loud / quiet < 1.5


def trending(random: np.random.Generator, noise: float) -> Window:
    """A line that climbs by 1 a point, and forecasts that miss its noise."""
    history = np.arange(40.0) + random.normal(0, noise, 40)
    return Window(history, random.normal(0, noise, (2, 3)), random.normal(0, noise, 3))
