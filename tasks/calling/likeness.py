"""How much a request and a tool say and mean the same.

    score  = shared + 16 x the cosine of the request's and the tool's stem vectors, where it is positive
    shared = sum over the request's different stems of ln(documents / (1 + documents with the stem)) x weight
    weight = 1.5 in the tool's name, 1 in its description, 0.7 in its parameters, the highest of them; else 0

A small base finds by itself neither shared words nor what is alike, and they are the best single sign of which tool is
meant (benchmarks/choosing.py measures each). Both come from code and a table of stems, in less than a millisecond.
Source of the first: inverse document frequency, Spärck Jones 1972; of the second: stems.py.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from divisi.tasks.calling.stems import lexicon, stems
from divisi.tasks.subtask import Message, ToolRecord

LAST_USER_MESSAGES = 3
IN_NAME, IN_DESCRIPTION, IN_PARAMETERS = 1.5, 1.0, 0.7
MEANING = 16.0


def likeness(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> list[float]:
    """The score of each tool, at least 0."""
    return [score.whole for score in scores_of(request_stems(messages), tools)]


@dataclass(frozen=True, slots=True)
class Score:
    """What makes a tool like a request: `shared` of the formula, and the cosine where it is positive."""

    shared: float
    cosine: float

    @property
    def whole(self) -> float:
        """The score."""
        return self.shared + MEANING * self.cosine


def scores_of(asked: Sequence[str], tools: Sequence[ToolRecord]) -> list[Score]:
    """How like each tool is to a text with those different stems."""
    meant, said = _understood(tuple(asked))
    return [_score(said, meant, *said_of(tool)) for tool in tools]


def alike(text: str, tool: ToolRecord) -> Score:
    """How like a tool is to a part of a request; kept, as each stage of a request asks for it."""
    return _alike(text, *said_of(tool))


@lru_cache(maxsize=16_384)
def _alike(text: str, name: str, description: str, parameters: str) -> Score:
    meant, said = _understood(tuple(dict.fromkeys(stems(text))))
    return _score(said, meant, name, description, parameters)


@lru_cache(maxsize=256)
def _understood(asked: tuple[str, ...]) -> tuple[np.ndarray, Mapping[str, float]]:
    """The vector of a text with those stems, and how rare each is."""
    return lexicon().meaning(asked), {stem: _rarity(stem) for stem in asked}


def _score(said: Mapping[str, float], meant: np.ndarray, name: str, description: str, parameters: str) -> Score:
    weights = _weights(name, description, parameters)
    shared = sum(rarity * weights[stem] for stem, rarity in said.items() if stem in weights)
    return Score(shared, max(0.0, float(meant @ meaning_of(_title(name, description)))))


def title_of(tool: ToolRecord) -> str:
    """A tool's name and description, as its meaning is taken from them."""
    name, description, _ = said_of(tool)
    return _title(name, description)


def _title(name: str, description: str) -> str:
    return f"{name} {description}"


def said_of(tool: ToolRecord) -> tuple[str, str, str]:
    """A tool's name, its description, and what is said of its parameters."""
    function = tool["function"]
    return str(function["name"]), str(function.get("description") or ""), _described(function)


def _rarity(stem: str) -> float:
    return math.log(lexicon().documents / (1 + lexicon().count(stem)))


def _described(function: Mapping[str, Any]) -> str:
    """What is said of a tool's parameters."""
    properties = _mapping(_mapping(function.get("parameters")).get("properties"))
    described = (str(inner.get("description") or "") for inner in properties.values() if isinstance(inner, Mapping))
    return " ".join((*properties, *described))


@lru_cache(maxsize=8192)
def _weights(name: str, description: str, parameters: str) -> Mapping[str, float]:
    """Stem -> weight, kept: every stage of a request and many requests ask for the same tools."""
    weights: dict[str, float] = {}
    for text, weight in ((parameters, IN_PARAMETERS), (description, IN_DESCRIPTION), (name, IN_NAME)):
        weights.update(dict.fromkeys(stems(text), weight))
    return weights


@lru_cache(maxsize=16_384)
def meaning_of(text: str) -> np.ndarray:
    """The vector of a text, kept as the weights are."""
    return lexicon().meaning(tuple(dict.fromkeys(stems(text))))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def request_stems(messages: Sequence[Message]) -> tuple[str, ...]:
    """The different stems of the last user messages, in the order in which they were said."""
    return tuple(dict.fromkeys(stems(" ".join(user_texts(messages)[-LAST_USER_MESSAGES:]))))


def user_texts(messages: Sequence[Message]) -> list[str]:
    """What the user said, message by message."""
    return [_text(message.get("content")) for message in messages if message.get("role") == "user"]


def _text(content: Any) -> str:
    if isinstance(content, list):
        return " ".join(str(part.get("text") or "") for part in content if isinstance(part, Mapping))
    return str(content or "")
