"""Items from the project's own readers, and what their sets measure alike."""

from collections.abc import Callable, Sequence
from pathlib import Path

from comparing import as_calls, triples
from items import Answered, Item
from measures import Measure, micro_f1

from divisi.router.request import Request
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.need import needs
from divisi.tasks.corpora.registry import read_requests


def read_items(data: Path, source: str, group: Callable[[Asked], str]) -> tuple[Item, ...]:
    """The conversations of a data set as items; the truth of each is the conversation itself."""
    conversations, _ = read_requests(data, (source,))
    return tuple(Item(one.id, group(one), Request(one.messages, one.tools), one) for one in conversations)


def truth_of(item: Item) -> Asked:
    """The conversation that an item was made from."""
    assert isinstance(item.truth, Asked)
    return item.truth


def needed(asked: Asked) -> list[str]:
    """The names of the tools whose need is a half or more."""
    found = needs(asked.messages, asked.tools)
    return [tool["function"]["name"] for tool, need in zip(asked.tools, found, strict=True) if need >= 0.5]


def name_f1(group: str, answered: Sequence[Answered], *, seed: int) -> Measure:
    """Micro F1 of the functions that are called, a function as often as it is called."""
    pairs = [(prediction.names, [call.name for call in truth_of(item).calls]) for item, prediction in answered]
    return micro_f1(group, "name_f1", pairs, seed=seed)


def argument_f1(group: str, answered: Sequence[Answered], *, seed: int) -> Measure:
    """Micro F1 of (function, parameter, value); references are compared as they are written."""
    pairs = [(triples(as_calls(prediction.calls)), triples(truth_of(item).calls)) for item, prediction in answered]
    return micro_f1(group, "argument_f1", [pair for pair in pairs if any(pair)], seed=seed)


def grouped(answered: Sequence[Answered]) -> dict[str, list[Answered]]:
    """The answered items of each group, in the order in which the groups come."""
    groups: dict[str, list[Answered]] = {}
    for item, prediction in answered:
        groups.setdefault(item.group, []).append((item, prediction))
    return groups
