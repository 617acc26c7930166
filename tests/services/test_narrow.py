"""Grammars narrowed to how many calls a request demands and allows."""

import pytest

from divisi.router.rules import CallLimits
from divisi.services.narrow import narrowed
from divisi.tasks.catalog import SUBTASKS
from divisi.tasks.subtask import Case

TOOL = {
    "type": "function",
    "function": {
        "name": "f",
        "parameters": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
    },
}
CASE = Case(({"role": "user", "content": "?"},), (TOOL,), focus="f")


def test_free_text_stays_free():
    assert narrowed(None, CallLimits(1, 1)) is None


@pytest.mark.parametrize("subtask", ["names", "parallel", "chaining", "nested"])
def test_lists_get_their_bounds(subtask):
    grammar = narrowed(SUBTASKS[subtask].grammar(CASE), CallLimits(1, 1))
    assert (grammar["minItems"], grammar["maxItems"]) == (1, 1)


@pytest.mark.parametrize("subtask", ["arguments", "next_best"])
def test_a_demanded_call_leaves_calls_alone(subtask):
    given = SUBTASKS[subtask].grammar(CASE)
    assert len(given["anyOf"]) == 2
    assert [option["type"] for option in narrowed(given, CallLimits(1))["anyOf"]] == ["object"]


@pytest.mark.parametrize("subtask", SUBTASKS)
def test_nothing_changes_where_nothing_is_demanded(subtask):
    given = SUBTASKS[subtask].grammar(CASE)
    assert narrowed(given, CallLimits()) == given


def test_a_bound_of_the_subtask_itself_stays():
    assert narrowed({"type": "array", "maxItems": 0}, CallLimits(0, 5))["maxItems"] == 0
