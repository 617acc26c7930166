"""What the conversation seems to say for each parameter of a function, told in the invocation that asks for arguments.

A small base finds the place of a value in half of all cases; what tells it is reader.py for what is said as it is, and
options.py for what is one of a few. It only tells: the specialist decides what is written, and how.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from divisi.tasks.calling import options, reader
from divisi.tasks.calling.alike import enumeration, like_the_first
from divisi.tasks.calling.flags import flags
from divisi.tasks.calling.forms import is_list, member_of, value_of
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
"""Of more calls each is looked at by itself: the work grows with their square."""
AS_MANY_FROM = 0.1
"""Where as many spans as there are calls are at least so probable beside the likeliest one, each call has one."""
TAKEN, LEAST = 1.5, 1e-6
"""How much dearer words are that another parameter of the call has taken: of 434 calls of held-back requests 234 were
told as a whole instead of 229."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a parameter's value probably is: as the text has it, the number that it spells, an option, yes or no.

    `given` is the probability that it has any value, where that is known by itself.
    """

    value: str | float | bool | tuple[str | float, ...]
    probability: float
    given: float | None = None


def found(case: Case) -> dict[str, Found]:
    """What the text seems to say for the parameters of the function in the focus; those without a sign are left out."""
    messages, tools = (text_of(case.messages), today_of(case.messages)), json.dumps(case.tools)
    planned = Counter({str(case.focus): case.occurrences})
    planned.update(case.beside if planned.total() + len(case.beside) <= MOST_CALLS else ())
    told = _told(*messages, tools, tuple(sorted(planned.items())))
    return dict(told[str(case.focus)][min(case.occurrence, case.occurrences) - 1])


Told = Mapping[str, Sequence[Mapping[str, Found]]]
"""What is told for each parameter of each call of each function."""


@lru_cache(maxsize=128)
def _told(text: str, today: str | None, tools: str, planned: tuple[tuple[str, int], ...]) -> Told:
    """What is told for calls that are made together, so many of each function; kept, as each is asked about."""
    reading = read(text, today)
    offered: list[ToolRecord] = json.loads(tools)
    calls = [
        Wanted(tool, offered, fillable(tool), turn + 1, count)
        for name, count in planned
        for tool in [one for one in offered if one["function"]["name"] == name][:1]
        for turn in range(count)
    ]
    if not reading.starts.size:
        return {name: [{} for _ in range(count)] for name, count in planned}
    kept: dict[str, list[dict[str, Found]]] = {name: [] for name, _ in planned}
    for call, own in zip(calls, _said(reading, calls), strict=True):
        every = {**_meant(reading, call), **_listed(reading, call.tool), **_flagged(reading, call), **own}
        kept[str(call.tool["function"]["name"])].append(every)
    return {
        name: [{key: one for key, one in told.items() if one.probability >= TOLD_FROM} for told in turns]
        for name, turns in kept.items()
    }


def _said(reading: Reading, calls: Sequence[Wanted]) -> list[dict[str, Found]]:
    """The likeliest span of each parameter that a span can fill, for each call."""
    filled = [call for call in calls if call.properties]
    if not filled or not reading.spans:
        return [{} for _ in calls]
    sights = [sight(reading, call) for call in filled]
    every = reader.chances(reading, sights, [list(call.properties) for call in filled])
    for first in [place for place, call in enumerate(filled) if call.occurrence == 1 and call.occurrences > 1]:
        turns = every[first : first + filled[first].occurrences]
        every[first : first + len(turns)] = _in_turn(reading, np.stack(turns), list(filled[first].properties.values()))
    told = iter([_likeliest(reading, call.properties, chances) for call, chances in zip(filled, every, strict=True)])
    return [next(told) if call.properties else {} for call in calls]


def _in_turn(reading: Reading, turns: np.ndarray, schemas: Sequence[Mapping[str, Any]]) -> list[np.ndarray]:
    """The chances of several calls of a function; a list is not divided among them.

    Args:
        reading: a text.
        turns: [calls, parameters, spans].
        schemas: of the parameters.
    """
    for parameter in [place for place, schema in enumerate(schemas) if not is_list(schema)]:
        members = like_the_first(reading, turns[:, parameter].mean(0), AS_MANY_FROM)
        if len(members) == len(turns):
            chance = min(1.0, float(turns[:, parameter][:, members].sum(1).mean()))
            turns[:, parameter] = 0
            turns[range(len(turns)), parameter, members] = chance
        else:
            turns[:, parameter] = in_turn(turns[:, parameter], reading.edges, reading.overlapping)
    return list(turns)


def _likeliest(reading: Reading, properties: Mapping[str, Mapping[str, Any]], chances: np.ndarray) -> dict[str, Found]:
    """The likeliest value of each parameter, the surest first; what one has taken is dearer for the others."""
    left, taken, kept = list(enumerate(properties.items())), np.zeros(chances.shape[1]), {}
    nothing = np.maximum(LEAST, 1 - chances.sum(1))
    while left:
        dearer = chances * np.exp(-TAKEN * taken)
        shares = dearer / (dearer.sum(1) + nothing)[:, None]
        row, (name, schema) = max(left, key=lambda one: shares[one[0]].max())
        left.remove((row, (name, schema)))
        place = int(shares[row].argmax())
        value, chance = _value(reading, schema, name, shares[row])
        if value is not None:
            kept[name] = Found(value, chance)
        if chance >= TOLD_FROM:
            taken = np.maximum(taken, reading.overlapping[place])
    return {name: kept[name] for name in properties if name in kept}


def _value(
    reading: Reading, schema: Mapping[str, Any], name: str, shares: np.ndarray
) -> tuple[str | float | tuple[str | float, ...] | None, float]:
    """The value that a parameter most probably has, of a list all that are enumerated, with its probability."""
    if not is_list(schema):
        place = int(shares.argmax())
        return value_of(reading.spans[place], schema, name), float(shares[place])
    members = enumeration(reading, shares)
    values = [value_of(reading.spans[place], schema, name) for place in members]
    return tuple(one for one in values if one is not None) or None, min(1.0, float(shares[members].sum()))


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
        in_order: list[str] = sorted(whole, key=lambda option: places[option])
        if in_order:
            kept[name] = Found(tuple(in_order), LISTED)
    return kept


def _flagged(reading: Reading, wanted: Wanted) -> dict[str, Found]:
    """The likelier of yes and no for each boolean parameter."""
    return {
        name: Found(one.true >= one.false, max(one.true, one.false), one.true + one.false)
        for name, one in flags(reading, wanted).items()
    }


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
    """The parameters whose values texts say as they are: strings and numbers of any value, and lists of them."""
    return {
        name: schema
        for name, schema in _declared(tool).items()
        if not member_of(schema).get("enum") and member_of(schema).get("type", "string") in KINDS
    }


def _declared(tool: ToolRecord) -> dict[str, Mapping[str, Any]]:
    declared = _mapping(_mapping(tool["function"].get("parameters")).get("properties"))
    return {name: schema for name, schema in declared.items() if isinstance(schema, Mapping)}
