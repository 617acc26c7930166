"""The schedule: short probes on each task, then what they say: natures, transfer, order, phases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from divisi.scheduler.entropy import Drift, drift
from divisi.scheduler.estimate import RESAMPLES
from divisi.scheduler.learner import Dose, Learner, ScheduleError, State
from divisi.scheduler.order import Order, decide_order
from divisi.scheduler.transfer import Transfer, measure_transfer

By = Literal["structured-first", "reversed", "random"]
"""How the order is chosen; the last two are there to compare with."""


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """When to train what, and why.

    Attributes:
        tasks: first to last, as they are trained.
        by: how this order was chosen.
        order: what the measurements advise.
        drifts: the entropy drift of each task.
        transfer: between all tasks.
        probes: task -> the state after a short training on it alone.
    """

    tasks: tuple[str, ...]
    by: By
    order: Order
    drifts: Mapping[str, Drift]
    transfer: Transfer
    probes: Mapping[str, str]


def probe_doses(tasks: Sequence[str], tokens: int) -> dict[str, Dose]:
    """The dose of each task's probe; all are fits from the beginning, so that they can be done side by side."""
    return {task: Dose(tokens, {task: 1.0}) for task in tasks}


def decide(
    learner: Learner,
    tasks: Sequence[str],
    *,
    probe_tokens: int,
    temperature: float = 0.0,
    by: By = "structured-first",
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Schedule:
    """Measure the tasks on a learner, and decide.

    Args:
        learner: whose probes and scores are asked for.
        tasks: each once, at least one.
        probe_tokens: of each probe.
        temperature: of the answers that transfer is scored by; 0 as calls are served.
        by: how the order is chosen.
        seed: of probes, resamples and a random order.
        resamples: of the intervals.

    Raises:
        ScheduleError: no tasks, or one twice.
    """
    if not tasks or len(set(tasks)) != len(tasks):
        raise ScheduleError(f"a schedule needs tasks, each once; given: {', '.join(tasks) or 'none'}")
    doses = probe_doses(tasks, probe_tokens)
    probes = {task: learner.fit(None, dose, seed=seed) for task, dose in doses.items()}
    drifts = {task: _drift(learner, task, probe, seed, resamples) for task, probe in probes.items()}
    transfer = measure_transfer(learner, probes, temperature=temperature, seed=seed, resamples=resamples)
    order = decide_order(transfer, {task: one.nature for task, one in drifts.items()})
    return Schedule(arranged(order.tasks, by, seed), by, order, drifts, transfer, probes)


def _drift(learner: Learner, task: str, probe: State, seed: int, resamples: int) -> Drift:
    before = learner.entropy(None, task, temperature=1.0)
    return drift(task, before, learner.entropy(probe, task, temperature=1.0), seed=seed, resamples=resamples)


def arranged(order: Sequence[str], by: By, seed: int) -> tuple[str, ...]:
    """The order that was decided, reversed, or another at random."""
    if by == "reversed":
        return tuple(reversed(order))
    if by == "random":
        return tuple(Random(f"{seed}/order").sample(sorted(order), len(order)))
    return tuple(order)
