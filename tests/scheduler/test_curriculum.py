"""Phases with replay, and a guard that raises replay or ends a phase before an open-ended task is worn out."""

import pytest

from divisi.scheduler.curriculum import Phase, Rules, judge, phases_of, train
from divisi.scheduler.learner import Dose, ScheduleError

RULES = Rules(tokens=1000, sections=2, replay=0.2, most_replay=0.4, replay_step=0.2, floor=0.9)
NATURES = {"a": "structured", "b": "open"}


def test_a_phase_replays_those_before_it_and_keeps_their_cores():
    first, second, third = phases_of(("a", "b", "c"), cores={"a": "p1", "b": "p2", "c": "p3"})
    assert first.dose(100, 0.2).shares == {"a": 1.0}
    assert second.dose(100, 0.2) == Dose(100, {"b": 0.8, "a": 0.2}, ("p1",))
    assert third.dose(100, 0.2).shares == pytest.approx({"c": 0.8, "a": 0.1, "b": 0.1})
    assert third.kept == ("p1", "p2")


def test_tasks_of_one_group_do_not_isolate_each_other():
    phases = phases_of(("a", "b", "c"), cores={"a": "p1", "b": "p2", "c": "p3"}, groups=(("a", "c"), ("b",)))
    assert [phase.kept for phase in phases] == [(), ("p1",), ("p2",)]


def test_what_is_endangered_at_the_end_of_a_phase_is_replayed_more_from_the_next_one_on(toy):
    learner = toy(("a", "b", "c"), carry={"a": {"b": -1.0}}, slope={"b": 4.0})
    rules = Rules(tokens=600, sections=1, replay=0.1, most_replay=0.5, replay_step=0.2, floor=0.8)
    natures = {"a": "structured", "c": "structured", "b": "open"}
    course = train(learner, phases_of(("a", "c", "b")), natures, rules, seed=0)
    assert course.sections[0].action == "more replay"
    assert course.sections[1].dose.shares == pytest.approx({"c": 0.7, "a": 0.1, "b": 0.2})


def test_an_endangered_task_is_replayed_twice_as_much_though_its_phase_is_to_come():
    dose = Phase("b", ("a",)).dose(100, 0.3, endangered=("c",))
    assert dose.shares == pytest.approx({"b": 0.7, "a": 0.1, "c": 0.2})


@pytest.mark.parametrize(
    ("entropy", "replay", "action"), [(1.0, 0.2, "go on"), (0.8, 0.2, "more replay"), (0.8, 0.4, "end phase")]
)
def test_the_guard_asks_for_replay_before_it_ends_a_phase(entropy, replay, action):
    found, endangered = judge({"b": entropy, "a": 0.0}, {"b": 0.9}, replay=replay, rules=RULES)
    assert found == action
    assert endangered == (() if action == "go on" else ("b",))


def test_all_phases_are_read_where_nothing_is_endangered(toy):
    learner = toy(("a", "b"), slope={"a": -1.0, "b": 1.0})
    seen = []
    course = train(learner, phases_of(("a", "b")), NATURES, RULES, seed=0, report=seen.append)
    assert [(one.task, one.section, one.action) for one in course.sections] == [
        ("a", 0, "go on"),
        ("a", 1, "go on"),
        ("b", 0, "go on"),
        ("b", 1, "go on"),
    ]
    assert tuple(seen) == course.sections
    assert sum(dose.tokens for dose in learner.fits) == 2000
    assert course.state == course.sections[-1].state == course.ends["b"]
    assert course.sections[1].entropy["a"] < course.begun["a"]


def test_a_phase_that_wears_out_an_open_task_replays_it_then_ends_without_its_last_section(toy):
    # Skill in a costs b skill, and b's entropy lives from it.
    learner = toy(("a", "b"), carry={"a": {"b": -1.0}}, slope={"b": 4.0})
    rules = Rules(tokens=1500, sections=3, replay=0.0, most_replay=0.2, replay_step=0.2, floor=0.8)
    course = train(learner, phases_of(("a", "b")), NATURES, rules, seed=0)
    first = [one for one in course.sections if one.task == "a"]
    assert [one.action for one in first] == ["more replay", "end phase"]
    assert first[1].dose.shares == pytest.approx({"a": 0.8, "b": 0.2})
    after = next(one for one in course.sections if one.task == "b")
    assert after.state == learner.fit(first[0].state, after.dose, seed=0)
    assert course.ends["a"] == first[0].state


@pytest.mark.parametrize("change", [{"tokens": 0}, {"replay": 0.7}, {"floor": 1.2}, {"sections": 0}], ids=str)
def test_rules_that_make_no_sense_are_refused(change):
    with pytest.raises(ScheduleError, match=next(iter(change))):
        Rules(**{"tokens": 100, "most_replay": 0.6, **change})


@pytest.mark.parametrize("shares", [{}, {"a": 0.5}, {"a": 1.5, "b": -0.5}])
def test_shares_that_do_not_add_up_are_refused(shares):
    with pytest.raises(ScheduleError, match="add up to 1"):
        Dose(10, shares)
