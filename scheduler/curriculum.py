"""The curriculum: phases of training in the order of the schedule, with replay, and a guard over entropy.

A phase teaches one task, and replays those before it. It is read in sections; after each one the guard looks at the
open-ended tasks. Where one's entropy lies below its floor, the next section replays more, that task above all; where
replay is already at its most, the section is dropped and the phase ends: the state before it goes on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from divisi.scheduler.entropy import Nature
from divisi.scheduler.formats import Echo, listen
from divisi.scheduler.learner import Behaviour, Dose, Learner, ScheduleError, State

Action = Literal["go on", "more replay", "end phase"]


@dataclass(frozen=True, slots=True)
class Rules:
    """How phases go.

    Attributes:
        tokens: of a phase.
        sections: of a phase; the guard looks after each.
        replay: share of a phase's tokens that earlier tasks get.
        most_replay, replay_step: how far and how fast the guard may raise it.
        floor: share of its entropy at the beginning that an open-ended task must keep.

    Raises:
        ScheduleError: a number is out of range.
    """

    tokens: int
    sections: int = 2
    replay: float = 0.2
    most_replay: float = 0.6
    replay_step: float = 0.2
    floor: float = 0.7

    def __post_init__(self) -> None:
        shares = 0 <= self.replay <= self.most_replay < 1 and self.replay_step > 0 and 0 <= self.floor <= 1
        if not shares or not 1 <= self.sections <= self.tokens:
            raise ScheduleError(
                f"{self}: needed are 0 <= replay <= most_replay < 1, replay_step above 0, floor in 0..1, "
                "and at least one section of at least one token"
            )

    def raised(self, replay: float) -> float:
        """More replay than that, up to the most."""
        return min(self.most_replay, replay + self.replay_step)


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase.

    Attributes:
        task: what is taught.
        replayed: the tasks of earlier phases.
        kept: states whose core stays as it is.
    """

    task: str
    replayed: tuple[str, ...]
    kept: tuple[str, ...] = ()

    def dose(self, tokens: int, replay: float, *, endangered: Sequence[str] = ()) -> Dose:
        """What a section reads: the task itself, then replay in equal parts, a double one for endangered tasks."""
        parts = {task: 2.0 if task in endangered else 1.0 for task in (*self.replayed, *endangered)}
        parts.pop(self.task, None)
        if not parts or not replay:
            return Dose(tokens, {self.task: 1.0}, self.kept)
        whole = sum(parts.values())
        replayed = {task: replay * part / whole for task, part in parts.items()}
        return Dose(tokens, {self.task: 1.0 - replay, **replayed}, self.kept)


@dataclass(frozen=True, slots=True)
class Section:
    """What a section of a phase came to.

    Attributes:
        phase, section: counted from 0.
        task: the phase's.
        dose: what was read.
        state: what it led to.
        entropy: mean on-policy entropy of each task, in nats a token.
        echoes: the forms of each task's answers, against the beginning.
        endangered: open-ended tasks below their floor.
        action: what follows.
    """

    phase: int
    section: int
    task: str
    dose: Dose
    state: str
    entropy: Mapping[str, float]
    echoes: tuple[Echo, ...]
    endangered: tuple[str, ...]
    action: Action


@dataclass(frozen=True, slots=True)
class Course:
    """A training that has gone through all its phases.

    Attributes:
        state: what was learned.
        begun: mean on-policy entropy of each task at the beginning.
        floors: of each open-ended task.
        sections: in their order.
    """

    state: State
    begun: Mapping[str, float]
    floors: Mapping[str, float]
    sections: tuple[Section, ...]

    @property
    def ends(self) -> dict[str, str]:
        """Task -> the last state of its own phase that was kept; what came of it later is forgetting or transfer."""
        return {one.task: one.state for one in self.sections if one.action != "end phase"}


def phases_of(
    order: Sequence[str], *, cores: Mapping[str, str] | None = None, groups: Sequence[Sequence[str]] = ()
) -> tuple[Phase, ...]:
    """One phase for each task.

    Args:
        order: of the tasks.
        cores: task -> the state that shows its core, which later phases leave as it is; None isolates none.
        groups: tasks whose cores overlap; those of one group share slots, and do not isolate each other.
    """
    group = {task: number for number, tasks in enumerate(groups) for task in tasks}
    found: list[Phase] = []
    for at, task in enumerate(order):
        others = [one for one in order[:at] if one not in group or group[one] != group.get(task)]
        kept = tuple(cores[one] for one in others if one in cores) if cores else ()
        found.append(Phase(task, tuple(order[:at]), kept))
    return tuple(found)


def judge(
    entropy: Mapping[str, float], floors: Mapping[str, float], *, replay: float, rules: Rules
) -> tuple[Action, tuple[str, ...]]:
    """What the guard says of the entropies after a section, and which tasks are endangered."""
    endangered = tuple(task for task, floor in floors.items() if entropy[task] < floor)
    if not endangered:
        return "go on", ()
    return ("more replay" if replay < rules.most_replay else "end phase"), endangered


def train(
    learner: Learner,
    phases: Sequence[Phase],
    natures: Mapping[str, Nature],
    rules: Rules,
    *,
    seed: int,
    report: Callable[[Section], None] | None = None,
) -> Course:
    """Go through all phases.

    Args:
        learner: who learns.
        phases: in their order.
        natures: of all tasks; those that are open-ended get a floor.
        rules: of the phases.
        seed: of the fits.
        report: told after each section.
    """
    begun = {task: learner.entropy(None, task, temperature=1.0) for task in natures}
    levels = {task: fmean(behaviour.on_policy) for task, behaviour in begun.items()}
    floors = {task: rules.floor * levels[task] for task, nature in natures.items() if nature == "open"}
    state: State = None
    found: list[Section] = []
    for number, phase in enumerate(phases):
        teacher = _Phase(learner, phase, rules, begun, floors)
        endangered = found[-1].endangered if found else ()
        for section in teacher.sections(number, state, endangered, seed=seed):
            found.append(section)
            state = state if section.action == "end phase" else section.state
            if report is not None:
                report(section)
    return Course(state, levels, floors, tuple(found))


@dataclass(frozen=True, slots=True)
class _Phase:
    """What all sections of a phase share."""

    learner: Learner
    phase: Phase
    rules: Rules
    begun: Mapping[str, Behaviour]
    floors: Mapping[str, float]

    def sections(self, number: int, state: State, endangered: tuple[str, ...], *, seed: int) -> Iterator[Section]:
        """Read the phase section by section, until the last one or until the guard ends it."""
        replay = self.rules.raised(self.rules.replay) if endangered else self.rules.replay
        for at in range(self.rules.sections):
            dose = self.phase.dose(self.rules.tokens // self.rules.sections, replay, endangered=endangered)
            reached = self.learner.fit(state, dose, seed=seed)
            section = self._judged(number, at, dose, reached, replay=replay)
            yield section
            if section.action == "end phase":
                return
            if section.action == "more replay":
                replay = self.rules.raised(replay)
            state, endangered = section.state, section.endangered

    def _judged(self, number: int, at: int, dose: Dose, state: str, *, replay: float) -> Section:
        now = {task: self.learner.entropy(state, task, temperature=1.0) for task in self.begun}
        entropy = {task: fmean(behaviour.on_policy) for task, behaviour in now.items()}
        action, endangered = judge(entropy, self.floors, replay=replay, rules=self.rules)
        echoes = tuple(listen(task, self.begun[task], behaviour) for task, behaviour in now.items())
        return Section(number, at, self.phase.task, dose, state, entropy, echoes, endangered, action)
