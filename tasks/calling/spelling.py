"""One level of a JSON schema in the spelling of draft 2020-12, whatever the spelling that it was given in.

Understood: BFCL's and Python's names of types, OpenAPI's `nullable`, `required` inside a property (draft 3), boolean
`exclusiveMinimum` (draft 4), tuples in `items` (until 2019-09), an `allOf` of one schema (pydantic 1).
"""

import re
from collections.abc import Mapping
from typing import Any

from divisi.tasks.subtask import Schema, ToolError

TYPES: Mapping[str, str | None] = {
    **{name: name for name in ("object", "array", "string", "integer", "number", "boolean", "null")},
    **dict.fromkeys(("dict", "dictionary", "map", "hashmap", "hashtable"), "object"),
    **dict.fromkeys(("list", "tuple", "set", "arraylist", "queue", "stack"), "array"),
    **dict.fromkeys(("str", "char", "text"), "string"),
    **dict.fromkeys(("int", "long", "short", "byte", "bigint"), "integer"),
    **dict.fromkeys(("float", "double", "decimal"), "number"),
    "bool": "boolean",
    "none": "null",
    **dict.fromkeys(("any", ""), None),
}
"""Spelling, case-folded -> JSON's type, or None for any value."""

FORMATS = frozenset(("date", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uuid"))
"""The formats that llguidance 1.9 enforces as people mean them."""

CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
CLOCK_FORMATS = {"time": f"^{CLOCK}$", "date-time": f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{CLOCK}$"}
"""Formats that are replaced by a pattern: llguidance demands seconds and an offset, as RFC 3339 does, and people
mean "13:00" and "2025-12-21T09:00:00" by them."""

ANNOTATIONS = frozenset(
    (
        *("title", "description", "default", "example", "examples", "optional", "deprecated", "readOnly", "writeOnly"),
        *("nullable", "strict", "discriminator", "externalDocs", "xml", "contentMediaType", "contentEncoding"),
        *("$schema", "$id", "id", "$anchor", "$comment", "$defs", "definitions"),
    )
)

SHAPES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas", "$defs", "definitions"), (Mapping,)),
    **dict.fromkeys(("prefixItems", "anyOf", "oneOf", "allOf", "enum"), (list, tuple)),
    **dict.fromkeys(("additionalProperties", "not", "if", "then", "else", "contains"), (Mapping, bool)),
    "items": (Mapping, list, tuple, bool),
    "required": (list, tuple, bool),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), (int, float)),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), (int, float, bool)),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), (int, float)),
}
"""Keyword -> what its value must be, for those whose value is looked into."""


def respelled(schema: Schema) -> dict[str, Any]:
    """One level of a schema in draft 2020-12, without what only annotates; the schemas inside are left as they are.

    Raises:
        ToolError: a type is unknown, or the value of a keyword has the wrong shape.
    """
    _check_shapes(schema)
    new = _unwrapped(schema)
    _respell_type(new)
    _respell_values(new)
    _respell_array(new)
    _respell_bounds(new)
    if "properties" in new or "required" in new:
        _respell_required(new)
    return {key: value for key, value in new.items() if not annotates(key, value)}


def annotates(key: str, value: Any) -> bool:
    """Whether a keyword constrains nothing. x-guidance would even loosen the grammar engine."""
    return key in ANNOTATIONS or key.startswith("x-") or (key == "format" and str(value) not in FORMATS)


def _check_shapes(schema: Schema) -> None:
    for key, shape in SHAPES.items():
        if key in schema and not isinstance(schema[key], shape):
            expected = " or ".join(kind.__name__ for kind in shape)
            raise ToolError(f"{key!r} in a schema must be of {expected}, not {schema[key]!r}")
    for pattern in (schema.get("pattern", ""), *schema.get("patternProperties", ())):
        _check_pattern(pattern)


def _check_pattern(pattern: Any) -> None:
    """The validator reads patterns with Python's engine, the grammar with Rust's: only what both read can be held."""
    try:
        re.compile(pattern)
    except (re.error, TypeError) as error:
        raise ToolError(f"pattern {pattern!r} in a schema cannot be checked: {error}") from error


def _unwrapped(schema: Schema) -> dict[str, Any]:
    """A schema that says nothing but allOf of one schema is that schema."""
    beside = [key for key, value in schema.items() if not annotates(key, value)]
    if beside == ["allOf"] and len(schema["allOf"]) == 1 and isinstance(schema["allOf"][0], Mapping):
        _check_shapes(schema["allOf"][0])
        return _unwrapped(schema["allOf"][0])
    return dict(schema)


def _respell_type(new: dict[str, Any]) -> None:
    given = new.pop("type", None)
    if given is None:
        implied = "object" if "properties" in new else "array" if "items" in new else None
        names: list[str | None] = [implied] if implied else []
    else:
        names = [_type(name) for name in (given if isinstance(given, (list, tuple)) else [given])]
    if names and None not in names:
        new["type"] = names[0] if len(names) == 1 else list(dict.fromkeys(names))


def _type(name: Any) -> str | None:
    if not isinstance(name, str) or name.casefold() not in TYPES:
        known = ", ".join(dict.fromkeys(kind for kind in TYPES.values() if kind))
        raise ToolError(f"type {name!r} in a schema is unknown; JSON schema has {known}")
    return TYPES[name.casefold()]


def _respell_values(new: dict[str, Any]) -> None:
    """Clock formats as patterns; a nullable value as one more type and one more of the enumerated values."""
    if new.get("format") in tuple(CLOCK_FORMATS):
        new.setdefault("pattern", CLOCK_FORMATS[new.pop("format")])
    if new.get("nullable") is True:
        if "type" in new:
            types = new["type"] if isinstance(new["type"], list) else [new["type"]]
            new["type"] = list(dict.fromkeys((*types, "null")))
        if "enum" in new and None not in new["enum"]:
            new["enum"] = [*new["enum"], None]


def _respell_array(new: dict[str, Any]) -> None:
    """Tuples as prefixItems; values that BFCL enumerates beside a list's type are those of its items."""
    if isinstance(new.get("items"), (list, tuple)):
        new["prefixItems"] = list(new.pop("items"))
        new["items"] = new.pop("additionalItems", True)
    single = "enum" in new and not any(isinstance(value, list) for value in new["enum"])
    if single and new.get("type") == "array" and isinstance(new.get("items", {}), Mapping):
        new["items"] = {**new.get("items", {}), "enum": new.pop("enum")}


def _respell_bounds(new: dict[str, Any]) -> None:
    for bound, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(new.get(bound), bool) and new.pop(bound) and limit in new:
            new[bound] = new.pop(limit)


def _respell_required(new: dict[str, Any]) -> None:
    """`required` as a list, also where properties say it one by one; a name that is not declared takes any value."""
    properties = dict(new.get("properties") or {})
    given = new.pop("required", None)
    names = [] if isinstance(given, bool) or given is None else list(given)
    for name, part in properties.items():
        if isinstance(part, Mapping) and isinstance(part.get("required"), bool):
            properties[name] = {key: value for key, value in part.items() if key != "required"}
            names += [name] if part["required"] and name not in names else []
    if not all(isinstance(name, str) for name in names):
        raise ToolError(f"'required' in a schema must list names, not {names!r}")
    if "properties" in new or (names and new.get("type") == "object"):
        new["properties"] = {**properties, **{name: {} for name in names if name not in properties}}
    if names:
        new["required"] = list(dict.fromkeys(names))
