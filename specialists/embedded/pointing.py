"""The third lesson of a training step: where an answer copies, some states must already point at what is copied.

Copying a name or a value goes by itself once it has begun; where to begin is the decision. The loss on tokens teaches
it only through the few tokens that begin a copy, so here it is a loss of its own, as in pointer networks (arXiv
1506.03134), over what choices.py finds; requests are also matched with the tools of all other conversations in the
batch. The projections are thrown away after the training; the states stay.

States that point are not yet used: the last layer must look there. So two of its attention heads learn by the same
matches where to attend, one for what is copied and one for names, as alignments are taught to a head of a translation
model (arXiv 1909.02074).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers.models.qwen3.modeling_qwen3 import Qwen3DecoderLayer, apply_rotary_pos_emb

from divisi.specialists.embedded.choices import KINDS, Choices, Matches

WIDTH = 64
KIND_WEIGHT = 0.5
APART_WEIGHT = 0.3
SHARPNESS = 15.0
"""What multiplies a cosine at the beginning."""


class Pointer(nn.Module):
    """Matches queries with keys by the dot product of their vectors, and says how much a query points at nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.RMSNorm(width)
        self.query = nn.Linear(width, WIDTH, bias=False)
        self.key = nn.Linear(width, WIDTH, bias=False)
        self.nothing = nn.Linear(width, 1)

    def vectors(self, states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What states [tokens, width] are as queries, as keys [tokens, any], and how much they point at nothing."""
        normed = self.norm(states.float())
        return self.query(normed) / WIDTH**0.5, self.key(normed), self.nothing(normed)

    def forward(self, states: Tensor, matches: Matches) -> tuple[Tensor, Tensor]:
        """The loss of each match and whether it points at something right, both [matches].

        Args:
            states: [tokens, width], of the flattened batch.
            matches: may be none.
        """
        queries, keys, nothing = self.vectors(states)
        matched = torch.einsum("cw,ckw->ck", queries[matches.queries], keys[matches.keys])
        matched = matched.masked_fill(~matches.offered, -torch.inf)
        scores = torch.cat([nothing[matches.queries], matched], dim=1)
        losses = -(matches.right * scores.log_softmax(-1).masked_fill(matches.right == 0, 0)).sum(-1)
        return losses, matches.right.gather(1, scores.argmax(-1, keepdim=True)).squeeze(1) > 0

    def among_all(self, states: Tensor, matches: Matches, known: Tensor) -> Tensor:
        """The loss of each match that has a right key against the keys of the whole batch, [such matches].

        Args:
            states: [tokens, width], of the flattened batch.
            matches: may be none.
            known: int64 [matches, keys], what each key is; a key elsewhere that is the same as a right one is left out.
        """
        queries, keys, _ = self.vectors(states)
        chosen = matches.right[:, 0] == 0
        offered, right = matches.offered[chosen], matches.right[chosen, 1:]
        places, column = torch.unique(matches.keys[matches.offered], return_inverse=True)
        columns = torch.zeros_like(matches.keys).masked_scatter(matches.offered, column)[chosen]
        what = torch.zeros_like(places).scatter(0, column, known[matches.offered])
        scores = queries[matches.queries[chosen]] @ keys[places].T
        share = torch.zeros_like(scores).scatter_add(1, columns, right * offered)
        same = ((known[chosen][:, :, None] == what) & (right > 0)[:, :, None]).any(1)
        scores = scores.masked_fill(same & (share == 0), -torch.inf)
        return -(share * scores.log_softmax(-1).masked_fill(share == 0, 0)).sum(-1)


class MeaningPointer(Pointer):
    """Matches by likeness of meaning too: by the cosine in the space of the teacher's sentence vectors."""

    def __init__(self, width: int, meaning: nn.Linear) -> None:
        """Begin with likeness alone.

        Args:
            width: of the states.
            meaning: maps states to the teacher's space; it belongs to the meaning's lesson, which trains it as well.
        """
        super().__init__(width)
        nn.init.zeros_(self.query.weight)
        self.sharpness = nn.Parameter(torch.tensor(SHARPNESS))
        self._meaning = (meaning,)

    def vectors(self, states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As of every pointer."""
        query, key, nothing = super().vectors(states)
        (meaning,) = self._meaning
        likeness = nn.functional.normalize(meaning(states.float()), dim=-1)
        return torch.cat([query, self.sharpness * likeness], -1), torch.cat([key, likeness], -1), nothing


def two_heads(layer: Qwen3DecoderLayer, states: Tensor, rotary: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """Queries and keys of the first and the last head of a layer's attention, as the layer computes them.

    Args:
        layer: of the base.
        states: what the layer is given, [rows, tokens, width].
        rotary: cosines and sines of the positions.

    Returns:
        Each [2, rows, tokens, head width].
    """
    attention = layer.self_attn
    normed = layer.input_layernorm(states)
    parts = []
    for projection, norm in ((attention.q_proj, attention.q_norm), (attention.k_proj, attention.k_norm)):
        heads = projection.weight.view(-1, attention.head_dim, states.shape[-1])[[0, -1]]
        parts.append(norm(torch.einsum("rtw,hdw->hrtd", normed, heads)))
    turned: tuple[Tensor, Tensor] = apply_rotary_pos_emb(*parts, *rotary, unsqueeze_dim=0)
    return turned


def attended(queries: Tensor, keys: Tensor, mask: Tensor, matches: Matches) -> tuple[Tensor, Tensor]:
    """The loss of each match that has a right key, by one head's attention, and whether it attends most to one.

    Args:
        queries, keys: [rows, tokens, head width], of the batch.
        mask: bool [rows, 1, tokens, tokens], what each token sees.
        matches: may be none.
    """
    chosen = matches.right[:, 0] == 0
    rows, places = matches.queries[chosen] // mask.shape[-1], matches.queries[chosen] % mask.shape[-1]
    scores = (queries @ keys.transpose(1, 2))[rows, places] * queries.shape[-1] ** -0.5
    seen = mask[rows, 0, places]
    right = torch.zeros_like(scores).scatter_add(1, matches.keys[chosen] % mask.shape[-1], matches.right[chosen, 1:])
    shares = scores.float().masked_fill(~seen, -torch.inf).log_softmax(-1)
    losses = -shares.masked_fill(right == 0, -torch.inf).logsumexp(-1)
    return losses, right.gather(1, scores.masked_fill(~seen, -torch.inf).argmax(-1, keepdim=True)).squeeze(1) > 0


@dataclass(frozen=True, slots=True)
class Pointed:
    """How well the states of one batch point: the loss; the share that is right of tools, of names, of copies."""

    loss: Tensor
    tools: float
    names: float
    copies: float


@dataclass(frozen=True, slots=True)
class States:
    """What the layers of the base make of a batch.

    Attributes:
        middle, later, last: of three layers, each [tokens, width], of the flattened batch.
        queries, keys: of two heads of the last layer, [2, rows, tokens, head width].
        mask: bool [rows, 1, tokens, tokens], what each token sees.
    """

    middle: Tensor
    later: Tensor
    last: Tensor
    queries: Tensor
    keys: Tensor
    mask: Tensor


class Pointers(nn.Module):
    """The matches in a middle layer, for requests, in a later one, for answers; the last layer's heads and kinds."""

    def __init__(self, width: int, meaning: nn.Linear) -> None:
        super().__init__()
        self.early = MeaningPointer(width, meaning)
        self.late = MeaningPointer(width, meaning)
        self.kind = nn.Linear(width, len(KINDS))

    def forward(self, states: States, choices: Choices) -> Pointed:
        """How well states point at what they must."""
        asked, _ = self.early(states.middle, choices.asked)
        named, found = self.late(states.later, choices.named)
        copied, said = attended(states.queries[0], states.keys[0], states.mask, choices.copied)
        looked, seen = attended(states.queries[1], states.keys[1], states.mask, choices.named)
        last = self.kind(states.last[choices.requests].float())
        kinds = nn.functional.cross_entropy(last, choices.kinds, reduction="none")
        apart = self.early.among_all(states.middle, choices.asked, choices.tools)
        parts = (torch.cat([asked, named]), copied, looked)
        loss = sum(map(_mean, parts), KIND_WEIGHT * _mean(kinds) + APART_WEIGHT * _mean(apart))
        return Pointed(loss, *(float(_mean(right.float())) for right in (found, seen, said)))


def _mean(values: Tensor) -> Tensor:
    """The mean, 0 where there is nothing."""
    return values.sum() / max(len(values), 1)
