"""Seal-Tools, test_out_domain: tools that were never seen, each request with its own five candidates.

name_f1        micro over all calls of the set
argument_f1    micro over all (function, parameter, value), as the paper counts; references as they are written
..._mean       the mean of the same F1 over items, as tasks.score gives it
exact          all calls right, in any order that keeps the references

Source: Wu et al., arXiv 2405.08355, section 5. We compare values in canonical form (case, spaces, 2.0 as 2).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from asked import argument_f1, grouped, name_f1, needed, read_items, truth_of
from comparing import as_calls
from items import Answered, Item, Prediction
from measures import Measure, mean, micro_f1

from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.matching import in_any_order, with_references
from divisi.tasks.score import argument_f1 as argument_f1_of_one
from divisi.tasks.score import name_scores

GROUPS = {"single": "single", "parallel": "several", "chain": "several", "nested": "nested"}


def read(data: Path) -> tuple[Item, ...]:
    """The requests of the split, whole and as published."""
    return read_items(data, "seal_tools_out", lambda asked: GROUPS[asked.kind])


def measure(answered: Sequence[Answered], seed: int) -> tuple[Measure, ...]:
    """All measures, for the whole set and for requests of one call, several calls, dependent calls."""
    groups = {"all": list(answered), **grouped(answered)}
    return tuple(one for group, part in groups.items() for one in _measures(group, part, seed))


def _measures(group: str, answered: Sequence[Answered], seed: int) -> list[Measure]:
    return [
        name_f1(group, answered, seed=seed),
        argument_f1(group, answered, seed=seed),
        mean(group, "name_f1_mean", [_name_f1(item, prediction) for item, prediction in answered], seed=seed),
        mean(group, "argument_f1_mean", [_argument_f1(item, prediction) for item, prediction in answered], seed=seed),
        mean(group, "exact", [float(is_exact(truth_of(item), one)) for item, one in answered], seed=seed),
    ]


def is_exact(asked: Asked, prediction: Prediction) -> bool:
    """Whether the calls are the true ones, in any order that keeps the references."""
    same = with_references if asked.kind == "nested" else in_any_order
    return same(as_calls(prediction.calls), asked.calls)


def _name_f1(item: Item, prediction: Prediction) -> float:
    return name_scores(prediction.names, [call.name for call in truth_of(item).calls])["name_f1"]


def _argument_f1(item: Item, prediction: Prediction) -> float:
    return argument_f1_of_one(prediction.calls, [call.to_record() for call in truth_of(item).calls])


def baselines(items: Sequence[Item], seed: int) -> Mapping[str, tuple[Measure, ...]]:
    """What is reached without a model: every candidate once, and those that are probably needed."""
    asked = [truth_of(item) for item in items]
    every = [[tool["function"]["name"] for tool in one.tools] for one in asked]
    called = [[call.name for call in one.calls] for one in asked]
    return {
        "call all five": (micro_f1("all", "name_f1", list(zip(every, called, strict=True)), seed=seed),),
        "call the needed": (micro_f1("all", "name_f1", list(zip(map(needed, asked), called, strict=True)), seed=seed),),
    }
