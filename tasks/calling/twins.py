"""Parameters of which the same few values are given, as a conversion's two units: each takes one of its own.

Which is whose is said by the words before them ("from EUR"), else by their order.
"""

from collections.abc import Mapping, Sequence
from itertools import permutations

from divisi.tasks.calling.pieces import COMMON
from divisi.tasks.calling.stems import stem_of, stems

MOST_SAID = 4
BEFORE = 2
"""Words before a value that may name its parameter."""
ALSO: Mapping[str, tuple[str, ...]] = {
    "from": ("from", "of", "source"),
    "to": ("to", "into", "in", "as"),
    "source": ("from",),
    "target": ("to", "into", "in"),
    "destination": ("to", "into"),
    "origin": ("from",),
}
"""A word of a parameter's name -> the words that stand before its value."""


def twins(options: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """The groups of parameters that have the same options."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, among in options.items():
        groups.setdefault(tuple(among), []).append(name)
    return [tuple(names) for names in groups.values() if len(names) > 1]


def parted(names: Sequence[str], places: Mapping[str, int], said: Sequence[Sequence[str]]) -> dict[str, str]:
    """Which of the said options each of some twins takes; nothing where the text does not say as many.

    Args:
        names: of the twins, in the order of the schema.
        places: option -> the piece where the text says it.
        said: the stems of each piece of the text.
    """
    order = sorted((option for option in places if option.lower() not in COMMON), key=lambda option: places[option])
    if len(order) != len(names) or len(order) > MOST_SAID:
        return {}
    marks = {name: _marks(name) for name in names}

    def right(chosen: Sequence[str]) -> int:
        """How many stand behind a word of their parameter."""
        return sum(
            any(not marks[name].isdisjoint(piece) for piece in said[max(0, places[option] - BEFORE) : places[option]])
            for name, option in zip(names, chosen, strict=True)
        )

    best = max(permutations(order, len(names)), key=right)  # of equals the first: in the order of the text
    return dict(zip(names, best, strict=True))


def _marks(name: str) -> frozenset[str]:
    own = tuple(stems(name))
    also = (stem_of(word) for part in own for word in ALSO.get(part, ()))
    return frozenset((*own, *also))
