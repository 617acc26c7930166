"""Keys in the order of the schema, at every depth, and the values untouched."""

from typing import Any

import pytest

from divisi.tasks.calling.ordering import ordered
from divisi.tasks.calling.schema import parameters_schema

AB = {"type": "object", "properties": {"a": {}, "b": {}}}


def keys_of(schema: dict[str, Any], value: Any) -> Any:
    definitions: dict[str, Any] = {}
    normal = parameters_schema({"properties": {"x": schema}, "$defs": {"AB": AB}}, definitions)
    given = {"x": value}
    result = ordered(given, normal, definitions)
    assert result == given
    return result["x"]


@pytest.mark.parametrize(
    "schema",
    [
        AB,
        {"$ref": "#/$defs/AB"},
        {"anyOf": [{"type": "string"}, AB]},
        {"oneOf": [{"type": "null"}, {"$ref": "#/$defs/AB"}]},
        {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]},
    ],
)
def test_the_schema_decides_the_order(schema: dict[str, Any]) -> None:
    assert list(keys_of(schema, {"b": 1, "a": 2})) == ["a", "b"]


def test_items_of_lists_are_ordered() -> None:
    assert [list(item) for item in keys_of({"type": "array", "items": AB}, [{"b": 1, "a": 2}])] == [["a", "b"]]


def test_items_of_tuples_are_ordered() -> None:
    schema = {"type": "array", "items": [{"type": "integer"}, AB]}
    assert list(keys_of(schema, [1, {"b": 1, "a": 2}])[1]) == ["a", "b"]


def test_keys_that_are_not_declared_come_last_as_they_were() -> None:
    assert list(keys_of({**AB, "additionalProperties": True}, {"z": 0, "b": 1, "y": 2, "a": 3})) == ["a", "b", "z", "y"]


def test_values_of_free_objects_are_ordered() -> None:
    schema = {"type": "object", "additionalProperties": AB}
    assert list(keys_of(schema, {"k": {"b": 1, "a": 2}})["k"]) == ["a", "b"]


def test_a_schema_that_only_refers_to_itself_ends() -> None:
    assert ordered({"x": {"b": 1}}, {"properties": {"x": {"$ref": "#/$defs/0"}}}, {"0": {"$ref": "#/$defs/0"}}) == {
        "x": {"b": 1}
    }


def test_a_schema_that_says_nothing_leaves_the_order() -> None:
    assert list(ordered({"b": 1, "a": 2}, None, {})) == ["b", "a"]
