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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.branches import data_hash
from divisi.specialists.course import Course, lay_course
from divisi.specialists.errors import TrainingError
from divisi.specialists.forced import force
from divisi.specialists.isolation import Core, masks, to_record
from divisi.specialists.pack import Node, Packed
from divisi.specialists.replicas import Replicas
from divisi.specialists.slots import Slots, frozen_digest
from divisi.specialists.stepping import Progress, go_through, refuse_no_numbers
from divisi.specialists.trainee import Trainee

__all__ = ["FitOptions", "Progress", "fit"]


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


def fit(
    base: Base,
    bank: Bank,
    trees: Sequence[Node],
    options: FitOptions,
    *,
    frozen: Mapping[str, Core] | None = None,
    others: Sequence[Base] = (),
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
        frozen: by specialist, or trunk, the slots that stay as they are: the cores of earlier groups, see isolation.py.
        others: the same base on other devices, which read a part of each batch while a trunk learns; see replicas.py.
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
    training = _Training(base, bank, course, options, frozen or {})
    with training.on_all(others):
        return go_through(
            training,
            folder=folder,
            identity=lambda: _identity(base, bank, trees, options, frozen or {}),
            checkpoint_s=options.checkpoint_s,
            report=report,
            clock=clock,
        )


class _Training:
    """Trainees on their course: what a step changes."""

    def __init__(self, base: Base, bank: Bank, course: Course, options: FitOptions, frozen: Mapping[str, Core]) -> None:
        self._base, self._bank, self._course, self._options = base, bank, course, options
        trunk = _learning_trunk(bank)
        self._trunk = None if trunk is None else trunk.name
        self.step, self.tokens = 0, 0
        self.rewards: Mapping[str, float] = {}
        self.trainees = _trainees(bank, course, options, frozen)
        self._replicas: Replicas | None = None

    @contextmanager
    def on_all(self, others: Sequence[Base]) -> Iterator[None]:
        """Let copies of the base on other devices read a part of each batch."""
        if not others:
            yield
            return
        self._replicas = Replicas(self._base, self._bank, others)
        try:
            yield
        finally:
            self._replicas.close()
            self._replicas = None

    @property
    def steps(self) -> int:
        """How many there are."""
        return len(self._course.steps)

    def learn(self) -> dict[str, float]:
        """One step. Returns the loss of each specialist that has answers in it."""
        losses = self._update(self._course.batch(self.step, pad_id=self._base.end_id))
        self.tokens += self._course.tokens(self.step)
        self.step += 1
        return losses

    def _update(self, packed: Packed) -> dict[str, float]:
        present, means = self._gradients(packed)
        learning = [one for one in self.trainees if one.name in (*present, self._trunk)]
        norms = [one.clip_gradient(scale=1 / len(present) if one.name == self._trunk else 1.0) for one in learning]
        # One transfer from the device for all numbers of a step.
        numbers = torch.stack([*means, *(norm.to(means) for norm in norms)]).tolist()
        losses = dict(zip(present, numbers[: len(present)], strict=True))
        sizes = dict(zip([one.name for one in learning], numbers[len(present) :], strict=True))
        refuse_no_numbers(self, "loss", losses, rate=self._options.rate)
        refuse_no_numbers(self, "gradient", sizes, rate=self._options.rate)
        for one in learning:
            one.learn()
        for one in self.trainees:
            one.forget_gradient()
        return losses

    def _gradients(self, packed: Packed) -> tuple[tuple[str, ...], Tensor]:
        """Put gradients on who learns. Returns who has answers in the batch, and the mean loss of each."""
        focus, autocast = self._options.focus, self._options.autocast
        if self._replicas is not None:
            return self._replicas.gradients(packed, focus=focus, autocast=autocast)
        forced = force(self._base, self._bank, packed, autocast=autocast)
        torch.autograd.backward(forced.focused(focus).sum())
        return forced.specialists, forced.means().detach()


def _learning_trunk(bank: Bank) -> Slots | None:
    return bank.trunk if bank.trunk is not None and bank.trunk.parameters() else None


def _trainees(bank: Bank, course: Course, options: FitOptions, frozen: Mapping[str, Core]) -> list[Trainee]:
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
    if resting := sorted(set(frozen) - {slots.name for slots in learners}):
        raise TrainingError(f"slots of {', '.join(resting)} shall be isolated, and they do not learn; leave these out")
    return [
        Trainee(
            slots,
            updates=updates[slots.name],
            rate=options.rate,
            warmup_share=options.warmup_share,
            clip=options.clip,
            masks=masks(slots, frozen[slots.name]) if slots.name in frozen else None,
        )
        for slots in learners
    ]


def _identity(base: Base, bank: Bank, trees: Sequence[Node], options: FitOptions, frozen: Mapping[str, Core]) -> str:
    """sha256 of all that a training's result follows from, but for the values that new slots begin with."""
    chosen = {name: str(value) for name, value in asdict(options).items() if name != "checkpoint_s"}
    learners = [
        [slots.name, slots.kind, [list(part.shape) for part in slots.parameters()]]
        for slots in (*map(bank.slots, bank.names), bank.trunk)
        if slots is not None and slots.parameters()
    ]
    hashes = [data_hash([tree]) for tree in trees]
    told: list[object] = [base.fingerprint, chosen, learners, frozen_digest(bank.trunk), hashes]
    told += [{name: to_record(core) for name, core in frozen.items()}] if frozen else []
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
