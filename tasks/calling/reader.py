"""A small network that reads a request for the parameters of a call: which span is the value of which, or none.

    h = relu(piece + parameter + match + (piece x parameter))        one row for each parameter and piece
    h = h + relu(W [h 2^l pieces before, h, h 2^l pieces behind, mean of h over the parameters])    for l = 0, 1, 2
    score(span) = w . relu(h of its first, its last, all its pieces + its sight + parameter)
    score(nothing) = v . relu(the highest of h + parameter)
    p = softmax over all spans of the text and nothing, of scores that sink where other parameters claim the same words,
        times a sharpness that makes p true on held-back requests

Several calls are read together, as what one of them takes is seldom another's; but calls may share what their
parameters have the same name for.

Several networks read, and their mean counts. Of the requests that they were fitted on, by `python -m
divisi.specialists.embedded.fit_spans`, each text was left out by one; it alone reads that text. So what is fitted on
readings of the same requests sees them as good as those of new requests are. The weights know no base. It is written in
numpy, as it runs where no batch is, for texts of some 40 pieces.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from divisi.tasks.calling.reading import Reading, unit
from divisi.tasks.calling.sights import Sight

FILE = Path(__file__).with_name("spans.safetensors")
"""Weights with the members along the first axis, and which of them has left out which text."""
KEYS, LEFT_OUT = "texts.keys", "texts.left_out"
STRIDES = (1, 2, 4)
"""How many pieces away each layer looks."""
LOUDNESS = 3.0
"""The length of a piece's vector beside its other features."""
SHARED = 0.97
"""How much of a claim by other parameters counts."""


def chances(reading: Reading, sights: Sequence[Sight], names: Sequence[Sequence[str]]) -> list[np.ndarray]:
    """The probability of each span for each parameter; what is left to 1 is that of nothing.

    Args:
        reading: a text with spans.
        sights: what is seen of it beside each call, at least one.
        names: the parameters of each call.

    Returns:
        [parameters, spans] for each call.
    """
    sight = joined(sights)
    mean = np.mean([_shares(weights, reading, sight, names) for weights in _fitted().of(reading.text)], axis=0)
    return np.split(mean, np.cumsum([len(each) for each in names])[:-1])


def _shares(
    weights: Mapping[str, np.ndarray], reading: Reading, sight: Sight, names: Sequence[Sequence[str]]
) -> np.ndarray:
    """The probability of each span for each parameter of all calls by one network, [parameters, spans]."""
    hidden = _hidden(weights, reading, sight)
    first, last = reading.edges.T
    sums = np.concatenate([np.zeros_like(hidden[:, :1]), np.cumsum(hidden, 1)], 1)
    inside = (sums[:, last] - sums[:, first]) / (last - first)[:, None]
    seen = _linear(weights, "f", sight.spans) + _linear(weights, "qs", sight.own)[:, None]
    seen = seen + _linear(weights, "ws", hidden)[:, first] + _linear(weights, "we", hidden)[:, last - 1]
    scores = np.maximum(0, seen + _linear(weights, "wi", inside)) @ weights["w.weight"][0]
    nothing = np.maximum(0, _linear(weights, "p", sight.own) + _linear(weights, "g", hidden.max(1)))
    own, others = rivals(names)
    rivalry = own + others / (1 + np.exp(-weights["beside"]))
    return _shared_out(weights, scores, _linear(weights, "n", nothing), reading.overlapping, rivalry)


def joined(sights: Sequence[Sight]) -> Sight:
    """What is seen beside several calls, as of one with the parameters of all."""
    return Sight(*(np.concatenate([getattr(one, part) for one in sights]) for part in ("pieces", "spans", "own")))


def rivals(names: Sequence[Sequence[str]]) -> np.ndarray:
    """Which parameters compete for words: those of one call, and those of different calls that have different names.

    Args:
        names: the parameters of each call.

    Returns:
        float32 [2, parameters, parameters], 1 where they do.
    """
    calls = np.repeat(np.arange(len(names)), [len(each) for each in names])
    flat = np.array([name for each in names for name in each])
    same, called = calls[:, None] == calls, flat[:, None] == flat
    return np.stack([same & ~np.eye(len(flat), dtype=bool), ~same & ~called]).astype(np.float32)


def pieces_seen(reading: Reading) -> np.ndarray:
    """What is known of each piece but its word, float32 [pieces, features]."""
    return np.concatenate([LOUDNESS * unit(reading.vectors), reading.shapes], 1)


def _hidden(weights: Mapping[str, np.ndarray], reading: Reading, sight: Sight) -> np.ndarray:
    """What the network sees at each piece for each parameter, [parameters, pieces, width]."""
    pieces = np.concatenate([pieces_seen(reading), weights["emb.weight"][reading.buckets]], 1)
    product = _linear(weights, "a", pieces) * _linear(weights, "b", sight.own)[:, None]
    plain = _linear(weights, "x", pieces) + _linear(weights, "q", sight.own)[:, None]
    hidden: np.ndarray = np.maximum(0, plain + _linear(weights, "m", sight.pieces) + _linear(weights, "c", product))
    count = hidden.shape[1]
    for layer, stride in enumerate(STRIDES):
        wide = np.pad(hidden, ((0, 0), (stride, stride), (0, 0)))
        mean = np.broadcast_to(hidden.mean(0), hidden.shape)
        around = np.concatenate([wide[:, :count], hidden, wide[:, 2 * stride :], mean], -1)
        hidden += np.maximum(0, _linear(weights, f"conv.{layer}", around))
    return hidden


def _shared_out(
    weights: Mapping[str, np.ndarray],
    scores: np.ndarray,
    nothing: np.ndarray,
    overlapping: np.ndarray,
    rivalry: np.ndarray,
) -> np.ndarray:
    """Probabilities after as many rounds in which what others claim sinks as there are weights of claims."""
    now = scores
    for weight in np.log1p(np.exp(weights["claim"])):
        shares = _softmax(now, nothing)
        claimed = np.clip((rivalry @ shares) @ overlapping, 0, 1)
        now = scores + weight * np.log1p(-SHARED * claimed)
    return _softmax(weights["sharpness"] * now, weights["sharpness"] * nothing)


def _softmax(scores: np.ndarray, nothing: np.ndarray) -> np.ndarray:
    every = np.concatenate([scores, nothing], axis=1)
    raised = np.exp(every - every.max(axis=1, keepdims=True))
    shares: np.ndarray = (raised / raised.sum(axis=1, keepdims=True))[:, :-1]
    return shares


def _linear(weights: Mapping[str, np.ndarray], name: str, values: np.ndarray) -> np.ndarray:
    product: np.ndarray = values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return product


@dataclass(frozen=True, slots=True)
class Members:
    """The networks that read.

    Attributes:
        weights: of each.
        left_out: key of a text that they were fitted on -> which of them has left it out.
    """

    weights: Sequence[Mapping[str, np.ndarray]]
    left_out: Mapping[int, int]

    def of(self, text: str) -> Sequence[Mapping[str, np.ndarray]]:
        """Those that have not learned a text."""
        member = self.left_out.get(key_of(text))
        return self.weights if member is None else self.weights[member : member + 1]


def key_of(text: str) -> int:
    """What a text is known by."""
    return zlib.crc32(text.encode())


@cache
def _fitted() -> Members:
    stored = load_file(FILE)
    keys, member = stored.pop(KEYS), stored.pop(LEFT_OUT)
    count = len(next(iter(stored.values())))
    weights = [{name: each[place].astype(np.float32) for name, each in stored.items()} for place in range(count)]
    return Members(weights, dict(zip(keys.tolist(), member.tolist(), strict=True)))
