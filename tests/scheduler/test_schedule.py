"""From probes to an order, decided on a toy learner."""

import pytest

from divisi.scheduler.learner import ScheduleError
from divisi.scheduler.schedule import decide, probe_doses

TASKS = ("tell", "sum", "code")
CARRY = {"tell": {"sum": -0.6, "code": -0.6}, "code": {"sum": 0.5}, "sum": {"code": -0.5}}
SLOPE = {"tell": 1.0, "sum": -1.0, "code": -1.0}


def decided(toy, **options):
    return decide(toy(TASKS, carry=CARRY, slope=SLOPE), TASKS, probe_tokens=500, **{"resamples": 40, **options})


def test_structured_tasks_come_first_and_what_helps_comes_later(toy):
    schedule = decided(toy)
    assert {task: one.nature for task, one in schedule.drifts.items()} == {
        "tell": "open",
        "sum": "structured",
        "code": "structured",
    }
    assert schedule.tasks == schedule.order.tasks == ("sum", "code", "tell")


def test_each_task_is_probed_once_from_the_beginning(toy):
    learner = toy(TASKS)
    decide(learner, TASKS, probe_tokens=500, resamples=10)
    assert learner.fits == list(probe_doses(TASKS, 500).values())


def test_other_orders_are_there_to_compare_with(toy):
    assert decided(toy, by="reversed").tasks == ("tell", "code", "sum")
    drawn = {decided(toy, by="random", seed=seed, resamples=3).tasks for seed in range(8)}
    assert len(drawn) > 2


@pytest.mark.parametrize("tasks", [(), ("a", "a")])
def test_tasks_that_are_none_or_twice_are_refused(toy, tasks):
    with pytest.raises(ScheduleError, match="each once"):
        decide(toy(("a",)), tasks, probe_tokens=100)
