"""Transfer from scores of items, scaled by what a task's own training brings."""

import numpy as np
import pytest

from divisi.scheduler.learner import Dose, ScheduleError
from divisi.scheduler.transfer import measure_transfer, transfer_of

ITEMS = 30


def flat(score):
    return [score + 0.01 * (item % 5) for item in range(ITEMS)]


def test_the_matrix_is_the_change_in_shares_of_the_own_gain():
    begun = {"a": flat(0.2), "b": flat(0.4)}
    after = {"a": {"a": flat(0.6), "b": flat(0.3)}, "b": {"a": flat(0.3), "b": flat(0.8)}}
    found = transfer_of(begun, after, seed=0)
    assert found.matrix == pytest.approx(np.asarray([[1.0, -0.25], [0.25, 1.0]]))
    assert found.gains == pytest.approx([0.4, 0.4])
    assert found.of("a", "b").value == pytest.approx(-0.25)


def test_the_interval_is_that_of_the_items():
    begun = {"a": [0.0] * 20, "b": [0.5] * 20}
    mixed = [1.0, 0.0] * 10
    found = transfer_of(begun, {"a": {"a": [1.0] * 20, "b": mixed}, "b": {"a": [0.0] * 20, "b": [1.0] * 20}}, seed=1)
    helped, nothing = found.of("a", "b"), found.of("b", "a")
    assert helped.low < 0 < helped.high
    assert (nothing.low, nothing.high) == (0.0, 0.0)


def test_changes_are_clipped_at_the_own_gain():
    begun = {"a": flat(0.5), "b": flat(0.9)}
    after = {"a": {"a": flat(0.7), "b": flat(0.1)}, "b": {"a": flat(0.5), "b": flat(0.9)}}
    found = transfer_of(begun, after, seed=0)
    assert found.of("a", "b").value == -1.0
    assert found.unlearned == ("b",)


def test_a_learner_is_asked_for_each_probe_on_each_task(toy):
    learner = toy(("a", "b"), carry={"a": {"b": 0.5}, "b": {"a": -0.25}})
    probes = {task: learner.fit(None, Dose(500, {task: 1.0}), seed=0) for task in "ab"}
    found = measure_transfer(learner, probes, temperature=0.0, seed=0, resamples=50)
    assert found.matrix == pytest.approx(np.asarray([[1.0, 0.5], [-0.25, 1.0]]))
    assert found.begun == pytest.approx([0.3, 0.3], abs=0.05)


def test_scores_of_other_items_are_refused():
    with pytest.raises(ScheduleError, match="b has 30 scores at the beginning and 2 after"):
        transfer_of({"b": flat(0.1)}, {"b": {"b": [0.1, 0.2]}}, seed=0)
