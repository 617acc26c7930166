"""How probable it is that a conversation does not give a required parameter of a tool, without any model.

    p = 1 / (1 + exp(-(bias + weights . features)))

A value that was found speaks against it, unless another parameter has the same; so does a parameter whose meaning or
options the request touches. The weights are those of a logistic regression on requests of the training data, which
`python -m divisi.specialists.embedded.fit_lacking` fits; they know no base.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from divisi.tasks.calling.found import Found
from divisi.tasks.calling.likeness import meaning_of, user_texts
from divisi.tasks.calling.need import needs
from divisi.tasks.calling.regression import stored
from divisi.tasks.calling.soft import Words, cover, words_of
from divisi.tasks.calling.spans import LAST_USER_MESSAGES
from divisi.tasks.calling.stems import lexicon, stems
from divisi.tasks.calling.told import declared, name_of, required, told
from divisi.tasks.subtask import Message, ToolRecord

FILE = Path(__file__).with_name("lacking.json")
LACKS_FROM = 0.5
"""The probability from which on a value is asked for."""
ANCHORS = (
    *("email address", "date day month", "time hour clock", "identifier code number", "person name"),
    *("city place country", "price amount money", "count quantity", "title of a book film song"),
    *("message text note", "start origin departure", "end destination arrival"),
)
"""What parameters may be; a parameter is told by how much it means each."""
KINDS = ("text", "number", "boolean", "array", "options")
FEATURES = (
    *("found", "shared", "own", *(f"is_{kind}" for kind in KINDS)),
    *("option", "option_words", "meaning", "words", "name_words"),
    *("required", "no_number", "numbers", "mean_found", "least_found", "need", "words_said", "in_name"),
    *("found_text", "found_number", "found_option", *ANCHORS),
)


def lacking(messages: Sequence[Message], tools: Sequence[ToolRecord], name: str) -> dict[str, float]:
    """Required parameter of a tool -> the probability that the conversation does not give it.

    Args:
        messages: the conversation.
        tools: all that are offered.
        name: of the tool.
    """
    place = next(place for place, tool in enumerate(tools) if name_of(tool) == name)
    must = required(tools[place])
    if not must:
        return {}
    x = features(messages, tools[place], needs(messages, tools)[place])
    found: list[float] = stored(FILE, FEATURES)(x).tolist()
    return dict(zip(must, found, strict=True))


def features(messages: Sequence[Message], tool: ToolRecord, need: float) -> np.ndarray:
    """What is seen of each required parameter, float64 [required, FEATURES]; at least one is required."""
    values, must = told(messages, tool), required(tool)
    text = "\n".join(user_texts(messages)[-LAST_USER_MESSAGES:])
    asked = tuple(dict.fromkeys(stems(text)))
    numbers = sum(word[:1].isdigit() for word in text.split())
    found = [values[name].probability if name in values else 0.0 for name in must]
    around = (math.log(len(must)), 0.0, math.log1p(numbers), float(np.mean(found)), min(found))
    said = words_of(asked)
    rows = []
    for name, chance in zip(must, found, strict=True):
        schema = declared(tool)[name]
        kind = _kind(schema)
        described = f"{name} {schema.get('description') or ''}"
        shared = _shared(name, values)
        meaning = lexicon().meaning(asked)
        rows.append(
            [
                *(chance, shared, max(0.0, chance - shared), *(float(kind == one) for one in KINDS)),
                *_options(schema, meaning, said),
                *(float(meaning_of(described) @ meaning), cover(words_of(stems(described)), said).share),
                cover(words_of(stems(name)), said).share,
                *(around[0], float(kind == "number" and not numbers), *around[2:]),
                *(math.log(need / (1 - need)), math.log1p(len(asked))),
                float(bool(set(stems(name)) & set(stems(name_of(tool))))),
                *(chance * (kind == one) for one in ("text", "number", "options")),
                *(float(meaning_of(described) @ meaning_of(anchor)) for anchor in ANCHORS),
            ]
        )
    return np.array(rows)


def _kind(schema: Mapping[str, Any]) -> str:
    if schema.get("enum"):
        return "options"
    kind = str(schema.get("type", "string"))
    return {"integer": "number", "number": "number", "boolean": "boolean", "array": "array"}.get(kind, "text")


def _shared(name: str, values: Mapping[str, Found]) -> float:
    """How probable the same words are another parameter's value."""
    if name not in values:
        return 0.0
    own = str(values[name].value)
    others = ((str(one.value), one.probability) for other, one in values.items() if other != name)
    return max((chance for value, chance in others if value in own or own in value), default=0.0)


def _options(schema: Mapping[str, Any], meaning: np.ndarray, said: Words) -> tuple[float, float]:
    """How near the request comes to one of a parameter's options: in meaning, and in words."""
    options = [str(option) for option in schema.get("enum") or ()]
    near = max((float(meaning_of(option) @ meaning) for option in options), default=0.0)
    return near, max((cover(words_of(stems(option)), said).share for option in options), default=0.0)
