"""The network of tasks/calling/reader.py as it is trained: the same scores, for several calls at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from divisi.specialists.embedded.piece_layers import WIDTH, PieceLayers, Seen, padded, seen_of
from divisi.tasks.calling.reader import SHARED
from divisi.tasks.calling.reading import Reading
from divisi.tasks.calling.sights import Sight

HIDDEN = 48
"""Of the scores."""
ROUNDS = 2
NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Question:
    """The calls of a text: what is seen of it, which parameters compete, which spans, or nothing, are right.

    Attributes:
        reading: the text.
        sight: beside the parameters of all calls.
        rivals: [2, parameters, parameters].
        right: [parameters, spans + 1].
    """

    reading: Reading
    sight: Sight
    rivals: np.ndarray
    right: np.ndarray

    @property
    def size(self) -> int:
        """Spans and pieces."""
        return len(self.reading.spans) + len(self.reading.starts)


@dataclass(frozen=True, slots=True)
class Batch:
    """Several texts with their calls, padded; P parameters, S spans.

    Attributes:
        seen: the texts beside the parameters.
        spans: [calls, P, S, features].
        first, last: int64 [calls, S].
        overlapping: [calls, S, S].
        rivals: [calls, 2, P, P].
        has_span: [calls, S], False for padding.
        right: [calls, P, S + 1].
    """

    seen: Seen
    spans: Tensor
    first: Tensor
    last: Tensor
    overlapping: Tensor
    rivals: Tensor
    has_span: Tensor
    right: Tensor


class Reader(PieceLayers):
    """Scores of spans and of nothing."""

    sharpness: Tensor

    def __init__(self, like: Question) -> None:
        """Random weights for questions with as many features."""
        super().__init__(like.reading, like.sight)
        own = like.sight.own.shape[1]
        self.ws, self.we, self.wi = (nn.Linear(WIDTH, HIDDEN) for _ in range(3))
        self.f, self.qs = nn.Linear(like.sight.spans.shape[2], HIDDEN), nn.Linear(own, HIDDEN)
        self.w = nn.Linear(HIDDEN, 1, bias=False)
        self.g, self.p, self.n = nn.Linear(WIDTH, HIDDEN), nn.Linear(own, HIDDEN), nn.Linear(HIDDEN, 1)
        self.claim = nn.Parameter(torch.zeros(ROUNDS))
        self.beside = nn.Parameter(torch.zeros(1))
        self.register_buffer("sharpness", torch.ones(1))

    def forward(self, batch: Batch) -> Tensor:
        """ln p of each span and of nothing, [calls, P, S + 1]."""
        own = self.drop(batch.seen.own)
        hidden = self.hidden(batch.seen, own)
        sums = torch.cat([torch.zeros_like(hidden[:, :, :1]), hidden.cumsum(2)], 2)
        length = (batch.last - batch.first)[:, None, :, None]
        inside = (_at(sums, batch.last) - _at(sums, batch.first)) / length
        seen = self.f(self.drop(batch.spans)) + self.qs(own)[:, :, None] + self.wi(inside)
        seen = seen + _at(self.ws(hidden), batch.first) + _at(self.we(hidden), batch.last - 1)
        scores = self.w(self.drop(torch.relu(seen))).squeeze(-1).masked_fill(~batch.has_span[:, None], NEVER)
        nothing = self.n(torch.relu(self.p(own) + self.g(hidden.amax(2))))
        return self._shared_out(batch, scores, nothing)

    def _shared_out(self, batch: Batch, scores: Tensor, nothing: Tensor) -> Tensor:
        now = scores
        rivalry = batch.rivals[:, 0] + torch.sigmoid(self.beside) * batch.rivals[:, 1]
        for weight in nn.functional.softplus(self.claim):
            shares = torch.cat([now, nothing], -1).softmax(-1)[..., :-1] * batch.seen.has_thing[:, :, None]
            claimed = (rivalry @ shares) @ batch.overlapping
            now = scores + weight * torch.log1p(-SHARED * claimed.clamp(0, 1))
        return (self.sharpness * torch.cat([now, nothing], -1)).log_softmax(-1)


def _at(rows: Tensor, places: Tensor) -> Tensor:
    """The rows of [calls, P, T, width] at places [calls, S]."""
    calls, parameters, _, width = rows.shape
    return rows.gather(2, places[:, None, :, None].expand(calls, parameters, places.shape[1], width))


def batch_of(asked: Sequence[Question]) -> Batch:
    """Questions as one batch."""
    readings, sights = [one.reading for one in asked], [one.sight for one in asked]
    edges = padded([reading.edges for reading in readings])
    has_span = padded([np.ones(len(one.spans), dtype=bool) for one in readings])
    right = padded([one.right[:, :-1] for one in asked])
    nothing = padded([one.right[:, -1:] for one in asked])
    return Batch(
        seen=seen_of(readings, sights),
        spans=padded([one.spans for one in sights]).float(),
        first=edges[..., 0],
        last=torch.where(has_span, edges[..., 1], 1),
        overlapping=padded([one.overlapping for one in readings]),
        rivals=padded([one.rivals for one in asked]),
        has_span=has_span,
        right=torch.cat([right, nothing], -1),
    )
