"""A crew does jobs: in this process, or on Ray's actors. A job is plain, and doing it twice gives the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from divisi.scheduler.learner import Behaviour, Dose, State
from divisi.services.acceptance import install, joined, own_test
from divisi.services.trainer import Trainer
from divisi.tasks.example import Example

Method = Literal["tasks", "fit", "score", "entropy", "specialist", "examine", "install", "groups"]
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do.

    Attributes:
        method: what.
        arguments: with what, as plain values.
    """

    method: Method
    arguments: Given = field(default_factory=dict)

    def __str__(self) -> str:
        told = ", ".join(f"{name} {value}" for name, value in self.arguments.items() if value is not None)
        return f"{self.method} {told}".strip()


def fit_job(start: State, dose: Dose, seed: int) -> Job:
    """Train the trunk further."""
    return Job("fit", {"start": start, "dose": asdict(dose), "seed": seed})


def score_job(state: State, task: str, temperature: float) -> Job:
    """Score a state."""
    return Job("score", {"state": state, "task": task, "temperature": temperature})


def entropy_job(state: State, task: str, temperature: float) -> Job:
    """Look how a state behaves."""
    return Job("entropy", {"state": state, "task": task, "temperature": temperature})


def specialist_job(task: str, trunk: State, seed: int) -> Job:
    """Train a specialist beside a trunk."""
    return Job("specialist", {"task": task, "trunk": trunk, "seed": seed})


def examine_job(task: str, folder: Path, trunk: Path | None, resident: Path | None) -> Job:
    """Examine a specialist on its task's test, and on that of a resident."""
    plain = {name: None if path is None else str(path) for name, path in (("trunk", trunk), ("resident", resident))}
    return Job("examine", {"task": task, "folder": str(folder), **plain})


def install_job(task: str, folder: Path, place: Path) -> Job:
    """Put a specialist into its place, with the test that it has passed."""
    return Job("install", {"task": task, "folder": str(folder), "place": str(place)})


def do(trainer: Trainer, job: Job) -> Any:
    """Do a job; what comes back is plain.

    Raises:
        ServiceError: it cannot be done.
    """
    return DOERS[job.method](trainer, job.arguments)


def _fit(trainer: Trainer, given: Given) -> str:
    return trainer.fit(given["start"], Dose(**given["dose"]), seed=given["seed"])


def _score(trainer: Trainer, given: Given) -> list[float]:
    return list(trainer.score(given["state"], given["task"], temperature=given["temperature"]))


def _entropy(trainer: Trainer, given: Given) -> dict[str, Any]:
    return asdict(trainer.entropy(given["state"], given["task"], temperature=given["temperature"]))


def _specialist(trainer: Trainer, given: Given) -> str:
    return str(trainer.specialist(given["task"], given["trunk"], seed=given["seed"]))


def _examine(trainer: Trainer, given: Given) -> list[float | None]:
    trunk = None if given["trunk"] is None else Path(given["trunk"])
    return trainer.examine(Path(given["folder"]), trunk, _test(trainer, given["task"], given["resident"]))


def _install(trainer: Trainer, given: Given) -> None:
    install(Path(given["folder"]), Path(given["place"]), _test(trainer, given["task"], given["place"]))


def _test(trainer: Trainer, task: str, resident: str | None) -> list[Example]:
    """What is held back of the data, and what the resident was tested with."""
    return joined([] if resident is None else own_test(Path(resident)), trainer.material.test(task))


DOERS: Mapping[Method, Callable[[Trainer, Given], Any]] = {
    "tasks": lambda trainer, _: list(trainer.material.tasks),
    "fit": _fit,
    "score": _score,
    "entropy": _entropy,
    "specialist": _specialist,
    "examine": _examine,
    "install": _install,
    "groups": lambda trainer, given: trainer.groups(given["probes"]),
}


@dataclass(frozen=True, slots=True)
class Doing:
    """What one worker is doing.

    Attributes:
        worker: counted from 0.
        job: what, or "" for nothing.
        what, step, steps, loss, tokens_per_s: of the training that goes on, where one does.
        deaths: how often the worker has been replaced.
        pid: of its process, where that is known.
    """

    worker: int
    job: str
    what: str = ""
    step: int = 0
    steps: int = 0
    loss: float | None = None
    tokens_per_s: float = 0.0
    deaths: int = 0
    pid: int | None = None


class Crew(Protocol):
    """Who does jobs."""

    def perform(self, jobs: Sequence[Job]) -> list[Any]:
        """Do jobs, side by side where that can be; what each brought, in their order.

        Raises:
            ServiceError: one cannot be done; what the others have done is kept.
        """

    def close(self) -> None:
        """Send everyone home."""


class LocalCrew:
    """One trainer in this process."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    def perform(self, jobs: Sequence[Job]) -> list[Any]:
        """See Crew."""
        return [do(self._trainer, job) for job in jobs]

    def close(self) -> None:
        """See Crew."""


class CrewLearner:
    """The scheduler's learner, whose work a crew does; what was done is asked for once."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._known: dict[str, Any] = {}

    def prepare(self, jobs: Sequence[Job]) -> None:
        """Have jobs done side by side that will be asked for one by one."""
        new = {str(job): job for job in jobs if str(job) not in self._known}
        self._known |= dict(zip(new, self._crew.perform(list(new.values())), strict=True))

    def fit(self, start: State, dose: Dose, *, seed: int) -> str:
        """See Learner."""
        return str(self._asked(fit_job(start, dose, seed)))

    def score(self, state: State, task: str, *, temperature: float) -> Sequence[float]:
        """See Learner."""
        scores: list[float] = self._asked(score_job(state, task, temperature))
        return scores

    def entropy(self, state: State, task: str, *, temperature: float) -> Behaviour:
        """See Learner."""
        found = self._asked(entropy_job(state, task, temperature))
        return Behaviour(**{name: tuple(values) for name, values in found.items()})

    def _asked(self, job: Job) -> Any:
        self.prepare([job])
        return self._known[str(job)]
