"""The network of tasks/calling/reader.py as it is trained: the same scores, for several calls at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from divisi.tasks.calling.reader import SHARED, STRIDES, pieces_seen
from divisi.tasks.calling.reading import BUCKETS, Reading
from divisi.tasks.calling.sights import Sight

WIDTH, NARROW, HIDDEN, WORD = 64, 32, 48, 12
"""Of the hidden rows, of the product, of the scores, of what is learned of a word."""
ROUNDS = 2
DROPPED = 0.15
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
    """Several texts with their calls, padded; P parameters, T pieces, S spans.

    Attributes:
        pieces: [calls, T, features], and `buckets` [calls, T].
        matches: [calls, P, T, features].
        spans: [calls, P, S, features].
        own: [calls, P, features].
        first, last: int64 [calls, S].
        overlapping: [calls, S, S].
        rivals: [calls, 2, P, P].
        has_piece, has_span, has_parameter: False for padding.
        right: [calls, P, S + 1].
    """

    pieces: Tensor
    buckets: Tensor
    matches: Tensor
    spans: Tensor
    own: Tensor
    first: Tensor
    last: Tensor
    overlapping: Tensor
    rivals: Tensor
    has_piece: Tensor
    has_span: Tensor
    has_parameter: Tensor
    right: Tensor


class Drop(nn.Module):
    """Leaves out features, the same for all rows of a call, which is faster and as good as one by one."""

    def forward(self, values: Tensor) -> Tensor:
        """The values with DROPPED of the features at 0, where the module is in training."""
        if not self.training:
            return values
        kept = torch.rand(values.shape[0], *[1] * (values.dim() - 2), values.shape[-1]) > DROPPED
        return values * kept / (1 - DROPPED)


class Reader(nn.Module):
    """Scores of spans and of nothing; the names of its weights are those of the file."""

    sharpness: Tensor

    def __init__(self, like: Question) -> None:
        """Random weights for questions with as many features."""
        super().__init__()
        piece, own = pieces_seen(like.reading).shape[1] + WORD, like.sight.own.shape[1]
        self.emb = nn.Embedding(BUCKETS, WORD)
        nn.init.normal_(self.emb.weight, std=0.1)
        self.x, self.a = nn.Linear(piece, WIDTH), nn.Linear(piece, NARROW)
        self.q, self.b = nn.Linear(own, WIDTH), nn.Linear(own, NARROW)
        self.c, self.m = nn.Linear(NARROW, WIDTH), nn.Linear(like.sight.pieces.shape[2], WIDTH)
        self.conv = nn.ModuleList([nn.Linear(4 * WIDTH, WIDTH) for _ in STRIDES])
        self.ws, self.we, self.wi = (nn.Linear(WIDTH, HIDDEN) for _ in range(3))
        self.f, self.qs = nn.Linear(like.sight.spans.shape[2], HIDDEN), nn.Linear(own, HIDDEN)
        self.w = nn.Linear(HIDDEN, 1, bias=False)
        self.g, self.p, self.n = nn.Linear(WIDTH, HIDDEN), nn.Linear(own, HIDDEN), nn.Linear(HIDDEN, 1)
        self.claim = nn.Parameter(torch.zeros(ROUNDS))
        self.beside = nn.Parameter(torch.zeros(1))
        self.register_buffer("sharpness", torch.ones(1))
        self.drop = Drop()

    def forward(self, batch: Batch) -> Tensor:
        """ln p of each span and of nothing, [calls, P, S + 1]."""
        own = self.drop(batch.own)
        hidden = self._hidden(batch, own)
        sums = torch.cat([torch.zeros_like(hidden[:, :, :1]), hidden.cumsum(2)], 2)
        length = (batch.last - batch.first)[:, None, :, None]
        inside = (_at(sums, batch.last) - _at(sums, batch.first)) / length
        seen = self.f(self.drop(batch.spans)) + self.qs(own)[:, :, None] + self.wi(inside)
        seen = seen + _at(self.ws(hidden), batch.first) + _at(self.we(hidden), batch.last - 1)
        scores = self.w(self.drop(torch.relu(seen))).squeeze(-1).masked_fill(~batch.has_span[:, None], NEVER)
        nothing = self.n(torch.relu(self.p(own) + self.g(hidden.amax(2))))
        return self._shared_out(batch, scores, nothing)

    def _hidden(self, batch: Batch, own: Tensor) -> Tensor:
        pieces = torch.cat([self.drop(batch.pieces), self.drop(self.emb(batch.buckets))], -1)
        product = self.a(pieces)[:, None] * self.b(own)[:, :, None]
        hidden = self.x(pieces)[:, None] + self.q(own)[:, :, None] + self.m(batch.matches) + self.c(product)
        there, parameters = batch.has_piece[:, None, :, None], batch.has_parameter[:, :, None, None]
        hidden = torch.relu(hidden) * there
        for stride, layer in zip(STRIDES, self.conv, strict=True):
            mean = (hidden * parameters).sum(1, keepdim=True) / parameters.sum(1, keepdim=True)
            wide = nn.functional.pad(hidden, (0, 0, stride, stride))
            around = [wide[:, :, : -2 * stride], hidden, wide[:, :, 2 * stride :], mean.expand_as(hidden)]
            hidden = (hidden + torch.relu(layer(self.drop(torch.cat(around, -1))))) * there
        return hidden

    def _shared_out(self, batch: Batch, scores: Tensor, nothing: Tensor) -> Tensor:
        now = scores
        rivalry = batch.rivals[:, 0] + torch.sigmoid(self.beside) * batch.rivals[:, 1]
        for weight in nn.functional.softplus(self.claim):
            shares = torch.cat([now, nothing], -1).softmax(-1)[..., :-1] * batch.has_parameter[:, :, None]
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
    edges = _padded([reading.edges for reading in readings])
    has_span = _padded([np.ones(len(one.spans), dtype=bool) for one in readings])
    right = _padded([one.right[:, :-1] for one in asked])
    nothing = _padded([one.right[:, -1:] for one in asked])
    return Batch(
        pieces=_padded([pieces_seen(one) for one in readings]),
        buckets=_padded([one.buckets for one in readings]),
        matches=_padded([one.pieces for one in sights]).float(),
        spans=_padded([one.spans for one in sights]).float(),
        own=_padded([one.own for one in sights]).float(),
        first=edges[..., 0],
        last=torch.where(has_span, edges[..., 1], 1),
        overlapping=_padded([one.overlapping for one in readings]),
        rivals=_padded([one.rivals for one in asked]),
        has_piece=_padded([np.ones(len(one.starts), dtype=bool) for one in readings]),
        has_span=has_span,
        has_parameter=_padded([np.ones(len(one.own), dtype=bool) for one in sights]),
        right=torch.cat([right, nothing], -1),
    )


def _padded(arrays: Sequence[np.ndarray]) -> Tensor:
    """Arrays beside each other, each padded with 0 to the size of the largest."""
    shape = np.max([array.shape for array in arrays], axis=0)
    stacked = np.zeros((len(arrays), *shape), dtype=arrays[0].dtype)
    for row, array in enumerate(arrays):
        stacked[row][tuple(slice(size) for size in array.shape)] = array
    return torch.from_numpy(stacked)
