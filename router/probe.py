"""The probe: a calibrated linear classifier of plan kinds on the hidden state of a prefix, which can abstain.

    p = softmax((W ((x - mean) / scale) + b) / T)          x:[features]  W:[kinds, features]  b:[kinds]
    q = (p x chance)^sharpness, over its sum               chance: what code alone says, where it says something
    abstain where q[none] + q[reply] >= threshold

x is the prefix's last hidden state beside its mean over tokens, both of which reading the prefix gives for nothing,
how much the likest tools say the request's words, and how probably the most needed are needed (tasks/calling).
T is temperature scaling. Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2. Two
opinions are multiplied (a product of experts, Hinton 2002), since each sees what the other does not; what they share
counts twice, so that the product is too sure of itself, which the sharpness takes back.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import numpy as tensors

from divisi.router.leaning import NO_TRUST, Trust
from divisi.router.rules import Decider, Decision, Implied, Kind

Numbers = NDArray[np.float64]

KINDS: tuple[Kind, ...] = ("single", "parallel", "chain", "nested", "continue", "reply", "none")
FORMAT = 5
LIKEST = 4
"""How many tools' likeness and need the probe sees, the highest first."""
SILENT: tuple[Kind, ...] = ("reply", "none")
SEVERAL: tuple[Kind, ...] = ("parallel", "chain", "nested")
LEAST = 1e-6
"""The least probability that an opinion has beside another."""
TENSORS = ("mean", "scale", "weight", "bias")


def sight(
    state: NDArray[np.floating[Any]], scores: Sequence[float], needs: Sequence[float], stems: int, parts: int
) -> NDArray[np.float32]:
    """What the probe sees of a request, float32 [features of the prefix + 2 LIKEST + 2].

    Args:
        state: [features of the prefix].
        scores: how like the request each tool is.
        needs: the probability that each is needed.
        stems: how many different stems the request has.
        parts: in how many parts it asks.
    """
    told = [*_highest(scores), *_highest(needs), stems, parts]
    return np.concatenate([state, np.array(told)]).astype(np.float32)


def _highest(values: Sequence[float]) -> list[float]:
    highest = sorted(values, reverse=True)[:LIKEST]
    return [*highest, *[0.0] * (LIKEST - len(highest))]


class ProbeError(ValueError):
    """A probe that cannot be read, or that belongs to another base."""


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A fitted probe.

    Attributes:
        mean: [features], subtracted from a prefix's features.
        scale: [features], divides them.
        weight: [kinds, features].
        bias: [kinds].
        temperature: divides the logits.
        threshold: the probability of no call from which on the probe abstains.
        base_fingerprint: the base whose hidden states it reads.
        metrics: measured on the calibration split.
        trust: how far needs lean the names that this base chooses.
        sharpness: what the product with what code says is raised to.
        lists: the kinds for which a whole list of calls is asked for beside names and arguments.
    """

    mean: Numbers
    scale: Numbers
    weight: Numbers
    bias: Numbers
    temperature: float
    threshold: float
    base_fingerprint: str
    metrics: dict[str, float]
    trust: Trust = NO_TRUST
    sharpness: float = 1.0
    lists: tuple[Kind, ...] = SEVERAL

    def probabilities(self, features: NDArray[np.floating[Any]]) -> Numbers:
        """The calibrated probability of each kind, in the order of KINDS.

        Args:
            features: [features] or [cases, features].

        Returns:
            [kinds] or [cases, kinds].

        Raises:
            ProbeError: the features have another width than the probe was fitted on.
        """
        if features.shape[-1] != len(self.mean):
            raise ProbeError(f"features have width {features.shape[-1]}, the probe was fitted on {len(self.mean)}")
        logits = ((features - self.mean) / self.scale) @ self.weight.T + self.bias
        return softmax(logits / self.temperature)

    def decide(
        self, features: NDArray[np.floating[Any]], allowed: Implied, chances: Mapping[str, float] | None = None
    ) -> Decision:
        """The kind of plan for one prefix, among those that its form allows.

        Args:
            features: [features].
            allowed: two kinds or more.
            chances: what code alone says of kinds; one that it does not name is as probable as "none".
        """
        alone = dict(zip(KINDS, self.probabilities(features).tolist(), strict=True))
        return decided(together(alone, chances, self.sharpness), allowed, self.threshold, by="probe")

    def to_bytes(self) -> tuple[bytes, bytes]:
        """The probe as the contents of a JSON file and of a safetensors file."""
        record = {
            "format": FORMAT,
            "kinds": list(KINDS),
            "temperature": self.temperature,
            "threshold": self.threshold,
            "sharpness": self.sharpness,
            "base_fingerprint": self.base_fingerprint,
            "lists": list(self.lists),
            "metrics": self.metrics,
            "trust": asdict(self.trust),
        }
        arrays = {name: getattr(self, name).astype(np.float32) for name in TENSORS}
        return (json.dumps(record, indent=2) + "\n").encode(), tensors.save(arrays)


def from_bytes(record_bytes: bytes, tensor_bytes: bytes, *, base_fingerprint: str) -> Probe:
    """A probe from the contents of its two files.

    Raises:
        ProbeError: another format version, other kinds, or another base than the one that runs.
    """
    record = json.loads(record_bytes)
    for key, expected in (("format", FORMAT), ("kinds", list(KINDS)), ("base_fingerprint", base_fingerprint)):
        if record.get(key) != expected:
            raise ProbeError(
                f"the probe has {key} {record.get(key)!r}, expected {expected!r}: fit it again on this base"
            )
    arrays = {name: array.astype(np.float64) for name, array in tensors.load(tensor_bytes).items()}
    if sorted(arrays) != sorted(TENSORS):
        raise ProbeError(f"the probe has tensors {sorted(arrays)}, expected {sorted(TENSORS)}: fit it again")
    return Probe(
        **arrays,
        temperature=float(record["temperature"]),
        threshold=float(record["threshold"]),
        base_fingerprint=base_fingerprint,
        metrics=dict(record["metrics"]),
        trust=Trust(**record["trust"]),
        sharpness=float(record["sharpness"]),
        lists=tuple(record["lists"]),
    )


def together(alone: Mapping[str, float], chances: Mapping[str, float] | None, sharpness: float) -> dict[str, float]:
    """The product of two opinions of kinds, a probe's and what code says; the first alone where there is no other.

    Args:
        alone: kind -> probability.
        chances: kind -> probability, "none" among them; "missing" counts as "single", which plans for it.
        sharpness: 1 is the plain product.
    """
    if chances is None:
        return dict(alone)
    said = {**chances, "single": chances["single"] + chances.get("missing", 0.0)}
    product = {kind: (share * max(said.get(kind, said["none"]), LEAST)) ** sharpness for kind, share in alone.items()}
    return {kind: share / sum(product.values()) for kind, share in product.items()}


def decided(chances: Mapping[str, float], allowed: Implied, threshold: float, *, by: Decider) -> Decision:
    """The kind to answer with: one without calls where those together reach the threshold, else one with calls.

    Args:
        chances: kind -> probability.
        allowed: two kinds or more; where all of them call, or none does, the likeliest is chosen.
        threshold: of not calling, where "none" is allowed.
        by: who decides.
    """
    open_kinds = [kind for kind in allowed.kinds if kind in chances]
    total = sum(chances[kind] for kind in open_kinds) or 1.0
    silent = None
    if "none" in open_kinds:
        silent = sum(chances[kind] for kind in open_kinds if kind in SILENT) / total
        open_kinds = [kind for kind in open_kinds if (kind in SILENT) == (silent >= threshold)]
    chosen = max(open_kinds, key=lambda kind: chances[kind])
    return Decision(chosen, by, chances[chosen] / total, silent, _several(chances))


def _several(chances: Mapping[str, float]) -> float:
    """The probability of several calls where one is made."""
    many = sum(chances.get(kind, 0.0) for kind in SEVERAL)
    return many / max(LEAST, many + chances.get("single", 0.0))


def softmax(logits: Numbers) -> Numbers:
    """exp(x) / sum of exp(x) over the last axis, computed without overflow."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Numbers = raised / raised.sum(axis=-1, keepdims=True)
    return shares
