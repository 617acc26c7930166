"""Schemas in other spellings come out in draft 2020-12, and shapes that cannot be read are refused."""

from typing import Any

import pytest

from divisi.tasks.calling.spelling import respelled
from divisi.tasks.subtask import ToolError


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"type": "dict"}, {"type": "object"}),
        ({"type": "float"}, {"type": "number"}),
        ({"type": "tuple"}, {"type": "array"}),
        ({"type": "String"}, {"type": "string"}),
        ({"type": "any"}, {}),
        ({"type": ""}, {}),
        ({"type": ["int", "float", "None"]}, {"type": ["integer", "number", "null"]}),
        ({"type": ["any", "string"]}, {}),
        ({"items": {"type": "string"}}, {"type": "array", "items": {"type": "string"}}),
        ({"properties": {"a": {}}}, {"type": "object", "properties": {"a": {}}}),
    ],
)
def test_types(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert respelled(given) == expected


def test_annotations_go() -> None:
    given = {"type": "integer", "title": "N", "description": "d", "default": 3, "example": 1, "optional": True}
    assert respelled(given) == {"type": "integer"}


def test_settings_for_the_grammar_engine_are_not_taken_from_a_tool() -> None:
    assert respelled({"type": "integer", "x-guidance": {"lenient": True}}) == {"type": "integer"}


def test_a_property_that_is_named_like_an_annotation_stays() -> None:
    assert respelled({"type": "object", "properties": {"title": {"type": "string"}}})["properties"] == {
        "title": {"type": "string"}
    }


@pytest.mark.parametrize("keyword", ["uniqueItems", "not", "if", "contains", "propertyNames"])
def test_constraints_that_cannot_be_enforced_stay(keyword: str) -> None:
    assert keyword in respelled({keyword: True})


@pytest.mark.parametrize(("name", "kept"), [("date", True), ("email", True), ("phone-number", False), ("int32", False)])
def test_only_formats_that_are_enforced_stay(name: str, kept: bool) -> None:
    assert ("format" in respelled({"type": "string", "format": name})) is kept


def test_a_pattern_of_its_own_wins_over_a_clock_format() -> None:
    assert respelled({"type": "string", "format": "time", "pattern": "^1"}) == {"type": "string", "pattern": "^1"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"enum": ["a"], "nullable": True}, {"enum": ["a", None]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
    ],
)
def test_nullable_adds_null(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert respelled(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"maximum": 9, "exclusiveMaximum": False}, {"maximum": 9}),
        ({"exclusiveMaximum": 9}, {"exclusiveMaximum": 9}),
    ],
)
def test_bounds(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert respelled(given) == expected


def test_a_tuple_of_items() -> None:
    assert respelled({"type": "array", "items": [{"type": "integer"}], "additionalItems": False}) == {
        "type": "array",
        "prefixItems": [{"type": "integer"}],
        "items": False,
    }


def test_values_beside_a_list_are_those_of_its_items() -> None:
    given = {"type": "array", "items": {"type": "string"}, "enum": ["a", "b"]}
    assert respelled(given) == {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}


def test_lists_beside_a_list_are_values_of_the_list() -> None:
    given = {"type": "array", "enum": [["a"], ["b"]]}
    assert respelled(given) == given


def test_required_inside_properties_is_lifted() -> None:
    given = {"properties": {"a": {"type": "string", "required": True}, "b": {"required": False}}}
    assert respelled(given) == {"type": "object", "properties": {"a": {"type": "string"}, "b": {}}, "required": ["a"]}


def test_a_required_name_that_is_not_declared_takes_any_value() -> None:
    assert respelled({"properties": {"a": {}}, "required": ["a", "b"]})["properties"] == {"a": {}, "b": {}}


def test_required_names_alone_are_declared() -> None:
    given = {"type": "object", "required": ["city"]}
    assert respelled(given) == {"type": "object", "properties": {"city": {}}, "required": ["city"]}


def test_all_of_one_schema_is_that_schema() -> None:
    assert respelled({"allOf": [{"$ref": "#/$defs/A"}], "description": "d"}) == {"$ref": "#/$defs/A"}


@pytest.mark.parametrize(
    "given",
    [
        {"type": "strange"},
        {"type": 3},
        {"properties": ["a"]},
        {"properties": {}, "required": "a"},
        {"properties": {}, "required": [1]},
        {"enum": "a"},
        {"minimum": "3"},
        {"maxLength": "3"},
        {"anyOf": {}},
        {"items": "string"},
        {"type": "string", "pattern": "("},
        {"type": "string", "pattern": 3},
        {"allOf": [{"properties": 1}]},
    ],
)
def test_what_cannot_be_read_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ToolError):
        respelled(given)


def test_the_given_schema_is_not_changed() -> None:
    given = {"type": "dict", "properties": {"a": {"type": "float", "required": True}}, "nullable": True}
    before = repr(given)
    respelled(given)
    assert repr(given) == before
