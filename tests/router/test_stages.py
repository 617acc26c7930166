"""How plans begin and grow."""

import pytest

from divisi.router.linking import Planned
from divisi.router.plan import Stage
from divisi.router.request import Request
from divisi.router.stages import argument_stages, first_plan, grown, plan_by_parts
from divisi.tasks.calling.links import Link

REQUEST = Request(({"role": "user", "content": "?"},), named_tool="f")


def begun(kind):
    plan = first_plan(kind, REQUEST)
    return plan, plan.stages[0]


@pytest.mark.parametrize(
    ("kind", "subtasks"),
    [
        ("single", ["names"]),
        ("parallel", ["names", "parallel"]),
        ("chain", ["names", "chaining"]),
        ("nested", ["nested"]),
        ("continue", ["next_best"]),
        ("reply", ["reply"]),
        ("named", ["arguments"]),
        ("none", []),
    ],
)
def test_a_plan_begins(kind, subtasks):
    plan = first_plan(kind, REQUEST)
    assert [stage.subtask for stage in plan.stages] == subtasks
    assert plan.ready(()) == plan.stages


def test_names_add_their_arguments_told_apart_by_occurrence():
    plan, names = begun("single")
    after = grown(plan, names, ["f", "g", "f"], usable=True)
    added = after.ready([names.name])
    assert [(one.focus, one.occurrence, one.occurrences) for one in added] == [("f", 1, 2), ("g", 1, 1), ("f", 2, 2)]


def test_each_call_knows_what_is_called_besides_it():
    plan, names = begun("single")
    after = grown(plan, names, ["f", "g", "f"], usable=True)
    assert [stage.beside for stage in after.stages[1:]] == [("g",), ("f", "f"), ("g",)]


def test_names_add_no_more_arguments_than_calls_are_allowed():
    plan, names = begun("single")
    assert [one.focus for one in grown(plan, names, ["f", "g"], usable=True, at_most=1).stages[1:]] == ["f"]


def test_names_that_cannot_be_read_add_nothing():
    plan, names = begun("single")
    assert grown(plan, names, None, usable=False) == plan


@pytest.mark.parametrize("kind", ["nested", "continue"])
def test_an_unusable_list_or_next_call_adds_names(kind):
    plan, stage = begun(kind)
    assert [one.subtask for one in grown(plan, stage, None, usable=False).stages[1:]] == ["names"]


def test_names_are_not_added_twice():
    plan = first_plan("parallel", REQUEST)
    assert grown(plan, plan.stages[1], None, usable=False) == plan


def test_done_adds_the_reply():
    plan, following = begun("continue")
    assert [one.subtask for one in grown(plan, following, "done", usable=True).stages[1:]] == ["reply"]


def test_a_specialist_asked_for_by_name_stays_alone():
    plan = first_plan("specialist", REQUEST, subtask="names")
    assert grown(plan, plan.stages[0], ["f"], usable=True) == plan


def test_linked_names_add_their_givers_and_references():
    plan, names = begun("single")
    after = grown(plan, names, ["g"], usable=True, found=[Link("g", "id", "f", "key", 0.9)])
    giver, taker = after.ready([names.name])
    assert (giver.focus, giver.label, giver.linked) == ("f", "$var_1", ())
    assert (taker.focus, taker.label, taker.linked) == ("g", "$var_2", (("id", "$var_1.key$"),))


def test_a_plan_by_parts_begins_with_names():
    assert [stage.subtask for stage in plan_by_parts("nested").stages] == ["names"]


def test_argument_stages_have_names_of_their_own():
    stages = argument_stages([Planned("f"), Planned("f")])
    assert stages[0] == Stage("arguments f 1", "arguments", "f", 1, 2)
    assert len({stage.name for stage in stages}) == 2
