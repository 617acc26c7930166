"""Advantages: how much better each answer is than the others to the same case, from their rewards."""

from collections.abc import Callable, Mapping, Sequence

SAME = 1e-4
"""Added to the deviation of a group's rewards, so that equal rewards give no advantage."""


def group_advantages(rewards: Sequence[float]) -> list[float]:
    """How much better each answer of a group is than their mean, in deviations.

    Source: GRPO, 2402.03300, section 4.1.2.
    """
    mean = sum(rewards) / len(rewards)
    deviation = (sum((reward - mean) ** 2 for reward in rewards) / len(rewards)) ** 0.5
    return [(reward - mean) / (deviation + SAME) for reward in rewards]


def one_out_advantages(rewards: Sequence[float]) -> list[float]:
    """How much better each answer of a group is than the mean of the others: REINFORCE with a baseline.

    Source: Kool et al. 2019, "Buy 4 REINFORCE Samples, Get a Baseline for Free!".
    """
    total, others = sum(rewards), len(rewards) - 1
    return [reward - (total - reward) / others for reward in rewards]


ADVANTAGES: Mapping[str, Callable[[Sequence[float]], list[float]]] = {
    "group": group_advantages,
    "one_out": one_out_advantages,
}
"""By the name that options give them."""
