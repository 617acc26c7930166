"""The course of a training: which trees are read in which step; it follows from the seed, so any step can be redone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from divisi.specialists.branches import leaves
from divisi.specialists.errors import TrainingError
from divisi.specialists.pack import Node, Packed, pack

OPEN_ROWS = 32
"""Sequences that wait to be filled up while an epoch is laid out."""

Row = tuple[int, ...]
"""The trees of one sequence, by number."""


@dataclass(frozen=True, slots=True)
class Course:
    """All steps of a training.

    Attributes:
        trees: what is read.
        steps: for each step its rows.
        specialists: for each tree, those who have branches in it.
    """

    trees: tuple[Node, ...]
    steps: tuple[tuple[Row, ...], ...]
    specialists: tuple[frozenset[str], ...]

    def batch(self, step: int, *, pad_id: int) -> Packed:
        """The batch of a step, counted from 0; its sequences are as long as the longest needs."""
        return _packed(self.trees, self.steps[step], pad_id)

    def tokens(self, step: int) -> int:
        """Tokens that are read in a step, padding not counted."""
        return sum(self.trees[number].size_tokens for row in self.steps[step] for number in row)

    def appearances(self) -> dict[str, int]:
        """How many steps each specialist has answers in."""
        found: dict[str, int] = {}
        for rows in self.steps:
            for name in sorted(frozenset().union(*(self.specialists[number] for row in rows for number in row))):
                found[name] = found.get(name, 0) + 1
        return found


def lay_course(
    trees: Sequence[Node], *, rows: int, length: int, seed: int, epochs: int, steps: int | None = None
) -> Course:
    """Shuffle trees anew for each epoch, and fill sequences with them; every tree comes once in every epoch.

    Args:
        trees: at least one.
        rows: sequences of a step; the last step may have fewer.
        length: the most tokens of a sequence.
        seed: of the order.
        epochs: how often every tree is read.
        steps: ends after so many steps, however many epochs that takes; None reads all epochs.

    Raises:
        TrainingError: there are no trees, or one does not fit into a sequence.
    """
    sizes = _checked_sizes(trees, length)
    found: list[tuple[Row, ...]] = []
    waiting: list[Row] = []
    epoch = 0
    while epoch < epochs if steps is None else len(found) < steps:
        waiting += _shuffled_rows(sizes, length, Random(f"{seed}/{epoch}"))
        epoch += 1
        while len(waiting) >= rows:
            found.append(tuple(waiting[:rows]))
            del waiting[:rows]
    if waiting and steps is None:
        found.append(tuple(waiting))
    return Course(tuple(trees), tuple(found[:steps]), tuple(map(_specialists, trees)))


def in_order(trees: Sequence[Node], *, rows: int, length: int, pad_id: int) -> Iterator[Packed]:
    """Batches of all trees, each once, to appraise specialists by.

    Raises:
        TrainingError: there are no trees, or one does not fit into a sequence.
    """
    course = lay_course(trees, rows=rows, length=length, seed=0, epochs=1)
    for step in range(len(course.steps)):
        yield course.batch(step, pad_id=pad_id)


def _packed(trees: Sequence[Node], rows: Sequence[Row], pad_id: int) -> Packed:
    chosen = [[trees[number] for number in row] for row in rows]
    longest = max(sum(tree.size_tokens for tree in row) for row in chosen)
    # A multiple of 8 spares the attention kernels a padding of their own.
    return pack(chosen, length=-(-longest // 8) * 8, pad_id=pad_id, prose_weight=0.0)


def _checked_sizes(trees: Sequence[Node], length: int) -> list[int]:
    if not trees:
        raise TrainingError("there is nothing to train on: no example was given, or all were omitted")
    sizes = [tree.size_tokens for tree in trees]
    if max(sizes) > length:
        raise TrainingError(f"a tree has {max(sizes)} tokens and a sequence {length}; grow trees with that length")
    return sizes


def _specialists(tree: Node) -> frozenset[str]:
    return frozenset(leaf.specialist for _, leaf in leaves(tree) if leaf.specialist is not None)


def _shuffled_rows(sizes: Sequence[int], length: int, random: Random) -> list[Row]:
    """Every tree in one sequence: the first open one with room for it; the fullest is closed when too many are open."""
    order = list(range(len(sizes)))
    random.shuffle(order)
    closed: list[Row] = []
    opened: list[tuple[int, list[int]]] = []  # tokens left, trees
    for number in order:
        at = next((at for at, (left, _) in enumerate(opened) if left >= sizes[number]), None)
        if at is None:
            at = len(opened)
            opened.append((length, []))
        left, row = opened[at]
        opened[at] = left - sizes[number], [*row, number]
        if len(opened) > OPEN_ROWS:
            fullest = min(range(len(opened)), key=lambda at: opened[at][0])
            closed.append(tuple(opened.pop(fullest)[1]))
    closed += [tuple(row) for _, row in opened]
    random.shuffle(closed)
    return closed
