"""A grammar that leaves only values with evidence: texts that the user said, numbers that the user said.

A small model finds where a value stands sooner than it learns never to make one up. Every free text among a tool's
parameters becomes a choice between the pieces of what was said, every number a choice between the numbers. Left as
they are: enumerated values, booleans, patterns and formats, whatever is composed, and whole conversations that are
long or hold results of calls, where values are found elsewhere.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from divisi.tasks.calling.numerals import numbers_in
from divisi.tasks.subtask import Case, Schema

SPANS = "said"
"""The definition that holds the pieces."""
WORDS_MOST = 150
"""In longer conversations the choice would take longer to compile than to make."""
SPAN_WORDS_MOST = 8
WORD = re.compile(r"\S+")
QUOTED = re.compile(r"\"([^\"]{1,400})\"|“([^”]{1,400})”|'([^']{3,400})'(?!\w)")
NEGATIVE = re.compile(r"[-−]\s?\d|\bminus\b|\bnegative\b|\bbelow\b", re.IGNORECASE)
EDGES = " \t\n,.;:!?\"'()[]{}“”‘’«»"
DATE_OR_TIME = r"^(\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?|\d{1,2}:\d{2})$"
"""Dates are reckoned and respelled more often than they are quoted."""
FREE = {"type", "minLength", "maxLength", "description", "minimum", "maximum"}


def grounded_schema(schema: Schema, case: Case) -> Schema:
    """A subtask's grammar in which free texts and numbers are among those that the user said.

    Args:
        schema: of the arguments of one function, or an `anyOf` that has such a schema; definitions at the root.
        case: the conversation.
    """
    said = [str(message.get("content") or "") for message in case.messages if message["role"] == "user"]
    words = sum(len(WORD.findall(text)) for text in said)
    if not 0 < words <= WORDS_MOST or any(message["role"] == "tool" for message in case.messages):
        return schema
    pieces = tuple(dict.fromkeys(piece for text in said for piece in spans(text)))
    numbers = _numbers(said)
    found = _grounded(schema, numbers)
    definitions = {**schema.get("$defs", {}), SPANS: {"anyOf": [{"enum": list(pieces)}, _dates()]}}
    return {**found, "$defs": definitions}


def spans(text: str) -> Iterator[str]:
    """Every run of up to SPAN_WORDS_MOST words without the punctuation around it, and whatever stands in quotes."""
    for match in QUOTED.finditer(text):
        yield next(group for group in match.groups() if group)
    words = list(WORD.finditer(text))
    for first, word in enumerate(words):
        for last in words[first : first + SPAN_WORDS_MOST]:
            piece = text[word.start() : last.end()].strip(EDGES)
            if piece:
                yield piece
                yield piece.removesuffix("'s").removesuffix("’s")


def _numbers(said: Sequence[str]) -> list[float]:
    """The numbers of some texts; with their negatives where any is said to be one."""
    sizes = sorted(frozenset().union(*(numbers_in(text.casefold()) for text in said)))
    return [*sizes, *(-size for size in sizes if size)] if any(map(NEGATIVE.search, said)) else sizes


def _dates() -> Schema:
    return {"type": "string", "pattern": DATE_OR_TIME}


def _grounded(schema: Any, numbers: Sequence[float]) -> Any:
    if not isinstance(schema, Mapping):
        return schema
    if set(schema) <= FREE and schema.get("type") == "string":
        return {"$ref": f"#/$defs/{SPANS}"}
    if set(schema) <= FREE and schema.get("type") in ("integer", "number"):
        return _number(schema, numbers)
    changed = dict(schema)
    if isinstance(schema.get("properties"), Mapping):
        changed["properties"] = {name: _grounded(part, numbers) for name, part in schema["properties"].items()}
    if isinstance(schema.get("items"), Mapping):
        changed["items"] = _grounded(schema["items"], numbers)
    if isinstance(schema.get("anyOf"), Sequence):
        changed["anyOf"] = [_grounded(part, numbers) for part in schema["anyOf"]]
    return changed


def _number(schema: Schema, numbers: Sequence[float]) -> Schema:
    """A choice between the numbers said that the schema allows; as it was where there is none."""
    low, high = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
    allowed = [number for number in numbers if low <= number <= high]
    whole = [int(number) for number in allowed if number == int(number)]
    if schema["type"] == "integer":
        return {"enum": whole} if whole else schema
    parts = [number for number in allowed if number != int(number)]
    return {"enum": [*whole, *parts]} if allowed else schema
