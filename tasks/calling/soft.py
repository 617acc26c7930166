"""How far the words of one text are meant by those of another: each stem beside the nearest one of the other text.

    met(a in b)   = max(0, max over b of the cosine of their vectors)      1 where b says the same stem
    covered(a, b) = sum over a of rarity x met / sum over a of rarity      in [0, 1]
    open(a, b)    = sum over a of rarity x (1 - met)                       at least 0

Source of matching words one by one: ColBERT, arXiv 2004.12832; the vectors are those of stems.py.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from divisi.tasks.calling.stems import lexicon

LEAST_RARITY = 0.1


@dataclass(frozen=True, slots=True)
class Words:
    """The stems of a text that the lexicon knows.

    Attributes:
        vectors: [stems, width], each of length 1.
        rarity: [stems].
    """

    vectors: np.ndarray
    rarity: np.ndarray


@dataclass(frozen=True, slots=True)
class Cover:
    """How far a text's words are met by another's: `share` of the formula, and what stays open."""

    share: float
    open: float


def words_of(stems: Iterable[str]) -> Words:
    """The different stems, kept, as several tools are compared with the same words."""
    return _words(tuple(dict.fromkeys(stems)))


def cover(one: Words, other: Words) -> Cover:
    """How far the words of the one are met by the other; nothing of nothing is met."""
    if not len(one.rarity):
        return Cover(0.0, 0.0)
    if not len(other.rarity):
        return Cover(0.0, float(one.rarity.sum()))
    met = np.maximum(0.0, (one.vectors @ other.vectors.T).max(axis=1))
    return Cover(float(one.rarity @ met / one.rarity.sum()), float(one.rarity @ (1 - met)))


def rarity(stem: str) -> float:
    """ln(documents / (1 + documents with the stem)), at least LEAST_RARITY."""
    known = lexicon()
    return max(LEAST_RARITY, math.log(known.documents / (1 + known.count(stem))))


@lru_cache(maxsize=16_384)
def _words(stems: Sequence[str]) -> Words:
    known = lexicon()
    found = [stem for stem in stems if stem in known.rows]
    rows = [known.rows[stem] for stem in found]
    vectors = known.vectors[rows] * known.scales[rows, None]
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return Words(vectors / np.maximum(lengths, 1e-9), np.array([rarity(stem) for stem in found]))
