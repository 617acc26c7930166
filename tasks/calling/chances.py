"""How probable each kind of answer to a request is, before any model reads it.

    p(none) = sigmoid(net(fitness) / T)      p(kind) = (1 - p(none)) x softmax(net(fitness, words said))[kind]
    net(x)  = second . max(0, first x + bias) + end, x scaled to mean 0 and spread 1, within LIMIT

The nets are fitted on requests of the training data, each as it was offered, without the tools that it needs, and with
few others, by `python -m divisi.specialists.embedded.fit_chances`; they know no base.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from safetensors import safe_open

from divisi.tasks.calling.fitness import fitness, said
from divisi.tasks.subtask import Message, ToolRecord

FILE = Path(__file__).with_name("chances.safetensors")
CALLED = ("single", "parallel", "chain", "nested", "missing")
LIMIT = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Net:
    """A net of one hidden layer.

    Attributes:
        mean, spread: [features].
        first: [hidden, features].
        bias: [hidden].
        second: [outputs, hidden].
        end: [outputs].
    """

    mean: np.ndarray
    spread: np.ndarray
    first: np.ndarray
    bias: np.ndarray
    second: np.ndarray
    end: np.ndarray

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """The logits, [outputs]."""
        scaled = np.clip((x - self.mean) / self.spread, -LIMIT, LIMIT)
        logits: np.ndarray = self.second @ np.maximum(0.0, self.first @ scaled + self.bias) + self.end
        return logits


@dataclass(frozen=True, slots=True)
class Fitted:
    """Both nets, the words that the second one sees, and from which p(none) on a request is turned away."""

    none: Net
    kind: Net
    words: tuple[str, ...]
    threshold: float


def chances(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> dict[str, float]:
    """The probability of each of CALLED and of "none"; they sum to 1. Without tools "none" is certain."""
    if not tools:
        return {**dict.fromkeys(CALLED, 0.0), "none": 1.0}
    parts, x = fitted(), fitness(messages, tools)
    none = float(1 / (1 + np.exp(-parts.none(x)[0])))
    logits = parts.kind(np.concatenate([x, said(messages, parts.words)]))
    shares = np.exp(logits - logits.max())
    kinds = ((1 - none) * shares / shares.sum()).tolist()
    return {**dict(zip(CALLED, kinds, strict=True)), "none": none}


def turned_away_from() -> float:
    """The p(none) from which on a request is turned away, set on held-back requests."""
    return fitted().threshold


@cache
def fitted() -> Fitted:
    """The nets of the package, read once."""
    with safe_open(FILE, framework="np") as file:
        record: Mapping[str, str] = file.metadata()
        arrays = {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}  # noqa: SIM118
    nets = [Net(**{part: arrays[f"{net}.{part}"] for part in Net.__slots__}) for net in ("none", "kind")]
    return Fitted(nets[0], nets[1], tuple(json.loads(record["words"])), float(record["threshold"]))
