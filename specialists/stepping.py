"""A training, step by step: it reports after each, keeps checkpoints, and goes on where a killed one stopped."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Protocol

from divisi.specialists.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from divisi.specialists.errors import TrainingError
from divisi.specialists.trainee import Trainee


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training is after a step.

    Attributes:
        step, steps: how many are done, of how many.
        losses: the mean loss of each specialist that had answers in the step, in nats a token; of a reinforcement the
            divergence from the base instead.
        tokens: read since the beginning, in earlier processes too, padding not counted.
        tokens_per_s: since this process began.
        rewards: the mean reward of each specialist's answers in the step, of a reinforcement.
    """

    step: int
    steps: int
    losses: Mapping[str, float]
    tokens: int
    tokens_per_s: float
    rewards: Mapping[str, float] = field(default_factory=dict)


class Training(Protocol):
    """What a step changes."""

    step: int
    tokens: int

    @property
    def trainees(self) -> Sequence[Trainee]:
        """Who learns."""

    @property
    def rewards(self) -> Mapping[str, float]:
        """The mean reward of each specialist in the last step, where there are rewards."""

    @property
    def steps(self) -> int:
        """How many there are."""

    def learn(self) -> Mapping[str, float]:
        """One step. Returns what is told of it, by specialist."""


def go_through(
    training: Training,
    *,
    folder: Path | None,
    identity: Callable[[], str],
    checkpoint_s: float,
    report: Callable[[Progress], None] | None,
    clock: Callable[[], float] = time.monotonic,
) -> Progress:
    """Take all steps that are left, from the newest checkpoint where there is one.

    Args:
        training: is changed.
        folder: for checkpoints, this training's own; None keeps none.
        identity: gives a hash of all that the result follows from.
        checkpoint_s: at most so much work is lost when the process dies, in seconds.
        report: called after every step.
        clock: seconds from any beginning.

    Raises:
        TrainingError: the checkpoint is of another training.
        DamagedError: the newest checkpoint is damaged.
    """
    kept = None if folder is None else _Kept(folder, training, identity(), checkpoint_s, clock)
    began_s, began_tokens = clock(), training.tokens
    progress = Progress(training.step, training.steps, {}, training.tokens, 0.0)
    while training.step < training.steps:
        losses = training.learn()
        read, passed_s = training.tokens - began_tokens, clock() - began_s
        speed = read / max(passed_s, 1e-9)
        progress = Progress(training.step, training.steps, losses, training.tokens, speed, training.rewards)
        if report is not None:
            report(progress)
        if kept is not None:
            kept.save_in_time(last=training.step == training.steps)
    return progress


def refuse_no_numbers(training: Training, what: str, values: Mapping[str, float], *, rate: float) -> None:
    """Refuse a step before anything is changed by it: a NaN in the slots of one specialist would reach all others.

    Args:
        training: says which step it is.
        what: is meant by the values.
        values: by specialist.
        rate: the learning rate, for the message.

    Raises:
        TrainingError: names what is no number, of whom, and the step.
    """
    wrong = [f"{name} ({value})" for name, value in values.items() if not isfinite(value)]
    if wrong:
        raise TrainingError(
            f"the {what} of {', '.join(wrong)} is no finite number in step {training.step + 1} of "
            f"{training.steps}; nothing was changed by it. Train with a lower rate than "
            f"{rate:g}, from new slots in a new folder"
        )


class _Kept:
    """The checkpoints of a training: goes on from the newest when made, and writes the next in time."""

    def __init__(
        self, folder: Path, training: Training, identity: str, every_s: float, clock: Callable[[], float]
    ) -> None:
        self._folder, self._training, self._identity, self._clock = folder, training, identity, clock
        self._every_s = every_s
        self._resume()
        self._saved_s = self._stepped_s = clock()

    def save_in_time(self, *, last: bool) -> None:
        """Save when the next step, as long as the one before, would end too late, and after the last."""
        now_s = self._clock()
        step_s, self._stepped_s = now_s - self._stepped_s, now_s
        if not last and now_s + step_s - self._saved_s < self._every_s:
            return
        training = self._training
        facts = {
            "identity": self._identity,
            "tokens": training.tokens,
            "done": {one.name: one.done for one in training.trainees},
        }
        tensors = {name: tensor for one in training.trainees for name, tensor in one.state().items()}
        save_checkpoint(self._folder, Checkpoint(training.step, facts, tensors))
        self._saved_s = self._stepped_s = self._clock()

    def _resume(self) -> None:
        checkpoint = load_checkpoint(self._folder)
        if checkpoint is None:
            return
        if checkpoint.facts.get("identity") != self._identity:
            raise TrainingError(
                f"{self._folder} holds a checkpoint of another training: base, trunk, examples, slots or options were "
                "not these; give a new folder, or the same again"
            )
        self._training.step, self._training.tokens = checkpoint.step, checkpoint.facts["tokens"]
        for one in self._training.trainees:
            one.restore(checkpoint.tensors, done=checkpoint.facts["done"][one.name])
