"""What the scheduler needs of whoever trains: three methods on plain values.

A learner keeps what it has learned under names (states). The scheduler hands names back and never looks behind them, so
that it decides the same for a model on a cluster and for a toy of ten lines.

Errors:
    ScheduleError     a schedule that cannot be decided; the message says what was given
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Protocol

State = str | None
"""The name of what a learner has learned so far; None is the beginning, before it has learned anything."""


class ScheduleError(ValueError):
    """A schedule that cannot be decided."""


@dataclass(frozen=True, slots=True)
class Dose:
    """What one fit reads.

    Attributes:
        tokens: how much in all, padding not counted.
        shares: task -> its share of the tokens; they add up to 1.
        kept: states whose core this fit must leave as it is.

    Raises:
        ScheduleError: the tokens are not positive, or the shares are none.
    """

    tokens: int
    shares: Mapping[str, float]
    kept: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.tokens < 1:
            raise ScheduleError(f"a dose of {self.tokens} tokens teaches nothing; give at least 1")
        if any(share < 0 for share in self.shares.values()) or not isclose(sum(self.shares.values()), 1.0):
            raise ScheduleError(f"shares must be at least 0 and add up to 1, not {dict(self.shares)}")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a learner answers the fixed prompts of one task; the four have one entry for each prompt, in one order.

    Attributes:
        on_policy: mean entropy of the next token, over the tokens of an answer that it writes itself, in nats.
        forced: the same over the tokens of the reference answer.
        texts: what it wrote.
        scores: how good that is, in [0, 1].
    """

    on_policy: tuple[float, ...]
    forced: tuple[float, ...]
    texts: tuple[str, ...]
    scores: tuple[float, ...]


class Learner(Protocol):
    """Whoever trains. The same arguments always give the same result, so that asking again costs nothing."""

    def fit(self, start: State, dose: Dose, *, seed: int) -> str:
        """Go on from a state, which stays as it is. Returns the name of the new state."""

    def score(self, state: State, task: str, *, temperature: float) -> Sequence[float]:
        """The score of each item of a task's selection split, in [0, 1]; temperature 0 is greedy.

        No score that is reported may come from the selection split.
        """

    def entropy(self, state: State, task: str, *, temperature: float) -> Behaviour:
        """How a state answers a task's fixed prompts, with logits divided by the temperature."""
