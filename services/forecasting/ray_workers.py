"""Workers on the Ray cluster that this process belongs to: a task for each batch of series."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import ray

from divisi.services.forecasting.workers import BATCH, FEW, batch

T = TypeVar("T")
R = TypeVar("R")

TASK: Any = ray.remote(batch)


class RayTasks:
    """See workers.Workers. Few items are done here: a task must first import statsforecast.

    Args:
        few: at most so many items are done in this process.
    """

    def __init__(self, *, few: int = FEW) -> None:
        self._few = few

    def map(self, work: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[int, R]]:
        """See workers.Workers."""
        if len(items) <= self._few:
            yield from ((place, work(item)) for place, item in enumerate(items))
            return
        running = {TASK.remote(work, items[start : start + BATCH]): start for start in range(0, len(items), BATCH)}
        try:
            while running:
                (done,), _ = ray.wait(list(running), num_returns=1)
                start = running.pop(done)
                yield from enumerate(ray.get(done), start)
        finally:
            for task in running:
                ray.cancel(task)
