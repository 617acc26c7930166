"""What the conversation seems to say for each parameter of a function, told in the invocation that asks for arguments.

A small base finds the place of a value in half of all cases; what tells it is reader.py for what is said as it is, and
options.py for what is one of a few. It only tells: the specialist decides what is written, and how.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from divisi.tasks.calling import options, reader
from divisi.tasks.calling.forms import value_of
from divisi.tasks.calling.in_turn import in_turn
from divisi.tasks.calling.reading import Reading, read
from divisi.tasks.calling.sights import KINDS, Wanted, sight
from divisi.tasks.calling.spans import text_of, today_of
from divisi.tasks.calling.stems import stems
from divisi.tasks.calling.twins import parted, twins
from divisi.tasks.subtask import Case, ToolRecord

LISTED = 0.9
"""Of 118 enumerated values that held-back requests said word by word, 112 were right."""
PARTED = 0.85
"""Where a text says as many values as there are twins (parameters of the same few values): right for 15 of 18."""
TOLD_FROM = 0.15
"""The probability from which on a value is told."""
MOST_CALLS = 8
"""Of more calls of one function each is looked at by itself: the work grows with their square."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a parameter's value probably is: as the text has it, the number that it spells, or what is enumerated."""

    value: str | float | tuple[str, ...]
    probability: float


def found(case: Case) -> dict[str, Found]:
    """What the text seems to say for the parameters of the function in the focus; those without a sign are left out."""
    tool = next(tool for tool in case.tools if tool["function"]["name"] == case.focus)
    messages, records = (text_of(case.messages), today_of(case.messages)), (json.dumps(tool), json.dumps(case.tools))
    told = _told(*messages, *records, case.occurrences)
    return dict(told[min(case.occurrence, case.occurrences) - 1])


@lru_cache(maxsize=128)
def _told(text: str, today: str | None, tool: str, tools: str, occurrences: int) -> tuple[Mapping[str, Found], ...]:
    """What is told for each of the calls of a tool; kept, as each of them is asked about more than once."""
    reading = read(text, today)
    record: ToolRecord = json.loads(tool)
    calls = [Wanted(record, json.loads(tools), fillable(record), turn + 1, occurrences) for turn in range(occurrences)]
    if not reading.starts.size:
        return tuple({} for _ in calls)
    said, listed = _said(reading, calls), _listed(reading, record)
    every = ({**_meant(reading, call), **listed, **own} for call, own in zip(calls, said, strict=True))
    return tuple({name: one for name, one in told.items() if one.probability >= TOLD_FROM} for told in every)


def _said(reading: Reading, calls: Sequence[Wanted]) -> list[dict[str, Found]]:
    """The likeliest span of each parameter that a span can fill, for each call."""
    properties = calls[0].properties
    if not properties or not reading.spans:
        return [{} for _ in calls]
    every = np.stack([reader.chances(reading, sight(reading, call)) for call in calls])
    if 1 < len(calls) <= MOST_CALLS:
        for parameter in range(len(properties)):
            every[:, parameter] = in_turn(every[:, parameter], reading.edges, reading.overlapping)
    return [_likeliest(reading, properties, chances) for chances in every]


def _likeliest(reading: Reading, properties: Mapping[str, Mapping[str, Any]], chances: np.ndarray) -> dict[str, Found]:
    places = chances.argmax(1)
    values = [value_of(reading.spans[place], schema) for place, schema in zip(places, properties.values(), strict=True)]
    sure = chances.max(1).tolist()
    return {
        name: Found(value, one) for name, value, one in zip(properties, values, sure, strict=True) if value is not None
    }


def _meant(reading: Reading, wanted: Wanted) -> dict[str, Found]:
    """The likeliest option of each parameter of which one of a few texts is given."""
    every, kept = enumerated(wanted.tool), {}
    for name, among in every.items():
        shares = options.chances(reading, wanted, name, among)
        kept[name] = Found(among[int(shares.argmax())], float(shares.max()))
    for names in twins(every) if wanted.occurrences == 1 else ():
        places = {option: at for option in every[names[0]] if (at := _place_of(option, reading)) is not None}
        kept |= {name: Found(option, PARTED) for name, option in parted(names, places, reading.stems).items()}
    return kept


def _listed(reading: Reading, tool: ToolRecord) -> dict[str, Found]:
    """All options whose words a text says, in its order, for each parameter of which a list of a few texts is given."""
    kept = {}
    for name, schema in _declared(tool).items():
        among = _texts(_mapping(schema.get("items")).get("enum")) if schema.get("type") == "array" else []
        places = {option: place for option in among if (place := _place_of(option, reading)) is not None}
        whole = [option for option in places if not any(set(stems(option)) < set(stems(other)) for other in places)]
        if whole:
            kept[name] = Found(tuple(sorted(whole, key=lambda option: places[option])), LISTED)
    return kept


def _place_of(option: str, reading: Reading) -> int | None:
    """The piece where a text begins to say all stems of an option, in any order; None where it does not."""
    asked = tuple(stems(option))
    said = {stem: place for place, known in reversed(list(enumerate(reading.stems))) for stem in known}
    return said[asked[0]] if asked and said.keys() >= set(asked) else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def enumerated(tool: ToolRecord) -> dict[str, list[str]]:
    """The parameters of which one text of a few is given, and these texts."""
    return {
        name: among
        for name, schema in _declared(tool).items()
        if schema.get("type") != "array" and (among := _texts(schema.get("enum")))
    }


def _texts(among: Any) -> list[str]:
    return [option for option in among or () if isinstance(option, str)]


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
