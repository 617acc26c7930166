"""Transfer: what training on one task does to another, from a short fit on each task and a score of each on each.

    T[j, i] = (score_i after training on j alone - score_i at the beginning) / (the same after training on i alone)

clipped to [-1, 1], so that 1 is "as good as training on i itself" and -1 a loss of as much. A task that its own
training did not teach has no scale of its own: its changes are divided by LEAST_GAIN instead, and it is listed as
unlearned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from divisi.scheduler.estimate import RESAMPLES, Estimate, Values, drawn_items, estimate
from divisi.scheduler.learner import Learner, ScheduleError, State

LEAST_GAIN = 0.05
"""A gain of fewer points than this is no scale to divide by."""


@dataclass(frozen=True, slots=True, eq=False)
class Transfer:
    """The transfer between some tasks.

    Attributes:
        tasks: K names; the order of rows (trained on) and columns (what it did to).
        matrix: [K, K].
        draws: the same of each resample of the items, [resamples, K, K].
        begun: the mean score of each task at the beginning, [K].
        gains: what training on a task itself brought it, [K].
        items: of the task that has the fewest; intervals of a handful say nothing.
    """

    tasks: tuple[str, ...]
    matrix: Values
    draws: Values
    begun: Values
    gains: Values
    items: int

    def of(self, trained: str, task: str) -> Estimate:
        """What training on one task does to another."""
        row, column = self.tasks.index(trained), self.tasks.index(task)
        return estimate(float(self.matrix[row, column]), self.draws[:, row, column])

    @property
    def unlearned(self) -> tuple[str, ...]:
        """Tasks that their own training brought less than LEAST_GAIN."""
        return tuple(task for task, gain in zip(self.tasks, self.gains, strict=True) if gain < LEAST_GAIN)


def measure_transfer(
    learner: Learner, probes: Mapping[str, State], *, temperature: float, seed: int, resamples: int = RESAMPLES
) -> Transfer:
    """Score each probe on each task.

    Args:
        learner: scores on its selection split.
        probes: task -> the state after a short training on it alone, all from the same beginning and equally long.
        temperature: of the answers; 0 as calls are served.
        seed, resamples: of the intervals.
    """
    begun = {task: learner.score(None, task, temperature=temperature) for task in probes}
    after = {
        trained: {task: learner.score(state, task, temperature=temperature) for task in probes}
        for trained, state in probes.items()
    }
    return transfer_of(begun, after, seed=seed, resamples=resamples)


def transfer_of(
    begun: Mapping[str, Sequence[float]],
    after: Mapping[str, Mapping[str, Sequence[float]]],
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> Transfer:
    """The transfer from scores of items; a resample draws the same items of a task for all states.

    Args:
        begun: task -> score of each item at the beginning.
        after: trained on -> task -> score of each item.
        seed, resamples: of the intervals.

    Raises:
        ScheduleError: a task has no items, or not the same number everywhere.
    """
    tasks = tuple(begun)
    changes = np.zeros((len(tasks), len(tasks)))
    drawn = np.zeros((resamples, len(tasks), len(tasks)))
    for column, task in enumerate(tasks):
        items = np.stack([_differences(task, begun[task], after[trained][task]) for trained in tasks])
        changes[:, column] = items.mean(axis=1)
        chosen = drawn_items(items.shape[1], seed + column, resamples)
        drawn[:, :, column] = items[:, chosen].mean(axis=2).T
    means = np.asarray([float(np.mean(begun[task])) for task in tasks])
    gains = np.diagonal(changes).copy()
    return Transfer(tasks, _scaled(changes), _scaled(drawn), means, gains, min(map(len, begun.values())))


def _differences(task: str, begun: Sequence[float], after: Sequence[float]) -> Values:
    if not begun or len(begun) != len(after):
        raise ScheduleError(f"{task} has {len(begun)} scores at the beginning and {len(after)} after a training")
    return np.asarray(after, dtype=np.float64) - np.asarray(begun, dtype=np.float64)


def _scaled(changes: Values) -> Values:
    """Changes [..., trained, task], each column divided by the gain on its diagonal and clipped."""
    gains = np.maximum(np.diagonal(changes, axis1=-2, axis2=-1), LEAST_GAIN)
    scaled: Values = np.clip(changes / gains[..., None, :], -1.0, 1.0)
    return scaled
