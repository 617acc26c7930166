"""A tool's JSON schema in the one form that the grammar engine and the validator both read.

People write parameters in many spellings (OpenAI, OpenAPI, BFCL, drafts 3 to 2020-12). `parameters_schema` gives
draft 2020-12 of them, with these decisions:
- spellings of types become JSON's (dict -> object, float -> number, tuple -> array, any -> no type);
- an object that declares properties takes no others, unless its schema says `additionalProperties`, or some part of
  the tool composes (`allOf`, or `$ref` beside other keywords: closing one part would forbid the properties of another);
- a required name that is not declared is declared, with any value;
- keywords that only annotate (title, default, x-...) go. `format` annotates too, as JSON schema has it: formats that
  the engine enforces stay, times become a pattern that also takes "13:00", others (phone-number, int32) go;
- constraints that the engine cannot enforce (uniqueItems, not, if) stay, so that compiling them fails and says so;
- local references are hoisted to one table of definitions, shared by all tools of a grammar.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote

from divisi.tasks.calling.spelling import annotates, respelled
from divisi.tasks.subtask import Schema, ToolError

FIELD = r"\.[A-Za-z0-9_.\[\]]+\$$"
ANY_REFERENCE: Schema = {"type": "string", "pattern": rf"^\$var_[0-9]+{FIELD}"}
"""A reference to a call's result, as a value."""

PARTS = ("additionalProperties", "items", "contains", "propertyNames", "not", "if", "then", "else")
PART_LISTS = ("prefixItems", "anyOf", "oneOf", "allOf")
PART_MAPS = ("properties", "patternProperties", "dependentSchemas")


def parameters_schema(parameters: Schema, definitions: MutableMapping[str, Any]) -> dict[str, Any]:
    """The parameters of one tool, ready for the grammar.

    Args:
        parameters: the tool's own schema of an object; not changed.
        definitions: takes the schemas that local references point to, under keys that are free; they belong under
            "$defs" at the root of whatever the result becomes part of.

    Raises:
        ToolError: a type is unknown, a keyword's value has the wrong shape, a reference leads nowhere or outside, or
            the schema is nested too deeply.
    """
    try:
        return _normal(parameters, definitions)
    except RecursionError as error:
        raise ToolError("a tool's parameters are nested too deeply to be read") from error


def _normal(parameters: Schema, definitions: MutableMapping[str, Any]) -> dict[str, Any]:
    walk = _Walk(parameters, definitions)
    start = walk.followed(parameters)
    schema = walk.level({"type": "object", **start} if "$ref" not in start else start)
    if not _composes(schema):
        schema.setdefault("properties", {})
        schema.setdefault("additionalProperties", False)
    return schema


def with_definitions(schema: Schema, definitions: Mapping[str, Any]) -> Schema:
    """A schema with its definitions at the root, where its references look for them."""
    return {**schema, "$defs": dict(definitions)} if definitions else schema


def reference_before(place: int) -> Schema:
    """A reference to one of the calls before a place, as a value; places count from 1, and this one is 2 to 10."""
    return {"type": "string", "pattern": rf"^\$var_[1-{place - 1}]{FIELD}"}


def allow_references(schema: Schema, reference: Schema) -> Schema:
    """The schema that takes a reference in place of any value inside: of a property, or of a list's items."""
    changed = dict(schema)
    if "properties" in schema:
        changed["properties"] = {name: _or(reference, part) for name, part in schema["properties"].items()}
    for key in ("items", "additionalProperties"):
        if key in schema:
            changed[key] = _or(reference, schema[key])
    return changed


def _or(reference: Schema, schema: Any) -> Any:
    if schema in ({}, {"type": "string"}) or not isinstance(schema, Mapping):
        return schema
    return {"anyOf": [allow_references(schema, reference), reference]}


class _Walk:
    """One tool's schema while it is rewritten: where its references point, and where they are hoisted to."""

    def __init__(self, root: Schema, definitions: MutableMapping[str, Any]) -> None:
        self.root = root
        self.definitions = definitions
        self.hoisted: dict[str, str] = {}
        self.closes = not any(_composes(part) for part in _levels(root))

    def followed(self, schema: Schema) -> Schema:
        """The schema that a mere reference names, through several where one names another."""
        seen = set()
        while "$ref" in schema and not _composes(schema) and schema["$ref"] not in seen:
            seen.add(schema["$ref"])
            schema = self.find(schema["$ref"])
        return schema

    def normal(self, schema: Any) -> Any:
        if isinstance(schema, Mapping):
            return self.level(schema)
        if isinstance(schema, bool):
            return schema
        raise ToolError(f"a schema must be an object, not {schema!r}")

    def level(self, schema: Schema) -> dict[str, Any]:
        new = respelled(schema)
        for key in PARTS:
            if key in new:
                new[key] = self.normal(new[key])
        for key in PART_LISTS:
            if key in new:
                new[key] = [self.normal(part) for part in new[key]]
        for key in PART_MAPS:
            if key in new:
                new[key] = {name: self.normal(part) for name, part in new[key].items()}
        if "$ref" in new:
            new["$ref"] = self.hoist(new["$ref"])
        if self.closes and new.get("properties"):
            new.setdefault("additionalProperties", False)
        return new

    def hoist(self, pointer: str) -> str:
        """The place among the definitions of what a pointer names, which is put there when first met."""
        if pointer not in self.hoisted:
            target = self.find(pointer)
            key = str(len(self.definitions))
            self.hoisted[pointer] = f"#/$defs/{key}"
            self.definitions[key] = {}
            self.definitions[key] = self.normal(target)
        return self.hoisted[pointer]

    def find(self, pointer: Any) -> Any:
        if not isinstance(pointer, str) or not (pointer == "#" or pointer.startswith("#/")):
            raise ToolError(f"$ref {pointer!r}: only references within the same schema (#/...) can be followed")
        place: Any = self.root
        for step in unquote(pointer).split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(place, (list, tuple)) and name.isdecimal() and int(name) < len(place):
                place = place[int(name)]
            elif isinstance(place, Mapping) and name in place:
                place = place[name]
            else:
                raise ToolError(f"$ref {pointer!r} leads nowhere: there is no {name!r}")
        if not isinstance(place, (Mapping, bool)):
            raise ToolError(f"$ref {pointer!r} leads to no schema, but to {place!r}")
        return place


def _levels(schema: Any) -> Iterator[Schema]:
    """A schema and every schema inside it; what has the wrong shape is passed over, since `respelled` refuses it."""
    if not isinstance(schema, Mapping):
        return
    yield schema
    parts = [schema.get(key) for key in PARTS]
    for key in (*PART_LISTS, "items"):
        listed = schema.get(key)
        parts += listed if isinstance(listed, (list, tuple)) else ()
    for key in (*PART_MAPS, "$defs", "definitions"):
        named = schema.get(key)
        parts += named.values() if isinstance(named, Mapping) else ()
    for part in parts:
        yield from _levels(part)


def _composes(schema: Schema) -> bool:
    """Whether several schemas constrain one object, so that none of them alone knows all its properties."""
    beside = [key for key, value in schema.items() if not annotates(key, value)]
    if "$ref" in schema:
        return beside != ["$ref"]
    if "allOf" in schema:
        return beside != ["allOf"] or len(schema["allOf"]) != 1
    return "properties" in schema and ("anyOf" in schema or "oneOf" in schema)
