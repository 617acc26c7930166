"""The arms of the training ablation: the same base, tokens and trained parameters, parted in seven ways.

umbrella      (a) one adapter that lists whole calls; names and arguments are read off its list
joint         (b) one adapter on all subtasks
separate      (c) specialists without a trunk
random        (d) a trunk in random order, specialists on it
structured    (e) the same in the order of the schedule, structured first
isolated      (f) the same with the cores of earlier groups isolated
reversed      (g) the order of (e) reversed

What the schedule costs to decide (probes) comes on top and is reported beside; it is the same for (d) to (g).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from errors import BenchmarkError

from divisi.scheduler.learner import Dose
from divisi.services.crew import CrewLearner, LocalCrew
from divisi.services.judging import main_metric
from divisi.services.material import Asked
from divisi.services.measuring import Measuring
from divisi.services.rehearse import decided, phased, trained_trunk
from divisi.services.trainer import Trainer
from divisi.services.training_plan import TrainingPlan
from divisi.specialists.behaviour import question_of
from divisi.specialists.continuing import voice
from divisi.specialists.store import load_specialist, save_specialist
from divisi.tasks.catalog import find_subtask
from divisi.tasks.example import Example
from divisi.tasks.subtask import AnswerError, Case

WHOLE = ("parallel", "chaining", "nested", "next_best", "reply")
"""The subtasks that an umbrella is trained on: those that answer with whole calls, and the reply."""

Tests = Mapping[str, Sequence[Example]]
Scores = dict[str, list[float]]
"""Task -> the score of each test example; 0 where it could not be asked."""


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
        plan: base, data, folder, seed and fit options; tokens, ranks and order are set by the arm.
        tasks: the subtasks.
        tests: what is scored.
        budget: of every arm.
    """

    plan: TrainingPlan
    tasks: tuple[str, ...]
    tests: Tests
    budget: Budget

    @property
    def all_rank(self) -> int:
        """The rank of trunk and specialists together."""
        return self.budget.trunk_rank + len(self.tasks) * self.budget.rank

    def trainer(self, *, rank: int, trunk_rank: int, tokens: int, **schedule: Any) -> tuple[TrainingPlan, Trainer]:
        """A trainer of so many tokens a specialist, and its plan."""
        training = {"rank": rank, "trunk_rank": trunk_rank, "tokens": max(1, tokens)}
        plan = self.plan.model_copy(
            update={
                "training": self.plan.training.model_copy(update=training),
                "schedule": self.plan.schedule.model_copy(update=schedule),
            }
        )
        return plan, Trainer(plan)


def umbrella(ablation: Ablation) -> Scores:
    """(a)."""
    tasks = [task for task in WHOLE if task in ablation.tasks]
    if not tasks:
        raise BenchmarkError(
            f"the data has none of {', '.join(WHOLE)}, so that there is nothing to train an umbrella on"
        )
    _, trainer = ablation.trainer(rank=1, trunk_rank=ablation.all_rank, tokens=1)
    state = trainer.fit(None, evenly(tasks, ablation.budget.tokens), seed=ablation.plan.seed)
    slots = load_specialist(trainer.state_folder(state), trainer.base).slots
    measuring = Measuring(trainer.base, slots, ablation.plan.schedule, seed=ablation.plan.seed)
    try:
        return {task: [_under(measuring, trainer, one) for one in tests] for task, tests in ablation.tests.items()}
    finally:
        measuring.close()


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


def joint(ablation: Ablation) -> Scores:
    """(b)."""
    _, trainer = ablation.trainer(rank=1, trunk_rank=ablation.all_rank, tokens=1)
    state = trainer.fit(None, evenly(ablation.tasks, ablation.budget.tokens), seed=ablation.plan.seed)
    slots = load_specialist(trainer.state_folder(state), trainer.base).slots
    scores: Scores = {}
    for task, tests in ablation.tests.items():
        folder = ablation.plan.work / "joint" / state / task
        save_specialist(folder, voice(slots, task), base=trainer.base, subtask=task, data_hash=None, metrics={})
        scores[task] = known(trainer.examine(folder, None, tests))
    return scores


def separate(ablation: Ablation) -> Scores:
    """(c)."""
    rank, tokens = ablation.all_rank // len(ablation.tasks), ablation.budget.tokens // len(ablation.tasks)
    _, trainer = ablation.trainer(rank=rank, trunk_rank=1, tokens=tokens)
    return {
        task: known(trainer.examine(trainer.specialist(task, None, seed=ablation.plan.seed), None, tests))
        for task, tests in ablation.tests.items()
    }


def on_trunk(ablation: Ablation, **schedule: Any) -> Scores:
    """(d) to (g), by how the schedule is decided."""
    budget, tasks = ablation.budget, ablation.tasks
    on_top = round(budget.tokens * (1 - budget.trunk_share)) // len(tasks)
    phase = round(budget.tokens * budget.trunk_share) // len(tasks)
    plan, trainer = ablation.trainer(
        rank=budget.rank,
        trunk_rank=budget.trunk_rank,
        tokens=on_top,
        probe_tokens=budget.probe_tokens,
        phase_tokens=phase,
        floor=0.0,  # a phase that the guard ends would read fewer tokens than the other arms
        **schedule,
    )
    crew = LocalCrew(trainer)
    learner = CrewLearner(crew)
    chosen = decided(plan, tasks, learner)
    course, _ = trained_trunk(plan, chosen, phased(plan, chosen, crew), learner, say=lambda _: None)
    assert course.state is not None
    trunk = trainer.state_folder(course.state)
    return {
        task: known(trainer.examine(trainer.specialist(task, course.state, seed=plan.seed), trunk, tests))
        for task, tests in ablation.tests.items()
    }


ARMS: Mapping[str, Callable[[Ablation], Scores]] = {
    "umbrella": umbrella,
    "joint": joint,
    "separate": separate,
    "random": lambda ablation: on_trunk(ablation, by="random"),
    "structured": lambda ablation: on_trunk(ablation, by="structured-first"),
    "isolated": lambda ablation: on_trunk(ablation, by="structured-first", isolate=True),
    "reversed": lambda ablation: on_trunk(ablation, by="reversed"),
}


def kind_arm(ablation: Ablation, kind: str, rank: int | None) -> tuple[Scores, int]:
    """Specialists of a kind and size without a trunk; and the trained parameters of one.

    Returns:
        Scores, and parameters as they are stored.
    """
    from arms import parameters_of

    from divisi.specialists.store import TENSORS

    tokens = ablation.budget.tokens // len(ablation.tasks)
    training = ablation.plan.training.model_copy(update={"kind": kind, "rank": rank, "tokens": max(1, tokens)})
    trainer = Trainer(ablation.plan.model_copy(update={"training": training}))
    folders = {task: trainer.specialist(task, None, seed=ablation.plan.seed) for task in ablation.tests}
    scores = {task: known(trainer.examine(folders[task], None, tests)) for task, tests in ablation.tests.items()}
    sizes = [parameters_of(Path(folder) / TENSORS) for folder in folders.values()]
    return scores, sizes[0]


def evenly(tasks: Sequence[str], tokens: int) -> Dose:
    """The same tokens of each task."""
    return Dose(tokens, dict.fromkeys(tasks, 1 / len(tasks)))


def known(scores: Sequence[float | None]) -> list[float]:
    """Scores with 0 for what could not be asked."""
    return [0.0 if score is None else score for score in scores]
