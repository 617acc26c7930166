"""A text with its spans, and what each span and each piece of it looks like by itself, whatever is asked for."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from divisi.tasks.calling.numerals import number_said
from divisi.tasks.calling.pieces import COMMON, ENDS, QUOTES, Piece, is_word, pieces_of
from divisi.tasks.calling.spans import Span, spans_of
from divisi.tasks.calling.stems import lexicon, stem_of, words

MAIL, DATE = re.compile(r"[\w.+-]+@[\w-]+\.\w"), re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$")
CODE = re.compile(r"(?=.*[A-Za-z])(?=.*\d)")
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
MARKS = (".", ",", ":", "?!", ";", "-–—", "/&+", "()", "'’")
NOTHING: Piece = ("", -1, -1)
BUCKETS = 2048
"""Words are told apart by a hash of so many values, where their stem has no vector or many have the same."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with its spans.

    Attributes:
        text: in which they stand.
        spans: in order of their beginning.
        edges: int64 [spans, 2], the pieces that each begins with and ends before.
        views: float32 [spans, features], what each looks like by itself.
        starts: int64 [pieces], where each begins in the text.
        vectors: float32 [pieces, width], the sum of the vectors of each piece's stems.
        shapes: float32 [pieces, features], what each looks like by itself.
        buckets: int64 [pieces], the hash of each piece.
        stems: those of each piece.
        overlapping: float32 [spans, spans], 1 where two have a piece in common.
    """

    text: str
    spans: tuple[Span, ...]
    edges: np.ndarray
    views: np.ndarray
    starts: np.ndarray
    vectors: np.ndarray
    shapes: np.ndarray
    buckets: np.ndarray
    stems: tuple[tuple[str, ...], ...]
    overlapping: np.ndarray


@lru_cache(maxsize=64)
def read(text: str, today: str | None = None) -> Reading:
    """The spans of a text and what each looks like by itself; kept, as every call of a request asks for it."""
    pieces = pieces_of(text)
    spans = tuple(spans_of(text, pieces, today))
    edges = np.array([(span.first, span.last) for span in spans], dtype=np.int64).reshape(-1, 2)
    known = tuple(tuple(stem_of(word) for word in words(piece)) for piece, _, _ in pieces)
    vectors = np.array([_sum(one) for one in known], dtype=np.float32).reshape(len(pieces), lexicon().vectors.shape[1])
    shapes = np.array([_shape(place, pieces) for place in range(len(pieces))], dtype=np.float32)
    buckets = np.array([zlib.crc32(piece.lower().encode()) % BUCKETS for piece, _, _ in pieces], dtype=np.int64)
    views = np.array([_view(span, pieces) for span in spans], dtype=np.float32)
    first, last = edges[:, 0], edges[:, 1]
    overlapping = ((first[:, None] < last) & (first < last[:, None])).astype(np.float32)
    starts = np.array([start for _, start, _ in pieces], dtype=np.int64)
    return Reading(text, spans, edges, views, starts, vectors, shapes, buckets, known, overlapping)


@lru_cache(maxsize=65_536)
def _sum(known: tuple[str, ...]) -> np.ndarray:
    """The sum of the vectors of some stems."""
    table = lexicon()
    rows = [table.rows[stem] for stem in known if stem in table.rows]
    total: np.ndarray = (table.vectors[rows] * table.scales[rows, None]).sum(0)
    return total


def _shape(place: int, pieces: Sequence[Piece]) -> list[float]:
    """What a piece looks like, whatever the parameter."""
    piece, start, _ = pieces[place]
    plain = piece.strip(QUOTES)
    before = pieces[place - 1] if place else ("\n", -1, -1)
    return [
        *(float(is_word(piece)), float(piece[0] in QUOTES and len(piece) > 1), float(piece.lower() in COMMON)),
        *(float(plain[:1].isdigit()), float(plain.isdigit()), float(number_said(plain) is not None)),
        *(float("." in plain and plain[-1:].isdigit()), float(plain[:1] in "$€£"), float(plain[-1:] == "%")),
        *(float(plain[:1].isupper()), float(len(plain) > 1 and plain.isupper()), float(bool(CODE.search(plain)))),
        *(float(bool(MAIL.search(plain))), float(before[2] == start), float(before[0] in ENDS), len(plain) / 8),
        *(float(piece in marks) for marks in MARKS),
    ]


def _view(span: Span, pieces: Sequence[Piece]) -> list[float]:
    """What a span looks like, whatever the parameter."""
    left = pieces[span.first - 1] if span.first else NOTHING
    right = pieces[span.last] if span.last < len(pieces) else NOTHING
    before, after = left[0], right[0]
    inner = [piece for piece, _, _ in pieces[span.first : span.last]]
    return [
        *(float(span.number is not None), float(span.day is not None), float(span.clock is not None)),
        *(float(span.quoted), float(any(sign.isdigit() for sign in span.text)), float(_capital(inner))),
        *(float(bool(shape.search(span.text))) for shape in (MAIL, DATE, CODE)),
        *(min(len(inner), 10) / 3, float(len(inner) == 1), float(len(inner) > 7), float("," in inner)),
        *(float(not before or not is_word(before)), float(not after or not is_word(after))),
        *(float(left[2] == span.start), float(right[1] == span.end and is_word(after)), float(right[1] == span.end)),
        *(float(before.lower() in COMMON), float(after.lower() in COMMON), float(inner[0].lower() in COMMON)),
        *(float(_goes_on(before, inner[0])), float(_goes_on(after, inner[-1]))),
        *(float(_is_plain(before)), float(_is_plain(after))),
        *(float(number_said(before) is not None), float(number_said(after) is not None)),
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


def summed(values: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """The sums of [pieces, features] from each first piece to before each last one."""
    sums = np.concatenate([np.zeros((1, values.shape[1]), dtype=np.float32), np.cumsum(values, 0)])
    ends = np.minimum(last, len(values))
    total: np.ndarray = sums[ends] - sums[np.maximum(first, 0)]
    return total


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors with the length 1; those without a length are 0."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 1e-3, lengths, np.inf)
