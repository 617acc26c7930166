"""Train specialists on a frozen base, all of a bank in one mixed batch, resumable at any moment.

One forward pass reads packed trees: the base alone reads the prefixes, each branch wakes its own specialist. The loss
is that of the answers' tokens, as a mean over each specialist's own, so that long answers do not drown short ones.
With optimisers, clips and rates of their own, specialists that are trained together become what each would become
alone. The trunk learns from the mean of all specialists' losses.

    bank.add(lora_slots(base.model, "names", LoraOptions(), generator=generator))
    forest = grow(base, examples, specialists={"names": "names"}, length=options.length)
    fit(base, bank, forest.trees, options, folder=Path("work"), report=print)

The same call goes on where a killed one stopped. No random state is kept, as there is none: a base in evaluation drops
nothing out, and the order follows from the seed.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path

import torch

from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.branches import data_hash
from divisi.specialists.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from divisi.specialists.course import Course, lay_course
from divisi.specialists.errors import TrainingError
from divisi.specialists.forced import force
from divisi.specialists.pack import Node, Packed
from divisi.specialists.slots import Slots
from divisi.specialists.trainee import Trainee


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How a training goes.

    Attributes:
        rate: the learning rate at its peak.
        epochs: how often every tree is read.
        steps: ends after so many steps instead, however many epochs that takes.
        rows: sequences of a step.
        length: the most tokens of a sequence.
        warmup_share: the share of each specialist's updates in which its rate rises; then it falls to 0.
        clip: the largest norm of the gradient of each specialist.
        focus: exponent of the focal loss, which weighs a token by (1 - p)^focus; 0 is plain cross-entropy.
        seed: of the order of the trees.
        checkpoint_s: at most so much work is lost when the process dies, in seconds.
        autocast: computes in this precision where that is safe (torch.bfloat16 on a GPU); None is the base's own.

    Raises:
        TrainingError: a number is out of range.
    """

    rate: float = 1e-3
    epochs: int = 3
    steps: int | None = None
    rows: int = 8
    length: int = 1024
    warmup_share: float = 0.05
    clip: float = 1.0
    focus: float = 0.0
    seed: int = 0
    checkpoint_s: float = 60.0
    autocast: torch.dtype | None = None

    def __post_init__(self) -> None:
        counts = {"epochs": self.epochs, "rows": self.rows, "length": self.length, "steps": self.steps}
        amounts = {"rate": self.rate, "clip": self.clip}
        wrong = [f"{name}={count}" for name, count in counts.items() if count is not None and count < 1]
        wrong += [f"{name}={amount}" for name, amount in amounts.items() if not 0 < amount < float("inf")]
        wrong += [] if 0 <= self.focus <= 10 else [f"focus={self.focus}"]
        wrong += [] if 0 <= self.warmup_share <= 1 else [f"warmup_share={self.warmup_share}"]
        if wrong:
            needed = "counts are at least 1, rate and clip above 0, shares in 0..1, focus in 0..10"
            raise TrainingError(f"{', '.join(wrong)}: {needed}")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training is after a step.

    Attributes:
        step, steps: how many are done, of how many.
        losses: the mean loss of each specialist that had answers in the step, in nats a token.
        tokens: read since the beginning, in earlier processes too, padding not counted.
        tokens_per_s: since this process began.
    """

    step: int
    steps: int
    losses: Mapping[str, float]
    tokens: int
    tokens_per_s: float


def fit(
    base: Base,
    bank: Bank,
    trees: Sequence[Node],
    options: FitOptions,
    *,
    folder: Path | None = None,
    report: Callable[[Progress], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Progress:
    """Train all slots of a bank that take gradients, in place; frozen residents and a frozen trunk play but stay.

    Args:
        base: frozen, not changed.
        bank: on the base's model. Where its trunk learns, specialists need not be resident: the trunk then plays alone.
        trees: from `grow`, with the same length.
        options: how.
        folder: for checkpoints, this training's own; None keeps none.
        report: called after every step.
        clock: seconds from any beginning.

    Raises:
        TrainingError: nothing learns, or has nothing to learn from; a loss is no number (the message names specialist
            and step; the last checkpoint is from before); the checkpoint is of another training.
        DamagedError: the newest checkpoint is damaged.
        SpecialistError: as `force`.
    """
    course = lay_course(
        trees, rows=options.rows, length=options.length, seed=options.seed, epochs=options.epochs, steps=options.steps
    )
    training = _Training(base, bank, course, options)
    kept = None if folder is None else _Kept(folder, training, _identity(base, bank, trees, options), options, clock)
    began_s, began_tokens = clock(), training.tokens
    progress = Progress(training.step, len(course.steps), {}, training.tokens, 0.0)
    while training.step < len(course.steps):
        losses = training.learn()
        read, passed_s = training.tokens - began_tokens, clock() - began_s
        progress = Progress(training.step, len(course.steps), losses, training.tokens, read / max(passed_s, 1e-9))
        if report is not None:
            report(progress)
        if kept is not None:
            kept.save_in_time(last=training.step == len(course.steps))
    return progress


class _Training:
    """Trainees on their course: what a step changes."""

    def __init__(self, base: Base, bank: Bank, course: Course, options: FitOptions) -> None:
        self._base, self._bank, self._course, self._options = base, bank, course, options
        trunk = _learning_trunk(bank)
        self._trunk = None if trunk is None else trunk.name
        self.step, self.tokens = 0, 0
        self.trainees = _trainees(bank, course, options)

    def learn(self) -> dict[str, float]:
        """One step. Returns the loss of each specialist that has answers in it."""
        losses = self._update(self._course.batch(self.step, pad_id=self._base.end_id))
        self.tokens += self._course.tokens(self.step)
        self.step += 1
        return losses

    def _update(self, packed: Packed) -> dict[str, float]:
        forced = force(self._base, self._bank, packed, autocast=self._options.autocast)
        means = forced.means()
        torch.autograd.backward(forced.focused(self._options.focus).sum())
        present = forced.specialists
        learning = [one for one in self.trainees if one.name in (*present, self._trunk)]
        norms = [one.clip_gradient(scale=1 / len(present) if one.name == self._trunk else 1.0) for one in learning]
        # One transfer from the device for all numbers of a step.
        numbers = torch.stack([*means.detach(), *(norm.to(means) for norm in norms)]).tolist()
        losses = dict(zip(present, numbers[: len(present)], strict=True))
        self._refuse_no_numbers(losses, dict(zip([one.name for one in learning], numbers[len(present) :], strict=True)))
        for one in learning:
            one.learn()
        for one in self.trainees:
            one.forget_gradient()
        return losses

    def _refuse_no_numbers(self, losses: Mapping[str, float], norms: Mapping[str, float]) -> None:
        # Before anything is changed: once in the slots, a NaN of one specialist would reach all others.
        for what, values in (("loss", losses), ("gradient", norms)):
            wrong = [f"{name} ({value})" for name, value in values.items() if not isfinite(value)]
            if wrong:
                raise TrainingError(
                    f"the {what} of {', '.join(wrong)} is no finite number in step {self.step + 1} of "
                    f"{len(self._course.steps)}; nothing was changed by it. Train with a lower rate than "
                    f"{self._options.rate:g}, from new slots in a new folder"
                )


def _learning_trunk(bank: Bank) -> Slots | None:
    return bank.trunk if bank.trunk is not None and bank.trunk.parameters() else None


def _trainees(bank: Bank, course: Course, options: FitOptions) -> list[Trainee]:
    appearances = course.appearances()
    trunk = _learning_trunk(bank)
    if trunk is None and (unknown := sorted(set(appearances) - set(bank.names))):
        raise TrainingError(f"there are answers of {', '.join(unknown)} and no slots; add them, or leave those out")
    if trunk is not None and trunk.name in (*bank.names, *appearances):
        raise TrainingError(f"trunk and specialist are both named {trunk.name!r}; rename one")
    updates = {} if trunk is None else {trunk.name: len(course.steps)}
    updates |= appearances
    learners: list[Slots] = [*(slots for name in bank.names if (slots := bank.slots(name)).parameters())]
    learners += [] if trunk is None else [trunk]
    if not learners:
        raise TrainingError("no slots take gradients: make new ones, and freeze only those that shall stay")
    if idle := [slots.name for slots in learners if slots.name not in updates]:
        raise TrainingError(f"no example trains {', '.join(idle)}; give some, or freeze these slots")
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


class _Kept:
    """The checkpoints of a training: goes on from the newest when made, and writes the next in time."""

    def __init__(
        self, folder: Path, training: _Training, identity: str, options: FitOptions, clock: Callable[[], float]
    ) -> None:
        self._folder, self._training, self._identity, self._clock = folder, training, identity, clock
        self._every_s = options.checkpoint_s
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


def _identity(base: Base, bank: Bank, trees: Sequence[Node], options: FitOptions) -> str:
    """sha256 of all that a training's result follows from, but for the values that new slots begin with."""
    chosen = {name: str(value) for name, value in asdict(options).items() if name != "checkpoint_s"}
    learners = [
        [slots.name, slots.kind, [list(part.shape) for part in slots.parameters()]]
        for slots in (*map(bank.slots, bank.names), bank.trunk)
        if slots is not None and slots.parameters()
    ]
    told = [base.fingerprint, chosen, learners, _frozen_trunk(bank.trunk), [data_hash([tree]) for tree in trees]]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _frozen_trunk(trunk: Slots | None) -> str | None:
    if trunk is None or trunk.parameters():
        return None
    digest = hashlib.sha256()
    for site, own in trunk.sites.items():
        digest.update(site.encode())
        for part in (own.A, own.B, own.coefficient):
            digest.update(part.detach().float().cpu().numpy().tobytes())
    return digest.hexdigest()
