"""Spans: the words of a conversation that may be a value, with the day, time or number that they say."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from divisi.tasks.calling.clocks import Calendar, clocks_of
from divisi.tasks.calling.dates import days_of, first_day
from divisi.tasks.calling.edges import edges_of
from divisi.tasks.calling.likeness import user_texts
from divisi.tasks.calling.months import months_of
from divisi.tasks.calling.numerals import number_said
from divisi.tasks.calling.pieces import QUOTES, Piece
from divisi.tasks.calling.quantities import Quantity, quantities_of
from divisi.tasks.calling.units import unit_of
from divisi.tasks.subtask import Message

LAST_USER_MESSAGES = 2
LONGEST_TEXT = 1200
CENTURIES = ("19", "20", "21")
"""A conversation takes place in one of these, so that a day counted from it is one of the calendar."""
TODAY, NEAR_TODAY = re.compile(r"\b(?:today|date|now|it is)\b", re.IGNORECASE), 60
"""A system message tells the day within so many characters behind one of these words."""


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
        month: that it says, "2026-05", or "--05" of an unknown year.
        number: that it says and nothing else.
        unit: of the number, that the span or the word behind it says.
        place: that it says of an order, 3 for "third".
    """

    first: int
    last: int
    start: int
    end: int
    text: str
    quoted: bool
    day: str | None = None
    clock: str | None = None
    month: str | None = None
    number: float | None = None
    unit: str | None = None
    place: int | None = None

    def overlaps(self, other: "Span") -> bool:
        """Whether both have a character in common."""
        return self.start < other.end and other.start < self.end


def text_of(messages: Sequence[Message]) -> str:
    """The text that spans are looked for in: what the user said last."""
    return "\n".join(user_texts(messages)[-LAST_USER_MESSAGES:])[-LONGEST_TEXT:]


def today_of(messages: Sequence[Message]) -> str | None:
    """The day on which the conversation takes place, where a system message tells it, "2026-03-04"."""
    told = " ".join(str(message.get("content") or "") for message in messages[:2] if message.get("role") == "system")
    days = (first_day(told[match.end() :][:NEAR_TODAY]) for match in TODAY.finditer(told))
    return next((day for day in days if day is not None and day[:2] in CENTURIES), None)


@dataclass(frozen=True, slots=True)
class _Meant:
    """What code found in a text: characters -> day, time, month, quantity."""

    days: Calendar
    clocks: Calendar
    months: Calendar
    quantities: Mapping[tuple[int, int], Quantity]


def spans_of(text: str, pieces: Sequence[Piece], today: str | None = None) -> list[Span]:
    """The spans of a text, in the order of their beginning."""
    meant = _Meant(days_of(text, today), clocks_of(text), months_of(text, today), quantities_of(text))
    edges = edges_of(text, pieces, {*meant.days, *meant.clocks, *meant.months, *meant.quantities})
    return [_span(text, edge, pieces, meant) for edge in edges]


def _span(text: str, edge: tuple[int, int], pieces: Sequence[Piece], meant: _Meant) -> Span:
    first, last = edge
    start, end = characters = pieces[first][1], pieces[last - 1][2]
    quoted = text[start] in QUOTES and last == first + 1
    said = text[start:end].strip(QUOTES) if quoted else text[start:end]
    known = meant.quantities.get(characters)
    number = number_said(said) if known is None else known.number
    unit = (known and known.unit) or (None if number is None else _unit_behind(pieces, last, said))
    day, clock, month = (each.get(characters) for each in (meant.days, meant.clocks, meant.months))
    place = None if known is None else known.place
    return Span(first, last, start, end, said, quoted, day, clock, month, number, unit, place)


def _unit_behind(pieces: Sequence[Piece], last: int, said: str) -> str | None:
    """The unit of a number: what it ends with, or the next word, perhaps behind a hyphen ("two-hour")."""
    if said.endswith("%"):
        return unit_of("percent")
    hyphen = last + 1 < len(pieces) and pieces[last][0] == "-"
    place = last + 1 if hyphen else last
    return unit_of(pieces[place][0]) if place < len(pieces) else None
