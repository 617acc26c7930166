"""Operators against plain arithmetic, their order, paths, and what is said of effects that are not applied."""

from typing import Any

import numpy as np
import pytest

from divisi.tasks.forecasting.apply import apply_effects, prepare_history, refilled
from divisi.tasks.forecasting.effect import ORDER, TYPES, effect_from_record, effect_to_record
from divisi.tasks.forecasting.errors import EffectError
from divisi.tasks.forecasting.frequency import as_dates, future_dates, moment, read_frequency, stepped
from divisi.tasks.forecasting.operators import OPERATORS
from divisi.tasks.forecasting.scene import Scene

LAST = as_dates([moment("2025-03-09")])  # a Sunday
PAST = stepped(LAST, read_frequency("D"), np.arange(-55, 1))
WEEK = np.array([10.0, 11, 12, 13, 14, 20, 5])
HISTORY = np.tile(WEEK, 8)
SCENE = Scene(future_dates(moment("2025-03-09"), "D", 14), "D", HISTORY, PAST)
POINT = np.tile(WEEK, 2)
MONDAYS = {"start": "2025-03-10", "end": "2025-03-11"}


def effect(kind: str, **slots: Any) -> Any:
    return effect_from_record({"type": kind, **slots})


def applied(*effects: Any, values: Any = POINT, scene: Scene = SCENE) -> Any:
    return apply_effects(values, effects, scene).values


@pytest.mark.parametrize(
    ("kind", "slots", "first_three"),
    [
        ("multiply", {"value": 1.5, "unit": "x"}, [15, 16.5, 12]),
        ("multiply", {"value": -50, "unit": "pct"}, [5, 5.5, 12]),
        ("add", {"value": -3, "unit": "abs"}, [7, 8, 12]),
        ("set", {"value": 0, "unit": "abs"}, [0, 0, 12]),
        ("floor", {"value": 10.5, "unit": "abs"}, [10.5, 11, 12]),
        ("ceiling", {"value": 10.5, "unit": "abs"}, [10, 10.5, 12]),
        ("level_shift", {"value": 4, "unit": "abs"}, [14, 15, 12]),
        ("level_shift", {"value": 10, "unit": "pct"}, [11, 12.1, 12]),
        ("ramp", {"value": 4, "unit": "abs"}, [12, 15, 16]),
        ("ramp", {"value": 100, "unit": "pct"}, [15, 22, 24]),
        ("use_profile", {"profile": "Sunday"}, [5, 5, 12]),
        ("use_profile", {"profile": "weekend"}, [12.5, 12.5, 12]),
    ],
)
def test_an_operator_does_its_arithmetic(kind: str, slots: dict[str, Any], first_three: list[float]) -> None:
    np.testing.assert_allclose(applied(effect(kind, **MONDAYS, **slots))[:3], first_three)


def test_a_trend_is_taken_out_and_the_season_stays() -> None:
    rising = np.tile(WEEK, 2) + 2.0 * np.arange(1, 15)
    flat = applied(effect("remove_trend", start="2025-03-10"), values=rising, scene=scene_with_trend())
    np.testing.assert_allclose(flat, np.tile(WEEK, 2))


def scene_with_trend() -> Scene:
    return Scene(SCENE.dates, "D", HISTORY + 2.0 * np.arange(-55, 1), PAST)


def test_a_reference_is_followed_and_each_path_keeps_its_distance() -> None:
    dates = np.concatenate([PAST, SCENE.dates])
    reference = np.concatenate([(HISTORY - 3) / 2, np.full(14, 30.0)])
    scene = Scene(SCENE.dates, "D", HISTORY, PAST, references={"Port index": (dates, reference)})
    paths = np.stack([POINT - 1, POINT + 1])
    followed = applied(effect("follow_reference", **MONDAYS, reference="port index"), values=paths, scene=scene)
    np.testing.assert_allclose(followed[:, :2], [[62, 62], [64, 64]])
    np.testing.assert_allclose(followed[:, 2:], paths[:, 2:])


def test_states_hold_until_the_next_one() -> None:
    path = [{"start": "2025-03-10", "state": "running"}, {"start": "2025-03-12", "state": "half load"}]
    path += [{"start": "2025-03-13", "state": "Off"}, {"start": "2025-03-14", "state": "eco"}]
    scene = Scene(SCENE.dates, "D", HISTORY, PAST, states={"eco": 0.8})
    values = applied(effect("regime_path", start="2025-03-10", path=path), scene=scene)
    np.testing.assert_allclose(values[:6], [10, 11, 6, 0, 11.2, 16])


def test_a_state_without_a_level_is_rejected_by_name() -> None:
    path = [{"start": "2025-03-10", "state": "eco"}]
    (outcome,) = apply_effects(POINT, [effect("regime_path", start="2025-03-10", path=path)], SCENE).outcomes
    assert not outcome.accepted
    assert "'eco'" in outcome.reason


def test_the_order_is_fixed_whatever_the_text() -> None:
    effects = [
        effect("ceiling", **MONDAYS, value=25, unit="abs"),
        effect("add", **MONDAYS, value=10, unit="abs"),
        effect("multiply", **MONDAYS, value=2, unit="x"),
    ]
    for given in (effects, effects[::-1]):
        np.testing.assert_allclose(applied(*given)[:2], [25, 25])


def test_every_type_but_masks_and_none_has_an_operator() -> None:
    assert set(OPERATORS) | {"mask_history", "none"} == set(TYPES)
    assert [kind for kind in ORDER if kind in OPERATORS] == list(OPERATORS)


def test_paths_move_with_the_effect_and_a_stated_size_adds_no_spread() -> None:
    paths = np.random.default_rng(0).normal(50, 5, (200, 14))
    moved = apply_effects(
        paths, [effect("add", **MONDAYS, value=7, unit="abs")], SCENE, random=np.random.default_rng(1)
    )
    np.testing.assert_allclose(moved.values[:, :2], paths[:, :2] + 7)


def test_an_implied_size_is_spread_over_the_paths_around_what_is_said() -> None:
    implied = effect("multiply", **MONDAYS, value=2, unit="x", certainty="implied")
    moved = apply_effects(np.full((400, 14), 10.0), [implied], SCENE, random=np.random.default_rng(1)).values[:, 0]
    assert moved.std() > 1.5
    assert moved.mean() == pytest.approx(20, rel=0.01)
    np.testing.assert_allclose(applied(implied)[:2], [20, 22])


@pytest.mark.parametrize(
    ("slots", "reason"),
    [
        ({"target": "other"}, "another series"),
        ({"certainty": "hypothetical"}, "only possible"),
        ({"certainty": "negated"}, "does not happen"),
        ({"start": "2027-01-01", "end": "2027-01-02"}, "outside the horizon"),
        ({"value": None}, "needs a value"),
    ],
)
def test_what_is_not_applied_is_rejected_with_its_reason(slots: dict[str, Any], reason: str) -> None:
    rejected = effect("multiply", **{**MONDAYS, "value": 2, "unit": "x", **slots})
    adjusted = apply_effects(POINT, [rejected], SCENE)
    assert reason in adjusted.outcomes[0].reason
    np.testing.assert_array_equal(adjusted.values, POINT)


def test_a_history_above_zero_keeps_the_future_there() -> None:
    assert applied(effect("add", **MONDAYS, value=-100, unit="abs"))[:2].tolist() == [0, 0]


def test_masked_days_are_refilled_from_the_same_weekday() -> None:
    spoiled = HISTORY.copy()
    spoiled[21:23] = 500.0
    scene = Scene(SCENE.dates, "D", spoiled, PAST)
    start = str(PAST[21])[:10]
    mask = effect("mask_history", start=start, duration={"n": 2, "unit": "D"}, applies_to="history")
    prepared = prepare_history([mask], scene)
    np.testing.assert_array_equal(prepared.history, HISTORY)
    assert prepared.outcomes[0].steps == (21, 22)
    np.testing.assert_array_equal(apply_effects(POINT, [mask], scene).values, POINT)


def test_a_mask_of_everything_is_rejected() -> None:
    prepared = prepare_history([effect("mask_history", start="2020-01-01", applies_to="history")], SCENE)
    assert prepared.outcomes[0].reason == "it would leave no history"
    np.testing.assert_array_equal(prepared.history, HISTORY)


def test_refilling_takes_the_mean_of_both_neighbours() -> None:
    masked = np.array([False, True, False])
    assert refilled(np.array([1.0, 99.0, 3.0]), masked, 1).tolist() == [1, 2, 3]


def test_values_of_another_length_are_refused() -> None:
    with pytest.raises(EffectError, match=r"expected \[14\] or \[samples, 14\]"):
        apply_effects(np.zeros(3), [], SCENE)


def test_without_effects_nothing_changes() -> None:
    np.testing.assert_array_equal(apply_effects(POINT - 100, [], SCENE).values, POINT - 100)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"type": "explode"},
        {"type": "add", "start": "soon"},
        {"type": "add", "value": "two"},
        {"type": "add", "value": True},
        {"type": "add", "value": float("nan")},
        {"type": "add", "unit": "kg"},
        {"type": "add", "certainty": "maybe"},
        {"type": "add", "target": "them"},
        {"type": "add", "duration": {"n": 2}},
        {"type": "add", "recurrence": {"every": 0, "unit": "D"}},
        {"type": "regime_path", "path": [{"state": "on"}]},
        {"type": "use_profile", "profile": 7},
    ],
)
def test_what_is_no_effect_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(EffectError):
        effect_from_record(record)


def test_a_record_comes_back_as_it_was() -> None:
    path = [{"start": "2025-03-10", "state": "on"}]
    record = effect_to_record(effect("regime_path", start="2025-03-10", path=path, evidence="on"))
    assert effect_to_record(effect_from_record(record)) == record
    assert record["path"] == path
