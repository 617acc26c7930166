"""Dates of masks and ramps: what lies in the last period of the history, what has no beginning, what is over."""

import numpy as np
import pytest

from divisi.tasks.forecasting.apply import apply_effects, prepare_history
from divisi.tasks.forecasting.checks import Times, check_effect
from divisi.tasks.forecasting.effect import Effect, effect_from_record
from divisi.tasks.forecasting.frequency import as_dates, following, moment, read_frequency, stepped
from divisi.tasks.forecasting.scene import Scene

TEXT = "The log is wrong, leave it out. The change of 20 comes step by step."


def scene(last: str, freq: str, *, steps: int = 12, horizon: int = 6) -> Scene:
    end, frequency = as_dates([moment(last)]), read_frequency(freq)
    past = stepped(end, frequency, np.arange(1 - steps, 1))
    return Scene(following(end, frequency, horizon), freq, np.arange(1.0, steps + 1), past)


def problems(effect: Effect, scene: Scene) -> list[str]:
    times = Times(scene.history_dates[0], scene.history_dates[-1], scene.dates, scene.frequency)
    return list(check_effect(effect, TEXT, times))


def mask(**slots: str | None) -> Effect:
    return effect_from_record({"type": "mask_history", "evidence": "The log is wrong", **slots})


def ramp(start: str, end: str) -> Effect:
    evidence = "The change of 20"
    return effect_from_record(
        {"type": "ramp", "start": start, "end": end, "value": 20, "unit": "abs", "evidence": evidence}
    )


def test_a_mask_may_begin_within_the_last_month() -> None:
    months = scene("2025-03-01", "MS")
    late = mask(start="2025-03-10", end="2025-03-31")
    assert problems(late, months) == []
    assert prepare_history([late], months).outcomes[0].steps == (11,)


def test_a_mask_may_have_no_beginning() -> None:
    months = scene("2025-03-01", "MS")
    early = mask(end="2024-06-30")
    assert problems(early, months) == []
    assert prepare_history([early], months).outcomes[0].steps == (0, 1, 2)


@pytest.mark.parametrize(
    "slots", [{}, {"start": "2025-04-01", "end": "2025-04-30"}, {"end": "2024-03-31"}, {"start": "2025-04-10"}]
)
def test_a_mask_of_no_part_of_the_history_is_refused(slots: dict[str, str]) -> None:
    assert problems(mask(**slots), scene("2025-03-01", "MS"))


def test_an_effect_ahead_still_needs_a_beginning() -> None:
    effect = effect_from_record({"type": "set", "end": "2025-03-12", "value": 0, "unit": "abs", "evidence": "The log"})
    assert "the text gives no date for it" in problems(effect, scene("2025-03-09", "D"))


def test_a_ramp_that_ended_before_the_horizon_is_in_the_history_already() -> None:
    days, over = scene("2025-03-09", "D"), ramp("2025-03-02", "2025-03-08")
    assert problems(over, days) == ["it ended on 2025-03-08, so the history has it already"]
    adjusted = apply_effects(np.full(6, 10.0), [over], days)
    np.testing.assert_array_equal(adjusted.values, np.full(6, 10.0))
    assert not adjusted.outcomes[0].accepted


def test_of_a_ramp_that_has_begun_only_the_rest_is_applied() -> None:
    days, begun = scene("2025-03-09", "D"), ramp("2025-03-08", "2025-03-11")
    assert problems(begun, days) == []
    np.testing.assert_allclose(apply_effects(np.full(6, 10.0), [begun], days).values, [15, 20, 20, 20, 20, 20])


def test_of_a_factor_that_has_begun_to_grow_only_the_rest_is_applied() -> None:
    days = scene("2025-03-09", "D")
    doubling = effect_from_record(
        {"type": "ramp", "start": "2025-03-09", "end": "2025-03-10", "value": 2, "unit": "x", "evidence": "The change"}
    )
    np.testing.assert_allclose(apply_effects(np.full(6, 15.0), [doubling], days).values, np.full(6, 20.0))
