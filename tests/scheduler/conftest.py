"""A learner of a few numbers: skills that rise with what is read, and carry over to other tasks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import pytest

from divisi.scheduler.learner import Behaviour, Dose, State

PROMPTS = 40


@dataclass
class Toy:
    """Skills in [0, 1]; a state's name is its skills as JSON.

    Attributes:
        carry: carry[j][i] is what a unit of skill gained in j does to i; absent is nothing.
        slope: change of a task's entropy with its skill.
        noise: of the score of an item, the same item alike in all states.
        fits: every dose that was read.
    """

    tasks: Sequence[str]
    carry: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    slope: Mapping[str, float] = field(default_factory=dict)
    noise: float = 0.05
    fits: list[Dose] = field(default_factory=list)

    def skills(self, state: State) -> dict[str, float]:
        return dict.fromkeys(self.tasks, 0.3) if state is None else json.loads(state)

    def fit(self, start: State, dose: Dose, *, seed: int) -> str:
        self.fits.append(dose)
        skills = self.skills(start)
        for task, share in dose.shares.items():
            gain = 0.4 * share * dose.tokens / 1000
            for other in self.tasks:
                carried = 1.0 if other == task else self.carry.get(task, {}).get(other, 0.0)
                skills[other] = min(1.0, max(0.0, skills[other] + gain * carried))
        return json.dumps(skills)

    def score(self, state: State, task: str, *, temperature: float) -> list[float]:
        random = Random(task)
        return [self.skills(state)[task] + self.noise * random.gauss(0, 1) for _ in range(PROMPTS)]

    def entropy(self, state: State, task: str, *, temperature: float) -> Behaviour:
        random = Random(f"{task}/entropy")
        level = 2.0 + self.slope.get(task, 0.0) * (self.skills(state)[task] - 0.3)
        values = tuple(temperature * (level + 0.05 * random.gauss(0, 1)) for _ in range(PROMPTS))
        scores = tuple(self.score(state, task, temperature=temperature))
        return Behaviour(values, values, ("{}",) * PROMPTS, scores)


@pytest.fixture
def toy() -> type[Toy]:
    return Toy
