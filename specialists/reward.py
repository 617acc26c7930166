"""Rewards: how good an answer is, as one number from -1 to 1, by its subtask's own checks and score."""

from collections.abc import Callable, Mapping
from typing import Any

from divisi.tasks.subtask import AnswerError, Case, Subtask

Reward = Callable[[str], float]
"""Takes an answer's text."""

WORST, BEST = -1.0, 1.0
LOWER_IS_BETTER = "hallucinated"


def rewarded(subtask: Subtask, case: Case, truth: Any) -> Reward:
    """The reward of answers to one case: the worst for what cannot be parsed or fails a check, else by its score.

    Source: Transformer², 2501.06252, section 3.2, gives -1 or 1; a score in between is the share of the way.
    """

    def reward(text: str) -> float:
        try:
            value = subtask.parse(text, case)
        except AnswerError:
            return WORST
        if not subtask.verify(value, case).valid:
            return WORST
        return WORST + (BEST - WORST) * share(subtask.score(value, truth, case))

    return reward


def share(scores: Mapping[str, float]) -> float:
    """The mean of metrics, from 0 to 1, higher is better."""
    values = [1.0 - value if name == LOWER_IS_BETTER else value for name, value in scores.items()]
    return sum(values) / len(values)
