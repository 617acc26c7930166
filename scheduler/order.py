"""The order of training: structured before open-ended, and inside each group what leaves most of what was learned.

What is trained later changes what was learned before. With T[j, i], what training on j does to i, an order is worth

    value = sum over pairs, i before j, of T[j, i]            BWT = value / (K - 1), if transfer is constant

and the best one solves the linear ordering problem: exactly for up to EXACT tasks, by greedy insertion with swaps and
moves above. Since the order was chosen on the same scores that it is judged by, its advantage over a random order is
corrected for that: by how much the best order of a resample looks better on that resample than it is on all items.

Source: Omni-Thinker 2507.14783 (order by BWT); optimism of a bootstrap: Harrell 2015, section 5.3.4.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from divisi.scheduler.entropy import Nature
from divisi.scheduler.estimate import LEAST_ITEMS, Estimate, Values, estimate
from divisi.scheduler.learner import ScheduleError
from divisi.scheduler.transfer import Transfer

EXACT = 8
"""Tasks of a group that all orders are searched for."""

GROUPS: tuple[Nature, ...] = ("structured", "unclear", "open")
"""Who comes first."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of training.

    Attributes:
        tasks: first to last.
        natures: of each task.
        bwt: backward transfer that the matrix predicts, in shares of each task's own gain.
        advantage: of its value over that of a random order, a pair; corrected for having been chosen on the same items.
        items: that the advantage was measured on, of the task that has the fewest.
        unbound: the best order without "structured first", and its predicted BWT.
        reason: why this order, in a sentence or two.
    """

    tasks: tuple[str, ...]
    natures: Mapping[str, Nature]
    bwt: float
    advantage: Estimate
    items: int
    unbound: tuple[tuple[str, ...], float]
    reason: str

    @property
    def better(self) -> bool:
        """Whether it is better than a random order beyond its interval."""
        return self.advantage.above_zero and self.items >= LEAST_ITEMS


def decide_order(transfer: Transfer, natures: Mapping[str, Nature]) -> Order:
    """The order for some tasks.

    Args:
        transfer: between them.
        natures: of each of them, by entropy drift.

    Raises:
        ScheduleError: a task has no nature, or there are none.
    """
    tasks = transfer.tasks
    if not tasks or set(natures) != set(tasks):
        raise ScheduleError(f"tasks {', '.join(tasks) or 'none'} need a nature each, given are {', '.join(natures)}")
    groups = [[tasks.index(task) for task in tasks if natures[task] == nature] for nature in GROUPS]
    chosen = _grouped(transfer.matrix, groups)
    free = best_order(transfer.matrix, range(len(tasks)))
    pairs = max(1, len(tasks) * (len(tasks) - 1) // 2)
    advantage = _advantage(transfer, chosen, groups, pairs)
    bwt, free_bwt = (value_of(transfer.matrix, places) / max(1, len(tasks) - 1) for places in (chosen, free))
    return Order(
        tasks=tuple(tasks[place] for place in chosen),
        natures=dict(natures),
        bwt=bwt,
        advantage=advantage,
        items=transfer.items,
        unbound=(tuple(tasks[place] for place in free), free_bwt),
        reason=_reason(_judged(advantage, transfer.items), bwt, free_bwt, [len(group) for group in groups]),
    )


def value_of(matrix: Values, order: Sequence[int]) -> float:
    """What an order is worth: the sum of T[later, earlier] over all pairs."""
    arranged = matrix[np.ix_(order, order)]
    return float(np.tril(arranged, -1).sum())


def random_value(matrix: Values) -> float:
    """The mean value of all orders: each pair stands either way half the time."""
    return float((matrix.sum() - np.trace(matrix)) / 2)


def best_order(matrix: Values, places: Sequence[int]) -> list[int]:
    """The best order of some tasks: exact for up to EXACT of them."""
    return _exact(matrix, places) if len(places) <= EXACT else _inserted(matrix, places)


def _grouped(matrix: Values, groups: Sequence[Sequence[int]]) -> list[int]:
    # Between groups the order is fixed, so that each group can be ordered by itself.
    return [place for group in groups for place in best_order(matrix, group)]


def _exact(matrix: Values, places: Sequence[int]) -> list[int]:
    """By dynamic programming: best[set] = max over its last task of best[set without it] + what that adds."""
    count = len(places)
    own = matrix[np.ix_(places, places)]
    best = [0.0] * (1 << count)
    last = [-1] * (1 << count)
    for taken in range(1, 1 << count):
        members = [place for place in range(count) if taken >> place & 1]
        worth = {
            place: best[taken ^ (1 << place)] + sum(own[place, other] for other in members if other != place)
            for place in members
        }
        last[taken] = max(worth, key=worth.__getitem__)
        best[taken] = worth[last[taken]]
    order: list[int] = []
    taken = (1 << count) - 1
    while taken:
        order.append(places[last[taken]])
        taken ^= 1 << last[taken]
    return order[::-1]


def _inserted(matrix: Values, places: Sequence[int]) -> list[int]:
    """Each task where it is worth most; then swaps of two, and moves of one, as long as one helps."""
    order: list[int] = []
    for place in places:
        order = _best(matrix, _with(order, place))
    while True:
        better = _best(matrix, _neighbours(order))
        if value_of(matrix, better) <= value_of(matrix, order) + 1e-12:
            return order
        order = better


def _best(matrix: Values, candidates: Iterable[list[int]]) -> list[int]:
    return max(candidates, key=lambda candidate: value_of(matrix, candidate))


def _with(order: Sequence[int], place: int) -> Iterator[list[int]]:
    """One more task, at each place that there is."""
    return ([*order[:at], place, *order[at:]] for at in range(len(order) + 1))


def _neighbours(order: Sequence[int]) -> Iterator[list[int]]:
    """Each pair swapped, and each task moved; in a move alone many a better order is found that no swap reaches."""
    for at, place in enumerate(order):
        yield from _with([*order[:at], *order[at + 1 :]], place)
        for other in range(at):
            swapped = list(order)
            swapped[at], swapped[other] = swapped[other], swapped[at]
            yield swapped


def _advantage(transfer: Transfer, chosen: Sequence[int], groups: Sequence[Sequence[int]], pairs: int) -> Estimate:
    def over_random(matrix: Values, order: Sequence[int]) -> float:
        return (value_of(matrix, order) - random_value(matrix)) / pairs

    looks, flattery = [], []
    for drawn in transfer.draws:
        own = _grouped(drawn, groups)
        looks.append(over_random(drawn, chosen))
        flattery.append(over_random(drawn, own) - over_random(transfer.matrix, own))
    optimism = float(np.mean(flattery))
    return estimate(over_random(transfer.matrix, chosen) - optimism, np.asarray(looks) - optimism)


def _judged(advantage: Estimate, items: int) -> str:
    if items < LEAST_ITEMS:
        return f"whether it is better than a random order cannot be said on {items} items a task ({advantage} a pair)"
    if advantage.above_zero:
        return f"better than a random order by {advantage} a pair"
    return f"not better than a random order: {advantage} a pair holds 0 or less"


def _reason(judged: str, bwt: float, free_bwt: float, sizes: Sequence[int]) -> str:
    counts = ", ".join(f"{size} {nature}" for size, nature in zip(sizes, GROUPS, strict=True) if size)
    costs = f"; without structured-first the best order has BWT {free_bwt:+.3f}" if free_bwt > bwt + 1e-9 else ""
    return f"structured first ({counts}), then least forgetting: predicted BWT {bwt:+.3f}, {judged}{costs}"
