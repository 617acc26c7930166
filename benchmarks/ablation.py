"""The arms of the training ablation: the same base, tokens and trained parameters, parted in seven ways.

base          nothing is trained
umbrella      (a) one adapter that lists whole calls; names and arguments are read off its list
joint         (b) one adapter on all subtasks
separate      (c) specialists without a trunk
random        (d) a trunk in random order, specialists on it
structured    (e) the same in the order of the schedule, structured first
isolated      (f) the same with the cores of earlier groups isolated
reversed      (g) the order of (e) reversed

The order is decided once, by the probes of the first seed; what that costs comes on top, the same for (d) to (g). The
guard is off: a phase that it ends would read fewer tokens than the other arms.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from errors import BenchmarkError
from surety import sureties

from divisi.scheduler.curriculum import phases_of
from divisi.scheduler.learner import Dose, State
from divisi.scheduler.schedule import By, Schedule, arranged, probe_doses
from divisi.services.crew import CrewLearner, LocalCrew
from divisi.services.judging import main_metric
from divisi.services.material import Asked
from divisi.services.measuring import Measuring
from divisi.services.rehearse import decided
from divisi.services.trainer import Trainer
from divisi.services.training_plan import TrainingPlan
from divisi.specialists.behaviour import Question, question_of
from divisi.specialists.continuing import voice
from divisi.specialists.machine import chance
from divisi.specialists.store import find_kind, load_specialist, save_specialist
from divisi.tasks.catalog import find_subtask
from divisi.tasks.example import Example
from divisi.tasks.subtask import AnswerError, Case

WHOLE = ("parallel", "chaining", "nested", "next_best", "reply")
"""The subtasks that an umbrella is trained on: those that answer with whole calls, and the reply."""

ANSWER_TOKENS = 512
"""The most that an umbrella may write."""

Scores = dict[str, list[float]]
"""Task -> a number for each example; 0 where it could not be asked."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an arm came to.

    Attributes:
        scores: of answers as they are served, of the first tests of each task.
        sure: how sure it is of each true answer; tasks that it answers in a roundabout way are not among them.
        told: what else there is to say.
    """

    scores: Scores
    sure: Scores
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exam:
    """What is scored.

    Attributes:
        examples: by task.
        questions: the same as tokens.
        served: how many of each task are answered as they are served.
    """

    examples: Mapping[str, Sequence[Example]]
    questions: Mapping[str, Sequence[Question]]
    served: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What every arm may use.

    Attributes:
        tokens: that are trained on in all.
        trunk_share: of them, that goes to the trunk where there is one.
        trunk_rank, rank: of the trunk and of each specialist; one adapter alone has the rank of all together.
        probe_tokens: of each probe of the schedule.
    """

    tokens: int
    trunk_share: float
    trunk_rank: int
    rank: int
    probe_tokens: int


@dataclass(frozen=True, slots=True)
class Ablation:
    """What an arm is run with.

    Attributes:
        leader: base and data, read once for all arms.
        plan: seed and fit options; tokens, ranks and order are set by the arm.
        tasks: the subtasks.
        tests: what is scored.
        budget: of every arm.
    """

    leader: Trainer
    plan: TrainingPlan
    tasks: tuple[str, ...]
    tests: Exam
    budget: Budget

    @property
    def all_rank(self) -> int:
        """The rank of trunk and specialists together."""
        return self.budget.trunk_rank + len(self.tasks) * self.budget.rank

    def trainer(self, *, rank: int, trunk_rank: int, tokens: int) -> Trainer:
        """A trainer of so many tokens a specialist."""
        training = {"rank": rank, "trunk_rank": trunk_rank, "tokens": max(1, tokens)}
        return self.leader.by(self.plan.model_copy(update={"training": self.plan.training.model_copy(update=training)}))

    def with_seed(self, seed: int) -> "Ablation":
        """The same with another seed."""
        return replace(self, plan=self.plan.model_copy(update={"seed": seed}))


def untrained(ablation: Ablation) -> Outcome:
    """The base alone, which what is trained has to beat."""
    trainer, tests = ablation.leader, ablation.tests
    scores = {task: known(trainer.examine(None, None, some[: tests.served])) for task, some in tests.examples.items()}
    sure = {task: sureties(trainer.base, None, None, some) for task, some in tests.questions.items()}
    return Outcome(scores, sure)


def umbrella(ablation: Ablation) -> Outcome:
    """(a)."""
    tasks = [task for task in WHOLE if task in ablation.tasks]
    if not tasks:
        raise BenchmarkError(
            f"the data has none of {', '.join(WHOLE)}, so that there is nothing to train an umbrella on"
        )
    trainer, place = one_adapter(ablation, tasks)
    slots = load_specialist(place, trainer.base).slots
    options = ablation.plan.schedule.model_copy(update={"answer_tokens": ANSWER_TOKENS})
    measuring = Measuring(trainer.base, slots, options, seed=ablation.plan.seed)
    tests = ablation.tests
    try:
        scores = {
            task: [_under(measuring, trainer, one) for one in some[: tests.served]]
            for task, some in tests.examples.items()
        }
    finally:
        measuring.close()
    own = voice(slots, "umbrella")
    return Outcome(scores, {task: sureties(trainer.base, own, None, tests.questions[task]) for task in tasks})


def one_adapter(ablation: Ablation, tasks: Sequence[str]) -> tuple[Trainer, Path]:
    """One adapter of the rank of all together, trained on some tasks alike; and where it is."""
    trainer = ablation.trainer(rank=1, trunk_rank=ablation.all_rank, tokens=1)
    state = trainer.fit(None, evenly(tasks, ablation.budget.tokens), seed=ablation.plan.seed)
    return trainer, trainer.state_folder(state)


def _under(measuring: Measuring, trainer: Trainer, example: Example) -> float:
    """The score of an example whose answer is read off a list of all calls."""
    derived = example.subtask in ("names", "arguments")
    case = Case(example.case.messages, example.case.tools) if derived else example.case
    subtask = find_subtask("parallel" if derived else example.subtask)
    asked = replace(example, subtask=subtask.name, case=case, target=[] if derived else example.target)
    (text,) = measuring.texts(Asked((question_of(trainer.base, asked),), (asked,)), temperature=0.0)
    try:
        value = subtask.parse(text, case)
    except AnswerError:
        return 0.0
    if derived:
        value = _read_off(value, example)
    return (
        0.0 if value is None else main_metric(find_subtask(example.subtask).score(value, example.target, example.case))
    )


def _read_off(calls: Sequence[Mapping[str, Any]], example: Example) -> Any:
    """The names, or the arguments of the call that is asked for; None where that is not there."""
    if example.subtask == "names":
        return [call["name"] for call in calls]
    same = [call["arguments"] for call in calls if call["name"] == example.case.focus]
    return same[example.case.occurrence - 1] if len(same) >= example.case.occurrence else None


def joint(ablation: Ablation) -> Outcome:
    """(b)."""
    trainer, place = one_adapter(ablation, ablation.tasks)
    slots = load_specialist(place, trainer.base).slots
    folders = {task: ablation.plan.work / "joint" / place.name / task for task in ablation.tasks}
    for task, folder in folders.items():
        save_specialist(folder, voice(slots, task), base=trainer.base, subtask=task, data_hash=None, metrics={})
    return outcome(ablation, trainer, folders, None)


def separate(ablation: Ablation) -> Outcome:
    """(c)."""
    rank, tokens = ablation.all_rank // len(ablation.tasks), ablation.budget.tokens // len(ablation.tasks)
    trainer = ablation.trainer(rank=rank, trunk_rank=1, tokens=tokens)
    folders = {task: trainer.specialist(task, None, seed=ablation.plan.seed) for task in ablation.tasks}
    return outcome(ablation, trainer, folders, None)


def on_trunk(ablation: Ablation, by: By, *, isolate: bool = False) -> Outcome:
    """(d) to (g), by the order of the trunk's phases."""
    budget, tasks, seed = ablation.budget, ablation.tasks, ablation.plan.seed
    tokens = round(budget.tokens * (1 - budget.trunk_share)) // len(tasks)
    trainer = ablation.trainer(rank=budget.rank, trunk_rank=budget.trunk_rank, tokens=tokens)
    schedule = order_of(ablation)
    order = arranged(schedule.order.tasks, by, seed)
    trunk = trained_trunk(ablation, trainer, order, probed(ablation, trainer) if isolate else None)
    folders = {task: trainer.specialist(task, trunk, seed=seed) for task in tasks}
    told = {"order": list(order), "reason": schedule.order.reason, "natures": dict(schedule.order.natures)}
    return replace(outcome(ablation, trainer, folders, trunk), told=told)


def order_of(ablation: Ablation) -> Schedule:
    """The schedule, by the probes of the first seed; decided again, it is found decided."""
    first = ablation.with_seed(0)
    budget = first.budget
    trainer = first.trainer(rank=budget.rank, trunk_rank=budget.trunk_rank, tokens=1)
    options = first.plan.schedule.model_copy(update={"probe_tokens": budget.probe_tokens})
    plan = first.plan.model_copy(update={"schedule": options})
    return decided(plan, first.tasks, CrewLearner(LocalCrew(trainer)))


def probed(ablation: Ablation, trainer: Trainer) -> dict[str, str]:
    """Task -> the trunk after its probe, which shows its core."""
    doses = probe_doses(ablation.tasks, ablation.budget.probe_tokens)
    return {task: trainer.fit(None, dose, seed=ablation.plan.seed) for task, dose in doses.items()}


def trained_trunk(ablation: Ablation, trainer: Trainer, order: Sequence[str], probes: Mapping[str, str] | None) -> str:
    """The trunk after a phase of each task; the cores that probes show stay as they are in later groups."""
    groups = trainer.groups(probes) if probes else ()
    tokens = round(ablation.budget.tokens * ablation.budget.trunk_share) // len(order)
    state: State = None
    for phase in phases_of(order, cores=probes, groups=groups):
        state = trainer.fit(state, phase.dose(tokens, ablation.plan.schedule.replay), seed=ablation.plan.seed)
    assert state is not None
    return state


def outcome(ablation: Ablation, trainer: Trainer, folders: Mapping[str, Path], trunk: State) -> Outcome:
    """What stored specialists come to, beside a trunk or alone."""
    base, tests = trainer.base, ablation.tests
    place = None if trunk is None else trainer.state_folder(trunk)
    beside = None if place is None else load_specialist(place, base)
    version = None if beside is None else beside.card.version
    scores: Scores = {}
    sure: Scores = {}
    for task, folder in folders.items():
        scores[task] = known(trainer.examine(folder, place, tests.examples[task][: tests.served]))
        own = load_specialist(folder, base, trunk=version).slots
        sure[task] = sureties(base, own, None if beside is None else beside.slots, tests.questions[task])
    return Outcome(scores, sure)


ARMS: Mapping[str, Callable[[Ablation], Outcome]] = {
    "base": untrained,
    "umbrella": umbrella,
    "joint": joint,
    "separate": separate,
    "random": lambda ablation: on_trunk(ablation, "random"),
    "structured": lambda ablation: on_trunk(ablation, "structured-first"),
    "isolated": lambda ablation: on_trunk(ablation, "structured-first", isolate=True),
    "reversed": lambda ablation: on_trunk(ablation, "reversed"),
}


def kind_arm(ablation: Ablation, kind: str, rank: int | None) -> Outcome:
    """Specialists of a kind and size without a trunk, at the kind's own rate; told: trained parameters of one."""
    tokens = max(1, ablation.budget.tokens // len(ablation.tasks))
    update = {"kind": kind, "rank": rank, "tokens": tokens, "rate": find_kind(kind).rate}
    training = ablation.plan.training.model_copy(update=update)
    trainer = ablation.leader.by(ablation.plan.model_copy(update={"training": training}))
    folders = {task: trainer.specialist(task, None, seed=ablation.plan.seed) for task in ablation.tasks}
    learned = find_kind(kind).new(trainer.base, kind, rank, chance(0)).parameters()
    told = {"parameters": sum(part.numel() for part in learned), "rate": training.rate}
    return replace(outcome(ablation, trainer, folders, None), told=told)


def evenly(tasks: Sequence[str], tokens: int) -> Dose:
    """The same tokens of each task."""
    return Dose(tokens, dict.fromkeys(tasks, 1 / len(tasks)))


def known(scores: Sequence[float | None]) -> list[float]:
    """Scores with 0 for what could not be asked."""
    return [0.0 if score is None else score for score in scores]
