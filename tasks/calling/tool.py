"""A tool: a function's name, what it does, the JSON schema of its parameters, what it returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from divisi.tasks.subtask import Schema, ToolError, ToolRecord

EMPTY_PARAMETERS: Schema = {"type": "object", "properties": {}}


@dataclass(frozen=True, slots=True)
class Tool:
    """One function that can be called.

    Attributes:
        name: as the caller spells it.
        description: what it does, "" where nothing is said.
        parameters: JSON schema of an object.
        returns: field of the result -> its type and meaning; empty where nothing is said. An extension of
            OpenAI's form: references between calls name these fields.
    """

    name: str
    description: str = ""
    parameters: Schema = field(default_factory=lambda: EMPTY_PARAMETERS)
    returns: Mapping[str, str] = field(default_factory=dict)

    @property
    def properties(self) -> Mapping[str, Schema]:
        """Parameter name -> its schema."""
        properties: Mapping[str, Schema] = self.parameters.get("properties") or {}
        return properties

    @property
    def required(self) -> tuple[str, ...]:
        """The parameters that must be given, in the order of the schema."""
        return tuple(self.parameters.get("required") or ())

    def to_record(self) -> dict[str, Any]:
        """The tool in OpenAI's form."""
        function: dict[str, Any] = {"name": self.name, "description": self.description, "parameters": self.parameters}
        if self.returns:
            function["returns"] = dict(self.returns)
        return {"type": "function", "function": function}


def from_record(record: ToolRecord) -> Tool:
    """A tool from OpenAI's form.

    Raises:
        ToolError: it has no name, or its parameters are not the schema of an object.
    """
    function = record.get("function")
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str) or not function["name"]:
        raise ToolError('a tool must be {"type": "function", "function": {"name": ..., "parameters": ...}}')
    parameters = function.get("parameters") or EMPTY_PARAMETERS
    if not isinstance(parameters, Mapping) or parameters.get("type", "object") != "object":
        raise ToolError(f"tool {function['name']!r}: parameters must be a JSON schema of type object")
    return Tool(function["name"], function.get("description") or "", parameters, _returns(function.get("returns")))


def _returns(given: Any) -> Mapping[str, str]:
    if not isinstance(given, Mapping):
        return {}
    declared = given.get("properties")
    fields = declared if isinstance(declared, Mapping) else given
    return {name: _meaning(meaning) for name, meaning in fields.items()}


def _meaning(meaning: Any) -> str:
    if isinstance(meaning, Mapping):
        return ", ".join(str(meaning[key]) for key in ("type", "description") if meaning.get(key))
    return str(meaning)
