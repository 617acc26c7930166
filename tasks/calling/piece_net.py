"""What small networks see of a text beside several things at once: the parameters of a call, or the tools offered.

    h = relu(piece + thing + match + (piece x thing))        one row for each thing and piece
    h = h + relu(W [h 2^l pieces before, h, h 2^l pieces behind, mean of h over the things])    for l = 0, 1, 2

It is written in numpy, as it runs where no batch is, for texts of some 40 pieces; specialists/embedded/piece_layers.py
trains it.
"""

import numpy as np

from divisi.tasks.calling.members import Weights
from divisi.tasks.calling.reading import Reading, unit

STRIDES = (1, 2, 4)
"""How many pieces away each layer looks."""
LOUDNESS = 3.0
"""The length of a piece's vector beside its other features."""


def pieces_seen(reading: Reading) -> np.ndarray:
    """What is known of each piece but its word, float32 [pieces, features]."""
    return np.concatenate([LOUDNESS * unit(reading.vectors), reading.shapes], 1)


def hidden(weights: Weights, reading: Reading, matches: np.ndarray, own: np.ndarray) -> np.ndarray:
    """What a network sees at each piece for each thing, [things, pieces, width].

    Args:
        weights: of the network.
        reading: a text.
        matches: [things, pieces, features].
        own: [things, features].
    """
    if not reading.starts.size:
        return np.zeros((len(own), 0, len(weights["x.bias"])), dtype=np.float32)
    pieces = np.concatenate([pieces_seen(reading), weights["emb.weight"][reading.buckets]], 1)
    product = linear(weights, "a", pieces) * linear(weights, "b", own)[:, None]
    plain = linear(weights, "x", pieces) + linear(weights, "q", own)[:, None]
    seen: np.ndarray = np.maximum(0, plain + linear(weights, "m", matches) + linear(weights, "c", product))
    count = seen.shape[1]
    for layer, stride in enumerate(STRIDES):
        wide = np.pad(seen, ((0, 0), (stride, stride), (0, 0)))
        mean = np.broadcast_to(seen.mean(0), seen.shape)
        around = np.concatenate([wide[:, :count], seen, wide[:, 2 * stride :], mean], -1)
        seen += np.maximum(0, linear(weights, f"conv.{layer}", around))
    return seen


def linear(weights: Weights, name: str, values: np.ndarray) -> np.ndarray:
    """A layer's W x + b."""
    product: np.ndarray = values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return product
