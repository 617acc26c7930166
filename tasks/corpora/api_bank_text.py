"""The text form of API-Bank: described APIs, dialogue lines, and requests such as [Name(key='value')]->result."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.tool import Tool
from divisi.tasks.subtask import Schema, ToolRecord

SEARCHER = "ToolSearcher"
REQUEST = re.compile(r"API-Request:\s*\[(?P<name>\w+)\((?P<arguments>.*?)\)\](?:->(?P<result>.*))?$", re.DOTALL)
ARGUMENT = re.compile(r"(?:^|,\s*)([A-Za-z_]\w*)=")
LINE = re.compile(r"^(?=User:|AI:|API-Request:|Generate API Request:|Generate AI Response:)", re.MULTILINE)
TIME = re.compile(r"\s*TIME:\s*(.+)$")
TYPES = {"str": "string", "string": "string", "int": "integer", "float": "number", "bool": "boolean"}
MORE_TYPES = {"dict": "object", "json": "object", "datetime": "string", "date": "string", "time": "string"}

Api = Mapping[str, Any]
"""An API as the set describes it: name or apiCode, description, (input_)parameters, output_parameters or response."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a dialogue: its API, its arguments as text, and its result, None where it is to be made."""

    name: str
    arguments: Mapping[str, str]
    result: Any = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a dialogue: who speaks ("User", "AI" or "API"), and what is said or requested."""

    speaker: str
    text: str = ""
    request: Request | None = None


def read_apis(text: str) -> Iterator[Api]:
    """The APIs that a text describes, one JSON object a line."""
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def tool_from(api: Api) -> ToolRecord:
    """An API as a tool; the set does not say what is optional, so that every parameter is required."""
    parameters = api.get("input_parameters") or api.get("parameters") or {}
    outputs = api.get("output_parameters") or api.get("response") or {}
    properties = {name: _schema(described) for name, described in parameters.items()}
    returns = {
        name: f"{described.get('type', '')}, {described.get('description', '')}"
        for name, described in outputs.items()
        if isinstance(described, Mapping)
    }
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return Tool(api.get("name") or api["apiCode"], api.get("description") or "", schema, returns).to_record()


def _schema(described: Api) -> dict[str, Any]:
    kind = str(described.get("type", "")).lower()
    description = {"description": str(described.get("description", ""))}
    if kind.startswith("list"):
        items = {"items": {"type": "string"}} if "str" in kind else {}
        return {"type": "array", **items, **description}
    json_type = (TYPES | MORE_TYPES).get(kind)
    return {**({"type": json_type} if json_type else {}), **description}


def read_lines(text: str) -> Iterator[Line]:
    """The lines of a dialogue, without the demand at its end."""
    for part in LINE.split(text):
        if part.startswith("API-Request:"):
            yield Line("API", request=read_request(part.strip()))
        elif part.startswith(("User:", "AI:")):
            speaker, _, said = part.partition(":")
            yield Line(speaker, said.strip())


def read_request(text: str) -> Request | None:
    """A request, or None where the text is not one."""
    match = REQUEST.search(text.strip())
    if match is None:
        return None
    result = None if match["result"] is None else literal(match["result"].strip())
    return Request(match["name"], _arguments(match["arguments"]), result)


def _arguments(text: str) -> dict[str, str]:
    """Key -> value without its outer quotes, where there is one; quotes inside values are not escaped in the set."""
    starts = list(ARGUMENT.finditer(text))
    ends = [*(match.start() for match in starts[1:]), len(text)][: len(starts)]
    values = {match[1]: unquoted(text[match.end() : end].strip()) for match, end in zip(starts, ends, strict=True)}
    return {name: value for name, value in values.items() if value}


def unquoted(text: str) -> str:
    """A text without a pair of quotes around it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def literal(text: str) -> Any:
    """The value of a Python literal, or the text where it is none."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError):
        return text


def call_from(request: Request, tool: ToolRecord | None) -> Call:
    """A request as a call, its values with the types of the tool's schema."""
    properties = {} if tool is None else tool["function"]["parameters"]["properties"]
    return Call(
        request.name, {name: _typed(value, properties.get(name, {})) for name, value in request.arguments.items()}
    )


def _typed(text: str, schema: Schema) -> Any:
    kind = schema.get("type")
    if kind in (None, "string"):
        return text
    value = literal(text)
    if kind == "number" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind == "array" and not isinstance(value, list):
        return [value]
    return value
