"""Trees of tokens packed into training sequences: a prefix is read once, and every task over it is a branch.

A node's tokens see their ancestors and themselves, nothing beside them, and positions go on from the parent.
So each branch is computed exactly as it is served: prefix, invocation, answer.

    root (system, tools) ─┬─ request ─┬─ invocation + answer
                          │           └─ invocation + answer
                          └─ request ─── invocation + answer
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from divisi.specialists.awake import ANSWER, INVOCATION, PREFIX

IGNORED = -100
"""The label of a token that nothing is predicted after."""
DRAWS_MOST = 1000
WAITING_MOST = 24
"""How many trees may wait for a row with room before a row is closed as it is."""


@dataclass(frozen=True, slots=True)
class Node:
    """Some tokens, and what branches off behind them.

    Attributes:
        ids: the tokens.
        answer_from: the first token of an answer inside `ids`; None where nothing is an answer.
        specialist: who reads this node's tokens, where its kind is awake; None for the base alone. A node of a
            specialist without an answer is part of a prefix that this specialist reads for itself.
        children: branches that see this node and not each other.
    """

    ids: tuple[int, ...]
    answer_from: int | None = None
    specialist: str | None = None
    children: tuple["Node", ...] = ()

    @property
    def size_tokens(self) -> int:
        """Tokens of the node and of all that branches off behind it."""
        return len(self.ids) + sum(child.size_tokens for child in self.children)


@dataclass(slots=True)
class _Row:
    """One sequence while it is filled."""

    ids: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    specialists: list[str | None] = field(default_factory=list)
    guests: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Packed:
    """A batch of sequences.

    Attributes:
        ids, positions, labels: int64 [rows, tokens]; label t is the token that should follow token t, or IGNORED.
        weights: float32 [rows, tokens], the weight of each label's loss.
        parts: int64 [rows, tokens], the part of a specialist's row that each token is: see awake.py.
        mask: bool [rows, 1, tokens, tokens], True where a query (third axis) sees a key (fourth axis).
        specialists: for each row, for each token, who reads it; None for the base alone and for padding.
        guests: specialists with a branch behind tokens that they do not read themselves.
    """

    ids: Tensor
    positions: Tensor
    labels: Tensor
    weights: Tensor
    parts: Tensor
    mask: Tensor
    specialists: tuple[tuple[str | None, ...], ...]
    guests: frozenset[str] = frozenset()


def pack(rows: Sequence[Sequence[Node]], *, length: int, pad_id: int, prose_weight: float) -> Packed:
    """Put trees into sequences of one length.

    Args:
        rows: for each sequence its trees, which together have at most `length` tokens.
        length: tokens of a sequence; the rest is padding that sees itself alone.
        pad_id: the token that fills up.
        prose_weight: the weight of the loss on tokens that are not answers (0: completion only).

    Raises:
        ValueError: trees do not fit into their sequence.
    """
    filled = [_fill(trees, prose_weight) for trees in rows]
    for row in filled:
        if len(row.ids) > length:
            raise ValueError(f"trees of {len(row.ids)} tokens do not fit into a sequence of {length}")
        _pad(row, length, pad_id)
    return Packed(
        ids=torch.tensor([row.ids for row in filled]),
        positions=torch.tensor([row.positions for row in filled]),
        labels=torch.tensor([row.labels for row in filled]),
        weights=torch.tensor([row.weights for row in filled]),
        parts=torch.tensor([row.parts for row in filled]),
        mask=torch.stack([_mask(row) for row in filled]).unsqueeze(1),
        specialists=tuple(tuple(row.specialists) for row in filled),
        guests=frozenset().union(*(row.guests for row in filled)),
    )


def fill_rows(trees: Iterator[Node], waiting: list[Node], *, rows: int, length: int) -> list[list[Node]]:
    """Take trees from a stream until every row is about full.

    Args:
        trees: an endless stream; a tree over `length` is cut to the branches that fit, or left out if none does.
        waiting: trees that did not fit yet; they go first, and those that do not fit now are left in it.
        rows: how many sequences.
        length: tokens of a sequence.
    """
    filled: list[list[Node]] = []
    for _ in range(rows):
        row: list[Node] = []
        left = length
        while left > length // 12:
            tree = _first_fitting(waiting, left) or _draw(trees, length)
            if tree.size_tokens <= left:
                row.append(tree)
                left -= tree.size_tokens
                continue
            waiting.append(tree)
            if len(waiting) > WAITING_MOST:
                break
        filled.append(row)
    return filled


def _first_fitting(waiting: list[Node], room: int) -> Node | None:
    for index, tree in enumerate(waiting):
        if tree.size_tokens <= room:
            return waiting.pop(index)
    return None


def _draw(trees: Iterator[Node], length: int) -> Node:
    for _ in range(DRAWS_MOST):
        tree = trim(next(trees), length)
        if tree is not None:
            return tree
    raise ValueError(f"none of {DRAWS_MOST} trees in a row has a branch that fits into {length} tokens")


def trim(tree: Node, room: int) -> Node | None:
    """The tree with as many of its first branches as fit into `room` tokens, or None where no whole branch fits."""
    if tree.size_tokens <= room:
        return tree
    if not tree.children or len(tree.ids) >= room:
        return None
    kept: list[Node] = []
    left = room - len(tree.ids)
    for child in tree.children:
        fitting = trim(child, left)
        if fitting is not None:
            kept.append(fitting)
            left -= fitting.size_tokens
    return Node(tree.ids, tree.answer_from, tree.specialist, tuple(kept)) if kept else None


def _fill(trees: Sequence[Node], prose_weight: float) -> _Row:
    row = _Row()
    for tree in trees:
        _append(row, tree, parent=-1, position=0, prose_weight=prose_weight)
    return row


def _append(row: _Row, node: Node, *, parent: int, position: int, prose_weight: float) -> None:
    number = len(row.parents)
    row.parents.append(parent)
    size = len(node.ids)
    answer_from = size if node.answer_from is None else node.answer_from
    row.ids += node.ids
    row.positions += range(position, position + size)
    row.labels += [*node.ids[1:], IGNORED][:size]
    row.weights += [*(1.0 if index >= answer_from else prose_weight for index in range(1, size)), 0.0][:size]
    row.parts += _parts(node)
    row.nodes += [number] * size
    row.specialists += [node.specialist] * size
    for child in node.children:
        if child.specialist not in (None, node.specialist):
            row.guests.add(str(child.specialist))
        _append(row, child, parent=number, position=position + size, prose_weight=prose_weight)


def _parts(node: Node) -> list[int]:
    if node.specialist is None or node.answer_from is None:
        return [PREFIX] * len(node.ids)
    return [INVOCATION] * node.answer_from + [ANSWER] * (len(node.ids) - node.answer_from)


def _pad(row: _Row, length: int, pad_id: int) -> None:
    missing = length - len(row.ids)
    if not missing:
        return
    row.nodes += [len(row.parents)] * missing
    row.parents.append(-1)
    row.ids += [pad_id] * missing
    row.positions += range(missing)
    row.labels += [IGNORED] * missing
    row.weights += [0.0] * missing
    row.parts += [PREFIX] * missing
    row.specialists += [None] * missing


def _mask(row: _Row) -> Tensor:
    """bool [tokens, tokens]: the query's node is the key's node or below it, and the key is not later."""
    count = len(row.parents)
    below = torch.eye(count, dtype=torch.bool)
    for number, parent in enumerate(row.parents):
        if parent >= 0:
            below[number] |= below[parent]
    nodes = torch.tensor(row.nodes)
    return below[nodes][:, nodes].tril()
