"""Splits of examples: to train on, to select by, to test with. A group is never divided, and a hash decides for all.

Reported scores come from the test share; the scheduler's transfer, entropies and order from the selection share.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from divisi.tasks.example import Example, in_share

TEST, SELECTION = "divisi/test", "divisi/selection"


@dataclass(frozen=True, slots=True)
class Split:
    """Examples in three parts."""

    training: tuple[Example, ...]
    selection: tuple[Example, ...]
    test: tuple[Example, ...]


def split(examples: Sequence[Example], *, share: float) -> Split:
    """Hold back a share to test with, and as much of the rest to select by.

    Each part gets at least one group of each subtask, where that has three or more: in a few lines a hash may miss.
    """
    rest, test = held(examples, share=share, salt=TEST)
    training, selection = held(rest, share=share, salt=SELECTION)
    return Split(training, selection, test)


def held(examples: Sequence[Example], *, share: float, salt: str) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """The examples that stay, and those that are held back."""
    chosen = {one.group for one in examples if in_share(one.group, share=share, salt=salt)}
    for subtask in dict.fromkeys(one.subtask for one in examples):
        groups = sorted({one.group for one in examples if one.subtask == subtask}, key=_by_hash(salt))
        if share and len(groups) > 2 and chosen.isdisjoint(groups):
            chosen.add(groups[0])
    return (
        tuple(one for one in examples if one.group not in chosen),
        tuple(one for one in examples if one.group in chosen),
    )


def _by_hash(salt: str) -> Callable[[str], str]:
    return lambda group: hashlib.sha256(f"{salt}\0{group}".encode()).hexdigest()
