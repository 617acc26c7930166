"""What results say is found, in the forms in which a reply says it."""

import json
from typing import Any

import pytest

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.spoken import MOST_VALUES, forms, spoken
from divisi.tasks.calling.turns import calls_turn, result_turn, says


def after(result: Any, question: str = "Get the order of Maria Lopez") -> list[str]:
    """The first form of each value that a reply to a result has to say."""
    call = Call("find", {"customer": "C-1042"})
    turns = (says("user", question), calls_turn([call], 1), result_turn(result, 1))
    return [ways[0] for ways in spoken(turns).values]


def test_new_values_of_the_last_result_are_to_be_said():
    assert after({"order_id": "O-7781", "status": "shipped"}) == ["O-7781", "shipped"]


def test_what_was_said_before_tells_nothing_new():
    assert after({"customer": "c-1042", "name": "Maria Lopez", "total": 5}) == ["5"]


def test_flags_and_long_texts_are_not_repeated():
    assert after({"done": True, "note": "it was left with the neighbours across the street", "by": None}) == []


def test_of_a_list_the_first_is_told_without_its_identifier():
    assert after([{"id": "F-1", "flight": "BT152"}, {"id": "F-2", "flight": "DY1072"}]) == ["BT152"]


def test_what_the_question_names_comes_first_and_the_rest_is_a_handful():
    result = {"fare": 1.5, "a": 11, "b": 12, "c": 13, "duration": 26}
    assert after(result, "What is the duration of it?")[0] == "26"
    assert len(after(result)) == MOST_VALUES


def test_nothing_is_to_be_said_of_results_that_were_answered():
    turns = (says("user", "a"), result_turn({"total": 5}, 1), says("assistant", "It is 5."), says("user", "thanks"))
    assert spoken(turns).values == ()
    assert "5" in spoken(turns).words


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2026-03-04", "March 4th"),
        ("2026-03-11", "11th March"),
        ("14:30", "2:30pm"),
        ("08:00", "8 am"),
        (270.0, "270"),
        (10450.75, "10,450.75"),
        (49.5, "49.50"),
    ],
)
def test_days_times_and_numbers_are_said_in_other_forms(value, form):
    assert form in list(forms(value))


def test_words_of_texts_arguments_and_results_are_known():
    call = {"id": "1", "type": "function", "function": {"name": "find", "arguments": json.dumps({"to": "Riga"})}}
    calls = {"role": "assistant", "tool_calls": [call]}
    turns = (says("user", "Fly me (soon)."), calls, result_turn({"at": "14:30"}, 1))
    assert {"soon", "riga", "14:30", "2:30"} <= spoken(turns).words
