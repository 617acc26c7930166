"""Who computes the numbers of many series: this process where they are few, else several; on Ray see ray_workers.py."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")

FEW = 24
"""So many series are done before other processes have imported statsforecast: on two cores 16 took 7.6 s in one process
and 10.4 s in two, 24 took 9.8 and 9.6, 32 took 13.3 and 10.6."""

BATCH = 16
"""Series that travel together."""


class Workers(Protocol):
    """Computes one result for each item, in any order, and gives them with their places."""

    def map(self, work: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[int, R]]:
        """(place, result) of each item as it is done. `work` must be a function of a module."""


class Processes:
    """Workers of this machine.

    Args:
        count: of processes; by default as many as there are cores for this one.
        few: at most so many items are done in this process.
    """

    def __init__(self, count: int | None = None, *, few: int = FEW) -> None:
        self._count = count or cores()
        self._few = few

    def map(self, work: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[int, R]]:
        """See Workers."""
        if len(items) <= self._few or self._count == 1:
            yield from ((place, work(item)) for place, item in enumerate(items))
            return
        # spawn, not fork: a forked process inherits torch's locked threads
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self._count, mp_context=context) as pool:
            running = {
                pool.submit(batch, work, items[start : start + BATCH]): start for start in range(0, len(items), BATCH)
            }
            try:
                for done in as_completed(running):
                    yield from enumerate(done.result(), running[done])
            finally:
                pool.shutdown(cancel_futures=True)


def batch(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """The results of some items, in order."""
    return [work(item) for item in items]


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
