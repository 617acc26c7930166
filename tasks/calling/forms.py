"""A span as the schema of a parameter would have it: a number, a day, a clock time, a code, or the words themselves."""

import math
import re
from calendar import monthrange
from collections.abc import Mapping
from typing import Any

from divisi.tasks.calling.codes import NAME_WORD, code_of, code_wanted
from divisi.tasks.calling.spans import Span
from divisi.tasks.calling.units import converted, unit_wanted

ISO = re.compile(r"YYYY-MM-DD|ISO[ -]?8601", re.IGNORECASE)
CLOCK_WANTED = re.compile(r"HH:MM|24[- ]?h", re.IGNORECASE)
TO_THE_MINUTE = re.compile(r"THH:MM(?!:)")
CLOCK = re.compile(r"\d:\d\d")
MONTH_WANTED = re.compile(r"(?<![a-z])months?(?!s? of|ly)(?![a-z])", re.IGNORECASE)
YEAR_AND_MONTH = re.compile(r"\bYYYY-MM\b(?!-)|\b\d{4}-\d{2}\b(?!-)")
BEGINS = frozenset(("from", "start", "starts", "begin", "since", "after", "first"))
ENDS = frozenset(("to", "end", "ends", "until", "till", "before", "last"))


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
    if schema.get("type") in ("integer", "number"):
        return _number_of(span, schema, name)
    if schema.get("format") in ("date", "date-time", "time"):
        return _moment(span, schema, name)
    return _time_in_words(span, schema, name) or _words(span, schema, name)


def _number_of(span: Span, schema: Mapping[str, Any], name: str) -> float | None:
    description = str(schema.get("description") or "")
    if span.month and MONTH_WANTED.search(f"{name} {description}"):
        return float(span.month[-2:])
    return _number(span, unit_wanted(name, description), whole=schema["type"] == "integer")


def _moment(span: Span, schema: Mapping[str, Any], name: str) -> str | None:
    """A day, a day with its time, or a time, as a schema's format wants it."""
    form = schema["format"]
    day = span.clock if form == "time" else span.day or _edge_of_month(span.month, name)
    return day and day[: _shown(form, str(schema.get("description") or ""))]


def _time_in_words(span: Span, schema: Mapping[str, Any], name: str) -> str | None:
    """A day, a month or a time, where the description of a text wants one."""
    description = str(schema.get("description") or "")
    day = span.day or _edge_of_month(span.month, name)
    if YEAR_AND_MONTH.search(description) and span.month and span.month[0] != "-":
        return span.month
    if day and ISO.search(description):
        return day[:10]
    return span.clock if span.clock and CLOCK_WANTED.search(description) else None


def _words(span: Span, schema: Mapping[str, Any], name: str) -> str:
    code = code_wanted(name, schema)
    said = code_of(span.text, code, schema) if code is not None else None
    return said or (f"0{span.text}" if CLOCK.fullmatch(span.text) else span.text)


def _shown(form: str, description: str) -> int | None:
    """How many characters of a day with its time are wanted; None for all."""
    if form == "date":
        return 10
    return 16 if TO_THE_MINUTE.search(description) else None


def _edge_of_month(month: str | None, name: str) -> str | None:
    """The first or last day of a month of a known year, where a parameter's name asks for a begin or an end."""
    words = {word.lower() for word in NAME_WORD.findall(name)}
    if month is None or month[0] == "-" or not words & (BEGINS | ENDS):
        return None
    year, number = int(month[:4]), int(month[5:])
    return f"{month}-{1 if words & BEGINS else monthrange(year, number)[1]:02d}"


def _number(span: Span, wanted: str | None, *, whole: bool) -> float | None:
    if span.place is not None:
        return float(span.place) if whole else None
    number = span.number if span.number is None else converted(span.number, span.unit, wanted)
    if number is None or not math.isfinite(number) or (whole and not number.is_integer()):
        return None
    return number
