"""Grounded grammars: only what the user said, and everything else of the schema as it was."""

import pytest
from jsonschema import Draft202012Validator

from divisi.tasks.calling.arguments import Arguments
from divisi.tasks.calling.grounding import grounded_schema, spans
from divisi.tasks.subtask import Case

PARAMETERS = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "nights": {"type": "integer", "minimum": 1},
        "price": {"type": "number"},
        "date": {"type": "string"},
        "code": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "unit": {"enum": ["metric", "imperial"]},
        "guests": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
    },
    "required": ["city"],
}
TOOLS = ({"type": "function", "function": {"name": "book", "description": "Book.", "parameters": PARAMETERS}},)
SAID = 'Three nights in New York\'s "Hotel, old & new" for Ann and Bo Li, 45.5 a night, minus 2 at most.'


def accepts(arguments, said=SAID, *turns):
    case = Case(({"role": "user", "content": said}, *turns), TOOLS, focus="book")
    schema = grounded_schema(Arguments().grammar(case), case)
    return Draft202012Validator(schema).is_valid(arguments)


@pytest.mark.parametrize("city", ["New York", "Hotel, old & new", "Ann", "Bo Li", "New York's"])
def test_texts_that_were_said_are_accepted(city):
    assert accepts({"city": city})


@pytest.mark.parametrize("city", ["Paris", "new york", "Ann Li", "Bo Li,", "ew York"])
def test_texts_that_were_not_said_are_refused(city):
    assert not accepts({"city": city})


def test_parts_of_lists_and_objects_are_grounded_too():
    assert accepts({"city": "Bo", "guests": [{"name": "Ann"}, {"name": "Bo Li"}]})
    assert not accepts({"city": "Bo", "guests": [{"name": "Eve"}]})


@pytest.mark.parametrize(("nights", "right"), [(3, True), (2, True), (4, False), (-2, False)])
def test_numbers_are_among_those_said_and_in_the_range(nights, right):
    assert accepts({"city": "Bo", "nights": nights}) is right


def test_negative_numbers_need_a_sign_in_the_text():
    assert accepts({"city": "Bo", "price": -2})
    assert not accepts({"city": "Bo", "price": -2}, "Bo for 2")


@pytest.mark.parametrize("arguments", [{"date": "2025-03-01"}, {"date": "9:30"}, {"code": "EUR"}, {"unit": "metric"}])
def test_dates_patterns_and_choices_stay_free(arguments):
    assert accepts({"city": "Bo", **arguments})


def test_missing_parameters_can_still_be_named():
    assert accepts(["city"])


def test_numbers_are_free_where_none_was_said():
    assert accepts({"city": "Bo", "nights": 7}, "Bo")


def test_results_of_calls_leave_the_schema_as_it_was():
    assert accepts({"city": "Paris"}, "Bo", {"role": "tool", "tool_call_id": "1", "content": "{}"})


def test_long_conversations_leave_the_schema_as_it_was():
    assert accepts({"city": "Paris"}, "word " * 151)


def test_possessives_and_punctuation_are_cut_off():
    assert set(spans("Ann's “old car”, twice!")) >= {"Ann", "Ann's", "old car", "twice", "Ann's “old car”, twice"}
