"""Scores of the training ablation over seeds: means, differences to one arm of each set, groups by length."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from measures import Measure, Part, mean, weighted

from divisi.tasks.catalog import find_subtask
from divisi.tasks.example import Example

Scores = Mapping[str, Sequence[float]]
"""Task -> a number for each example."""

LENGTHS = (16, 64, 256)
"""Bounds, in characters, of the groups of true answers by length."""
AGAINST: Mapping[str, str] = {"orders": "joint", "kinds": "lora-16"}
"""Set -> the arm that its others are compared with."""
ALL = "all tasks"


def over_seeds(scores: Sequence[Scores]) -> dict[str, list[float]]:
    """The mean over seeds of each item's score."""
    return {
        task: [sum(values) / len(values) for values in zip(*(one[task] for one in scores), strict=True)]
        for task in scores[0]
    }


def measured(items: Scores, metric: str) -> list[Measure]:
    """The mean of each task, and of all."""
    return [*(mean(task, metric, values, seed=0) for task, values in items.items()), together(items, metric)]


def together(items: Scores, metric: str) -> Measure:
    """The mean of the tasks' means."""
    parts = [Part(np.asarray(values), np.ones(len(values)), 1 / len(items)) for values in items.values()]
    return weighted(ALL, metric, parts, seed=0)


def by_length(items: Scores, tests: Mapping[str, Sequence[Example]], metric: str) -> list[Measure]:
    """The score of answers by the length of the true one."""
    groups: dict[str, list[float]] = {}
    for task, values in items.items():
        for example, value in zip(tests[task], values, strict=False):
            size = len(find_subtask(task).write(example.target, example.case))
            bound = next((f"length up to {bound}" for bound in LENGTHS if size <= bound), "longer")
            groups.setdefault(bound, []).append(value)
    return [mean(group, metric, values, seed=0) for group, values in sorted(groups.items())]


def compared(metric: str, of: str) -> str:
    """How the difference of a metric to the arm that a set is compared with is called."""
    return f"{metric} against {AGAINST[of]}"


def differences(items: Scores, before: Mapping[str, Any], of: str, fingerprint: str, metric: str) -> Scores:
    """Item by item, what is above the arm that a set is compared with, for the tasks of both.

    Args:
        items: of an arm, over its seeds.
        before: results so far.
        of: the set.
        fingerprint: of the base.
        metric: which of the items' numbers.

    Returns:
        Nothing where that arm was not measured on the same items, or is this one.
    """
    wanted = (of, AGAINST[of], fingerprint)
    found = (one for one in before.get("sections", []) if (one["set"], one["arm"], one["base_fingerprint"]) == wanted)
    other = next((one["items"].get(metric, {}) for one in found), {})
    if any(task in other and len(values) != len(other[task]) for task, values in items.items()):
        return {}
    return {
        task: [now - then for now, then in zip(values, other[task], strict=True)]
        for task, values in items.items()
        if task in other
    }
