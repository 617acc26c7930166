"""The stems of words, how rare each is among tools, and what it means: all that likeness knows.

The file is made by `python -m divisi.specialists.embedded.stem_vectors`: how many tools of the training data say a
stem, and a vector for it. The sum of the vectors of a text's stems points where a sentence encoder's vector of the
text points; common stems are short. Source of such static vectors: arXiv 1703.02507 (sums of word vectors), with a
teacher instead of contexts.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from safetensors import safe_open

FILE = Path(__file__).with_name("stems.safetensors")
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


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known of stems.

    Attributes:
        documents: how many tools the training data have.
        rows: stem -> its row.
        counts: int32 [stems], in how many of the tools each occurs.
        vectors: int8 [stems, width], each to be multiplied by its scale.
        scales: float32 [stems].
    """

    documents: int
    rows: Mapping[str, int]
    counts: np.ndarray
    vectors: np.ndarray
    scales: np.ndarray

    def count(self, stem: str) -> int:
        """In how many tools a stem occurs."""
        row = self.rows.get(stem)
        return 0 if row is None else int(self.counts[row])

    def meaning(self, stems: Sequence[str]) -> np.ndarray:
        """The vector of a text with those stems: float32 [width] of length 1, or zeros where none is known."""
        rows = [self.rows[stem] for stem in stems if stem in self.rows]
        total: np.ndarray = (self.vectors[rows] * self.scales[rows, None]).sum(0)
        length = float(np.linalg.norm(total))
        return total / length if length > 0 else total


@cache
def lexicon() -> Lexicon:
    """The stems of the package, read once."""
    with safe_open(FILE, framework="np") as file:
        metadata = file.metadata()
        counts, vectors, scales = (file.get_tensor(name) for name in ("counts", "vectors", "scales"))
    rows = {stem: row for row, stem in enumerate(json.loads(metadata["stems"]))}
    return Lexicon(int(metadata["documents"]), rows, counts, vectors, scales)


def stems(text: str) -> Iterator[str]:
    """The words of a text in lower case without their endings; snake_case and camelCase are taken apart."""
    for word in words(text):
        yield stem_of(word)


def words(text: str) -> Iterator[str]:
    """The words of a text in lower case; snake_case and camelCase are taken apart."""
    for match in WORD.finditer(CAMEL.sub(" ", text)):
        yield match.group().lower()


@lru_cache(maxsize=65_536)
def stem_of(word: str) -> str:
    """A word without its ending, so that "cancelling" and "cancel" are one."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word
