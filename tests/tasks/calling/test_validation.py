"""Problems of arguments: named by place, in the words of the schema."""

from typing import Any

import pytest

from divisi.tasks.calling.schema import ANY_REFERENCE, allow_references, parameters_schema, with_definitions
from divisi.tasks.calling.validation import schema_problems
from divisi.tasks.subtask import ToolError

SCHEMA = parameters_schema(
    {
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer", "minimum": 1},
            "when": {"type": "string", "format": "date"},
            "stops": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
        },
        "required": ["city"],
    },
    {},
)


def test_arguments_that_follow_have_no_problem() -> None:
    value = {"city": "Graz", "days": 2, "when": "2025-02-28", "stops": [{"name": "Linz"}]}
    assert schema_problems(value, SCHEMA) == ()


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({}, "'city' is a required property"),
        ({"city": 3}, "city: 3 is not of type 'string'"),
        ({"city": "Graz", "days": 0}, "days: 0 is less than the minimum of 1"),
        ({"city": "Graz", "days": True}, "days: True is not of type 'integer'"),
        ({"city": "Graz", "when": "2025-02-30"}, "when: '2025-02-30' is not a 'date'"),
        ({"city": "Graz", "stops": [{"name": 3}]}, "stops[0].name: 3 is not of type 'string'"),
    ],
)
def test_a_problem_says_where_and_what(value: Any, problem: str) -> None:
    assert schema_problems(value, SCHEMA) == (problem,)


def test_undeclared_parameters_are_named() -> None:
    (problem,) = schema_problems({"city": "Graz", "hotel": 1}, SCHEMA)
    assert "'hotel' was unexpected" in problem


def test_every_problem_is_said() -> None:
    assert len(schema_problems({"days": 0, "when": "soon"}, SCHEMA)) == 3


def test_where_a_reference_would_do_the_parameter_itself_is_spoken_of() -> None:
    schema = allow_references(SCHEMA, ANY_REFERENCE)
    assert schema_problems({"city": "Graz", "stops": [{"name": 1}]}, schema) == (
        "stops[0].name: 1 is not of type 'string'",
    )


def test_a_long_value_does_not_flood_the_message() -> None:
    (problem,) = schema_problems({"city": "Graz", "days": "x" * 5000}, SCHEMA)
    assert len(problem) < 400


def test_a_schema_that_refers_to_itself_without_end_is_refused() -> None:
    definitions: dict[str, Any] = {}
    schema = parameters_schema({"properties": {"x": {"$ref": "#/properties/x"}}}, definitions)
    with pytest.raises(ToolError, match="without end"):
        schema_problems({"x": 1}, with_definitions(schema, definitions))
