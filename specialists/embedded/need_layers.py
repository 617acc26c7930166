"""The networks of tasks/calling/need_net.py as they are trained: the same logits, for several requests at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from divisi.specialists.embedded.piece_layers import WIDTH, PieceLayers, Seen, padded, seen_of
from divisi.tasks.calling.need_net import LIMIT
from divisi.tasks.calling.reading import Reading
from divisi.tasks.calling.tool_sights import ToolSight

HIDDEN = 64
LEAST_SPREAD = 0.01


@dataclass(frozen=True, slots=True)
class Posed:
    """A request beside its tools, which of them it needs, and how much it counts; `right` [tools], 0 or 1."""

    reading: Reading
    sight: ToolSight
    right: np.ndarray
    weight: float = 1.0

    @property
    def size(self) -> int:
        """Rows of the network."""
        return self.right.size * len(self.reading.starts)


@dataclass(frozen=True, slots=True)
class Requests:
    """Several requests, padded: their texts beside the tools, traits [requests, tools, features], right, weights."""

    seen: Seen
    traits: Tensor
    right: Tensor
    weight: Tensor


def requests_of(asked: Sequence[Posed]) -> Requests:
    """Requests as one batch."""
    return Requests(
        seen=seen_of([one.reading for one in asked], [one.sight for one in asked]),
        traits=padded([one.sight.traits for one in asked]).float(),
        right=padded([one.right for one in asked]).float(),
        weight=torch.tensor([one.weight for one in asked]),
    )


class NeedNet(PieceLayers):
    """Logits of needs."""

    mean: Tensor
    spread: Tensor

    def __init__(self, like: Sequence[Posed]) -> None:
        """Random weights, and the scale of the traits of these requests."""
        super().__init__(like[0].reading, like[0].sight)
        traits = np.concatenate([one.sight.traits for one in like])
        self.register_buffer("mean", torch.tensor(traits.mean(0)))
        self.register_buffer("spread", torch.tensor(traits.std(0).clip(min=LEAST_SPREAD)))
        self.h = nn.Linear(3 * WIDTH + traits.shape[1], HIDDEN)
        self.t, self.w = nn.Linear(like[0].sight.own.shape[1], HIDDEN), nn.Linear(HIDDEN, 1)

    def forward(self, asked: Requests) -> Tensor:
        """[requests, tools]"""
        own = self.drop(asked.seen.own)
        hidden = self.hidden(asked.seen, own)
        highest = hidden.amax(2)
        mean = hidden.sum(2) / asked.seen.has_piece.sum(1)[:, None, None]
        things = asked.seen.has_thing[..., None]
        rivals = ((highest * things).sum(1, keepdim=True) / things.sum(1, keepdim=True)).expand_as(highest)
        traits = ((asked.traits - self.mean) / self.spread).clamp(-LIMIT, LIMIT)
        joined = self.h(self.drop(torch.cat([highest, mean, rivals, traits], -1))) + self.t(own)
        logits: Tensor = self.w(torch.relu(joined)).squeeze(-1)
        return logits

    def loss(self, asked: Requests) -> Tensor:
        """-ln p of what is right: the mean over the tools of each request, then over requests by their weights."""
        there = asked.seen.has_thing
        each = nn.functional.binary_cross_entropy_with_logits(self(asked), asked.right, reduction="none") * there
        loss: Tensor = (each.sum(1) / there.sum(1) * asked.weight).sum() / asked.weight.sum()
        return loss
