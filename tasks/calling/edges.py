"""Edges: which runs of pieces may be a value: a few words, a clause, a formula, whatever code found a meaning of."""

import re
from collections.abc import Collection, Iterator, Sequence

from divisi.tasks.calling.pieces import COMMON, ENDS, INSIDE, QUOTES, Piece, is_word

LONGEST_WORDS = 6
LONGEST_PIECES = 14
LONGEST_CLAUSE = 40
"""In pieces."""
OPENERS = frozenset(("that", "saying", "says", "say", "reads", "reading", "write", "note", "because", "since"))
"""A clause begins behind a sign or behind one of these words."""
REMINDED = re.compile(r"remind(?:er)?(?: (?:me|us|him|her|them))?$", re.IGNORECASE)
"""What is behind "to" after these words is a clause too, and ends before what says when."""
WHEN = frozenset(("in", "at", "on", "by", "every", "each", "this", "next", "before", "after", "when", "until"))
WHEN_DAY = frozenset(("tomorrow", "today", "tonight"))
FORMULA = re.compile(
    r"[a-z]|\d[\d.,]*[a-z]?[²³]?|[a-z][²³]|sin|cos|tan|tanh|sinh|cosh|exp|log|ln|sqrt|pi", re.IGNORECASE
)
OPERATORS = frozenset("+-−*/^()=·×")
LEAST_FORMULA = 3


def edges_of(text: str, pieces: Sequence[Piece], meant: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """The edges of all that may be a value, in the order of their beginning.

    Args:
        text: as the user wrote it.
        pieces: of the text.
        meant: begins and ends, in characters, of what is known to say a day, a time, a number.

    Returns:
        The first piece of each and the piece that it ends before.
    """
    found = {(first, last) for first in range(len(pieces)) for last in _lasts(text, pieces, first)}
    found.update(_clauses(text, pieces))
    found.update(_formulas(pieces))
    begins = {begin: place for place, (_, begin, _) in enumerate(pieces)}
    ends = {end: place + 1 for place, (_, _, end) in enumerate(pieces)}
    found.update((begins[begin], ends[end]) for begin, end in meant if begin in begins and end in ends)
    return sorted(found)


def _lasts(text: str, pieces: Sequence[Piece], first: int) -> Iterator[int]:
    """Where the spans of a few words end that begin with a piece."""
    if not is_word(pieces[first][0]) or not _may_begin(text, pieces, first):
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
        elif _may_end(text, pieces, first, last - 1):
            yield last


def _may_begin(text: str, pieces: Sequence[Piece], first: int) -> bool:
    """Whether a piece is no common word, or one that a name or a code begins with."""
    piece = pieces[first][0]
    if piece.lower() not in COMMON:
        return True
    if not piece[0].isupper() or first + 1 == len(pieces):
        return _alone(text, pieces, first)
    if _glued(pieces, first + 1) and piece.isupper() and pieces[first + 1][0] in INSIDE:
        return True
    named = first > 0 and pieces[first + 1][0][0].isupper() and pieces[first - 1][0] not in ENDS
    return named or _alone(text, pieces, first)


def _may_end(text: str, pieces: Sequence[Piece], first: int, place: int) -> bool:
    """Whether a piece is no common word, or the last one of a name or an address: "Protec AS", "graz.at"."""
    piece = pieces[place][0]
    part = place > first and _glued(pieces, place)
    if piece.lower() not in COMMON or part or (place == first and _alone(text, pieces, first)):
        return True
    if place == first or not piece[0].isupper() or text.isupper():
        return False
    before = pieces[place - 1][0]
    return before[0].isupper() or before in INSIDE or piece == "A"


def _alone(text: str, pieces: Sequence[Piece], place: int) -> bool:
    """Whether a common word is one of capitals that names something: "House A", "AS"."""
    piece = pieces[place][0]
    if place == 0 or not piece.isupper() or piece == "I" or pieces[place - 1][0] in ENDS or text.isupper():
        return False
    after = pieces[place + 1][0] if place + 1 < len(pieces) else "."
    return len(piece) > 1 or not (is_word(after) and after[0].islower())


def _glued(pieces: Sequence[Piece], place: int) -> bool:
    """Whether no space stands before a piece."""
    return 0 < place < len(pieces) and pieces[place - 1][2] == pieces[place][1]


def _clauses(text: str, pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """What stands between a sign, or a word that opens a clause, and the end of the part of a sentence."""
    for first, (piece, _, _) in enumerate(pieces):
        before = pieces[first - 1][0].lower() if first else "\n"
        reminded = before == "to" and bool(REMINDED.search(text[: pieces[first - 1][1]].rstrip()))
        opens = reminded or before in OPENERS or (not is_word(before) and not _glued(pieces, first))
        if not (is_word(piece) and opens):
            continue
        for last in range(first + 1, min(len(pieces), first + LONGEST_CLAUSE) + 1):
            after = pieces[last][0] if last < len(pieces) else "."
            sign = (after in ENDS or after == ",") and not (_glued(pieces, last) and _glued(pieces, last + 1))
            ended = sign or (reminded and after.lower() in WHEN | WHEN_DAY)
            if ended and is_word(pieces[last - 1][0]) and _says_something(pieces[first:last]):
                yield first, last
            if sign and after in ENDS:
                break


def _says_something(pieces: Sequence[Piece]) -> bool:
    return len(pieces) > 1 and any(is_word(piece) and piece.lower() not in COMMON for piece, _, _ in pieces)


def _formulas(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """The longest runs of numbers, letters for variables, functions and operators: "x - tanh(2*x)", "3x^2 - 4x + 1"."""
    first = 0
    while first < len(pieces):
        last = first
        while last < len(pieces) and (pieces[last][0] in OPERATORS or FORMULA.fullmatch(pieces[last][0])):
            last += 1
        for begin, end in _trimmed(pieces, first, last):
            inside = [piece for piece, _, _ in pieces[begin:end]]
            letters = any(piece[0].isalpha() or piece[-1].isalpha() for piece in inside)
            if len(inside) >= LEAST_FORMULA and letters and not OPERATORS.isdisjoint(inside):
                yield begin, end
        first = max(last, first + 1)


def _trimmed(pieces: Sequence[Piece], first: int, last: int) -> Iterator[tuple[int, int]]:
    """A run without operators at its ends that open nothing and close nothing."""
    while first < last and pieces[first][0] in OPERATORS - set("(-−"):
        first += 1
    while first < last and pieces[last - 1][0] in OPERATORS - {")"}:
        last -= 1
    if first < last:
        yield first, last
