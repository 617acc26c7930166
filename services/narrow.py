"""Narrowing a subtask's grammar to what a request demands: at least one call, or at most so many."""

from collections.abc import Sequence

from divisi.router.rules import CallLimits
from divisi.tasks.subtask import Schema


def narrowed(schema: Schema | None, limits: CallLimits, *, calls: bool = False) -> Schema | None:
    """A grammar that leaves only answers within the limits.

    A list gets bounds on its length. Where a call is demanded, or is known to be possible (`calls`), alternatives that
    are none go: the list of missing values, and the word "done".
    """
    if schema is None:
        return None
    if schema.get("type") == "array":
        return {**schema, **_bounds(schema, limits)}
    if "anyOf" in schema and (calls or limits.least > 0):
        return {**schema, "anyOf": _calls(schema["anyOf"])}
    return schema


def _bounds(schema: Schema, limits: CallLimits) -> dict[str, int]:
    bounds = {"minItems": max(limits.least, schema.get("minItems", 0))} if limits.least else {}
    if limits.most is not None:
        bounds["maxItems"] = min(limits.most, schema.get("maxItems", limits.most))
    return bounds


def _calls(options: Sequence[Schema]) -> list[Schema]:
    return [option for option in options if not ({"const", "enum"} & set(option) or option.get("type") == "array")]
