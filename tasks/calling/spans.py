"""Spans: the words of a conversation that may be a value.

A span is up to six words that neither begin nor end with a common word, or what stands in quotes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from divisi.tasks.calling.dates import day_of, time_near
from divisi.tasks.calling.likeness import user_texts
from divisi.tasks.subtask import Message

LAST_USER_MESSAGES = 2
LONGEST_TEXT = 1200
LONGEST_WORDS = 6
Piece = tuple[str, int, int]
"""A quotation, an address, a number, a word or one sign of a text, with its begin and end."""
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
QUOTES, SIGNS, INSIDE = "\"'", "$€£#@", frozenset(",'’-&/")


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


def pieces_of(text: str) -> tuple[Piece, ...]:
    """What a text is made of, in order."""
    return tuple((match.group(), match.start(), match.end()) for match in PIECE.finditer(text))


def spans_of(text: str, pieces: Sequence[Piece]) -> list[Span]:
    """The spans of a text, in the order of their beginning."""
    found = []
    for first, (piece, start, _) in enumerate(pieces):
        if not is_word(piece) or piece.lower() in COMMON:
            continue
        for last in range(first + 1, min(first + LONGEST_WORDS, len(pieces)) + 1):
            closing, _, end = pieces[last - 1]
            if not is_word(closing):
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


def is_word(piece: str) -> bool:
    """Whether a piece can be part of a value by itself."""
    return piece[0].isalnum() or (len(piece) > 1 and piece[0] in QUOTES + SIGNS)
