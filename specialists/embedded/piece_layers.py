"""The layers of tasks/calling/piece_net.py as they are trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from divisi.tasks.calling.piece_net import STRIDES, pieces_seen
from divisi.tasks.calling.reading import BUCKETS, Reading

WIDTH, NARROW, WORD = 64, 32, 12
"""Of the hidden rows, of the product, of what is learned of a word."""
DROPPED = 0.15


class Beside(Protocol):
    """What is seen of a text beside several things: `pieces` [things, pieces, features], `own` [things, features]."""

    @property
    def pieces(self) -> np.ndarray:
        """Of each thing beside each piece."""

    @property
    def own(self) -> np.ndarray:
        """Of each thing, whatever the text."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Several texts beside their things, padded; N things, T pieces.

    Attributes:
        pieces: [texts, T, features], and `buckets` [texts, T].
        matches: [texts, N, T, features].
        own: [texts, N, features].
        has_piece, has_thing: [texts, T], [texts, N], False for padding.
    """

    pieces: Tensor
    buckets: Tensor
    matches: Tensor
    own: Tensor
    has_piece: Tensor
    has_thing: Tensor


def seen_of(readings: Sequence[Reading], sights: Sequence[Beside]) -> Seen:
    """Texts beside their things."""
    return Seen(
        pieces=padded([pieces_seen(one) for one in readings]),
        buckets=padded([one.buckets for one in readings]),
        matches=padded([one.pieces for one in sights]).float(),
        own=padded([one.own for one in sights]).float(),
        has_piece=padded([np.ones(len(one.starts), dtype=bool) for one in readings]),
        has_thing=padded([np.ones(len(one.own), dtype=bool) for one in sights]),
    )


def padded(arrays: Sequence[np.ndarray]) -> Tensor:
    """Arrays beside each other, each padded with 0 to the size of the largest."""
    shape = np.max([array.shape for array in arrays], axis=0)
    stacked = np.zeros((len(arrays), *shape), dtype=arrays[0].dtype)
    for row, array in enumerate(arrays):
        stacked[row][tuple(slice(size) for size in array.shape)] = array
    return torch.from_numpy(stacked)


class Drop(nn.Module):
    """Leaves out features, the same for all rows of a text, which is faster and as good as one by one."""

    def forward(self, values: Tensor) -> Tensor:
        """The values with DROPPED of the features at 0, where the module is in training."""
        if not self.training:
            return values
        kept = torch.rand(values.shape[0], *[1] * (values.dim() - 2), values.shape[-1]) > DROPPED
        return values * kept / (1 - DROPPED)


class PieceLayers(nn.Module):
    """The hidden rows of things and pieces; the names of its weights are those of the file."""

    def __init__(self, reading: Reading, sight: Beside) -> None:
        """Random weights for texts and things with as many features."""
        super().__init__()
        piece, own = pieces_seen(reading).shape[1] + WORD, sight.own.shape[1]
        self.emb = nn.Embedding(BUCKETS, WORD)
        nn.init.normal_(self.emb.weight, std=0.1)
        self.x, self.a = nn.Linear(piece, WIDTH), nn.Linear(piece, NARROW)
        self.q, self.b = nn.Linear(own, WIDTH), nn.Linear(own, NARROW)
        self.c, self.m = nn.Linear(NARROW, WIDTH), nn.Linear(sight.pieces.shape[2], WIDTH)
        self.conv = nn.ModuleList([nn.Linear(4 * WIDTH, WIDTH) for _ in STRIDES])
        self.drop = Drop()

    def hidden(self, seen: Seen, own: Tensor) -> Tensor:
        """[texts, N, T, WIDTH], 0 for pieces that are padding; `own` is that of the things, some of it dropped."""
        pieces = torch.cat([self.drop(seen.pieces), self.drop(self.emb(seen.buckets))], -1)
        product = self.a(pieces)[:, None] * self.b(own)[:, :, None]
        hidden = self.x(pieces)[:, None] + self.q(own)[:, :, None] + self.m(seen.matches) + self.c(product)
        there, things = seen.has_piece[:, None, :, None], seen.has_thing[:, :, None, None]
        hidden = torch.relu(hidden) * there
        for stride, layer in zip(STRIDES, self.conv, strict=True):
            mean = (hidden * things).sum(1, keepdim=True) / things.sum(1, keepdim=True)
            wide = nn.functional.pad(hidden, (0, 0, stride, stride))
            around = [wide[:, :, : -2 * stride], hidden, wide[:, :, 2 * stride :], mean.expand_as(hidden)]
            hidden = (hidden + torch.relu(layer(self.drop(torch.cat(around, -1))))) * there
        return hidden
