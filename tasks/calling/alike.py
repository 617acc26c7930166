"""Spans that look alike, as far as the values of one parameter do, and the enumerations that they stand in."""

import re

import numpy as np

from divisi.tasks.calling.reading import Reading
from divisi.tasks.calling.spans import Span

BETWEEN = re.compile(
    r"\s*(?:[,;&]|(?:[,;]\s*)?(?:and|or|plus|as well as|then))?(?:\s*\b(?:in|to|for|at|with|of|the|on|from))?\s*",
    re.IGNORECASE,
)
"""What stands between the members of an enumeration."""
LISTED_FROM, SHORT = 0.005, 3
"""The least probability of a member beside the likeliest one's; how many pieces it may have however short that is."""
LIKELIEST, PART_FROM = 8, 0.25
"""Of how many spans it is asked whether they are two, and how probable beside it each of the two must be."""


def like_the_first(reading: Reading, chances: np.ndarray, share: float) -> list[int]:
    """The spans of the likeliest one's form, none over another, at least so probable beside it; in their order.

    Args:
        reading: a text.
        chances: [spans].
        share: in [0, 1].
    """
    chances = single(reading, chances)
    order = np.argsort(-chances)
    first, kept = order[0], list[int]()
    for place in order:
        if chances[place] <= 0 or chances[place] < share * chances[first]:
            break
        if (
            form_of(reading.spans[place]) == form_of(reading.spans[first])
            and not reading.overlapping[place, kept].any()
        ):
            kept.append(int(place))
    return sorted(kept, key=lambda place: reading.spans[place].first)


def enumeration(reading: Reading, chances: np.ndarray) -> list[int]:
    """The members of the enumeration in which the likeliest span stands; that one alone where it stands in none."""
    chances = single(reading, chances)
    first = int(chances.argmax())
    longest = max(SHORT, _length(reading.spans[first]) + 1)
    alike = [
        place for place in like_the_first(reading, chances, LISTED_FROM) if _length(reading.spans[place]) <= longest
    ]
    at = begin = end = alike.index(first)
    while begin > 0 and _joined(reading, alike[begin - 1], alike[begin]):
        begin -= 1
    while end < len(alike) - 1 and _joined(reading, alike[end], alike[end + 1]):
        end += 1
    return alike[begin : end + 1] if begin < at or at < end else [first]


def single(reading: Reading, chances: np.ndarray) -> np.ndarray:
    """The chances without spans that join two others ("N1, N2"), where each of these may well be a value by itself."""
    kept = chances.copy()
    for place in np.argsort(-chances)[:LIKELIEST].tolist():
        whole = reading.spans[place]
        parts = [at for at in np.flatnonzero(chances >= PART_FROM * chances[place]).tolist() if at != place]
        begins = [at for at in parts if reading.spans[at].first == whole.first and reading.spans[at].last < whole.last]
        ends = [at for at in parts if reading.spans[at].last == whole.last and reading.spans[at].first > whole.first]
        if any(_joined(reading, one, other) for one in begins for other in ends):
            kept[place] = 0.0
    return kept


def form_of(span: Span) -> str:
    """What a span looks like, as far as values of one parameter look alike."""
    if span.number is not None:
        return "number"
    if span.day is not None or span.clock is not None:
        return "day" if span.day is not None else "clock"
    return "code" if any(sign.isdigit() for sign in span.text) else "name" if span.text[:1].isupper() else "words"


def _joined(reading: Reading, one: int, other: int) -> bool:
    end, start = reading.spans[one].end, reading.spans[other].start
    return end < start and bool(BETWEEN.fullmatch(reading.text, end, start)) and not reading.text[end:start].isspace()


def _length(span: Span) -> int:
    return span.last - span.first
