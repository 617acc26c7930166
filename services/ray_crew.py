"""A crew of Ray actors: each has a trainer of its own, all share one disk, and one that dies is replaced.

An actor takes a job at a time, and parts of a CPU or a GPU (`workers.cpus`, `workers.gpus`), so that several may share
one. What a job has done is on disk under its own name, so a job whose actor died is simply given to another, which goes
on from the last checkpoint. Errors come back as plain data and stop the run by their names.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayActorError, RayError

from divisi.services import errors
from divisi.services.crew import Doing, Job, do
from divisi.services.errors import ConfigError, ServiceError, StoppedError
from divisi.services.trainer import Trainer
from divisi.services.training_plan import TrainingPlan
from divisi.specialists.fit import Progress

LOOK_S = 0.5
"""How often the driver looks for results and progress."""
NAMED = {kind.__name__: kind for kind in (StoppedError, errors.DiskFullError, errors.DataError, ConfigError)}
"""The errors that keep their kind when they cross an actor; others come as StoppedError."""


class Worker:
    """What runs in an actor: one thread does jobs, another one says how far they are."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._trainer = Trainer(TrainingPlan.model_validate(plan), report=self._remember)
        self._guard = threading.Lock()
        self._now: dict[str, Any] = {}

    def do(self, method: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        """Do a job: {"value": ...}, or {"error": kind, "message": ...}."""
        try:
            return {"value": do(self._trainer, Job(method, arguments))}
        except ServiceError as error:
            return {"error": type(error).__name__, "message": str(error)}
        finally:
            with self._guard:
                self._now = {}

    def now(self) -> dict[str, Any]:
        """Which process this is, and how far the training is that goes on."""
        with self._guard:
            return {"pid": os.getpid(), **self._now}

    def _remember(self, what: str, progress: Progress) -> None:
        losses = list(progress.losses.values())
        with self._guard:
            self._now = {
                "what": what,
                "step": progress.step,
                "steps": progress.steps,
                "loss": sum(losses) / len(losses) if losses else None,
                "tokens_per_s": progress.tokens_per_s,
            }


ACTOR: Any = ray.remote(Worker)


@dataclass(frozen=True, slots=True)
class _Try:
    """A job, by its place, with a worker; and how many have died of it."""

    place: int
    worker: int | None = None
    deaths: int = 0


def _value(reply: Mapping[str, Any]) -> Any:
    """What a job has brought.

    Raises:
        ServiceError: it could not be done.
    """
    if "error" in reply:
        raise NAMED.get(reply["error"], StoppedError)(reply["message"])
    return reply["value"]


def _start_ray() -> None:
    """Join the cluster that this machine belongs to, or start one.

    Raises:
        StoppedError: it does not come up; Ray says so in errors of no kind.
    """
    try:
        ray.init(include_dashboard=False, log_to_driver=False)
    except Exception as error:
        raise StoppedError(f"Ray could not be started: {error}") from error


class RayCrew:
    """Workers on Ray. Its methods are those of crew.Crew.

    Args:
        plan: what is trained, and how many workers with what each.
        watch: told what everyone is doing, twice a second.

    Raises:
        ConfigError: the cluster has not as much as one worker takes.
    """

    def __init__(self, plan: TrainingPlan, *, watch: Callable[[Sequence[Doing]], None] | None = None) -> None:
        self._plan, self._watch = plan, watch
        self._started = not ray.is_initialized()
        if self._started:
            _start_ray()
        self._check_room()
        self._actors = [self._hire() for _ in range(plan.workers.count)]
        self._deaths = [0] * len(self._actors)

    def perform(self, jobs: Sequence[Job]) -> list[Any]:
        """See crew.Crew.

        Raises:
            StoppedError: a job's worker died more often than `workers.retries`.
        """
        waiting = deque(_Try(place) for place in range(len(jobs)))
        running: dict[Any, _Try] = {}
        found: dict[int, Any] = {}
        while waiting or running:
            self._assign(jobs, waiting, running)
            ended, _ = ray.wait(list(running), timeout=LOOK_S)
            for reference in ended:
                one = running.pop(reference)
                assert one.worker is not None
                reply = self._reply(reference, one.worker)
                if reply is None:
                    waiting.appendleft(self._again(one, jobs[one.place]))
                else:
                    found[one.place] = _value(reply)
            self._look(jobs, list(running.values()))
        return [found[place] for place in range(len(jobs))]

    def close(self) -> None:
        """See crew.Crew."""
        for actor in self._actors:
            ray.kill(actor)
        if self._started:
            ray.shutdown()

    def _assign(self, jobs: Sequence[Job], waiting: "deque[_Try]", running: "dict[Any, _Try]") -> None:
        """Give each worker that has none a job."""
        busy = {one.worker for one in running.values()}
        for worker, actor in enumerate(self._actors):
            if waiting and worker not in busy:
                one = replace(waiting.popleft(), worker=worker)
                job = jobs[one.place]
                running[actor.do.remote(job.method, dict(job.arguments))] = one

    def _hire(self) -> Any:
        workers = self._plan.workers
        options = {"num_cpus": workers.cpus, "num_gpus": workers.gpus, "max_concurrency": 2}
        return ACTOR.options(**options).remote(self._plan.model_dump(mode="json"))

    def _check_room(self) -> None:
        workers, there = self._plan.workers, ray.cluster_resources()
        for name, each in (("CPU", workers.cpus), ("GPU", workers.gpus)):
            needed, has = each * workers.count, there.get(name, 0.0)
            if needed > has + 1e-9:
                raise ConfigError(
                    f"{workers.count} workers of {each:g} {name} each need {needed:g}, and there are {has:g}; lower "
                    f"workers.count or workers.{name.lower()}s: parts of one can be shared"
                )

    def _reply(self, reference: Any, worker: int) -> dict[str, Any] | None:
        """What came back; None where the worker died, who is then replaced."""
        try:
            reply: dict[str, Any] = ray.get(reference)
        except RayActorError:
            self._actors[worker] = self._hire()
            self._deaths[worker] += 1
            return None
        except RayError as error:
            raise StoppedError(f"a worker failed: {error}") from error
        return reply

    def _again(self, one: "_Try", job: Job) -> "_Try":
        """The next try of a job whose worker has died."""
        if one.deaths >= self._plan.workers.retries:
            raise StoppedError(
                f"the worker of the job {job} died {one.deaths + 1} times; look whether its machine has enough memory, "
                "then start again: it goes on from the last checkpoint"
            )
        return replace(one, deaths=one.deaths + 1)

    def _look(self, jobs: Sequence[Job], running: "Iterable[_Try]") -> None:
        """Tell who watches what everyone is doing."""
        if self._watch is None:
            return
        doing = {one.worker: str(jobs[one.place]) for one in running}
        told = [
            Doing(worker, doing.get(worker, ""), **self._now(worker, busy=worker in doing), deaths=self._deaths[worker])
            for worker in range(len(self._actors))
        ]
        self._watch(told)

    def _now(self, worker: int, *, busy: bool) -> dict[str, Any]:
        if not busy:
            return {}
        try:
            now: dict[str, Any] = ray.get(self._actors[worker].now.remote(), timeout=LOOK_S)
        except (GetTimeoutError, RayActorError):
            return {}  # still starting, or just dead: the next look says
        return now
