"""The stages that a kind of plan begins with, then those that an ended stage adds.

single            names -> arguments for each name, together
parallel, chain   names and the list specialist together; names -> arguments: two opinions
nested            the nested list, and where it cannot be used or is empty, names -> arguments
by parts          names -> arguments: where lists are known to add nothing, and for nested calls where code sees which
                  results are taken
continue          the arguments of the next call where code sees which it is; else the next call; done -> reply; where
                  it cannot be used, names -> arguments
reply             the reply
named             the arguments of the function that the client named
none              nothing: the abstention is written by code
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from divisi.router.awaited import Awaited
from divisi.router.linking import Planned, linked_calls
from divisi.router.plan import Plan, Stage
from divisi.router.request import Request
from divisi.router.rules import Kind
from divisi.tasks.calling.links import Link
from divisi.tasks.calling.next_best import DONE

LISTS: dict[Kind, str] = {"parallel": "parallel", "chain": "chaining", "nested": "nested"}
"""Kind -> the subtask that answers it with one list of calls."""

OPENING: dict[Kind, tuple[Stage, ...]] = {
    "single": (Stage("names", "names"),),
    "parallel": (Stage("names", "names"), Stage("list", "parallel")),
    "chain": (Stage("names", "names"), Stage("list", "chaining")),
    "nested": (Stage("list", "nested"),),
    "continue": (Stage("next", "next_best"),),
    "reply": (Stage("reply", "reply"),),
    "none": (),
}


def first_plan(kind: Kind, request: Request, *, subtask: str | None = None) -> Plan:
    """The plan that a kind begins with.

    Args:
        kind: what was decided.
        request: names the function for "named" and for a specialist that needs one.
        subtask: for "specialist", the subtask of the specialist asked for by name.
    """
    if kind == "named":
        return Plan(kind, (argument_stage(str(request.named_tool), 1, 1),))
    if kind == "specialist":
        return Plan(kind, (Stage("specialist", str(subtask), focus=request.named_tool),))
    return Plan(kind, OPENING[kind])


def plan_by_parts(kind: Kind) -> Plan:
    """The plan for several calls without a list of them: names, then the arguments of each."""
    return Plan(kind, OPENING["single"])


def going_on(next_call: Awaited) -> Plan:
    """The plan for a next call that code sees."""
    return Plan("continue", (replace(argument_stage(next_call.name, 1, 1), linked=next_call.given),))


def grown(
    plan: Plan, stage: Stage, value: Any, *, usable: bool, at_most: int | None = None, found: Sequence[Link] = ()
) -> Plan:
    """The plan after a stage ended: the same, or with the stages that its value asks for.

    Args:
        plan: as it was.
        stage: the one that ended.
        value: what it answered; None where it cannot be read.
        usable: whether the value passed its checks.
        at_most: the most calls that the answer may have.
        found: which parameters probably take what other tools return, the likeliest first.
    """
    if plan.kind == "specialist":
        return plan
    if stage.name == "names" and usable:
        return _with(plan, argument_stages(linked_calls(value, found)[:at_most]))
    # An empty list contradicts the probe, which saw calls that depend on each other: a second opinion decides.
    if stage.name in ("list", "next") and (not usable or value == []) and not _has(plan, "names"):
        return _with(plan, OPENING["single"])
    if stage.name == "next" and value == DONE:
        return _with(plan, OPENING["reply"])
    return plan


def argument_stages(calls: Sequence[Planned]) -> tuple[Stage, ...]:
    """One stage for each call, in order; a function that comes twice is told apart by its occurrence."""
    names = [call.name for call in calls]
    return tuple(
        replace(
            argument_stage(call.name, names[: position + 1].count(call.name), names.count(call.name)),
            beside=tuple(name for name in names if name != call.name),
            label=call.label,
            linked=call.linked,
        )
        for position, call in enumerate(calls)
    )


def argument_stage(name: str, occurrence: int, occurrences: int) -> Stage:
    """The stage that fills one call of a function."""
    return Stage(f"arguments {name} {occurrence}", "arguments", name, occurrence, occurrences)


def _with(plan: Plan, stages: Sequence[Stage]) -> Plan:
    return Plan(plan.kind, (*plan.stages, *stages))


def _has(plan: Plan, name: str) -> bool:
    return any(stage.name == name for stage in plan.stages)
