"""Running a training plan, on Ray or in this process, with a view of everyone who works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from divisi.services.crew import Crew, CrewLearner, Job, LocalCrew
from divisi.services.errors import ConfigError
from divisi.services.rehearse import RECORD, Rehearsed, decided, rehearse
from divisi.services.schedule_record import read_schedule, write_schedule
from divisi.services.show_training import watching, watching_here
from divisi.services.trainer import Trainer
from divisi.services.training_plan import TrainingPlan, read_plan


def run_plan(file: Path, *, workers: int | None, say: Callable[[str], None]) -> Rehearsed:
    """Carry out the plan of a file.

    Args:
        file: TOML.
        workers: takes the place of the plan's; 0 is this process, without Ray.
        say: told what has happened, one line at a time.

    Raises:
        ServiceError: it cannot go on; started again, it does so from the last checkpoint.
    """
    plan = with_workers(read_plan(file), workers)
    with crew_of(plan) as crew:
        return rehearse(plan, crew, say=say)


def run_schedule(file: Path, *, workers: int | None) -> dict[str, Any]:
    """The schedule of a plan, decided where that has not been done; or the one that is recorded in a JSON file.

    Raises:
        ServiceError: the file cannot be read, or the plan not be followed.
    """
    if file.suffix != ".toml":
        return read_schedule(file)
    plan = with_workers(read_plan(file), workers)
    if (plan.out / RECORD).is_file():
        return read_schedule(plan.out / RECORD)
    with crew_of(plan) as crew:
        tasks: list[str] = crew.perform([Job("tasks")])[0]
        write_schedule(plan.out / RECORD, decided(plan, tasks, CrewLearner(crew)), None, ())
    return read_schedule(plan.out / RECORD)


def with_workers(plan: TrainingPlan, count: int | None) -> TrainingPlan:
    """A plan with another number of workers."""
    if count is None:
        return plan
    return plan.model_copy(update={"workers": plan.workers.model_copy(update={"count": count})})


@contextmanager
def crew_of(plan: TrainingPlan) -> Iterator[Crew]:
    """Those who train, and a view of them; sent home at the end.

    Raises:
        ConfigError: Ray is asked for and not installed.
    """
    if not plan.workers.count:
        with watching_here() as report:
            yield LocalCrew(Trainer(plan, report=report))
        return
    try:
        from divisi.services.ray_crew import RayCrew
    except ModuleNotFoundError as error:
        raise ConfigError(f"{error.name} is not installed; install divisi[ray], or give --workers 0") from error
    with watching() as watch:
        crew = RayCrew(plan, watch=watch)
        try:
            yield crew
        finally:
            crew.close()
