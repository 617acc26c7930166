"""The training ablation: how an umbrella's list answers narrow questions, and what a difference to the joint arm is."""

import pytest
from ablation import ARMS, _read_off, evenly, known
from training_scores import by_length, compared, differences, measured, over_seeds, together

from divisi.tasks.example import Example
from divisi.tasks.subtask import Case

CALLS = [{"name": "f", "arguments": {"a": 1}}, {"name": "g", "arguments": {}}, {"name": "f", "arguments": {"a": 2}}]
USER = ({"role": "user", "content": "f f g"},)


@pytest.mark.parametrize(
    ("subtask", "focus", "occurrence", "value"),
    [
        ("names", None, 1, ["f", "g", "f"]),
        ("arguments", "f", 2, {"a": 2}),
        ("arguments", "g", 1, {}),
        ("arguments", "g", 2, None),
        ("arguments", "h", 1, None),
    ],
)
def test_names_and_arguments_are_read_off_a_list_of_calls(subtask, focus, occurrence, value):
    example = Example("1", subtask, "mine", Case(USER, (), focus, occurrence, 2), value, "1")
    assert _read_off(CALLS, example) == value


def test_every_arm_of_the_issue_is_there():
    assert list(ARMS) == ["base", "umbrella", "joint", "separate", "random", "structured", "isolated", "reversed"]


def test_a_dose_gives_each_task_the_same():
    assert evenly(("a", "b"), 100).shares == {"a": 0.5, "b": 0.5}


def test_what_could_not_be_asked_counts_as_nothing():
    assert known([1.0, None, 0.5]) == [1.0, 0.0, 0.5]


def test_items_are_means_over_seeds_and_all_tasks_count_alike():
    scores = [{"a": [1.0, 0.0], "b": [1.0]}, {"a": [0.0, 0.0], "b": [1.0]}]
    items = over_seeds(scores)
    assert items == {"a": [0.5, 0.0], "b": [1.0]}
    assert together(items, "score").value == pytest.approx((0.25 + 1.0) / 2)
    assert [(one.group, one.count) for one in measured(items, "score")] == [("a", 2), ("b", 1), ("all tasks", 3)]


JOINT = {"set": "orders", "arm": "joint", "base_fingerprint": "base-1", "items": {"score": {"a": [0.5, 0.0], "b": [1]}}}


BEFORE = {"sections": [JOINT]}


def test_the_difference_is_that_of_paired_items_of_the_arm_that_a_set_is_compared_with():
    found = differences({"a": [1.0, 0.5], "b": [1.0]}, BEFORE, "orders", "base-1", "score")
    assert found == {"a": [0.5, 0.5], "b": [0.0]}
    assert together(found, compared("score", "orders")).value == 0.25
    assert compared("score", "orders") == "score against joint"


def test_an_arm_that_lacks_a_task_is_compared_on_the_others():
    assert differences({"a": [1.0, 0.5]}, BEFORE, "orders", "base-1", "score") == {"a": [0.5, 0.5]}


@pytest.mark.parametrize(
    ("values", "of", "fingerprint"),
    [([1.0], "orders", "base-1"), ([1.0, 0.5], "orders", "base-2"), ([1.0, 0.5], "kinds", "base-1")],
)
def test_other_items_another_base_and_another_set_are_not_compared(values, of, fingerprint):
    assert differences({"a": values}, BEFORE, of, fingerprint, "score") == {}


def test_scores_are_grouped_by_the_length_of_the_true_answer():
    tests = {"reply": [Example(str(n), "reply", "mine", Case(USER), "x" * n, str(n)) for n in (3, 40, 900)]}
    found = by_length({"reply": [1.0, 0.5, 0.0]}, tests, "score")
    assert {one.group: one.value for one in found} == {"length up to 16": 1.0, "length up to 64": 0.5, "longer": 0.0}
