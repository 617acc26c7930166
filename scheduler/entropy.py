"""Entropy tells structured tasks from open-ended ones, and lost calibration from lost skill.

After a short training on a task, the entropy of the tokens that the learner writes falls where the answer has one form
(structured), and rises where there are many good ones (open-ended). Two measures, because either alone deceives: that
of what it writes itself (on-policy) may change with what it writes about, and fixed references (forced) may be out of
its reach.

Source: Omni-Thinker 2507.14783 (on-policy entropy and the order); the forced measure and the control are ours.
"""

from dataclasses import dataclass
from math import exp, log
from statistics import fmean
from typing import Literal

from divisi.scheduler.estimate import LEAST_ITEMS, RESAMPLES, Estimate, mean_change
from divisi.scheduler.learner import Behaviour, Learner, State

Nature = Literal["structured", "open", "unclear"]
Verdict = Literal["kept", "calibration", "forgotten"]

HOTTEST = 16.0
"""The control looks for a temperature between 1 / HOTTEST and HOTTEST."""
HALVINGS = 12
LEAST_LOSS = 0.005
"""A score that is lower by less is as good: the temperature is found by halving, and never exact."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What a short training on a task did to the entropy of its answers.

    Attributes:
        task: which.
        on_policy, forced: the mean change over the prompts, in nats a token.
        prompts: how many there are.
    """

    task: str
    on_policy: Estimate
    forced: Estimate
    prompts: int

    @property
    def nature(self) -> Nature:
        """The sign of the on-policy drift.

        Unclear where its interval holds 0, the forced one clearly disagrees, or a handful of prompts was all.
        """
        if self.prompts < LEAST_ITEMS:
            return "unclear"
        if self.on_policy.below_zero and not self.forced.above_zero:
            return "structured"
        if self.on_policy.above_zero and not self.forced.below_zero:
            return "open"
        return "unclear"


def drift(task: str, before: Behaviour, after: Behaviour, *, seed: int, resamples: int = RESAMPLES) -> Drift:
    """The drift between two behaviours on the same prompts."""
    return Drift(
        task,
        on_policy=mean_change(before.on_policy, after.on_policy, seed=seed, resamples=resamples),
        forced=mean_change(before.forced, after.forced, seed=seed, resamples=resamples),
        prompts=len(before.forced),
    )


@dataclass(frozen=True, slots=True)
class Control:
    """Whether a lower score is forgetting, or only another sharpness of the distribution.

    Attributes:
        task: which.
        change: of the sampled score, from the old state to the new one.
        temperature: at which the new state has the old one's entropy; None where none in the range gives it.
        rescaled: change of the score from the old state to the new one at that temperature; None with it.
        verdict: kept: the score did not fall; calibration: it comes back at that temperature; forgotten: it does not.
    """

    task: str
    change: Estimate
    temperature: float | None
    rescaled: Estimate | None
    verdict: Verdict


def control(
    learner: Learner, task: str, *, before: State, after: State, seed: int, resamples: int = RESAMPLES
) -> Control:
    """Sample the new state at the temperature that gives it the old entropy, and look whether the score comes back.

    The forced entropy is matched, because it rises with the temperature whatever the model; the on-policy one need not.
    """
    old = learner.score(before, task, temperature=1.0)
    change = mean_change(old, learner.score(after, task, temperature=1.0), seed=seed, resamples=resamples)
    if change.high > -LEAST_LOSS:
        return Control(task, change, None, None, "kept")
    temperature = matching_temperature(learner, task, before=before, after=after)
    if temperature is None:
        return Control(task, change, None, None, "forgotten")
    now = learner.score(after, task, temperature=temperature)
    rescaled = mean_change(old, now, seed=seed, resamples=resamples)
    verdict: Verdict = "calibration" if rescaled.high > -LEAST_LOSS else "forgotten"
    return Control(task, change, temperature, rescaled, verdict)


def matching_temperature(learner: Learner, task: str, *, before: State, after: State) -> float | None:
    """The temperature at which the new state has the forced entropy that the old one has at 1; None out of range."""
    wanted = fmean(learner.entropy(before, task, temperature=1.0).forced)

    def missing(temperature: float) -> float:
        return wanted - fmean(learner.entropy(after, task, temperature=temperature).forced)

    low, high = -log(HOTTEST), log(HOTTEST)
    if missing(exp(low)) < 0 or missing(exp(high)) > 0:
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if missing(exp(middle)) > 0 else (low, middle)
    return exp((low + high) / 2)
