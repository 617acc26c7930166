"""What a text looks like beside the parameters of a call, as one sees it who does not understand the text.

Whether the words of a span, or those beside it, say or mean what the parameter says, whether it stands in the part of
the request that is about the function, and where the turn of the call would be. The same of every piece of the text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from divisi.tasks.calling.forms import CLOCK_WANTED, ISO, is_list, member_of
from divisi.tasks.calling.likeness import alike, meaning_of, title_of
from divisi.tasks.calling.need import parts_of
from divisi.tasks.calling.pieces import COMMON
from divisi.tasks.calling.reading import Reading, summed, unit
from divisi.tasks.calling.stems import lexicon, stems
from divisi.tasks.subtask import ToolRecord

ANCHORS = (
    *("email address", "date day month", "time hour clock", "identifier code number", "person name"),
    *("city place country", "price amount money", "count quantity", "title of a book film song"),
    *("message text note", "start origin departure", "end destination arrival"),
)
"""What parameters may be; a parameter is told by how much it means each."""
KINDS = ("string", "integer", "number")


@dataclass(frozen=True, slots=True)
class Sight:
    """What a text looks like beside the parameters of a call.

    Attributes:
        pieces: float32 [parameters, pieces, features].
        spans: float32 [parameters, spans, features].
        own: float32 [parameters, features], what each parameter is, whatever the text.
    """

    pieces: np.ndarray
    spans: np.ndarray
    own: np.ndarray


@dataclass(frozen=True, slots=True)
class Wanted:
    """The call whose parameters are looked for: its function, all that are offered, which of several calls it is."""

    tool: ToolRecord
    tools: Sequence[ToolRecord]
    properties: Mapping[str, Mapping[str, Any]]
    occurrence: int = 1
    occurrences: int = 1


def sight(reading: Reading, wanted: Wanted) -> Sight:
    """What is seen of a text with at least one span, for a call with at least one parameter."""
    names = list(wanted.properties)
    described = [f"{name} {wanted.properties[name].get('description') or ''}" for name in names]
    own, named, title = _stacked(described), _stacked(names), meaning_of(title_of(wanted.tool))
    said = _said(reading, names, described, wanted.tool)
    wide = np.stack([leads_of(reading, wanted), *turns_of(reading, wanted)], -1)
    units = unit(reading.vectors)
    plain = np.concatenate([wide[:, :1], (units @ title)[:, None], wide[:, 1:]], 1)
    pieces = [_beside(units, own, named), said, np.broadcast_to(plain, (len(names), *plain.shape))]
    stated = [named, own, np.tile(title, (len(names), 1)), _stated(wanted), own @ _anchors().T]
    return Sight(
        pieces=np.concatenate(pieces, axis=-1).astype(np.float32),
        spans=_span_sights(reading, _Meant(described, own, named, title, said, wide)),
        own=np.concatenate(stated, axis=1).astype(np.float32),
    )


def _beside(vectors: np.ndarray, own: np.ndarray, named: np.ndarray) -> np.ndarray:
    """How near vectors are to each parameter's name, to all that is said of it, and how much nearer than to others."""
    near, nearer = named @ vectors.T, own @ vectors.T
    others = np.stack(
        [np.delete(nearer, row, 0).max(0) if len(own) > 1 else 0 * nearer[row] for row in range(len(own))]
    )
    return np.stack([near, nearer, nearer - others], axis=-1)


@dataclass(frozen=True, slots=True)
class _Meant:
    """What the parameters mean and what is seen of the pieces, for what is seen of the spans.

    Attributes:
        described: what is said of each parameter.
        own, named: [parameters, width], the vectors of that and of the names.
        title: [width], that of the function.
        said: [parameters, pieces, features], as _said gives it.
        wide: [pieces, features], what does not depend on the parameter.
    """

    described: Sequence[str]
    own: np.ndarray
    named: np.ndarray
    title: np.ndarray
    said: np.ndarray
    wide: np.ndarray


def _span_sights(reading: Reading, meant: _Meant) -> np.ndarray:
    first, last = reading.edges.T
    inside = unit(summed(reading.vectors, first, last))
    sides = ((first - 2, first), (first - 1, first), (last, last + 2))
    near = [meant.own @ unit(summed(reading.vectors, *edges)).T for edges in sides]
    count = len(meant.own)
    said = meant.said.transpose(1, 0, 2).reshape(len(reading.starts), -1)
    around = ((first - 3, first), (last, last + 2), (first, last))
    hits = [summed(said, *edges).reshape(len(first), count, -1).transpose(1, 0, 2) > 0 for edges in around]
    lower = [(span.text.lower() if len(span.text) > 2 else "\n") for span in reading.spans]
    told = np.array([[text in described for text in lower] for described in map(str.lower, meant.described)])
    wide = meant.wide[first]
    wide = np.concatenate([wide[:, :1], (inside @ meant.title)[:, None], wide[:, 1:], reading.views], 1)
    parts = [_beside(inside, meant.own, meant.named), np.stack(near, -1), *hits, told[..., None]]
    return np.concatenate([*parts, np.broadcast_to(wide, (count, *wide.shape))], axis=-1).astype(np.float32)


def _said(reading: Reading, names: Sequence[str], described: Sequence[str], tool: ToolRecord) -> np.ndarray:
    """Whether each piece is a word of a parameter's name, of its description, of the function's name."""
    tool_stems = set(stems(str(tool["function"]["name"])))
    rows = []
    for name, text in zip(names, described, strict=True):
        in_name, in_all = set(stems(name)), set(stems(text)) - COMMON
        sets = (in_name, in_all, tool_stems)
        rows.append([[not known.isdisjoint(one) for known in sets] for one in reading.stems])
    return np.array(rows, dtype=np.float32)


def turns_of(reading: Reading, wanted: Wanted) -> list[np.ndarray]:
    """Where each piece stands beside where the turn of the call would be if all calls took as much; each [pieces]."""
    count = len(reading.starts)
    if wanted.occurrences == 1:
        return [np.zeros(count)] * 5
    turn = (wanted.occurrence - 0.5) / wanted.occurrences
    commas = np.cumsum(
        [
            one in (("and",), ("then",)) or reading.text[start] in ",;.\n"
            for one, start in zip(reading.stems, reading.starts, strict=True)
        ]
    )
    by_place = (np.arange(count) + 0.5) / count - turn
    by_comma = (commas + 0.5) / (commas[-1] + 1) - turn
    ones = np.ones(count)
    return [by_place, by_comma, ones, ones * (wanted.occurrence == 1), ones * (wanted.occurrence == wanted.occurrences)]


def _stated(wanted: Wanted) -> np.ndarray:
    """What a schema states of each parameter: its kind, whether it is required, the form of its text."""
    declared = wanted.tool["function"].get("parameters")
    required = set((declared.get("required") or ()) if isinstance(declared, Mapping) else ())
    rows = []
    for name, schema in wanted.properties.items():
        member = member_of(schema)
        form, text = member.get("format"), str(member.get("description") or "")
        rows.append(
            [
                *(1.0, float(name in required), *(float(member.get("type") == kind) for kind in KINDS)),
                float(is_list(schema)),
                *(
                    float(form == "time" or bool(CLOCK_WANTED.search(text))),
                    float(form == "date" or bool(ISO.search(text))),
                ),
                *(
                    float(form == "date-time"),
                    float(not text),
                    len(wanted.properties) / 5,
                    float(wanted.occurrences > 1),
                ),
            ]
        )
    return np.array(rows)


def leads_of(reading: Reading, wanted: Wanted) -> np.ndarray:
    """How far the tool leads in the part of the text in which each piece stands, in (-1, 1); [pieces]."""
    leads, tools = np.zeros(len(reading.starts)), wanted.tools
    if len(tools) < 2:
        return leads
    place = next(number for number, other in enumerate(tools) if other is wanted.tool or other == wanted.tool)
    at = 0
    for part in parts_of(reading.text):
        begin = max(at, reading.text.find(part, at))
        at = begin + len(part)
        scores = np.array([alike(part, other).whole for other in tools])
        inside = (reading.starts >= begin) & (reading.starts < at)
        leads[inside] = np.tanh((scores[place] - np.delete(scores, place).max()) / 5)
    return leads


@lru_cache(maxsize=1)
def _anchors() -> np.ndarray:
    return _stacked(ANCHORS)


def _stacked(texts: Sequence[str]) -> np.ndarray:
    return np.array([meaning_of(text) for text in texts]).reshape(len(texts), lexicon().vectors.shape[1])
