"""What speaks for and against a request being answered by calls, and by which, without any model.

Seen are: the two tools that are the most needed, each beside the words of the request and what is found for its
parameters; how the request is built; and which common words it says. chances.py makes probabilities of it.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from divisi.tasks.calling.found import Found
from divisi.tasks.calling.likeness import Score, alike, meaning_of, request_stems, scores_of, title_of, user_texts
from divisi.tasks.calling.need import last_text, needs, parts_of
from divisi.tasks.calling.pieces import COMMON
from divisi.tasks.calling.soft import cover, rarity, words_of
from divisi.tasks.calling.stems import lexicon, stems
from divisi.tasks.calling.told import declared, name_of, required, told
from divisi.tasks.subtask import Message, ToolRecord

TOOLS_SEEN = 2
OF_TOOL, OF_REQUEST = 29, 23
PART_FROM = 6.0
"""The likeness from which on a part of a request is about a tool."""
WORD = re.compile(r"[A-Za-z']+")
QUOTED = re.compile(r"[\"']\w")
ASKING = frozenset(["what", "which", "who", "whom", "whose", "where", "when", "why", "how"])
AUXILIARY = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "should",
        "has",
        "have",
        "may",
        "am",
    ]
)
POLITE = frozenset(["hi", "hello", "hey", "thanks", "thank", "bye", "please", "sorry"])
ADVICE = frozenset(
    [
        "why",
        "should",
        "recommend",
        "suggest",
        "think",
        "opinion",
        "best",
        "advice",
        "tips",
        "explain",
        "difference",
        "write",
        "poem",
        "joke",
        "story",
        "tell",
    ]
)
SAID = ("why", "how", "what", "who", "when", "i", "my")


def fitness(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> np.ndarray:
    """The features of a request with at least one tool, float32 [TOOLS_SEEN x OF_TOOL + OF_REQUEST]."""
    found, scores = needs(messages, tools), scores_of(request_stems(messages), tools)
    order = sorted(range(len(tools)), key=lambda place: -found[place])[:TOOLS_SEEN]
    seen = [_beside(messages, tools[place], scores[place], found[place]) for place in order]
    empty = [[0.0] * OF_TOOL] * (TOOLS_SEEN - len(seen))
    rows = [value for row in (*seen, *empty) for value in row]
    return np.array([*rows, *_built(messages, tools)], dtype=np.float32)


def said(messages: Sequence[Message], words: Sequence[str]) -> np.ndarray:
    """Whether the user's last text says each of some words, float32 [words]."""
    text = set(_words(last_text(messages)))
    return np.array([float(word in text) for word in words], dtype=np.float32)


def _beside(messages: Sequence[Message], tool: ToolRecord, score: Score, need: float) -> list[float]:
    """A tool beside the words of a request: all of them, and those that are not a value that was found."""
    asked = request_stems(messages)
    function = tool["function"]
    name, described = list(stems(name_of(tool))), list(stems(str(function.get("description") or "")))
    parameters = [f"{one} {schema.get('description') or ''}" for one, schema in declared(tool).items()]
    values = told(messages, tool)
    given = {stem for value in _texts(values) for stem in stems(value)}
    rest = [stem for stem in asked if stem not in given]
    all_words, rest_words = words_of(_rare(asked)), words_of(_rare(rest))
    name_words, tool_words = words_of(name), words_of([*name, *_rare(described)])
    with_parameters = words_of([*name, *_rare(described), *_rare(stems(" ".join(parameters)))])
    by_tool, by_all = cover(rest_words, tool_words), cover(rest_words, with_parameters)
    by_rest = cover(name_words, rest_words)
    return [
        *(need, math.log(need / (1 - need)), math.log1p(score.whole)),
        *(score.shared / (sum(map(rarity, asked)) or 1.0), score.cosine),
        *(cover(all_words, tool_words).share, by_tool.share, by_tool.open, by_all.share, by_all.open),
        *(cover(name_words, all_words).share, cover(tool_words, all_words).share),
        *(by_rest.share, by_rest.open, cover(tool_words, rest_words).share),
        *(_share(name, asked), _share(_rare(described), asked)),
        *(math.log1p(len(set(_rare(described)))), float(len(rest_words.rarity))),
        float(lexicon().meaning(rest) @ meaning_of(title_of(tool))),
        *_filled(tool, values),
    ]


def _filled(tool: ToolRecord, values: Mapping[str, Found]) -> list[float]:
    """How far the parameters of a tool were found: those that must be given, then all."""
    chances = {name: values[name].probability if name in values else 0.0 for name in declared(tool)}
    must = [chances[name] for name in required(tool)]
    return [
        *(float(len(must)), float(len(chances)), float(sum(chance > 0 for chance in must))),
        *(min(must, default=1.0), sum(must) / len(must) if must else 1.0, sum(must), max(must, default=0.0)),
        *(sum(chances.values()) - sum(must), sum(chances.values())),
    ]


def _built(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> list[float]:
    """How a request is built: its parts, its form, what it begins with."""
    text = last_text(messages)
    parts = np.array([[alike(part, tool).whole for tool in tools] for part in parts_of(text)])
    words = _words(text)
    heard, first = set(words), words[0] if words else ""
    return [
        *(math.log(len(tools)), math.log(len(parts)), math.log1p(len(request_stems(messages)))),
        *(float(len(user_texts(messages))), float((parts.max(1) > PART_FROM).sum()), float(parts.max(1).min())),
        float(len(set(parts.argmax(1).tolist()))),
        *(float(first in ASKING), float(first in AUXILIARY), float(text.rstrip().endswith("?"))),
        *(math.log1p(len(words)), float(bool(heard & POLITE)), float(bool(heard & {"you", "your", "yourself"}))),
        *(float(bool(heard & ADVICE)), *(float(word in heard) for word in SAID)),
        float(any(sign.isdigit() for sign in text)),
        float(bool(QUOTED.search(text))),
    ]


def _words(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text)]


def _rare(found: Iterable[str]) -> list[str]:
    return [stem for stem in found if stem not in COMMON]


def _share(own: Sequence[str], asked: Sequence[str]) -> float:
    """How much of the rarity of a tool's stems the request says."""
    weights = {stem: rarity(stem) for stem in own}
    return sum(weight for stem, weight in weights.items() if stem in asked) / (sum(weights.values()) or 1.0)


def _texts(values: Mapping[str, Found]) -> list[str]:
    """The values that are probable enough to be left out of what a request asks."""
    return [str(one.value) for one in values.values() if one.probability > 0.3 and not isinstance(one.value, tuple)]
