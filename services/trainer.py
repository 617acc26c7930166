"""The trainer: does what the scheduler asks on a real base, and trains specialists beside the trunk; knows no Ray.

Whatever it has done is kept (kept.py) under a name that follows from base, data, options, what it began from, dose and
seed. A fit that was killed goes on from its own checkpoint.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from divisi.scheduler.learner import Behaviour, Dose, State
from divisi.services.beside import playing
from divisi.services.config import Config
from divisi.services.examining import examine, manner_of
from divisi.services.kept import Kept
from divisi.services.loading import load_base
from divisi.services.material import Material
from divisi.services.measuring import Measuring
from divisi.services.rewarding import Manner, learn_by_rewards
from divisi.services.stopping import named
from divisi.services.training_plan import TrainingPlan
from divisi.specialists.awake import PREFIX
from divisi.specialists.base import Base
from divisi.specialists.branches import apart, data_hash
from divisi.specialists.card import read_card
from divisi.specialists.continuing import learning
from divisi.specialists.fit import FitOptions, Progress, fit
from divisi.specialists.isolation import Core, changes, core, groups, union
from divisi.specialists.machine import chance
from divisi.specialists.pack import Node
from divisi.specialists.replicas import devices_beside
from divisi.specialists.slots import Slots
from divisi.specialists.store import find_kind, load_specialist, save_specialist
from divisi.tasks.example import Example

TRUNK = "trunk"
OWN = ("tokens", "kind", "rank")
"""The options of specialists alone, on which no trunk depends."""

Report = Callable[[str, Progress], None]
"""Takes what is being trained, and where it is."""


class Trainer:
    """A learner of the scheduler's on a base. Its states are trunks.

    Args:
        plan: what is trained; everything is kept under `plan.work`.
        report: told after each step of a fit.
    """

    def __init__(self, plan: TrainingPlan, *, report: Report | None = None) -> None:
        self._plan, self._report, self._kept = plan, report, Kept(plan.work)
        self._measured: tuple[State, Measuring] | None = None

    def by(self, plan: TrainingPlan) -> "Trainer":
        """A trainer by a plan that differs in how it trains alone: on this base, from this data as it was read."""
        other = Trainer(plan, report=self._report)
        other.base, other.material = self.base, self.material
        return other

    @cached_property
    def base(self) -> Base:
        """The base of the plan."""
        return load_base(self._config)

    @cached_property
    def _others(self) -> tuple[Base, ...]:
        """The base on every other GPU that this process sees, for the trunk; none where the plan names a device."""
        if self._plan.device not in (None, "cuda"):
            return ()
        devices = devices_beside(self.base)
        return tuple(load_base(self._config.model_copy(update={"device": device})) for device in devices)

    @property
    def _config(self) -> Config:
        plan = self._plan
        return Config(base=plan.base, device=plan.device, dtype=plan.dtype, threads=plan.threads)

    @cached_property
    def material(self) -> Material:
        """The data of the plan."""
        with named("reading the data", self._plan.work):
            return Material(self._plan, self.base)

    def fit(self, start: State, dose: Dose, *, seed: int) -> str:
        """See Learner.

        Raises:
            StoppedError: training cannot go on; the message says why and what to do.
        """
        state = self._key("fit", start, asdict(dose), seed)
        what = "+".join(dose.shares)
        with named(f"training the trunk on {what}", self._plan.work), self._kept.alone(state):
            if not self.state_folder(state).exists():
                trees = self.material.drawn(dose, seed)
                trunk = self._trunk(start, seed)
                frozen = union([self._core(kept) for kept in dose.kept])
                self._train(trees, trunk=trunk, own=None, key=state, what=f"trunk: {what}", frozen=frozen)
                self._save(state, self.state_folder(state), trunk, trees=trees, metrics={"tokens": dose.tokens})
        return state

    def score(self, state: State, task: str, *, temperature: float) -> Sequence[float]:
        """See Learner; what is scored, the plan says."""
        scoring = self._plan.schedule.scoring

        def measure() -> list[float]:
            measuring, asked = self._measuring(state), self.material.asked(task)
            by = measuring.answers if scoring == "answers" else measuring.probabilities
            return by(asked, temperature=temperature)

        found: list[float] = self._kept.remembered(self._key("score", scoring, state, task, temperature), measure)
        return found

    def entropy(self, state: State, task: str, *, temperature: float) -> Behaviour:
        """See Learner."""

        def measure() -> dict[str, Any]:
            return asdict(self._measuring(state).behaviour(self.material.asked(task), temperature=temperature))

        found = self._kept.remembered(self._key("entropy", state, task, temperature), measure)
        return Behaviour(**{name: tuple(values) for name, values in found.items()})

    def groups(self, probes: Mapping[str, str]) -> list[list[str]]:
        """Tasks whose cores overlap, by task -> the state after a short training on it from the beginning."""
        cores = {task: self._core(state) for task, state in probes.items()}
        return [list(group) for group in groups(cores, least=self._plan.schedule.overlap)]

    def specialist(self, task: str, trunk: State, *, seed: int) -> Path:
        """Train a task's specialist beside a trunk, or alone where that is None. Returns its folder, not accepted yet.

        Raises:
            StoppedError: as `fit`.
        """
        options, rewards = self._plan.training, self._plan.rewards
        told = [rewards.model_dump()] if rewards.steps else []
        key = self._key("specialist", task, trunk, seed, options.model_dump(include=set(OWN)), *told)
        folder = self._kept.specialist(key, task)
        with named(f"training {task}", self._plan.work), self._kept.alone(key):
            if not folder.exists():
                trees = self._read_by(task, seed)
                own = self._new(task, options.kind, options.rank, seed)
                beside = None if trunk is None else load_specialist(self.state_folder(trunk), self.base).slots
                if options.tokens:
                    self._train(trees, trunk=beside, own=own, key=key, what=task)
                if rewards.steps:
                    self._reward(task, trunk=beside, own=own, key=key)
                metrics = {"examples": len(self.material.examples(task)), "tokens": options.tokens}
                metrics |= {"reward_steps": rewards.steps} if rewards.steps else {}
                self._save(key, folder, own, trees=trees, metrics=metrics, subtask=task, trunk=self._version(trunk))
        return folder

    def examine(self, folder: Path | None, trunk: Path | None, examples: Sequence[Example]) -> list[float | None]:
        """The score of each answer of a stored specialist, or of the base alone, as it would be served."""
        self._rest()
        with named(f"examining {folder or 'the base'}", self._plan.work):
            return examine(self.base, folder, trunk, examples, manner_of(self._config))

    def state_folder(self, state: str) -> Path:
        """Where a state is kept, as a trunk."""
        return self._kept.state(state)

    def _key(self, *what: Any) -> str:
        """A name that follows from what is done, with what."""
        told = json.dumps([self._identity, *what], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @cached_property
    def _identity(self) -> Any:
        """All that a result follows from besides what is asked for."""
        plan = self._plan
        options = plan.training.model_dump(exclude={"checkpoint_s", *OWN})
        measured = plan.schedule.model_dump(include={"prompts", "answer_tokens", "core"})
        return [self.base.fingerprint, plan.dtype, options, measured, plan.seed, self.material.digest()]

    def _measuring(self, state: State) -> Measuring:
        """What asks a state; the one before is closed."""
        if self._measured is None or self._measured[0] != state:
            self._rest()
            slots = self._trunk(state, self._plan.seed).frozen()
            self._measured = (state, Measuring(self.base, slots, self._plan.schedule, seed=self._plan.seed))
        return self._measured[1]

    def _rest(self) -> None:
        """Measure nobody, so that nobody's slots are on the base."""
        if self._measured is not None:
            self._measured[1].close()
            self._measured = None

    def _trunk(self, start: State, seed: int) -> Slots:
        """The trunk that a fit begins from."""
        if start is None:
            return self._new(TRUNK, TRUNK, self._plan.training.trunk_rank, seed)
        return learning(load_specialist(self.state_folder(start), self.base).slots, name=TRUNK, kind=TRUNK)

    def _core(self, state: str) -> Core:
        """The slots that changed most from the beginning to a state."""
        before = self._new(TRUNK, TRUNK, self._plan.training.trunk_rank, self._plan.seed)
        after = load_specialist(self.state_folder(state), self.base).slots
        return core(changes(before, after), self._plan.schedule.core)

    def _new(self, name: str, kind: str, rank: int | None, seed: int) -> Slots:
        # The same name and seed give the same slots, whoever else is trained and on which worker.
        number = int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:6], "big")
        return find_kind(kind).new(self.base, name, rank, chance(number))

    def _read_by(self, task: str, seed: int) -> tuple[Node, ...]:
        """The trees that a task's specialist reads."""
        options = self._plan.training
        if not options.tokens:
            return ()
        readers = (task,) if find_kind(options.kind).awake[PREFIX] else ()
        return apart(self.material.drawn(Dose(options.tokens, {task: 1.0}), seed), readers)

    def _train(
        self,
        trees: Sequence[Node],
        *,
        trunk: Slots | None,
        own: Slots | None,
        key: str,
        what: str,
        frozen: Core | None = None,
    ) -> None:
        """Fit a trunk, or a specialist beside a frozen one."""
        options = self._plan.training
        chosen = FitOptions(
            rate=options.rate,
            epochs=1,
            rows=options.rows,
            length=options.length,
            focus=options.focus,
            seed=self._plan.seed,
            checkpoint_s=options.checkpoint_s,
        )
        self._rest()
        with playing(self.base, trunk, *(() if own is None else (own,))) as bank:
            work, report = self._kept.checkpoints(key), self._reporting(what)
            isolated, others = {TRUNK: frozen} if frozen else None, self._others if own is None else ()
            fit(self.base, bank, trees, chosen, frozen=isolated, others=others, folder=work, report=report)

    def _reward(self, task: str, *, trunk: Slots | None, own: Slots, key: str) -> None:
        """Let a specialist learn by rewards beside a frozen trunk."""
        options = self._plan.training
        rate = find_kind(options.kind).rate
        self._rest()
        with playing(self.base, trunk, own) as bank:
            learn_by_rewards(
                self.base,
                bank,
                self.material.examples(task),
                {task: task},
                rewards=self._plan.rewards,
                manner=Manner(rate, options.length, self._plan.seed, options.checkpoint_s),
                folder=self._kept.checkpoints(key) / "rewards",
                report=self._reporting(f"{task}, by rewards"),
            )

    def _reporting(self, what: str) -> Callable[[Progress], None] | None:
        report = self._report
        return None if report is None else lambda progress: report(what, progress)

    def _save(
        self,
        key: str,
        folder: Path,
        slots: Slots,
        *,
        trees: Sequence[Node],
        metrics: Mapping[str, Any],
        subtask: str | None = None,
        trunk: str | None = None,
    ) -> None:
        """Store what was trained; then its checkpoints go."""
        save_specialist(
            folder,
            slots.frozen(),
            base=self.base,
            subtask=subtask,
            data_hash=data_hash(trees, subtask) if trees else None,
            metrics=metrics,
            trunk=trunk,
        )
        shutil.rmtree(self._kept.checkpoints(key), ignore_errors=True)

    def _version(self, trunk: State) -> str | None:
        return None if trunk is None else read_card(self.state_folder(trunk)).version
