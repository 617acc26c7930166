"""What a trainer reads: the data of a plan in three splits, as trees to train on and as questions to measure by."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from random import Random

from divisi.scheduler.learner import Dose
from divisi.services.errors import StoppedError
from divisi.services.own_data import read_own
from divisi.services.splits import Split, split
from divisi.services.training_plan import TrainingPlan
from divisi.specialists.base import Base
from divisi.specialists.behaviour import Question, question_of
from divisi.specialists.branches import grow
from divisi.specialists.errors import PromptError
from divisi.specialists.pack import Node
from divisi.tasks.example import Example


@dataclass(frozen=True, slots=True)
class Omission:
    """Examples of a task that are too long to be trained on: how many, and the first of them."""

    count: int
    first: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The fixed prompts of a task, with their examples."""

    questions: tuple[Question, ...]
    examples: tuple[Example, ...]


class Material:
    """The data of a plan on a base.

    Args:
        plan: whose data, splits and lengths.
        base: whose tokens.

    Raises:
        DataError: a line cannot be used.
    """

    def __init__(self, plan: TrainingPlan, base: Base) -> None:
        self._plan, self._base = plan, base
        self.split: Split = split(read_own(plan.data).examples, share=plan.training.held)
        self._trees: dict[str, tuple[tuple[Node, ...], Omission | None]] = {}

    @property
    def tasks(self) -> tuple[str, ...]:
        """The subtasks that are trained, in the order in which the data brings them.

        Raises:
            StoppedError: the plan wants one that the data has no examples of.
        """
        there = tuple(dict.fromkeys(one.subtask for one in self.split.training))
        wanted = there if self._plan.tasks is None else self._plan.tasks
        if missing := [task for task in wanted if task not in there]:
            raise StoppedError(f"the data has no examples of {', '.join(missing)}; it has: {', '.join(there)}")
        return wanted

    def digest(self) -> str:
        """sha256 of all examples that are trained on or selected by."""
        told = [[asdict(one) for one in part] for part in (self.split.training, self.split.selection)]
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()

    def examples(self, task: str) -> list[Example]:
        """The examples that a task is trained on."""
        return [one for one in self.split.training if one.subtask == task]

    def test(self, task: str) -> list[Example]:
        """The examples that a task's specialist is judged by."""
        return [one for one in self.split.test if one.subtask == task]

    def omitted(self, task: str) -> Omission | None:
        """The examples of a task that are left out, or None."""
        return self._grown(task)[1]

    def drawn(self, dose: Dose, seed: int) -> list[Node]:
        """Trees of each task until its share of the tokens is reached, shuffled anew whenever all were read.

        Raises:
            StoppedError: an example is too long and the plan does not say that it is to be omitted, or all are.
        """
        drawn: list[Node] = []
        for task, share in dose.shares.items():
            drawn += _filled(self._grown(task)[0], dose.tokens * share, f"{seed}/{task}")
        return drawn

    def asked(self, task: str) -> Asked:
        """The fixed prompts of a task: the first of its selection split that are short enough to be asked.

        Raises:
            StoppedError: there are none.
        """
        found: list[tuple[Question, Example]] = []
        for example in (one for one in self.split.selection if one.subtask == task):
            question = self._question(example)
            if question is not None:
                found.append((question, example))
            if len(found) == self._plan.schedule.prompts:
                break
        if not found:
            raise StoppedError(
                f"no example of {task} is left to select by: it needs at least five conversations that differ in their "
                f"group, none longer than {self._plan.training.length} tokens"
            )
        return Asked(tuple(question for question, _ in found), tuple(example for _, example in found))

    def _question(self, example: Example) -> Question | None:
        """An example as it is asked, or None where it is too long."""
        try:
            question = question_of(self._base, example)
        except PromptError:
            return None
        tokens = len(question.prefix) + len(question.invocation) + len(question.reference)
        return question if tokens <= self._plan.training.length else None

    def _grown(self, task: str) -> tuple[tuple[Node, ...], Omission | None]:
        """A task's examples as trees, and those that are not among them."""
        if task not in self._trees:
            options = self._plan.training
            examples = self.examples(task)
            forest = grow(self._base, examples, specialists={task: task}, length=options.length)
            left_out = [f"example {one.id} of {one.source}: {one.reason}" for one in forest.omitted]
            if left_out and (options.over_length == "refuse" or not forest.trees):
                raise StoppedError(
                    f"{len(left_out)} of {len(examples)} examples of {task} cannot be trained on; the first, "
                    f'{left_out[0]}. Raise training.length, or leave them out by training.over_length = "omit"'
                )
            self._trees[task] = (forest.trees, Omission(len(left_out), left_out[0]) if left_out else None)
        return self._trees[task]


def _filled(trees: Sequence[Node], tokens: float, seed: str) -> list[Node]:
    drawn: list[Node] = []
    order: list[Node] = []
    epoch = 0
    while tokens > 0:
        if not order:
            order = list(trees)
            Random(f"{seed}/{epoch}").shuffle(order)
            epoch += 1
        drawn.append(order.pop())
        tokens -= drawn[-1].size_tokens
    return drawn
