"""Where the conversation may say the value of a parameter: spans of its words, and what each looks like beside one.

A span is up to six words that neither begin nor end with a common word, or what stands in quotes. What it looks like is
what a reader sees without understanding: its shape, what stands before and after it, whether its words, or those beside
it, say or mean what the parameter says, and whether it stands in the part of the request that is about the function.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from divisi.tasks.calling.dates import day_of, time_near
from divisi.tasks.calling.likeness import alike, meaning_of, user_texts
from divisi.tasks.calling.need import parts_of
from divisi.tasks.calling.numerals import number_said
from divisi.tasks.calling.stems import lexicon, stem_of, stems, words
from divisi.tasks.subtask import Message, ToolRecord

LAST_USER_MESSAGES = 2
LONGEST_TEXT = 1200
LONGEST_WORDS = 6
_COMMON = """
    a an the my your his her our their its this that these those i you he she it we they me him us them is are was
    were be been am do does did can could will would shall should may might must have has had and or but if then so
    to from in on at for of with by about into as please want need like get give tell show find let know what which
    who where when how much many there here not no yes also just some any all more very really up out i'm i'd i'll
    it's what's let's could
"""
COMMON = frozenset(_COMMON.split())
PIECE = re.compile(
    r"\"[^\"]+\"|'[^' ][^']*[^' ]'(?!\w)|https?://\S+|[\w.+-]+@[\w-]+\.[\w.]+|[$€£#@]?\d[\d,./:-]*\d%?|[$€£#@]?\d%?"
    r"|[@#]?[^\W_][\w'’&+-]*(?:\.\w+)*|[^\w\s]"
)
"""A quotation, an address, a number, a word, or one sign."""
QUOTES, SIGNS, INSIDE = "\"'", "$€£#@", frozenset(",'’-&/")
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
class Span:
    """Some words of a text.

    Attributes:
        first, last: the pieces of the text that it begins with and ends before.
        start, end: its characters in the text.
        text: as it stands there, without quotes around it.
        quoted: whether quotes stand around it.
        day: the day that it says in full, in ISO's form, with the nearest time of the text where there is one.
    """

    first: int
    last: int
    start: int
    end: int
    text: str
    quoted: bool
    day: str | None = None

    def overlaps(self, other: "Span") -> bool:
        """Whether both have a character in common."""
        return self.start < other.end and other.start < self.end


def text_of(messages: Sequence[Message]) -> str:
    """The text that spans are looked for in: what the user said last."""
    return "\n".join(user_texts(messages)[-LAST_USER_MESSAGES:])[-LONGEST_TEXT:]


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
    pieces = tuple((match.group(), match.start(), match.end()) for match in PIECE.finditer(text))
    spans = tuple(_spans(text, pieces))
    sides = [[piece.lower() for piece, _, _ in pieces[max(0, span.first - 2) : span.first]] for span in spans]
    meanings = (
        _stacked([span.text for span in spans]),
        _stacked([" ".join(side) for side in sides]),
        _stacked([" ".join(side[-1:]) for side in sides]),
        _stacked([" ".join(piece for piece, _, _ in pieces[span.last : span.last + 2]) for span in spans]),
    )
    views = np.array([_view(span, pieces) for span in spans], dtype=np.float32)
    return Reading(text, spans, views, meanings, tuple(_stems_around(span, pieces) for span in spans))


def _stems_around(
    span: Span, pieces: Sequence[tuple[str, int, int]]
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    before = frozenset(stem_of(piece.lower()) for piece, _, _ in pieces[max(0, span.first - 3) : span.first])
    after = frozenset(stem_of(piece.lower()) for piece, _, _ in pieces[span.last : span.last + 2])
    return before, after, frozenset(stem_of(word) for word in words(span.text))


def _spans(text: str, pieces: Sequence[tuple[str, int, int]]) -> list[Span]:
    found = []
    for first, (piece, start, _) in enumerate(pieces):
        if not _is_word(piece) or piece.lower() in COMMON:
            continue
        for last in range(first + 1, min(first + LONGEST_WORDS, len(pieces)) + 1):
            closing, _, end = pieces[last - 1]
            if not _is_word(closing):
                if closing in INSIDE and last < len(pieces):
                    continue
                break
            if closing.lower() not in COMMON:
                found.append(_span(text, first, last, start, end, quoted=piece[0] in QUOTES and last == first + 1))
    return found


def _span(text: str, first: int, last: int, start: int, end: int, *, quoted: bool) -> Span:
    said = text[start:end].strip(QUOTES) if quoted else text[start:end]
    day = day_of(said)
    time = time_near(text, start) if day else None
    return Span(first, last, start, end, said, quoted, f"{day}T{time}:00" if time else day)


def _is_word(piece: str) -> bool:
    return piece[0].isalnum() or (len(piece) > 1 and piece[0] in QUOTES + SIGNS)


def _view(span: Span, pieces: Sequence[tuple[str, int, int]]) -> list[float]:
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
        *(float(not before or not _is_word(before)), float(not after or not _is_word(after))),
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
    about = np.stack([_about(reading, tool, tools), spans @ meaning_of(_title(tool))], axis=-1)
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


def _title(tool: ToolRecord) -> str:
    return f"{tool['function']['name']} {tool['function'].get('description') or ''}"


@lru_cache(maxsize=1)
def _anchors() -> np.ndarray:
    return _stacked(ANCHORS)


def _stacked(texts: Sequence[str]) -> np.ndarray:
    return np.array([meaning_of(text) for text in texts]).reshape(len(texts), lexicon().vectors.shape[1])
