"""Examples as trees of tokens: what is shared is read once, and every answer is a branch behind what it answers.

    tools, system ─┬─ conversation ─┬─ invocation + answer + end     awake: the specialist of its subtask
                   │                └─ invocation + answer + end
                   └─ conversation ─── invocation + answer + end

The tokens are those of `Base.prefix_ids` and `Base.invocation_ids`, so a branch is trained on what will be served.
Prefixes are parted where their tokens part, never inside a text that would then be encoded otherwise.
"""

import hashlib
import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from divisi.specialists.base import Base
from divisi.specialists.errors import ContextError, PromptError, TrainingError
from divisi.specialists.pack import Node
from divisi.tasks.catalog import find_subtask
from divisi.tasks.example import Example
from divisi.tasks.subtask import TaskError

SHORTEST_STEM = 16
"""Tokens in common for which conversations share a root; a root ties them into one training step."""


@dataclass(frozen=True, slots=True)
class Omitted:
    """An example that cannot be trained on as a whole, and so is not trained on at all.

    Attributes:
        id, source: of the example.
        reason: why, with the numbers.
    """

    id: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Forest:
    """Examples as trees, and those that are not among them."""

    trees: tuple[Node, ...]
    omitted: tuple[Omitted, ...]


@dataclass(frozen=True, slots=True)
class _Request:
    """One conversation with its tools, and the branches behind it."""

    ids: tuple[int, ...]
    branches: tuple[Node, ...]


def grow(base: Base, examples: Iterable[Example], *, specialists: Mapping[str, str], length: int) -> Forest:
    """Write examples as trees that each fit into one training sequence.

    Args:
        base: whose form the tokens follow.
        examples: in any order; those of one conversation find each other.
        specialists: subtask -> the specialist that is awake on its branches.
        length: tokens of a training sequence. An example that needs more, or more than the base reads, is omitted.

    Raises:
        TrainingError: a subtask has no specialist, or an example's target is no answer of its subtask.
    """
    limit = min(length, base.context_tokens)
    omitted: list[Omitted] = []
    stems: dict[str, list[_Request]] = {}
    for group in _by_prefix(examples):
        request = _request(base, group, specialists, limit, omitted)
        if request is not None:
            stems.setdefault(_stem_key(group[0]), []).append(request)
    trees = tuple(tree for requests in stems.values() for tree in _trees(requests, limit))
    return Forest(trees, tuple(omitted))


def leaves(tree: Node, before: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Node]]:
    """Every branch without branches of its own, each with all tokens that it sees before its own."""
    if not tree.children:
        yield before, tree
    for child in tree.children:
        yield from leaves(child, before + tree.ids)


def apart(trees: Iterable[Node], specialists: Collection[str]) -> tuple[Node, ...]:
    """Trees in which the branches of some specialists hang behind prefixes of their own, which they read themselves.

    For kinds that are awake everywhere: the prefix costs its tokens again for each of them, in training as in serving.
    """
    found = []
    for tree in trees:
        others = frozenset(str(leaf.specialist) for _, leaf in leaves(tree)) - frozenset(specialists)
        parts = [_only(tree, others, None), *(_only(tree, {name}, name) for name in specialists)]
        found += [part for part in parts if part is not None]
    return tuple(found)


def _only(node: Node, chosen: Collection[str], reader: str | None) -> Node | None:
    """The node with the leaves of some specialists alone, all before them read by one; None where there are none."""
    if not node.children:
        return node if str(node.specialist) in chosen else None
    children = tuple(kept for child in node.children if (kept := _only(child, chosen, reader)) is not None)
    return replace(node, specialist=reader, children=children) if children else None


def data_hash(trees: Iterable[Node], specialist: str | None = None) -> str:
    """sha256 of what is trained: of all branches, or of one specialist's alone. Their order does not count."""
    digests = []
    for tree in trees:
        for before, leaf in leaves(tree):
            if specialist in (None, leaf.specialist):
                told = json.dumps([leaf.specialist, leaf.answer_from, len(before)]).encode()
                digests.append(hashlib.sha256(told + array("q", before + leaf.ids).tobytes()).digest())
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()


def _by_prefix(examples: Iterable[Example]) -> list[list[Example]]:
    """Examples whose prefixes are the same, together."""
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(_key(example.case.messages, example.case.tools), []).append(example)
    return list(groups.values())


def _stem_key(example: Example) -> str:
    """What conversations must have in common to share a root."""
    first = example.case.messages[:1]
    opening = first if first and first[0].get("role") in ("system", "developer") else ()
    return _key(opening, example.case.tools)


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, default=dict).encode()).hexdigest()


def _request(
    base: Base, group: Sequence[Example], specialists: Mapping[str, str], limit: int, omitted: list[Omitted]
) -> _Request | None:
    """The conversation of some examples with their branches; None where no branch can be had."""
    case = group[0].case
    try:
        ids = tuple(base.prefix_ids(case.messages, case.tools))
    except PromptError as error:
        omitted += [Omitted(example.id, example.source, str(error)) for example in group]
        return None
    branches = []
    for example in group:
        try:
            branches.append(_branch(base, example, specialists, limit - len(ids)))
        except PromptError as error:
            omitted.append(Omitted(example.id, example.source, str(error)))
    return _Request(ids, tuple(branches)) if branches else None


def _branch(base: Base, example: Example, specialists: Mapping[str, str], room: int) -> Node:
    """Invocation, answer, end.

    Raises:
        PromptError: it cannot be written for this base, or not in `room` tokens.
        TrainingError: it is no example of its subtask, or nobody is trained on that.
    """
    if example.subtask not in specialists:
        raise TrainingError(f"no specialist is trained on {example.subtask!r}; there are {', '.join(specialists)}")
    try:
        subtask = find_subtask(example.subtask)
        text, answer = subtask.render(example.case), subtask.write(example.target, example.case)
        subtask.parse(answer, example.case)
    except (TaskError, TypeError, KeyError, AttributeError) as error:
        raise TrainingError(f"example {example.id} of {example.source} is no {example.subtask}: {error!r}") from error
    asked = base.invocation_ids(text, example.case.messages, example.case.tools)
    told = base.encode(answer)
    if spelled := _controls(base) & set(told):
        raise PromptError(
            f"the answer spells control tokens: {', '.join(base.tokenizer.convert_ids_to_tokens(spelled))}"
        )
    ids = (*asked, *told, base.end_id)
    if len(ids) > room:
        left = f"{max(room, 0)} are left behind the prefix"
        raise ContextError(f"invocation and answer have {len(ids)} tokens and {left}; train with a greater length")
    return Node(ids, answer_from=len(asked), specialist=specialists[example.subtask])


def _controls(base: Base) -> set[int]:
    """Tokens that no answer may contain: it would end there, or open a turn."""
    added = base.tokenizer.added_tokens_decoder
    return {number for number, token in added.items() if token.special}


def _trees(requests: Sequence[_Request], limit: int) -> Iterator[Node]:
    """Requests behind the tokens that all of them begin with, where those are worth a root."""
    stem = _common([request.ids for request in requests])
    if len(stem) >= SHORTEST_STEM:
        yield from _behind(stem, requests, limit)
    else:
        for request in requests:
            yield from _behind((), [request], limit)


def _behind(stem: tuple[int, ...], requests: Sequence[_Request], limit: int) -> Iterator[Node]:
    """Trees of requests that begin alike; one ends where the next branch does not fit."""
    children: list[Node] = []
    left = limit - len(stem)
    for request in requests:
        rest, waiting = request.ids[len(stem) :], list(request.branches)
        while waiting:
            taken = _fitting(waiting, left - len(rest))
            if taken:
                children.append(Node(rest, children=tuple(waiting[:taken])))
                left -= children[-1].size_tokens
                del waiting[:taken]
            if waiting:
                yield _joined(stem, children)
                children, left = [], limit - len(stem)
    if children:
        yield _joined(stem, children)


def _fitting(branches: Sequence[Node], room: int) -> int:
    """How many of the first branches fit into some tokens."""
    for count, branch in enumerate(branches):
        room -= len(branch.ids)
        if room < 0:
            return count
    return len(branches)


def _joined(stem: tuple[int, ...], children: Sequence[Node]) -> Node:
    assert children, "a branch that fits behind its prefix fits into an empty tree"
    if len(children) == 1:
        return Node(stem + children[0].ids, children=children[0].children)
    return Node(stem, children=tuple(children))


def _common(sequences: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """What all sequences begin with, and at most all but the last token of each, so that each has a node of its own."""
    first, last = min(sequences), max(sequences)
    shortest = min(map(len, sequences)) - 1
    return first[: next((at for at in range(shortest) if first[at] != last[at]), shortest)]
