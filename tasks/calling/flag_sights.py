"""What a text looks like beside the boolean parameters of a call: whether it speaks of them, whether it denies.

As in sights.py one looks who does not understand the text: words that are alike, what else explains them, and "not".
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from divisi.tasks.calling.likeness import meaning_of, title_of
from divisi.tasks.calling.need import parts_of
from divisi.tasks.calling.pieces import COMMON
from divisi.tasks.calling.reading import Reading, summed, unit
from divisi.tasks.calling.sights import Wanted, leads_of, turns_of
from divisi.tasks.calling.soft import cover, rarity, words_of
from divisi.tasks.calling.stems import lexicon, stem_of, stems, words
from divisi.tasks.subtask import ToolRecord

WIDEST = 4
"""How many pieces beside each other a parameter is compared with."""
NEAR = 3
"""How many pieces away a "not" may stand."""
_NOT = "not no non without never neither nor don doesn didn isn wasn won needn hasn haven t none nothing"
NOT = frozenset(_NOT.split())
_OFF = f"{_NOT} free off only skip leave avoid instead except own just"
OFF = frozenset(stem_of(word) for word in _OFF.split())
"""Stems that may deny what stands beside them."""
FORM = re.compile(r"\b(?:default(?: is)? (?:true|false)|true|false|if|whether)\b", re.IGNORECASE)
"""What descriptions of booleans say whatever they mean."""
STATED = ("required", "default_true", "default_false", "undescribed", "name_denied", "description_denied")
ASKED = ("several", "parts", "leads", "unexplained", "rarest_unexplained")
MEANT = ("window", "window_name", "window_beyond", "window_name_beyond", "word", "word_described", "rest", "rest_name")
SAID = ("said", "said_described", "open", "covered")
DENIED = (
    *(
        "denials",
        "denied_word",
        "denied_after_word",
        "denied_part",
        "denied_window",
        "denied_after_window",
        "off_window",
    ),
    *("denied_word_of_yes", "denied_window_by_meaning", "denied_part_by_meaning", "unexplained_beside_default"),
)
FEATURES = (*STATED, *ASKED, *MEANT, *SAID, *DENIED)
"""STATED by the schema. ASKED, of the request: whether it asks for several calls, ln parts, how far the tool leads, how
many words neither the tool nor its other parameters explain, and the rarest of them. MEANT: how near the name and all
that is said of the parameter come to some pieces, also beyond the nearest other parameter or the tool; how near one
word comes to those of the name, of the description; both to what is not explained. SAID: whether a word of the name,
of the description is said, how much of the name is open, how much of all is covered. DENIED: "not" anywhere, around the
best word, in its part of the request, around the best pieces, and products."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a text is, whichever boolean of a call is asked for.

    Attributes:
        units: [pieces, width], their vectors with length 1.
        content: [pieces], 1 for words that say something, less where they stand far from the turn of the call.
        rarity: [pieces].
        own: [pieces], how near each is to the tool's name and description.
        denied, off: [pieces], whether each says "not" or something like it.
        parts: [pieces], in which part of the request each stands.
        windows: [windows, 2], the pieces that each begins with and ends before.
        meant: [windows, width], their vectors with length 1.
        leads: how far the tool leads where it leads the most.
    """

    units: np.ndarray
    content: np.ndarray
    rarity: np.ndarray
    own: np.ndarray
    denied: np.ndarray
    off: np.ndarray
    parts: np.ndarray
    windows: np.ndarray
    meant: np.ndarray
    leads: float


def booleans(tool: ToolRecord) -> list[str]:
    """The parameters that are true or false."""
    return [
        name for name, schema in _declared(tool).items() if schema.get("type") == "boolean" and "enum" not in schema
    ]


def features(reading: Reading, wanted: Wanted, names: Sequence[str]) -> np.ndarray:
    """What is seen of some boolean parameters beside a text with at least one piece, float64 [parameters, FEATURES]."""
    heard = _heard(reading, wanted)
    return np.array([_features(reading, wanted, heard, name) for name in names], dtype=np.float64)


def _heard(reading: Reading, wanted: Wanted) -> _Heard:
    count = len(reading.starts)
    first = np.concatenate([np.arange(count)] * WIDEST)
    last = np.minimum(first + np.repeat(np.arange(1, WIDEST + 1), count), count)
    units, rare = unit(reading.vectors), np.array([_rarity(one) for one in reading.stems])
    turn = np.exp(-np.abs(turns_of(reading, wanted)[1]) * wanted.occurrences)
    return _Heard(
        units=units,
        content=(rare > 0) * turn,
        rarity=rare,
        own=_nearest(units, _vectors(title_of(wanted.tool))),
        denied=np.array([not NOT.isdisjoint(one) for one in reading.stems], dtype=np.float64),
        off=np.array([not OFF.isdisjoint(one) for one in reading.stems], dtype=np.float64),
        parts=_parts(reading),
        windows=np.stack([first, last], axis=1),
        meant=unit(summed(reading.vectors, first, last)) * turn[first, None],
        leads=float(leads_of(reading, wanted).max()),
    )


def _features(reading: Reading, wanted: Wanted, heard: _Heard, name: str) -> list[float]:
    declared = _declared(wanted.tool)
    described = FORM.sub(" ", str(declared[name].get("description") or ""))
    others = [f"{other} {schema.get('description') or ''}" for other, schema in declared.items() if other != name]
    explained = np.max([heard.own, *(_nearest(heard.units, _vectors(other)) for other in others)], axis=0)
    stated = _stated(wanted.tool, name, described)
    open_words = heard.content * (1 - explained)
    unexplained = float(open_words @ heard.rarity) / 20
    asked = (
        *(float(wanted.occurrences > 1), math.log(heard.parts.max() + 1), heard.leads),
        *(unexplained, float((open_words * heard.rarity).max()) / 5),
    )
    rest = np.array([meaning_of(text) for text in (*others, title_of(wanted.tool))])
    elsewhere = (heard.meant @ rest.T).max(1)
    near, near_name = heard.meant @ meaning_of(f"{name} {described}"), heard.meant @ meaning_of(name)
    word, word_described = (_nearest(heard.units, _vectors(text)) * heard.content for text in (name, described))
    left = unit((reading.vectors * open_words[:, None]).sum(0, keepdims=True))[0]
    meant = (
        *(float(near.max()), float(near_name.max())),
        *(float((near - elsewhere).max()), float((near_name - elsewhere).max())),
        *(float(word.max()), float(word_described.max())),
        *(float(left @ meaning_of(f"{name} {described}")), float(left @ meaning_of(name))),
    )
    best = int(np.maximum(word, 0.8 * word_described).argmax())
    first, last = heard.windows[int((near + 0.5 * near_name).argmax())]
    said = _said(reading, heard, explained, name, described)
    return [*stated, *asked, *meant, *said, *_denied(heard, best, (first, last), (stated, unexplained, meant[0]))]


def _stated(tool: ToolRecord, name: str, described: str) -> tuple[float, ...]:
    schema = _declared(tool)[name]
    text = str(schema.get("description") or "").lower()
    return (
        float(name in _required(tool)),
        *(
            float(
                schema.get("default") is value
                or f"default is {value}".lower() in text
                or f"default {value}".lower() in text
            )
            for value in (True, False)
        ),
        *(float(not described.strip()), float(not OFF.isdisjoint(stems(name))), float(not NOT.isdisjoint(stems(text)))),
    )


def _said(reading: Reading, heard: _Heard, explained: np.ndarray, name: str, described: str) -> tuple[float, ...]:
    """How far the words of a name and of a description are said."""
    own, also = (frozenset(_telling(text)) for text in (name, described))
    said = [[not known.isdisjoint(one) for one in reading.stems] for known in (own, also - own)]
    in_name, in_all = (np.array(row, dtype=np.float64) * heard.content for row in said)
    all_words = words_of(stem for one, known in zip(reading.stems, heard.rarity, strict=True) if known for stem in one)
    return (
        *(float(in_name.max()), float((in_all * (1 - explained)).max())),
        *(cover(words_of(own), all_words).open / 5, cover(words_of(own | also), all_words).share),
    )


def _denied(
    heard: _Heard, best: int, window: tuple[int, int], beside: tuple[tuple[float, ...], float, float]
) -> tuple[float, ...]:
    """Whether a "not" stands beside the best word, beside the best pieces, and products of that."""
    (stated, unexplained, near), (first, last) = beside, window
    before, after = _any(heard.denied, best - NEAR, best), _any(heard.denied, best, best + NEAR)
    part = float(heard.denied[heard.parts == heard.parts[best]].any())
    around, behind = _any(heard.denied, first - NEAR, last), _any(heard.denied, last, last + NEAR)
    yes = 1 - 2 * stated[STATED.index("name_denied")]
    return (
        *(float(heard.denied.sum()) / 2, before, after, part, around, behind, _any(heard.off, first - NEAR, last + 2)),
        *(before * yes, around * max(0.0, near), part * max(0.0, near)),
        unexplained * stated[STATED.index("default_false")],
    )


def _any(signs: np.ndarray, first: int, last: int) -> float:
    return float(signs[max(0, first) : max(0, last)].any())


def _nearest(units: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """How near each piece comes to the nearest of some words, at least 0; [pieces]."""
    if not len(vectors):
        return np.zeros(len(units))
    nearest: np.ndarray = np.maximum(0, (units @ vectors.T).max(1))
    return nearest


@lru_cache(maxsize=4096)
def _vectors(text: str) -> np.ndarray:
    """Those of the words of a text that say something, each of length 1, [words, width]."""
    known = lexicon()
    rows = [known.rows[stem] for stem in _telling(text) if stem in known.rows]
    return unit((known.vectors[rows] * known.scales[rows, None]).astype(np.float32))


def _telling(text: str) -> list[str]:
    """The stems of a text but for those of common words; all where it has no others."""
    every = list(dict.fromkeys(stems(text)))
    return [stem for stem in every if stem not in _common()] or every


@cache
def _common() -> frozenset[str]:
    return frozenset(stem_of(word) for text in COMMON for word in words(text))


def _rarity(known: Sequence[str]) -> float:
    """Of the rarest stem of a piece; 0 where all are common."""
    return max((rarity(stem) for stem in known if stem not in _common()), default=0.0)


def _parts(reading: Reading) -> np.ndarray:
    """The number of the part of the request in which each piece stands, from 0."""
    at, begins = 0, list[int]()
    for part in parts_of(reading.text):
        at = max(at, reading.text.find(part, at))
        begins.append(at)
        at += len(part)
    return np.maximum(0, np.searchsorted(begins, reading.starts, side="right") - 1)


def _declared(tool: ToolRecord) -> dict[str, Mapping[str, Any]]:
    declared = _mapping(_mapping(tool["function"].get("parameters")).get("properties"))
    return {name: schema for name, schema in declared.items() if isinstance(schema, Mapping)}


def _required(tool: ToolRecord) -> Sequence[str]:
    return _mapping(tool["function"].get("parameters")).get("required") or ()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
