"""The order of an object's keys: the schema's, which the grammar enforces."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

from jsonschema import Draft202012Validator

from divisi.tasks.subtask import Schema

DEPTH = 16
"""References are followed this deep within one level: a schema that only refers to itself ends."""


def ordered(value: Any, schema: Any, definitions: Mapping[str, Any]) -> Any:
    """A value with the keys of every object in the order of the schema; keys it does not declare come last.

    Args:
        value: a plain JSON value.
        schema: from `parameters_schema`.
        definitions: what its references point to.
    """
    levels = list(_constraints(value, schema, definitions, DEPTH))
    if isinstance(value, Mapping):
        declared, others = _properties(levels)
        names = [name for name in declared if name in value] + [name for name in value if name not in declared]
        return {name: ordered(value[name], declared.get(name, others), definitions) for name in names}
    if isinstance(value, (list, tuple)):
        first, others = _items(levels)
        return [
            ordered(part, schema, definitions)
            for part, schema in zip(value, chain(first, repeat(others)), strict=False)
        ]
    return value


def _properties(levels: Sequence[Schema]) -> tuple[Mapping[str, Any], Any]:
    """The declared properties in order, and the schema of others."""
    declared: dict[str, Any] = {}
    for level in levels:
        for name, part in (level.get("properties") or {}).items():
            declared.setdefault(name, part)
    return declared, _first_of("additionalProperties", levels)


def _items(levels: Sequence[Schema]) -> tuple[Sequence[Any], Any]:
    """The schemas of the first items, and the schema of all others."""
    return _first_of("prefixItems", levels) or (), _first_of("items", levels)


def _first_of(key: str, levels: Sequence[Schema]) -> Any:
    return next((level[key] for level in levels if key in level), None)


def _constraints(value: Any, schema: Any, definitions: Mapping[str, Any], depth: int) -> Iterator[Schema]:
    """The schemas that speak of a value on its own level: through references, all of allOf, the fitting of anyOf."""
    if not isinstance(schema, Mapping) or depth == 0:
        return
    yield schema
    if "$ref" in schema:
        yield from _constraints(value, definitions[schema["$ref"].rsplit("/", 1)[1]], definitions, depth - 1)
    for part in schema.get("allOf") or ():
        yield from _constraints(value, part, definitions, depth - 1)
    for choice in ("anyOf", "oneOf"):
        for part in schema.get(choice) or ():
            if Draft202012Validator({"$defs": dict(definitions), "allOf": [part]}).is_valid(value):
                yield from _constraints(value, part, definitions, depth - 1)
                break
