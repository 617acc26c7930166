"""A plan: the stages of one request, each waiting for others, without cycles."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any


class PlanError(ValueError):
    """A plan whose stages wait for one that is not there, or for each other."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One subtask to be answered within a plan.

    Attributes:
        name: unique within the plan.
        subtask: the subtask's name in the catalog.
        focus: the one thing asked about, or None.
        occurrence, occurrences: which use of the focus, counted from 1, of how many.
        beside: what else the plan calls, each once for each call.
        after: names of the stages that must have ended.
        label: how later calls refer to the call that it fills, or None where none does.
        linked: its parameters that other calls give, each with the value, or the reference to what will give it.
    """

    name: str
    subtask: str
    focus: str | None = None
    occurrence: int = 1
    occurrences: int = 1
    beside: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    label: str | None = None
    linked: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The stages of one request.

    Raises:
        PlanError: two stages share a name, one waits for a stage that is not in the plan, or there is a cycle.
    """

    kind: str
    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        names = [stage.name for stage in self.stages]
        if len(set(names)) != len(names):
            raise PlanError(f"two stages share a name: {names}")
        ended: set[str] = set()
        while len(ended) < len(names):
            ready = self.ready(ended)
            if not ready:
                raise PlanError(f"stages wait for each other or for one that is not there: {set(names) - ended}")
            ended |= {stage.name for stage in ready}

    def ready(self, ended: Collection[str]) -> tuple[Stage, ...]:
        """The stages that have not ended and wait for nothing, given the names of those that have."""
        return tuple(s for s in self.stages if s.name not in ended and all(name in ended for name in s.after))
