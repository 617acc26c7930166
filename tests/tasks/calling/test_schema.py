"""Parameters in normal form: closed where they declare, references hoisted, and what the engine makes of them."""

from collections.abc import Callable
from typing import Any

import pytest

from divisi.tasks.calling.schema import ANY_REFERENCE, allow_references, parameters_schema, with_definitions
from divisi.tasks.subtask import ToolError

Accepts = Callable[[Any, str], bool]


def normal(parameters: dict[str, Any]) -> Any:
    definitions: dict[str, Any] = {}
    schema = parameters_schema(parameters, definitions)
    return with_definitions(schema, definitions)


def normal_property(schema: Any) -> Any:
    return normal({"type": "object", "properties": {"x": schema}})["properties"]["x"]


@pytest.mark.parametrize("parameters", [{}, {"type": "object"}, {"properties": {}}, {"type": "dict", "properties": {}}])
def test_no_parameters_leave_the_empty_object(parameters: dict[str, Any], accepts: Accepts) -> None:
    assert accepts(normal(parameters), "{}")
    assert not accepts(normal(parameters), '{"x": 1}')


def test_objects_are_closed_at_every_depth() -> None:
    inner = {"type": "dict", "properties": {"a": {"type": "float"}}}
    assert normal_property({"type": "array", "items": inner})["items"]["additionalProperties"] is False


def test_what_a_schema_says_of_further_properties_stays() -> None:
    assert normal_property({"properties": {"a": {}}, "additionalProperties": True})["additionalProperties"] is True


def test_an_object_that_declares_nothing_takes_anything(accepts: Accepts) -> None:
    schema = normal({"properties": {"x": {"type": "dict"}}})
    assert accepts(schema, '{"x": {"any": [1, {}]}}')


def test_parts_of_a_composition_stay_open(accepts: Accepts) -> None:
    one, other = {"properties": {"a": {"type": "integer"}}}, {"properties": {"b": {"type": "integer"}}}
    schema = normal({"properties": {"x": {"allOf": [one, other]}}})
    assert accepts(schema, '{"x": {"a": 1, "b": 2}}')


def test_parameters_are_closed_although_a_part_of_them_composes(accepts: Accepts) -> None:
    schema = normal({"properties": {"x": {"allOf": [{"minimum": 1}, {"type": "integer"}]}}})
    assert accepts(schema, '{"x": 1}')
    assert not accepts(schema, '{"y": 1}')


def test_a_parameter_may_be_named_like_a_keyword(accepts: Accepts) -> None:
    names = ["format", "allOf", "$ref", "title", "required", "type", "enum", "items"]
    schema = normal({"type": "object", "properties": {name: {"type": "integer"} for name in names}})
    assert accepts(schema, '{"format": 1, "$ref": 2, "required": 3, "items": 4}')


TREE = {
    "type": "object",
    "properties": {"root": {"$ref": "#/definitions/Node"}},
    "definitions": {
        "Node": {
            "type": "object",
            "properties": {"value": {"type": "int"}, "next": {"$ref": "#/definitions/Node"}},
            "required": ["value"],
        },
        "Unused": {"type": "string"},
    },
}


def test_references_reach_their_definitions_also_in_circles(accepts: Accepts) -> None:
    assert accepts(normal(TREE), '{"root": {"value": 1, "next": {"value": 2}}}')
    assert not accepts(normal(TREE), '{"root": {"value": 1, "next": {"value": "2"}}}')


def test_only_definitions_that_are_used_are_hoisted_and_each_once() -> None:
    assert len(normal(TREE)["$defs"]) == 1


def test_tools_share_one_table_without_mixing() -> None:
    definitions: dict[str, Any] = {}
    kinds = ("integer", "string")
    tools = [{"properties": {"x": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"type": kind}}} for kind in kinds]
    schemas = [parameters_schema(tool, definitions) for tool in tools]
    found = [definitions[schema["properties"]["x"]["$ref"].rsplit("/", 1)[1]]["type"] for schema in schemas]
    assert found == ["integer", "string"]


def test_parameters_that_are_only_a_reference(accepts: Accepts) -> None:
    parameters = {"$ref": "#/definitions/P", "definitions": {"P": {"properties": {"a": {"type": "integer"}}}}}
    assert accepts(normal(parameters), '{"a": 1}')
    assert not accepts(normal(parameters), '{"b": 1}')


@pytest.mark.parametrize("pointer", ["#/$defs/a~1b", "#/%24defs/a~1b", "#/properties/y/anyOf/1"])
def test_pointers_are_read_as_json_pointers(pointer: str, accepts: Accepts) -> None:
    parameters = {
        "properties": {"x": {"$ref": pointer}, "y": {"anyOf": [{"type": "null"}, {"type": "integer"}]}},
        "$defs": {"a/b": {"type": "integer"}},
    }
    assert accepts(normal(parameters), '{"x": 1}')
    assert not accepts(normal(parameters), '{"x": "1"}')


@pytest.mark.parametrize(
    ("pointer", "reason"),
    [
        ("#/$defs/B", "leads nowhere"),
        ("#/type", "leads to no schema"),
        ("https://example.com/schema.json", "within the same schema"),
        ("other.json#/a", "within the same schema"),
        (3, "within the same schema"),
    ],
)
def test_lost_references_are_refused(pointer: Any, reason: str) -> None:
    with pytest.raises(ToolError, match=reason):
        normal({"type": "object", "properties": {"x": {"$ref": pointer}}})


@pytest.mark.parametrize("part", [3, "string", None, ["a"]])
def test_what_is_no_schema_is_refused(part: Any) -> None:
    with pytest.raises(ToolError, match="a schema must be an object"):
        normal({"type": "object", "properties": {"x": part}})


@pytest.mark.parametrize(
    ("schema", "text", "taken"),
    [
        ({"type": "string", "format": "date"}, '"2025-02-28"', True),
        ({"type": "string", "format": "date"}, '"tomorrow"', False),
        ({"type": "string", "format": "time"}, '"13:00"', True),
        ({"type": "string", "format": "time"}, '"13:00:05+02:00"', True),
        ({"type": "string", "format": "time"}, '"1 pm"', False),
        ({"type": "string", "format": "date-time"}, '"2025-12-21T09:00:00"', True),
        ({"type": "string", "format": "date-time"}, '"2025-12-21 09:00Z"', True),
        ({"type": "string", "format": "date-time"}, '"2025-12-21"', False),
        ({"type": "string", "format": "phone-number"}, '"+43 1"', True),
        ({"type": "string", "nullable": True}, "null", True),
        ({"type": "integer", "exclusiveMinimum": True, "minimum": 3}, "3", False),
        ({"type": "array", "items": [{"type": "int"}, {"type": "str"}]}, '[1, "a"]', True),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, '"a"', True),
    ],
)
def test_the_engine_reads_the_normal_form(schema: Any, text: str, taken: bool, accepts: Accepts) -> None:
    assert accepts(normal({"properties": {"x": schema}}), f'{{"x": {text}}}') is taken


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "uniqueItems": True},
        {"not": {"type": "null"}},
        {"if": {}, "then": {}},
        {"type": "array", "contains": {"type": "integer"}},
        {"type": "object", "propertyNames": {"pattern": "^a"}},
        {"oneOf": [{"type": "integer"}, {"type": "number"}]},
    ],
)
def test_the_engine_refuses_what_it_cannot_enforce(schema: Any, accepts: Accepts) -> None:
    with pytest.raises(ValueError, match=r"Unimplemented keys|oneOf"):
        accepts(normal({"properties": {"x": schema}}), "{}")


def with_references(schema: Any) -> Any:
    return allow_references(normal({"properties": {"x": schema}}), ANY_REFERENCE)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "integer", "minimum": 3}, '"$var_1.count$"'),
        ({"type": "string", "enum": ["a"]}, '"$var_1.letter$"'),
        ({"type": "string"}, '"$var_1.text$"'),
        ({"type": "boolean"}, '"$var_12.flags[0].on$"'),
        ({"type": "array", "items": {"type": "integer"}}, '"$var_1.all$"'),
        ({"type": "array", "items": {"type": "integer"}}, '[1, "$var_1.one$"]'),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, '{"a": "$var_1.one$"}'),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, '{"a": "$var_1.one$"}'),
    ],
)
def test_a_reference_may_stand_for_every_value(schema: Any, text: str, accepts: Accepts) -> None:
    assert accepts(with_references(schema), f'{{"x": {text}}}')


@pytest.mark.parametrize("text", ['"3"', '"$var_1"', '"$var_1.$"', '"x $var_1.count$"', '"$var_a.count$"'])
def test_other_text_does_not_become_a_number(text: str, accepts: Accepts) -> None:
    assert not accepts(with_references({"type": "integer"}), f'{{"x": {text}}}')


def test_a_schema_that_is_nested_too_deeply_is_refused() -> None:
    schema: dict[str, Any] = {"type": "integer"}
    for _ in range(5000):
        schema = {"type": "array", "items": schema}
    with pytest.raises(ToolError, match="nested too deeply"):
        normal({"properties": {"x": schema}})


def test_a_definition_that_many_parameters_share_is_written_once() -> None:
    properties = {f"p{number}": {"$ref": "#/$defs/A"} for number in range(100)}
    schema = normal({"properties": properties, "$defs": {"A": {"properties": {"a": {"type": "integer"}}}}})
    assert len(schema["$defs"]) == 1
