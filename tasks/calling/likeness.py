"""How much a request and a tool say the same words, told to a specialist in its invocation.

    score = sum over the request's different stems of ln(documents / (1 + documents with the stem)) x weight
    weight = 1.5 in the tool's name, 1 in its description, 0.7 in its parameters, the highest of them; else 0

A small base finds shared words badly by itself, and they are the best single sign of which tool is meant: alone they
choose a right tool for 0.73 of the held-back written requests (chance 0.33; benchmarks/choosing.py). The weights come
from the tools of the training data. Source: inverse document frequency, Spärck Jones 1972.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from divisi.tasks.subtask import Case, Message, ToolRecord

FILE = Path(__file__).with_name("stems.json")
LAST_USER_MESSAGES = 3
SHOWN_MOST = 8
SCALE = 2.5
"""A score s is told as round(SCALE ln(1 + s / SCALE)), 9 at most: fine where little is shared, coarse where much is."""
IN_NAME, IN_DESCRIPTION, IN_PARAMETERS = 1.5, 1.0, 0.7
WORD = re.compile(r"[^\W_]+")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
ENDINGS = (
    *(
        "ating",
        "ations",
        "ation",
        "ators",
        "ator",
        "ated",
        "ates",
        "ate",
        "ingly",
        "edly",
        "ings",
        "ing",
        "ment",
        "ies",
        "ied",
        "ers",
        "ion",
        "er",
        "ed",
        "es",
    ),
    *("ly", "s", "e", "y"),
)


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
    documents, counts = stem_counts()
    said = {stem: math.log(documents / (1 + counts.get(stem, 0))) for stem in request_stems(messages)}
    return [_score(said, tool["function"]) for tool in tools]


def _score(said: Mapping[str, float], function: Mapping[str, Any]) -> float:
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


def stems(text: str) -> Iterator[str]:
    """The words of a text in lower case without their endings; snake_case and camelCase are taken apart."""
    for match in WORD.finditer(CAMEL.sub(" ", text)):
        yield stem_of(match.group().lower())


@lru_cache(maxsize=8192)
def stems_of(text: str) -> frozenset[str]:
    """The stems of a tool's text, kept: every stage of a request and many requests ask for the same tools."""
    return frozenset(stems(text))


@lru_cache(maxsize=65_536)
def stem_of(word: str) -> str:
    """A word without its ending, so that "cancelling" and "cancel" are one."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


@cache
def stem_counts() -> tuple[int, Mapping[str, int]]:
    """How many tools the training data have, and in how many each stem occurs."""
    record = json.loads(FILE.read_text(encoding="utf-8"))
    return record["documents"], record["stems"]
