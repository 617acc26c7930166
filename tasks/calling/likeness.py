"""How much a request and a tool say and mean the same, told to a specialist in its invocation.

    score  = shared + 16 x the cosine of the request's and the tool's stem vectors, where it is positive
    shared = sum over the request's different stems of ln(documents / (1 + documents with the stem)) x weight
    weight = 1.5 in the tool's name, 1 in its description, 0.7 in its parameters, the highest of them; else 0

A small base finds by itself neither shared words nor what is alike, and they are the best single sign of which tool is
meant (benchmarks/choosing.py measures each). Both come from code and a table of stems, in less than a millisecond.
Source of the first: inverse document frequency, Spärck Jones 1972; of the second: stems.py.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from divisi.tasks.calling.stems import lexicon, stems, stems_of
from divisi.tasks.subtask import Case, Message, ToolRecord

LAST_USER_MESSAGES = 3
SHOWN_MOST = 8
SCALE = 2.5
"""A score s is told as round(SCALE ln(1 + s / SCALE)), 9 at most: fine where little is shared, coarse where much is."""
IN_NAME, IN_DESCRIPTION, IN_PARAMETERS = 1.5, 1.0, 0.7
MEANING = 16.0


def asking(subtask: str, case: Case) -> str:
    """An invocation that names the tools most like the request, each with its likeness from 0 to 9.

    The subtask stands at its end once more, next to the answer whose form it decides.
    """
    scores = likeness(case.messages, case.tools)
    order = sorted(range(len(scores)), key=lambda place: -scores[place])[:SHOWN_MOST]
    told = (f"{case.tools[place]['function']['name']} {_told(scores[place])}" for place in order)
    return f"{subtask} ({', '.join(told)}) {subtask}" if order else subtask


def _told(score: float) -> int:
    return min(9, round(SCALE * math.log1p(score / SCALE)))


def likeness(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> list[float]:
    """The score of each tool, at least 0."""
    asked = request_stems(messages)
    meant = lexicon().meaning(asked)
    said = {stem: _rarity(stem) for stem in asked}
    return [
        _shared(said, tool["function"]) + MEANING * max(0.0, float(meant @ _meaning(_title(tool["function"]))))
        for tool in tools
    ]


def _rarity(stem: str) -> float:
    return math.log(lexicon().documents / (1 + lexicon().count(stem)))


def _shared(said: Mapping[str, float], function: Mapping[str, Any]) -> float:
    properties = _mapping(_mapping(function.get("parameters")).get("properties"))
    described = (str(inner.get("description") or "") for inner in properties.values() if isinstance(inner, Mapping))
    weights: dict[str, float] = {}
    for text, weight in (
        (" ".join((*properties, *described)), IN_PARAMETERS),
        (str(function.get("description") or ""), IN_DESCRIPTION),
        (str(function["name"]), IN_NAME),
    ):
        weights.update(dict.fromkeys(stems_of(text), weight))
    return sum(rarity * weights[stem] for stem, rarity in said.items() if stem in weights)


def _title(function: Mapping[str, Any]) -> str:
    return f"{function['name']} {function.get('description') or ''}"


@lru_cache(maxsize=8192)
def _meaning(text: str) -> np.ndarray:
    """The vector of a tool's text, kept as its stems are."""
    return lexicon().meaning(tuple(dict.fromkeys(stems(text))))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def request_stems(messages: Sequence[Message]) -> tuple[str, ...]:
    """The different stems of the last user messages, in the order in which they were said."""
    said = [_text(message.get("content")) for message in messages if message.get("role") == "user"]
    return tuple(dict.fromkeys(stems(" ".join(said[-LAST_USER_MESSAGES:]))))


def _text(content: Any) -> str:
    if isinstance(content, list):
        return " ".join(str(part.get("text") or "") for part in content if isinstance(part, Mapping))
    return str(content or "")
