"""API-Bank, test: the next call of a dialogue, or the reply to it.

name_accuracy            exactly the true function is called, once
name_f1, argument_f1     micro over all requests for a call
exact                    function and arguments are right
rouge_l                  of replies
"""

from collections.abc import Sequence
from pathlib import Path

from asked import argument_f1, grouped, name_f1, read_items, truth_of
from comparing import as_calls
from items import Answered, Item
from measures import Measure, mean

from divisi.tasks.calling.matching import in_any_order
from divisi.tasks.score import rouge_l


def read(data: Path) -> tuple[Item, ...]:
    """The calls and replies of levels 1 and 2; the group is the file ("level-1-api")."""
    return read_items(data, "api_bank_test", lambda asked: asked.source.rsplit("/", 1)[1])


def measure(answered: Sequence[Answered], seed: int) -> tuple[Measure, ...]:
    """All measures by file, then for all calls and for all replies."""
    groups = grouped(answered)
    for name, ending in (("calls", "-api"), ("replies", "-response")):
        groups[name] = [(item, one) for item, one in answered if item.group.endswith(ending)]
    found: list[Measure] = []
    for group, part in groups.items():
        if part:
            found += _replied(group, part, seed) if truth_of(part[0][0]).kind == "reply" else _called(group, part, seed)
    return tuple(found)


def _called(group: str, answered: Sequence[Answered], seed: int) -> list[Measure]:
    named = [float(one.names == [call.name for call in truth_of(item).calls]) for item, one in answered]
    exact = [float(in_any_order(as_calls(one.calls), truth_of(item).calls)) for item, one in answered]
    return [
        mean(group, "name_accuracy", named, seed=seed),
        name_f1(group, answered, seed=seed),
        argument_f1(group, answered, seed=seed),
        mean(group, "exact", exact, seed=seed),
    ]


def _replied(group: str, answered: Sequence[Answered], seed: int) -> list[Measure]:
    scores = [rouge_l(one.text or "", truth_of(item).reply or "") for item, one in answered]
    silent = [float(not one.calls) for _, one in answered]
    return [mean(group, "rouge_l", scores, seed=seed), mean(group, "no_call", silent, seed=seed)]
