"""A span as the schema of a parameter would have it: a number, a day, a clock time, or the words themselves."""

import math
import re
from collections.abc import Mapping
from typing import Any

from divisi.tasks.calling.spans import Span
from divisi.tasks.calling.units import converted, unit_wanted

ISO = re.compile(r"YYYY-MM-DD|ISO[ -]?8601", re.IGNORECASE)
CLOCK_WANTED = re.compile(r"HH:MM|24[- ]?h", re.IGNORECASE)
CLOCK = re.compile(r"\d:\d\d")


def is_list(schema: Mapping[str, Any]) -> bool:
    """Whether several values are given."""
    return bool(schema.get("type") == "array")


def member_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of one value: that of a list's members, with what is said of the list where they say nothing."""
    if not is_list(schema):
        return schema
    items = schema.get("items")
    told = {key: schema[key] for key in ("title", "description") if key in schema}
    return {**told, **(items if isinstance(items, Mapping) else {"type": None})}


def value_of(span: Span, schema: Mapping[str, Any], name: str = "") -> str | float | None:
    """The value that a span says; None where the schema wants a form that the span has not.

    Args:
        span: of a text.
        schema: of a parameter; of a list the value is one member.
        name: of the parameter, which may say a unit.
    """
    schema = member_of(schema)
    form, description = schema.get("format"), str(schema.get("description") or "")
    if schema.get("type") in ("integer", "number"):
        return _number(span, unit_wanted(name, description), whole=schema["type"] == "integer")
    if form in ("date", "date-time"):
        return span.day and (span.day[:10] if form == "date" else span.day)
    if span.day and ISO.search(description):
        return span.day[:10]
    if form == "time" or (span.clock and CLOCK_WANTED.search(description)):
        return span.clock
    return f"0{span.text}" if CLOCK.fullmatch(span.text) else span.text


def _number(span: Span, wanted: str | None, *, whole: bool) -> float | None:
    number = span.number if span.number is None else converted(span.number, span.unit, wanted)
    if number is None or not math.isfinite(number) or (whole and not number.is_integer()):
        return None
    return number
