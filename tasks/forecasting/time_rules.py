"""Rules that put words of time together: an expression over the words' letters, and the reading of what it matches.

n m    ->  D    ("17 March": a number and a month are a day)
"""

import re
from collections.abc import Callable, Sequence

from divisi.tasks.forecasting.time_days import Here
from divisi.tasks.forecasting.time_words import Word

Built = Sequence[Word] | None
"""What a rule makes of the words that it matches; None where they say nothing, and stay as they are."""

Rule = tuple[re.Pattern[str], Callable[[Sequence[Word], Here], Built]]


def of_words(build: Callable[[Sequence[Word]], Built]) -> Callable[[Sequence[Word], Here], Built]:
    """A reading that needs no place in time."""
    return lambda matched, here: build(matched)  # noqa: ARG005


def reduced(found: list[Word], rules: Sequence[Rule], here: Here) -> list[Word]:
    """The words, with those that a rule could read put together."""
    letters = "".join([word.kind for word in found])
    for pattern, build in rules:
        rest: list[Word] = []
        place = 0
        for match in pattern.finditer(letters):
            built = build(found[match.start() : match.end()], here)
            if built is not None:
                rest += [*found[place : match.start()], *built]
                place = match.end()
        if place:
            found = [*rest, *found[place:]]
            letters = "".join([word.kind for word in found])
    return found


def put(kind: str, matched: Sequence[Word], value: object) -> list[Word]:
    """Words as one, with its letter and what it says."""
    return [Word(kind, matched[0].first, matched[-1].last, value)]


def pick(matched: Sequence[Word], kinds: str) -> list[Word]:
    """Those of some letters."""
    return [word for word in matched if word.kind in kinds]


def first_number(matched: Sequence[Word], kinds: str) -> int | None:
    """What the first of some letters says."""
    found = pick(matched, kinds)
    return found[0].value if found else None
