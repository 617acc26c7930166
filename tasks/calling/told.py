"""What the conversation seems to say for each parameter of a tool, by itself; kept, as it is asked for again.

Whether a tool fits, what is missing to call it, and what another tool's result must give are all judged by it.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from divisi.tasks.calling.found import Found, found
from divisi.tasks.subtask import Case, Message, ToolRecord


def told(messages: Sequence[Message], tool: ToolRecord) -> Mapping[str, Found]:
    """Parameter -> what was found for it; those without a sign are left out, and booleans.

    What is known of a boolean supposes that the tool is called: it cannot tell whether it is.
    """
    return _told(_written(messages), _written(tool))


def declared(tool: ToolRecord) -> dict[str, Mapping[str, Any]]:
    """The schema of each parameter."""
    properties = _mapping(_mapping(tool["function"].get("parameters")).get("properties"))
    return {name: schema for name, schema in properties.items() if isinstance(schema, Mapping)}


def required(tool: ToolRecord) -> list[str]:
    """The parameters that must be given, of those that are declared."""
    names = declared(tool)
    return [name for name in _mapping(tool["function"].get("parameters")).get("required") or () if name in names]


def name_of(tool: ToolRecord) -> str:
    """A tool's name."""
    return str(tool["function"]["name"])


def without(tool: ToolRecord, names: Sequence[str]) -> ToolRecord:
    """A tool without some of its parameters."""
    function = tool["function"]
    parameters = _mapping(function.get("parameters"))
    left = {
        **parameters,
        "properties": {name: schema for name, schema in declared(tool).items() if name not in names},
        "required": [name for name in parameters.get("required") or () if name not in names],
    }
    return {**tool, "function": {**function, "parameters": left}}


@lru_cache(maxsize=1024)
def _told(messages: str, tool: str) -> Mapping[str, Found]:
    record = json.loads(tool)
    every = found(Case(json.loads(messages), (record,), name_of(record)))
    return {name: one for name, one in every.items() if not isinstance(one.value, bool)}


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
