"""Learning by rewards: specialists draw answers, and their subtask's own checks and score say how good each is.

It comes after the true answers have been imitated, or instead: SVF, as its paper has it, learns by rewards alone.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from divisi.services.errors import StoppedError
from divisi.services.training_plan import Rewards
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.errors import PromptError
from divisi.specialists.reinforce import ReinforceOptions, reinforce
from divisi.specialists.rollout import Trial, trials_of
from divisi.specialists.stepping import Progress
from divisi.tasks.example import Example

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Manner:
    """What learning by rewards has in common with the training before it.

    Attributes:
        rate: that holds where the rewards name none.
        length: the most tokens of a sequence.
        seed: of the order and of all drawing.
        checkpoint_s: at most so much work is lost, in seconds.
    """

    rate: float
    length: int
    seed: int
    checkpoint_s: float


def learn_by_rewards(
    base: Base,
    bank: Bank,
    examples: Sequence[Example],
    names: Mapping[str, str],
    *,
    rewards: Rewards,
    manner: Manner,
    folder: Path,
    report: Callable[[Progress], None] | None,
) -> Progress:
    """Train all slots of a bank that take gradients by rewards; a trunk plays beside and stays.

    Args:
        base: frozen.
        bank: on the base's model.
        examples: that are tried; those that are too long with the longest answer are left out.
        names: subtask -> the specialist that tries it.
        rewards: how, with at least one step.
        manner: what the training before it says.
        folder: for checkpoints, its own.
        report: told after each step.

    Raises:
        StoppedError: no example of a subtask is short enough.
        SpecialistError: as `reinforce`.
    """
    trials = list(_short(base, examples, names, rewards, manner))
    if idle := sorted(set(names.values()) - {one.specialist for one in trials}):
        raise StoppedError(
            f"no example of {', '.join(idle)} fits {manner.length} tokens with an answer of {rewards.answer_tokens}; "
            "raise the length, or lower rewards.answer_tokens"
        )
    if len(trials) < len(examples):
        told = (len(examples) - len(trials), len(examples), manner.length)
        log.warning("event=too_long_for_rewards omitted=%d of=%d length=%d", *told)
    options = ReinforceOptions(
        rate=rewards.rate or manner.rate,
        steps=rewards.steps,
        trials=rewards.trials,
        samples=rewards.samples,
        advantage=rewards.advantage,
        kl=rewards.kl,
        length=manner.length,
        seed=manner.seed,
        checkpoint_s=manner.checkpoint_s,
    )
    return reinforce(base, bank, trials, options, folder=folder, report=report)


def _short(
    base: Base, examples: Sequence[Example], names: Mapping[str, str], rewards: Rewards, manner: Manner
) -> Iterator[Trial]:
    """The trials whose longest answer fits into a sequence, its end included."""
    for example in examples:
        try:
            (trial,) = trials_of(base, [example], specialists=names, max_tokens=rewards.answer_tokens)
        except PromptError:
            continue
        if len(trial.prefix) + len(trial.invocation) + trial.max_tokens + 1 <= manner.length:
            yield trial
