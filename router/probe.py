"""The probe: a calibrated linear classifier of plan kinds on the hidden state of a prefix, which can abstain.

    p = softmax((W ((x - mean) / scale) + b) / T)          x:[features]  W:[kinds, features]  b:[kinds]
    abstain where p[none] >= threshold

x is the prefix's last hidden state beside its mean over tokens, both of which reading the prefix gives for nothing,
how much the likest tools say the request's words, and how probably the most needed are needed (tasks/calling).
T is temperature scaling. Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import numpy as tensors

from divisi.router.leaning import NO_TRUST, Trust
from divisi.router.rules import Decision, Implied, Kind

Numbers = NDArray[np.float64]

KINDS: tuple[Kind, ...] = ("single", "parallel", "chain", "nested", "continue", "reply", "none")
FORMAT = 3
LIKEST = 4
"""How many tools' likeness and need the probe sees, the highest first."""
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
        threshold: the probability of "none" from which on the probe abstains.
        base_fingerprint: the base whose hidden states it reads.
        metrics: measured on the calibration split.
        trust: how far needs lean the names that this base chooses.
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

    def decide(self, features: NDArray[np.floating[Any]], allowed: Implied) -> Decision:
        """The kind of plan for one prefix, among those that its form allows.

        Args:
            features: [features].
            allowed: two kinds or more.
        """
        chances = dict(zip(KINDS, self.probabilities(features).tolist(), strict=True))
        open_kinds = [kind for kind in allowed.kinds if kind in chances]
        if "none" in open_kinds and chances["none"] >= self.threshold:
            chosen: Kind = "none"
        else:
            chosen = max((kind for kind in open_kinds if kind != "none"), key=lambda kind: chances[kind])
        return Decision(chosen, "probe", chances[chosen] / sum(chances[kind] for kind in open_kinds))

    def to_bytes(self) -> tuple[bytes, bytes]:
        """The probe as the contents of a JSON file and of a safetensors file."""
        record = {
            "format": FORMAT,
            "kinds": list(KINDS),
            "temperature": self.temperature,
            "threshold": self.threshold,
            "base_fingerprint": self.base_fingerprint,
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
    )


def softmax(logits: Numbers) -> Numbers:
    """exp(x) / sum of exp(x) over the last axis, computed without overflow."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Numbers = raised / raised.sum(axis=-1, keepdims=True)
    return shares
