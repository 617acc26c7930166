"""The networks that say how much a request needs each tool (members.py).

    h of piece_net.py beside the tools
    z = relu(W [highest of h, mean of h, mean over the tools of the highest, traits] + tool)
    need = 1 / (1 + exp(-(w . z + bias)))

`python -m divisi.specialists.embedded.fit_need` fits them; they know no base.
"""

from pathlib import Path

import numpy as np

from divisi.tasks.calling.members import Weights, members_of
from divisi.tasks.calling.piece_net import hidden, linear
from divisi.tasks.calling.reading import Reading
from divisi.tasks.calling.tool_sights import ToolSight

FILE = Path(__file__).with_name("need.safetensors")
LIMIT = 5.0
"""Traits are scaled to mean 0 and spread 1, and cut there."""
SUREST = 15.0
"""Logits are kept within it of 0, so that a need is never 0 or 1."""


def chances(reading: Reading, sight: ToolSight) -> np.ndarray:
    """The probability that each tool is needed, [tools]."""
    mean: np.ndarray = np.mean([_chances(weights, reading, sight) for weights in members_of(FILE).of(reading.text)], 0)
    return mean


def _chances(weights: Weights, reading: Reading, sight: ToolSight) -> np.ndarray:
    seen = hidden(weights, reading, sight.pieces, sight.own)
    highest, total = seen.max(1, initial=0.0), seen.sum(1) / max(1, seen.shape[1])
    traits = np.clip((sight.traits - weights["mean"]) / weights["spread"], -LIMIT, LIMIT)
    rivals = np.broadcast_to(highest.mean(0), highest.shape)
    joined = linear(weights, "h", np.concatenate([highest, total, rivals, traits], 1)) + linear(weights, "t", sight.own)
    logits = np.clip(linear(weights, "w", np.maximum(0, joined))[:, 0].astype(np.float64), -SUREST, SUREST)
    found: np.ndarray = 1 / (1 + np.exp(-logits))
    return found
