"""Entropy drift tells tasks apart, and the control tells sharpness from skill."""

from dataclasses import replace

import pytest

from divisi.scheduler.entropy import control, drift, matching_temperature
from divisi.scheduler.learner import Behaviour, Dose, ScheduleError

LEVELS = (1.0, 1.2, 0.8, 1.1) * 3
CALM = Behaviour(LEVELS, LEVELS, ("a",) * 12, (0.5,) * 12)
SHARPER = tuple(value - 0.3 for value in CALM.on_policy)
WIDER = tuple(value + 0.3 for value in CALM.on_policy)


@pytest.mark.parametrize(
    ("on_policy", "forced", "nature"),
    [
        (SHARPER, SHARPER, "structured"),
        (SHARPER, CALM.forced, "structured"),
        (WIDER, WIDER, "open"),
        (SHARPER, WIDER, "unclear"),
        (CALM.on_policy, SHARPER, "unclear"),
        ((0.5, 1.7, 0.3, 1.6) * 3, CALM.forced, "unclear"),
    ],
    ids=["both fall", "only its own falls", "both rise", "they disagree", "nothing changed", "within its interval"],
)
def test_the_sign_of_the_drift_is_the_nature(on_policy, forced, nature):
    after = replace(CALM, on_policy=on_policy, forced=forced)
    assert drift("task", CALM, after, seed=0).nature == nature


def test_a_handful_of_prompts_tells_nothing():
    few = Behaviour(LEVELS[:4], LEVELS[:4], ("a",) * 4, (0.5,) * 4)
    assert drift("task", few, replace(few, on_policy=SHARPER[:4]), seed=0).nature == "unclear"


def test_other_prompts_are_refused():
    with pytest.raises(ScheduleError, match="12 items before and 2 after"):
        drift("task", CALM, replace(CALM, on_policy=(1.0, 2.0)), seed=0)


class Sharp:
    """Knows as much in both states, but is three times as sharp after; samples score best at entropy 1."""

    def __init__(self, lost: float) -> None:
        self.lost = lost

    def fit(self, start, dose, *, seed):
        return "after"

    def score(self, state, task, *, temperature):
        level = self.entropy(state, task, temperature=temperature).forced[0]
        skill = 0.8 - (self.lost if state else 0.0)
        return [skill - 0.3 * abs(level - 1.0) + item / 1000 for item in range(10)]

    def entropy(self, state, task, *, temperature):
        level = temperature / 3 if state else temperature
        return Behaviour((level,), (level,), ("x",), (0.5,))


def test_a_score_that_comes_back_at_the_old_entropy_was_calibration():
    found = control(Sharp(lost=0.0), "task", before=None, after="after", seed=0)
    assert found.change.below_zero
    assert found.temperature == pytest.approx(3.0, rel=0.01)
    assert found.verdict == "calibration"


def test_a_score_that_stays_away_is_forgotten():
    found = control(Sharp(lost=0.3), "task", before=None, after="after", seed=0)
    assert found.verdict == "forgotten"
    assert found.rescaled.value == pytest.approx(-0.3, abs=0.01)


def test_a_score_that_did_not_fall_needs_no_temperature(toy):
    learner = toy(("a",))
    after = learner.fit(None, Dose(1000, {"a": 1.0}), seed=0)
    found = control(learner, "a", before=None, after=after, seed=0)
    assert (found.verdict, found.temperature) == ("kept", None)


def test_an_entropy_out_of_reach_has_no_temperature(toy):
    learner = toy(("a",), slope={"a": -7.0})
    after = learner.fit(None, Dose(700, {"a": 1.0}), seed=0)
    assert matching_temperature(learner, "a", before=None, after=after) is None
