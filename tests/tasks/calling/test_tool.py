"""Tools: read from OpenAI's form and written back, and refused where they cannot be used."""

import pytest

from divisi.tasks.calling.tool import Tool, from_record
from divisi.tasks.subtask import ToolError

RECORD = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Forecast",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        "returns": {"high": "number, degrees"},
    },
}


def test_a_tool_is_written_as_it_was_read() -> None:
    assert from_record(RECORD).to_record() == RECORD


def test_properties_and_required_come_from_the_schema() -> None:
    tool = from_record(RECORD)
    assert (dict(tool.properties), tool.required) == ({"city": {"type": "string"}}, ("city",))


def test_a_tool_without_parameters_takes_none() -> None:
    tool = from_record({"type": "function", "function": {"name": "ping"}})
    assert (dict(tool.properties), tool.required, tool.description) == ({}, (), "")


def test_a_schema_of_what_is_returned_gives_its_fields() -> None:
    returns = {"type": "object", "properties": {"high": {"type": "number", "description": "degrees"}, "raw": {}}}
    record = {"type": "function", "function": {"name": "weather", "returns": returns}}
    assert dict(from_record(record).returns) == {"high": "number, degrees", "raw": ""}


def test_nothing_returned_is_not_written() -> None:
    assert "returns" not in Tool("ping").to_record()["function"]


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"type": "function", "function": {}},
        {"type": "function", "function": {"name": ""}},
        {"type": "function", "function": {"name": "f", "parameters": {"type": "string"}}},
        {"type": "function", "function": {"name": "f", "parameters": ["city"]}},
    ],
)
def test_what_cannot_be_called_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(ToolError):
        from_record(record)


def test_a_returned_field_may_be_called_properties() -> None:
    record = {
        "type": "function",
        "function": {"name": "f", "returns": {"properties": "list of houses", "count": "integer"}},
    }
    assert dict(from_record(record).returns) == {"properties": "list of houses", "count": "integer"}
