"""A training plan from beginning to end: schedule, trunk through its phases, specialists on it, the gate.

All is asked of a crew, so that it is the same on Ray and in one process. Nothing is remembered here: a run that was
killed, at whatever moment, is started again and finds what was done (see trainer.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from divisi.scheduler.curriculum import Course, Phase, Rules, Section, phases_of, train
from divisi.scheduler.entropy import Control, control
from divisi.scheduler.learner import ScheduleError
from divisi.scheduler.schedule import Schedule, decide, probe_doses
from divisi.services.acceptance import Finding, find, install, put_aside
from divisi.services.crew import (
    Crew,
    CrewLearner,
    Job,
    entropy_job,
    examine_job,
    fit_job,
    install_job,
    score_job,
    specialist_job,
)
from divisi.services.errors import ConfigError, StoppedError
from divisi.services.schedule_record import write_schedule
from divisi.services.training_plan import TrainingPlan
from divisi.specialists.card import read_card
from divisi.specialists.store import find_specialists

RECORD, TRUNK = "schedule.json", "trunk"

Say = Callable[[str], None]
"""Takes what has happened, one line at a time."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a plan came to.

    Attributes:
        schedule, course: of the trunk.
        controls: for each task but the last, what became of its score after its own phase.
        findings: what the gate said, in the order of the tasks.
        folders: name -> where each specialist is now, accepted or kept aside.
    """

    schedule: Schedule
    course: Course
    controls: tuple[Control, ...]
    findings: tuple[Finding, ...]
    folders: dict[str, Path]


def rehearse(plan: TrainingPlan, crew: Crew, *, say: Say) -> Rehearsed:
    """Carry out a plan.

    Args:
        plan: what is trained.
        crew: who trains.
        say: told what has happened.

    Raises:
        ServiceError: it cannot go on; started again, it does so from the last checkpoint.
    """
    learner = CrewLearner(crew)
    tasks: list[str] = crew.perform([Job("tasks")])[0]
    refuse_strangers(plan, tasks)
    schedule = decided(plan, tasks, learner)
    say(schedule.order.reason)
    phases = phased(plan, schedule, crew)
    course, controls = trained_trunk(plan, schedule, phases, learner, say=say)
    write_schedule(plan.out / RECORD, schedule, course, controls)
    if course.state is None:
        raise StoppedError(
            f"the guard has ended every phase in its first section, with {plan.schedule.most_replay:.0%} replay: lower "
            "schedule.floor, or give more data of the open-ended tasks"
        )
    jobs = [specialist_job(task, course.state, plan.seed) for task in schedule.tasks]
    folders = dict(zip(schedule.tasks, map(Path, crew.perform(jobs)), strict=True))
    trunk = plan.work / "states" / course.state
    findings = judge(plan, crew, folders, trunk)
    return Rehearsed(schedule, course, controls, *settle(plan, crew, folders, findings, trunk=trunk))


def refuse_strangers(plan: TrainingPlan, tasks: Sequence[str]) -> None:
    """Refuse a folder with specialists that the plan does not train: they would be left without their trunk.

    Raises:
        ConfigError: there are some.
    """
    there = find_specialists(plan.out) if plan.out.is_dir() else {}
    strangers = [folder.name for folder in there if folder.name not in (TRUNK, *tasks)]
    if strangers:
        raise ConfigError(
            f"{plan.out} holds {', '.join(strangers)}, which this plan does not train; the new trunk would not match "
            "them. Give another folder, or data for them too"
        )


def decided(plan: TrainingPlan, tasks: Sequence[str], learner: CrewLearner) -> Schedule:
    """The schedule of a plan: probes and measurements side by side, then the decision.

    Raises:
        StoppedError: it cannot be decided.
    """
    options, seed = plan.schedule, plan.seed
    doses = probe_doses(tasks, options.probe_tokens)
    learner.prepare([fit_job(None, dose, seed) for dose in doses.values()])
    probes = {task: learner.fit(None, dose, seed=seed) for task, dose in doses.items()}
    states = (None, *probes.values())
    learner.prepare(
        [
            *(score_job(state, task, options.temperature) for state in states for task in tasks),
            *(entropy_job(state, task, 1.0) for task in tasks for state in (None, probes[task])),
        ]
    )
    try:
        return decide(
            learner,
            tasks,
            probe_tokens=options.probe_tokens,
            temperature=options.temperature,
            by=options.by,
            seed=seed,
        )
    except ScheduleError as error:
        raise StoppedError(f"the schedule: {error}") from error


def phased(plan: TrainingPlan, schedule: Schedule, crew: Crew) -> tuple[Phase, ...]:
    """The phases of a schedule; with the cores of earlier groups isolated, where the plan says so."""
    if not plan.schedule.isolate:
        return phases_of(schedule.tasks)
    groups = crew.perform([Job("groups", {"probes": dict(schedule.probes)})])[0]
    return phases_of(schedule.tasks, cores=schedule.probes, groups=groups)


def trained_trunk(
    plan: TrainingPlan, schedule: Schedule, phases: Sequence[Phase], learner: CrewLearner, *, say: Say
) -> tuple[Course, tuple[Control, ...]]:
    """The trunk through its phases, and what became of each task's score after its own.

    Raises:
        StoppedError: a rule of the plan is out of range.
    """
    options = plan.schedule
    try:
        rules = Rules(
            tokens=options.phase_tokens,
            sections=options.sections,
            replay=options.replay,
            most_replay=max(options.replay, options.most_replay),
            floor=options.floor,
        )
    except ScheduleError as error:
        raise StoppedError(f"the schedule: {error}") from error
    course = train(learner, phases, schedule.order.natures, rules, seed=plan.seed, report=lambda one: say(told(one)))
    controls = tuple(
        control(learner, task, before=state, after=course.state, seed=plan.seed)
        for task, state in course.ends.items()
        if state != course.state
    )
    return course, controls


def told(section: Section) -> str:
    """A section in one line."""
    shares = ", ".join(f"{task} {share:.0%}" for task, share in section.dose.shares.items())
    line = f"phase {section.phase + 1} ({section.task}), section {section.section + 1}: read {shares}"
    if section.endangered:
        line += f"; {', '.join(section.endangered)} below the floor of entropy: {section.action}"
    alarms = [f"{echo.task} ({echo.survivor})" for echo in section.echoes if echo.alarm]
    return line + (f"; alarm, one form of answers is left without gain: {', '.join(alarms)}" if alarms else "")


def judge(plan: TrainingPlan, crew: Crew, folders: dict[str, Path], trunk: Path) -> tuple[Finding, ...]:
    """What the gate says of each new specialist."""
    residents = {task: plan.out / task for task in folders if (plan.out / task).is_dir()}
    jobs = {("new", task): examine_job(task, folder, trunk, residents.get(task)) for task, folder in folders.items()}
    for task, place in residents.items():
        beside = plan.out / TRUNK if read_card(place).trunk is not None else None
        jobs["resident", task] = examine_job(task, place, beside, place)
    scores = dict(zip(jobs, crew.perform(list(jobs.values())), strict=True))
    return tuple(find(task, scores.get(("resident", task)), scores["new", task]) for task in folders)


def settle(
    plan: TrainingPlan, crew: Crew, folders: dict[str, Path], findings: Sequence[Finding], *, trunk: Path
) -> tuple[tuple[Finding, ...], dict[str, Path]]:
    """Put all into their places, or all aside: what was trained beside one trunk cannot be served beside another.

    Returns:
        The findings, with the reason of those who are kept aside for another's sake; and where each specialist is.
    """
    worse = [finding.name for finding in findings if not finding.accepted]
    if not worse:
        install(trunk, plan.out / TRUNK, ())
        places = {task: plan.out / task for task in folders}
        crew.perform([install_job(task, folders[task], place) for task, place in places.items()])
        return tuple(findings), places
    others = f"kept aside with {', '.join(worse)}, since all share the new trunk"
    settled = tuple(
        replace(one, accepted=False, reason=f"{one.reason}; {others}") if one.accepted else one for one in findings
    )
    put_aside(trunk, plan.out, Finding(TRUNK, False, others, 0, None, None))
    return settled, {one.name: put_aside(folders[one.name], plan.out, one) for one in settled}
