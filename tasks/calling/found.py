"""What the conversation seems to say for each parameter of a function, told in the invocation that asks for arguments.

    score(span) = w2 . max(0, W1 features(span) + b1)      score(nothing) = v . features of the parameter
    p = softmax over all spans of the text and nothing

A small base finds the place of a value in half of all cases; what tells it, mostly, is what sights.py sees. The weights
are fitted on requests of the training data by `python -m divisi.specialists.embedded.fit_spans`; they know no base. It
only tells: the specialist decides what is written, and how.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from divisi.tasks.calling.numerals import number_said
from divisi.tasks.calling.sights import ANCHORS, KINDS, Reading, features, read
from divisi.tasks.calling.spans import Span, text_of
from divisi.tasks.calling.stems import stems
from divisi.tasks.subtask import Case, ToolRecord

FILE = Path(__file__).with_name("spans.safetensors")
ISO = re.compile(r"YYYY-MM-DD|ISO[ -]?8601", re.IGNORECASE)
MENTIONED = 0.9
"""Of 118 enumerated values that held-back requests said word by word, 112 were right."""
TOLD_FROM = 0.15
"""The probability from which on a span is told."""
AS_LIKELY = 0.2
"""Values of several calls of one function are those of its likeliest spans, if each is this share as likely as the
first."""
ALONE = 2 + len(KINDS) + len(ANCHORS)
"""Features of a parameter without a span: 1, whether it is required, its kind, what it means."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a parameter's value probably is: as the text has it, the number that it spells, or what is enumerated."""

    value: str | float | tuple[str, ...]
    probability: float


def found(case: Case) -> dict[str, Found]:
    """What the text seems to say for the parameters of the function in the focus; those without a sign are left out."""
    tool = next(tool for tool in case.tools if tool["function"]["name"] == case.focus)
    text = text_of(case.messages)
    kept = {
        name: one
        for name, schema in _declared(tool).items()
        if (one := mentioned(schema, text, case.occurrence, case.occurrences)) is not None
    }
    properties, reading = fillable(tool), read(text)
    if not properties or not reading.spans:
        return kept
    chances = probabilities(reading, tool, case.tools, properties)
    for name, row in zip(properties, chances, strict=True):
        place = _place(row, reading.spans, case.occurrence, case.occurrences)
        value = _value(reading.spans[place], properties[name])
        if row[place] >= TOLD_FROM and value is not None:
            kept[name] = Found(value, float(row[place]))
    return kept


def mentioned(schema: Mapping[str, Any], text: str, occurrence: int, occurrences: int) -> Found | None:
    """The enumerated value whose words a text says, or all that it says where a list of them is wanted.

    Where a text says several and one is wanted, it is the one whose turn it is, if each call has one, else the first.
    """
    items = schema.get("items") if schema.get("type") == "array" else schema
    options = [option for option in _mapping(items).get("enum") or () if isinstance(option, str)]
    said = list(stems(text))
    places = {option: place for option in options if (place := _place_of(tuple(stems(option)), said)) is not None}
    whole = {option for option in places if not any(set(stems(option)) < set(stems(other)) for other in places)}
    order = sorted(whole, key=lambda option: places[option])
    if not order:
        return None
    if schema.get("type") == "array":
        return Found(tuple(order), MENTIONED)
    if len(order) == occurrences:
        return Found(order[occurrence - 1], MENTIONED)
    return Found(order[0], MENTIONED / len(order))


def _place_of(wanted: Sequence[str], said: Sequence[str]) -> int | None:
    """Where a text begins to say all of some stems, in any order; None where it does not."""
    if not wanted or not set(wanted) <= set(said):
        return None
    return said.index(wanted[0])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def probabilities(
    reading: Reading, tool: ToolRecord, tools: Sequence[ToolRecord], properties: Mapping[str, Mapping[str, Any]]
) -> np.ndarray:
    """The probability of each span for each parameter, [parameters, spans]; what is left to 1 is that of nothing."""
    weights = _fitted()
    hidden = np.maximum(0, features(reading, tool, tools, properties) @ weights["first"].T + weights["bias"])
    nothing = alone(tool, properties) @ weights["nothing"]
    scores = np.concatenate([hidden @ weights["second"], nothing[:, None]], axis=1)
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
    return shares[:, :-1]


def alone(tool: ToolRecord, properties: Mapping[str, Mapping[str, Any]]) -> np.ndarray:
    """The features of parameters without a span, [parameters, ALONE]."""
    required = set(_mapping(tool["function"].get("parameters")).get("required") or ())
    seen = features(ONE_WORD, tool, (), properties)[:, 0, -(ALONE - 2) :]
    told = [[1.0, float(name in required)] for name in properties]
    return np.concatenate([np.array(told), seen], axis=1)


def fillable(tool: ToolRecord) -> dict[str, Mapping[str, Any]]:
    """The parameters whose values texts say as they are: strings and numbers of which any may be given."""
    return {
        name: schema
        for name, schema in _declared(tool).items()
        if not schema.get("enum") and schema.get("type", "string") in KINDS
    }


def _declared(tool: ToolRecord) -> dict[str, Mapping[str, Any]]:
    declared = _mapping(_mapping(tool["function"].get("parameters")).get("properties"))
    return {name: schema for name, schema in declared.items() if isinstance(schema, Mapping)}


def _place(row: np.ndarray, spans: Sequence[Span], occurrence: int, occurrences: int) -> int:
    """The likeliest span; for one of several calls of a function, the one that its turn has in the text."""
    order: list[int] = []
    for place in np.argsort(-row).tolist():
        if len(order) < occurrences and not any(spans[place].overlaps(spans[other]) for other in order):
            order.append(place)
    if len(order) < occurrences or row[order[-1]] < AS_LIKELY * row[order[0]]:
        return order[0]
    return sorted(order, key=lambda place: spans[place].start)[min(occurrence, occurrences) - 1]


def _value(span: Span, schema: Mapping[str, Any]) -> str | float | None:
    """A span as the schema would have it; None where it wants a form that the span has not."""
    form = schema.get("format")
    if form in ("date", "date-time"):
        return span.day and (span.day[:10] if form == "date" else span.day)
    if span.day and ISO.search(str(schema.get("description") or "")):
        return span.day[:10]
    number = number_said(span.text) if schema.get("type") in ("integer", "number") else None
    return span.text if number is None or not math.isfinite(number) else number


@cache
def _fitted() -> Mapping[str, np.ndarray]:
    """first [hidden, features], bias [hidden], second [hidden], nothing [ALONE]."""
    weights: dict[str, np.ndarray] = load_file(FILE)
    return weights


ONE_WORD = read("word")
"""A text with one span, whatever stands in it."""
