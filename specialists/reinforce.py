"""Reinforcement: specialists learn from answers that they draw themselves, by rewards that can be verified.

In each step every trial is answered several times in one batch over its prefix, each answer is rewarded, and the slots
are changed so that answers better than the others of their trial become likelier. With A the advantage of an answer of
T drawn tokens, p the specialist and q the base alone:

    loss = mean over answers of 1/T sum_t [ -A log p_t + kl * (q_t/p_t - log(q_t/p_t) - 1) ]

Answers are learned from once, so that no ratio to an older specialist is needed. All specialists of a bank learn in one
mixed batch, whatever their kinds, with gradients as disjoint as in fit.py; and a killed run goes on in the same way.

Source: GRPO, 2402.03300 equations 3 and 4 (k3 estimator of the divergence); leave-one-out baseline: Kool et al. 2019,
"Buy 4 REINFORCE Samples"; Transformer², 2501.06252, section 3.2, whose SVF learns by REINFORCE.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Literal

import torch

from divisi.specialists.advantage import ADVANTAGES
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.drawn import Drawn, batches, loss_of, shares
from divisi.specialists.engine import Engine
from divisi.specialists.errors import TrainingError
from divisi.specialists.rollout import Rollout, Trial, roll
from divisi.specialists.slots import frozen_digest
from divisi.specialists.stepping import Progress, go_through, refuse_no_numbers
from divisi.specialists.trainee import Trainee


@dataclass(frozen=True, slots=True)
class ReinforceOptions:
    """How a reinforcement goes.

    Attributes:
        rate: the learning rate at its peak.
        steps: how many.
        trials: cases of a step.
        samples: answers to each case.
        advantage: "group" divides what an answer is better than its group's mean by their deviation (GRPO);
            "one_out" takes the mean of the others as a baseline (REINFORCE).
        kl: weight of the divergence from the base alone.
        length: the most tokens of a packed sequence.
        warmup_share, clip, checkpoint_s, autocast: as in fit.FitOptions.
        seed: of the order of the trials, and of all drawing.

    Raises:
        TrainingError: a number is out of range.
    """

    rate: float = 2e-3
    steps: int = 100
    trials: int = 8
    samples: int = 8
    advantage: Literal["group", "one_out"] = "group"
    kl: float = 0.04
    length: int = 2048
    warmup_share: float = 0.05
    clip: float = 1.0
    seed: int = 0
    checkpoint_s: float = 60.0
    autocast: torch.dtype | None = None

    def __post_init__(self) -> None:
        counts = {"steps": self.steps, "trials": self.trials, "length": self.length}
        wrong = [f"{name}={count}" for name, count in counts.items() if count < 1]
        wrong += [] if self.samples > 1 else [f"samples={self.samples}"]
        amounts = {"rate": self.rate, "clip": self.clip}
        wrong += [f"{name}={amount}" for name, amount in amounts.items() if not 0 < amount < float("inf")]
        wrong += [] if 0 <= self.kl < float("inf") else [f"kl={self.kl}"]
        wrong += [] if 0 <= self.warmup_share <= 1 else [f"warmup_share={self.warmup_share}"]
        wrong += [] if self.advantage in ADVANTAGES else [f"advantage={self.advantage}"]
        if wrong:
            needed = f"counts are at least 1, samples 2, rate and clip above 0, advantage {' or '.join(ADVANTAGES)}"
            raise TrainingError(f"{', '.join(wrong)}: {needed}")


def reinforce(
    base: Base,
    bank: Bank,
    trials: Sequence[Trial],
    options: ReinforceOptions,
    *,
    folder: Path | None = None,
    report: Callable[[Progress], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Progress:
    """Train all slots of a bank that take gradients, in place, by the rewards of trials.

    Args:
        base: frozen, not changed; its attention is taken over, as by an engine.
        bank: on the base's model. A trunk plays beside, and stays.
        trials: from `trials_of`.
        options: how.
        folder: for checkpoints, this training's own; None keeps none.
        report: called after every step; `losses` are the divergences from the base in nats a token.
        clock: seconds from any beginning.

    Raises:
        TrainingError: nothing learns, or has nothing to learn from; a number is none; the checkpoint is of another
            training; an answer could not be drawn.
        DamagedError: the newest checkpoint is damaged.
        SpecialistError: as `Engine.start` and `force`.
    """
    training = _Reinforcing(base, bank, trials, options)
    return go_through(
        training,
        folder=folder,
        identity=lambda: _identity(base, bank, trials, options),
        checkpoint_s=options.checkpoint_s,
        report=report,
        clock=clock,
    )


class _Reinforcing:
    """Trainees and what they try: what a step changes."""

    def __init__(self, base: Base, bank: Bank, trials: Sequence[Trial], options: ReinforceOptions) -> None:
        _refuse_long(trials, options)
        self._base, self._bank, self._trials, self._options = base, bank, trials, options
        self._engine = Engine(base, bank, max_rows=options.trials * options.samples)
        self._course = _lay_course(len(trials), options)
        self.step, self.tokens = 0, 0
        self.rewards: dict[str, float] = {}
        self.trainees = _trainees(bank, [[trials[number] for number in step] for step in self._course], options)

    @property
    def steps(self) -> int:
        """How many there are."""
        return self._options.steps

    def learn(self) -> dict[str, float]:
        """One step: draw, judge, change. Returns each specialist's divergence from the base."""
        options = self._options
        trials = [self._trials[number] for number in self._course[self.step]]
        seed = f"{options.seed}/{self.step}"
        groups = roll(self._base, self._bank, self._engine, trials, samples=options.samples, seed=seed)
        told = self._update(trials, groups)
        self.rewards = _mean_rewards(trials, groups)
        self.step += 1
        return told

    def _update(self, trials: Sequence[Trial], groups: Sequence[Sequence[Rollout]]) -> dict[str, float]:
        options = self._options
        share = shares(trials, options.samples)
        divergences = dict.fromkeys(share, 0.0)
        drawn = [_drawn(trial, group, share, options) for trial, group in zip(trials, groups, strict=True)]
        for batch in batches(self._bank, drawn, length=options.length, pad_id=self._base.end_id):
            loss, parts = loss_of(self._base, self._bank, batch, kl=options.kl, autocast=options.autocast)
            torch.autograd.backward(loss)
            self.tokens += sum(len(one.rollout.ids) for one in batch.answers)
            for name, part in parts.items():
                divergences[name] += part
        learning = [one for one in self.trainees if one.name in share]
        norms = {one.name: float(one.clip_gradient(scale=1.0)) for one in learning}
        refuse_no_numbers(self, "divergence", divergences, rate=options.rate)
        refuse_no_numbers(self, "gradient", norms, rate=options.rate)
        for one in learning:
            one.learn()
        for one in self.trainees:
            one.forget_gradient()
        return divergences


def _drawn(
    trial: Trial, group: Sequence[Rollout], share: Mapping[str, float], options: ReinforceOptions
) -> list[Drawn]:
    advantages = ADVANTAGES[options.advantage]([rollout.reward for rollout in group])
    return [
        Drawn(trial, rollout, advantage, share[trial.specialist])
        for rollout, advantage in zip(group, advantages, strict=True)
    ]


def _mean_rewards(trials: Sequence[Trial], groups: Sequence[Sequence[Rollout]]) -> dict[str, float]:
    rewards: dict[str, list[float]] = {}
    for trial, group in zip(trials, groups, strict=True):
        rewards.setdefault(trial.specialist, []).extend(rollout.reward for rollout in group)
    return {name: sum(values) / len(values) for name, values in rewards.items()}


def _lay_course(count: int, options: ReinforceOptions) -> list[list[int]]:
    """The trials of each step, by number; every trial comes once before any comes again."""
    if not count:
        raise TrainingError("there is nothing to try: give trials")
    numbers: list[int] = []
    epoch = 0
    while len(numbers) < options.steps * options.trials:
        order = list(range(count))
        Random(f"{options.seed}/{epoch}").shuffle(order)
        numbers += order
        epoch += 1
    return [numbers[step * options.trials : (step + 1) * options.trials] for step in range(options.steps)]


def _refuse_long(trials: Sequence[Trial], options: ReinforceOptions) -> None:
    for trial in trials:
        tokens = len(trial.prefix) + len(trial.invocation) + trial.max_tokens + 1
        if tokens > options.length:
            raise TrainingError(
                f"a trial of {trial.specialist} has up to {tokens} tokens and a sequence {options.length}; "
                "train with a greater length, or leave it out"
            )


def _trainees(bank: Bank, course: Sequence[Sequence[Trial]], options: ReinforceOptions) -> list[Trainee]:
    if bank.trunk is not None and bank.trunk.parameters():
        raise TrainingError("a trunk does not learn by rewards; freeze it, and it plays beside")
    updates: dict[str, int] = {}
    for step in course:
        for name in {trial.specialist for trial in step}:
            updates[name] = updates.get(name, 0) + 1
    learners = [slots for name in bank.names if (slots := bank.slots(name)).parameters()]
    names = {slots.name for slots in learners}
    if not learners:
        raise TrainingError("no slots take gradients: make new ones, and freeze only those that shall stay")
    if names != set(updates):
        unknown, idle = sorted(set(updates) - names), sorted(names - set(updates))
        raise TrainingError(
            f"trials are of {', '.join(unknown) or 'nobody'} who do not learn, and {', '.join(idle) or 'nobody'} learn "
            "without trials; give each specialist that learns some trials, and no others"
        )
    return [
        Trainee(
            slots,
            updates=updates[slots.name],
            rate=options.rate,
            warmup_share=options.warmup_share,
            clip=options.clip,
        )
        for slots in learners
    ]


def _identity(base: Base, bank: Bank, trials: Sequence[Trial], options: ReinforceOptions) -> str:
    """sha256 of all that a training's result follows from, but for rewards' code and what new slots begin with."""
    chosen = {name: str(value) for name, value in asdict(options).items() if name != "checkpoint_s"}
    learners = [
        [slots.name, slots.kind, [list(part.shape) for part in slots.parameters()]]
        for slots in map(bank.slots, bank.names)
        if slots.parameters()
    ]
    told = [[one.id, one.specialist, one.prefix, one.invocation, one.grammar, one.max_tokens] for one in trials]
    content = [base.fingerprint, chosen, learners, frozen_digest(bank.trunk), told]
    return hashlib.sha256(json.dumps(content, default=dict).encode()).hexdigest()
