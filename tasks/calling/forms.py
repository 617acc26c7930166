"""A span as the schema of a parameter would have it: a number, a day, a clock time, or the words themselves."""

import math
import re
from collections.abc import Mapping
from typing import Any

from divisi.tasks.calling.spans import Span

ISO = re.compile(r"YYYY-MM-DD|ISO[ -]?8601", re.IGNORECASE)
CLOCK_WANTED = re.compile(r"HH:MM|24[- ]?h", re.IGNORECASE)
CLOCK = re.compile(r"\d:\d\d")


def value_of(span: Span, schema: Mapping[str, Any]) -> str | float | None:
    """The value that a span says; None where the schema wants a form that the span has not."""
    if schema.get("type") in ("integer", "number"):
        return _number(span, whole=schema["type"] == "integer")
    form, description = schema.get("format"), str(schema.get("description") or "")
    if form in ("date", "date-time"):
        return span.day and (span.day[:10] if form == "date" else span.day)
    if span.day and ISO.search(description):
        return span.day[:10]
    if form == "time" or (span.clock and CLOCK_WANTED.search(description)):
        return span.clock
    return f"0{span.text}" if CLOCK.fullmatch(span.text) else span.text


def _number(span: Span, *, whole: bool) -> float | None:
    number = span.number
    if number is None or not math.isfinite(number) or (whole and not number.is_integer()):
        return None
    return number
