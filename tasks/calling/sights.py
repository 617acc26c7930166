"""What a span looks like beside a parameter, as one sees it who does not understand the text.

Its shape, what stands before and after it, whether its words, or those beside it, say or mean what the parameter says,
whether it stands in the part of the request that is about the function.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from divisi.tasks.calling.likeness import alike, meaning_of, title_of
from divisi.tasks.calling.need import parts_of
from divisi.tasks.calling.numerals import number_said
from divisi.tasks.calling.spans import COMMON, Piece, Span, is_word, pieces_of, spans_of
from divisi.tasks.calling.stems import lexicon, stem_of, stems, words
from divisi.tasks.subtask import ToolRecord

MAIL, DATE = re.compile(r"[\w.+-]+@[\w-]+\.\w"), re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$")
CLOCK, CODE = re.compile(r"\d{1,2}[:.]\d{2}"), re.compile(r"(?=.*[A-Za-z])(?=.*\d)")
BEFORE = (
    *(("from",), ("to",), ("in", "at"), ("for",), ("on",), ("by", "with")),
    *(
        ("named", "called", "titled", "name", "title"),
        ("of", "about"),
        ("is", "are", "as", "be"),
        ("the", "a", "an", "my"),
    ),
)
"""Words right before a span that tell what it is."""
ANCHORS = (
    *(
        "email address",
        "date day month",
        "time hour clock",
        "identifier code number",
        "person name",
        "city place country",
    ),
    *(
        "price amount money",
        "count quantity",
        "title of a book film song",
        "message text note",
        "start origin departure",
    ),
    "end destination arrival",
)
"""What parameters may be; a parameter is told by how much it means each."""
KINDS = ("string", "integer", "number")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with its spans.

    Attributes:
        text: in which they stand.
        spans: in order of their beginning.
        views: float32 [spans, features], what each looks like by itself.
        meanings: the vectors of each, of the two words before it, of the one before it and of the two after it.
        stems: those of the three words before each, of the two after it, and of its own.
    """

    text: str
    spans: tuple[Span, ...]
    views: np.ndarray
    meanings: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
    stems: tuple[tuple[frozenset[str], frozenset[str], frozenset[str]], ...]


@lru_cache(maxsize=64)
def read(text: str) -> Reading:
    """The spans of a text and what each looks like by itself; kept, as every call of a request asks for it."""
    pieces = pieces_of(text)
    spans = tuple(spans_of(text, pieces))
    sides = [[piece.lower() for piece, _, _ in pieces[max(0, span.first - 2) : span.first]] for span in spans]
    meanings = (
        _stacked([span.text for span in spans]),
        _stacked([" ".join(side) for side in sides]),
        _stacked([" ".join(side[-1:]) for side in sides]),
        _stacked([" ".join(piece for piece, _, _ in pieces[span.last : span.last + 2]) for span in spans]),
    )
    views = np.array([_view(span, pieces) for span in spans], dtype=np.float32)
    return Reading(text, spans, views, meanings, tuple(_stems_around(span, pieces) for span in spans))


def _stems_around(span: Span, pieces: Sequence[Piece]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    before = frozenset(stem_of(piece.lower()) for piece, _, _ in pieces[max(0, span.first - 3) : span.first])
    after = frozenset(stem_of(piece.lower()) for piece, _, _ in pieces[span.last : span.last + 2])
    return before, after, frozenset(stem_of(word) for word in words(span.text))


def _view(span: Span, pieces: Sequence[Piece]) -> list[float]:
    """What a span looks like, whatever the parameter."""
    before = pieces[span.first - 1][0] if span.first else ""
    after = pieces[span.last][0] if span.last < len(pieces) else ""
    inner = [piece for piece, _, _ in pieces[span.first : span.last]]
    count = number_said(span.text) is not None
    return [
        *(
            float(count),
            float(span.day is not None),
            float(span.quoted),
            float(any(sign.isdigit() for sign in span.text)),
            float(_capital(inner)),
        ),
        *(float(bool(shape.search(span.text))) for shape in (MAIL, DATE, CLOCK, CODE)),
        *(len(inner) / 3, float(len(inner) == 1)),
        *(float(not before or not is_word(before)), float(not after or not is_word(after))),
        *(float(before.lower() in COMMON), float(after.lower() in COMMON)),
        *(float(_goes_on(before, inner[0])), float(_goes_on(after, inner[-1]))),
        *(float(_is_plain(before)), float(_is_plain(after))),
        *(float(before.lower() in group) for group in BEFORE),
    ]


def _capital(pieces: Sequence[str]) -> bool:
    """Whether all words but common ones begin with a capital."""
    return all(piece[0].isupper() or piece.lower() in COMMON or not piece[0].isalpha() for piece in pieces)


def _goes_on(neighbour: str, edge: str) -> bool:
    """Whether a name seems to go on beyond the edge of a span."""
    return bool(neighbour) and neighbour[0].isupper() and edge[0].isupper() and neighbour.lower() not in COMMON


def _is_plain(piece: str) -> bool:
    """Whether a piece is a word that is neither common nor a name."""
    return bool(piece) and piece[0].islower() and piece not in COMMON


def features(
    reading: Reading, tool: ToolRecord, tools: Sequence[ToolRecord], properties: Mapping[str, Mapping[str, Any]]
) -> np.ndarray:
    """What each span looks like beside each parameter of a tool.

    Args:
        reading: of the text; it has at least one span.
        tool: whose parameters they are.
        tools: all that are offered.
        properties: name -> schema of each parameter; at least one.

    Returns:
        float32 [parameters, spans, features].
    """
    names = list(properties)
    described = [f"{name} {properties[name].get('description') or ''}" for name in names]
    own, named = _stacked(described), _stacked(names)
    spans, before, right_before, after = reading.meanings
    alike = own @ spans.T
    shared = np.stack([own @ before.T, own @ right_before.T, own @ after.T, named @ spans.T, alike], axis=-1)
    others = np.stack(
        [np.delete(alike, row, 0).max(0) if len(names) > 1 else 0 * alike[row] for row in range(len(names))]
    )
    about = np.stack([_about(reading, tool, tools), spans @ meaning_of(title_of(tool))], axis=-1)
    rows = []
    for row, name in enumerate(names):
        parameter = [*_kinds(properties[name]), *(own[row] @ _anchors().T)]
        own_view = np.concatenate(
            [
                shared[row],
                (alike[row] - others[row])[:, None],
                _words_shared(reading, name, described[row], tool),
                about,
                reading.views,
                np.broadcast_to(np.array(parameter), (len(reading.spans), len(parameter))),
            ],
            axis=1,
        )
        rows.append(own_view)
    return np.stack(rows).astype(np.float32)


def _kinds(schema: Mapping[str, Any]) -> list[float]:
    kind = schema.get("type")
    return [float(kind == one) for one in KINDS]


def _words_shared(reading: Reading, name: str, described: str, tool: ToolRecord) -> np.ndarray:
    """Whether words before, after and in a span are those of the parameter, its description, the function."""
    in_name, in_all = set(stems(name)), set(stems(described))
    in_tool = set(stems(str(tool["function"]["name"])))
    described = described.lower()
    rows = []
    for span, (before, after, inside) in zip(reading.spans, reading.stems, strict=True):
        told = len(span.text) > 2 and span.text.lower() in described
        shared = (before & in_name, after & in_name, (before - COMMON) & in_all, inside & (in_tool | in_name), told)
        rows.append([float(bool(value)) for value in shared])
    return np.array(rows)


def _about(reading: Reading, tool: ToolRecord, tools: Sequence[ToolRecord]) -> np.ndarray:
    """How far the tool leads in the part of the text in which each span stands, in (-1, 1); [spans]."""
    if len(tools) < 2:
        return np.zeros(len(reading.spans))
    place = next(number for number, other in enumerate(tools) if other is tool or other == tool)
    edges, leads, at = [], [], 0
    for part in parts_of(reading.text):
        begin = max(at, reading.text.find(part, at))
        at = begin + len(part)
        scores = np.array([alike(part, other).whole for other in tools])
        edges.append((begin, at))
        leads.append(float(np.tanh((scores[place] - np.delete(scores, place).max()) / 5)))
    return np.array(
        [
            next((lead for (begin, end), lead in zip(edges, leads, strict=True) if begin <= span.start < end), 0.0)
            for span in reading.spans
        ]
    )


@lru_cache(maxsize=1)
def _anchors() -> np.ndarray:
    return _stacked(ANCHORS)


def _stacked(texts: Sequence[str]) -> np.ndarray:
    return np.array([meaning_of(text) for text in texts]).reshape(len(texts), lexicon().vectors.shape[1])
