"""Linking calls: which of the chosen functions take what others return, which are wanted for that, in which order.

The names of functions come from a model; which parameter takes which result is what code sees (tasks/calling/links.py).
A function is added only to give what one that was chosen lacks, and a call never waits for itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from divisi.tasks.calling.links import Link


@dataclass(frozen=True, slots=True)
class Planned:
    """One call of a plan.

    Attributes:
        name: the function.
        label: "$var_1" and so on where any call of the plan refers to another, else None.
        linked: parameter and reference, for each parameter that another call gives.
    """

    name: str
    label: str | None = None
    linked: tuple[tuple[str, str], ...] = ()


def linked_calls(names: Sequence[str], found: Sequence[Link]) -> tuple[Planned, ...]:
    """The calls of some functions, with those that give them what they lack, givers first.

    Args:
        names: the chosen functions, a function as often as it is called.
        found: probable links, the likeliest first; those whose functions are called several times do not count.
    """
    chosen = _accepted(names, found)
    if not chosen:
        return tuple(Planned(name) for name in names)
    order = _givers_first([*names, *dict.fromkeys(one.giver for one in chosen if one.giver not in names)], chosen)
    labels = {name: f"$var_{place}" for place, name in enumerate(order, 1)}
    return tuple(
        Planned(
            name,
            f"$var_{place}",
            tuple((one.parameter, f"{labels[one.giver]}.{one.field}$") for one in chosen if one.tool == name),
        )
        for place, name in enumerate(order, 1)
    )


def _accepted(names: Sequence[str], found: Sequence[Link]) -> list[Link]:
    chosen: list[Link] = []
    wanted = list(names)
    for one in found:
        once = wanted.count(one.tool) == 1 and wanted.count(one.giver) <= 1
        if once and not _waits(one.giver, one.tool, chosen):
            chosen.append(one)
            wanted += [one.giver] if one.giver not in wanted else []
    return chosen


def _waits(name: str, other: str, chosen: Sequence[Link]) -> bool:
    """Whether one function waits for another, or is the same."""
    return name == other or any(_waits(one.giver, other, chosen) for one in chosen if one.tool == name)


def _givers_first(names: Sequence[str], chosen: Sequence[Link]) -> list[str]:
    """The names in their order, but each behind those that it waits for."""
    givers: Mapping[str, set[str]] = {name: {one.giver for one in chosen if one.tool == name} for name in names}
    left, order = list(names), []
    while left:
        ready = next(name for name in left if givers[name].isdisjoint(left))
        order.append(ready)
        left.remove(ready)
    return order
