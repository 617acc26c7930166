"""What is wrong with a conversation's truth: a call that the offered tools do not allow can teach nothing."""

from collections.abc import Mapping
from typing import Any

from divisi.tasks.calling.call import REFERENCE, Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.subtask import Schema

PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict,),
    "null": (type(None),),
}
CALLING_KINDS = frozenset(("single", "parallel", "chain", "nested", "continue"))


def flaw(asked: Asked) -> str | None:
    """The first thing that is wrong with the truth, or None."""
    schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in asked.tools}
    if len(schemas) < len(asked.tools):
        return "offers two tools of one name"
    if asked.kind == "missing":
        return _missing_flaw(asked, schemas)
    if bool(asked.calls) != (asked.kind in CALLING_KINDS):
        return "calls do not fit the kind"
    return next(filter(None, (_call_flaw(call, schemas) for call in asked.calls)), None)


def _missing_flaw(asked: Asked, schemas: Mapping[str, Schema]) -> str | None:
    if asked.tool is None or asked.tool not in schemas:
        return "lacks values of a tool that is not offered"
    if not asked.missing or not set(asked.missing) <= set(schemas[asked.tool].get("required") or ()):
        return "lacks a value that is not required"
    return None


def _call_flaw(call: Call, schemas: Mapping[str, Schema]) -> str | None:
    if call.name not in schemas:
        return "calls a tool that is not offered"
    properties = schemas[call.name].get("properties") or {}
    if not set(call.arguments) <= set(properties):
        return "gives an undeclared argument"
    if not set(schemas[call.name].get("required") or ()) <= set(call.arguments):
        return "lacks a required argument"
    if not all(fits(value, properties[name]) for name, value in call.arguments.items()):
        return "gives a value of another type"
    return None


def fits(value: Any, schema: Schema) -> bool:
    """Whether a value has a schema's type and is among its allowed values, one level deep; references always fit."""
    if isinstance(value, str) and REFERENCE.fullmatch(value):
        return True
    if "enum" in schema and value not in schema["enum"]:
        return False
    kind = schema.get("type")
    if isinstance(value, bool):
        return kind in (None, "boolean")
    if kind == "array" and isinstance(value, list | tuple):
        return all(fits(part, schema.get("items") or {}) for part in value)
    return not isinstance(kind, str) or isinstance(value, PYTHON_TYPES.get(kind, (object,)))
