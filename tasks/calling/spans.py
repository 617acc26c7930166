"""Spans: the words of a conversation that may be a value.

A span is up to six words that neither begin nor end with a common word, what stands in quotes, or a clause.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from divisi.tasks.calling.dates import Calendar, clocks_of, days_of, first_day
from divisi.tasks.calling.likeness import user_texts
from divisi.tasks.calling.numerals import number_said
from divisi.tasks.calling.units import unit_of
from divisi.tasks.subtask import Message

LAST_USER_MESSAGES = 2
LONGEST_TEXT = 1200
LONGEST_WORDS = 6
LONGEST_PIECES = 14
LONGEST_CLAUSE = 40
"""In pieces."""
Piece = tuple[str, int, int]
"""A quotation, an address, a number, a word or one sign of a text, with its begin and end."""
_COMMON = """
    a an the my your his her our their its this that these those i you he she it we they me him us them is are was
    were be been am do does did can could will would shall should may might must have has had and or but if then so
    to from in on at for of with by about into as please want need like get give tell show find let know what which
    who where when how much many there here not no yes also just some any all more very really up out i'm i'd i'll
    it's what's let's could i've 's ’s
"""
COMMON = frozenset(_COMMON.split())
PIECE = re.compile(
    r"\"[^\"]+\"|“[^”]+”|'[^' ][^']*[^' ]'(?!\w)"
    r"|https?://[^\s,]*[\w/]|[\w.+-]+@[\w-]+\.[\w.]*\w"
    r"|\d{4}-\d{1,2}-\d{1,2}(?:T[\d:]+Z?)?(?!\w)|\d{1,2}[./]\d{1,2}[./]\d{2,4}(?!\w)"
    r"|(?<![\w.)\]])[-−]\d+(?:[.,]\d+)*%?(?![\w-])"
    r"|\d+(?:\.\d+)?e[+-]?\d+(?!\w)"
    r"|[$€£#@]?\d[\d,.:]*\d%?(?!\w)|[$€£#@]?\d%?(?!\w)"
    r"|\d+(?:[.,]\d+)?(?=(?:kg|g|km|cm|mm|l|ml|h|min|kwh|kw|w|v|gb|mb|px|pm|am|eur|usd)\b)"
    r"|['’]s\b|[@#]?[^\W_]+(?:['’](?!s\b)[^\W_]+)*|[^\w\s]|_",
    re.IGNORECASE,
)
TODAY, NEAR_TODAY = re.compile(r"\b(?:today|date|now)\b", re.IGNORECASE), 60
"""A system message tells the day within so many characters behind one of these words."""
QUOTES, SIGNS, INSIDE = "\"'“”", "$€£#@-−", frozenset(",'-&/")
ENDS = frozenset(".!?;:—–()\n")
OPENERS = frozenset(("that", "saying", "says", "say", "reads", "reading", "write", "note", "because", "since"))
"""A clause begins behind a sign or behind one of these words."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of a text.

    Attributes:
        first, last: the pieces of the text that it begins with and ends before.
        start, end: its characters in the text.
        text: as it stands there, without quotes around it.
        quoted: whether quotes stand around it.
        day: the day that it says, in ISO's form, with the nearest time of the text where there is one.
        clock: the time that it says, "19:30".
        number: that it says and nothing else.
        unit: of the number, that the word behind it says.
    """

    first: int
    last: int
    start: int
    end: int
    text: str
    quoted: bool
    day: str | None = None
    clock: str | None = None
    number: float | None = None
    unit: str | None = None

    def overlaps(self, other: "Span") -> bool:
        """Whether both have a character in common."""
        return self.start < other.end and other.start < self.end


def text_of(messages: Sequence[Message]) -> str:
    """The text that spans are looked for in: what the user said last."""
    return "\n".join(user_texts(messages)[-LAST_USER_MESSAGES:])[-LONGEST_TEXT:]


def today_of(messages: Sequence[Message]) -> str | None:
    """The day on which the conversation takes place, where a system message tells it, "2026-03-04"."""
    told = " ".join(str(message.get("content") or "") for message in messages[:2] if message.get("role") == "system")
    match = TODAY.search(told)
    return first_day(told[match.end() :][:NEAR_TODAY]) if match else None


def pieces_of(text: str) -> tuple[Piece, ...]:
    """What a text is made of, in order."""
    return tuple((match.group(), match.start(), match.end()) for match in PIECE.finditer(text))


def spans_of(text: str, pieces: Sequence[Piece], today: str | None = None) -> list[Span]:
    """The spans of a text, in the order of their beginning."""
    days, clocks = days_of(text, today), clocks_of(text)
    edges = dict.fromkeys((first, last) for first in range(len(pieces)) for last in _lasts(pieces, first))
    edges.update(dict.fromkeys(_clauses(pieces)))
    return [_span(text, edge, pieces, days, clocks) for edge in sorted(edges)]


def _lasts(pieces: Sequence[Piece], first: int) -> Iterator[int]:
    """Where the spans of a few words end that begin with a piece."""
    if not is_word(pieces[first][0]) or not _may_begin(pieces, first):
        return
    spoken = 0
    for last in range(first + 1, min(first + LONGEST_PIECES, len(pieces)) + 1):
        spoken += last == first + 1 or not _glued(pieces, last - 1)
        if spoken > LONGEST_WORDS:
            return
        closing = pieces[last - 1][0]
        if not is_word(closing):
            inside = closing in INSIDE or (_glued(pieces, last - 1) and _glued(pieces, last))
            if not inside or closing in QUOTES:
                return
        elif closing.lower() not in COMMON:
            yield last


def _may_begin(pieces: Sequence[Piece], first: int) -> bool:
    """Whether a piece is no common word, or one that a name begins with."""
    piece = pieces[first][0]
    if piece.lower() not in COMMON:
        return True
    named = piece[0].isupper() and 0 < first < len(pieces) - 1 and pieces[first + 1][0][0].isupper()
    return named and pieces[first - 1][0] not in ENDS


def _glued(pieces: Sequence[Piece], place: int) -> bool:
    """Whether no space stands before a piece."""
    return 0 < place < len(pieces) and pieces[place - 1][2] == pieces[place][1]


def _clauses(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """What stands between a sign, or a word that opens a clause, and the end of the part of a sentence."""
    for first, (piece, _, _) in enumerate(pieces):
        before = pieces[first - 1][0].lower() if first else "\n"
        opens = before in OPENERS or (not is_word(before) and not _glued(pieces, first))
        if not (is_word(piece) and opens):
            continue
        for last in range(first + 1, min(len(pieces), first + LONGEST_CLAUSE) + 1):
            after = pieces[last][0] if last < len(pieces) else "."
            sign = (after in ENDS or after == ",") and not (_glued(pieces, last) and _glued(pieces, last + 1))
            if sign and is_word(pieces[last - 1][0]) and _says_something(pieces[first:last]):
                yield first, last
            if sign and after in ENDS:
                break


def _says_something(pieces: Sequence[Piece]) -> bool:
    return len(pieces) > 1 and any(is_word(piece) and piece.lower() not in COMMON for piece, _, _ in pieces)


def _span(text: str, edge: tuple[int, int], pieces: Sequence[Piece], days: Calendar, clocks: Calendar) -> Span:
    first, last = edge
    start, end = place = pieces[first][1], pieces[last - 1][2]
    quoted = text[start] in QUOTES and last == first + 1
    said = text[start:end].strip(QUOTES) if quoted else text[start:end]
    number = number_said(said)
    unit = unit_of(pieces[last][0]) if number is not None and last < len(pieces) else None
    return Span(first, last, start, end, said, quoted, days.get(place), clocks.get(place), number, unit)


def is_word(piece: str) -> bool:
    """Whether a piece can be part of a value by itself."""
    return piece[0].isalnum() or (len(piece) > 1 and piece[0] in QUOTES + SIGNS)
