"""A small network that reads a request for the parameters of a call: which span is the value of which, or none.

    score(span) = w . relu(h of its first, its last, all its pieces + its sight + parameter)
    score(nothing) = v . relu(the highest of h + parameter)
    p = softmax over all spans of the text and nothing, of scores that sink where other parameters claim the same words,
        times a sharpness that makes p true on held-back requests

h is that of piece_net.py beside the parameters of all calls. Several calls are read together, as what one of them takes
is seldom another's; but calls may share what their parameters have the same name for.

Several networks read (members.py); `python -m divisi.specialists.embedded.fit_spans` fits them. They know no base.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from divisi.tasks.calling.members import Weights, members_of
from divisi.tasks.calling.piece_net import hidden, linear
from divisi.tasks.calling.reading import Reading
from divisi.tasks.calling.sights import Sight

FILE = Path(__file__).with_name("spans.safetensors")
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
    mean = np.mean([_shares(weights, reading, sight, names) for weights in members_of(FILE).of(reading.text)], axis=0)
    return np.split(mean, np.cumsum([len(each) for each in names])[:-1])


def _shares(weights: Weights, reading: Reading, sight: Sight, names: Sequence[Sequence[str]]) -> np.ndarray:
    """The probability of each span for each parameter of all calls by one network, [parameters, spans]."""
    seen_at = hidden(weights, reading, sight.pieces, sight.own)
    first, last = reading.edges.T
    sums = np.concatenate([np.zeros_like(seen_at[:, :1]), np.cumsum(seen_at, 1)], 1)
    inside = (sums[:, last] - sums[:, first]) / (last - first)[:, None]
    seen = linear(weights, "f", sight.spans) + linear(weights, "qs", sight.own)[:, None]
    seen = seen + linear(weights, "ws", seen_at)[:, first] + linear(weights, "we", seen_at)[:, last - 1]
    scores = np.maximum(0, seen + linear(weights, "wi", inside)) @ weights["w.weight"][0]
    nothing = np.maximum(0, linear(weights, "p", sight.own) + linear(weights, "g", seen_at.max(1)))
    own, others = rivals(names)
    rivalry = own + others / (1 + np.exp(-weights["beside"]))
    return _shared_out(weights, scores, linear(weights, "n", nothing), reading.overlapping, rivalry)


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


def _shared_out(
    weights: Weights,
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
