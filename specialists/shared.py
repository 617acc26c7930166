"""Attention of many rows over shared prefixes: every token over its prefix and its row's suffix, in one softmax.

tokens   a0 a1 a2 | b0 | c0 c1        rows a and b read prefix P, row c reads Q
prefix   [   scores x P    ] [ x Q ]  one product for each prefix, whose keys are held once and copied nowhere
suffix   scores x the row's own keys  one product for all rows, padded to the longest
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from divisi.specialists.prefix import Prefix
from divisi.specialists.suffix import SuffixCache


@dataclass(frozen=True, slots=True)
class Share:
    """The tokens [start, stop) of a step, which read one prefix."""

    prefix: Prefix
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Padding:
    """How flat tokens and rows of equal length are turned into each other.

    Attributes:
        place: the place of each token among the padded rows, [tokens].
        token: the token at each place, [rows x longest]; where there is none, the first token stands in.
    """

    place: Tensor
    token: Tensor


def pad(slots: Sequence[int], device: torch.device) -> Padding | None:
    """The padding of rows by slot, or None where each row has one token and they lie in the order of the slots.

    Args:
        slots: the slot of each token; every slot from 0 to the highest has one.
        device: where the padding is needed.
    """
    counts: Counter[int] = Counter()
    numbers = []
    for slot in slots:
        numbers.append(counts[slot])
        counts[slot] += 1
    if list(slots) == list(range(len(counts))):
        return None
    longest = max(counts.values())
    places = [slot * longest + number for slot, number in zip(slots, numbers, strict=True)]
    tokens = [0] * (len(counts) * longest)
    for token, place in enumerate(places):
        tokens[place] = token
    return Padding(torch.tensor(places, device=device), torch.tensor(tokens, device=device))


class SharedAttention:
    """Takes over the attention of one forward pass: see `Attending`."""

    def __init__(
        self,
        cache: SuffixCache,
        shares: Sequence[Share],
        slots: Tensor,
        places: Tensor,
        padding: Padding | None,
        *,
        rows: int,
        tokens: int,
    ) -> None:
        """Plan the attention of a step.

        Args:
            cache: holds the suffixes; the step's own tokens are written to it, layer by layer.
            shares: cover all tokens, in order.
            slots: the slot of each token, [tokens].
            places: where each token stands in its suffix, [tokens].
            padding: None where each row brings one token, in the order of the slots.
            rows: slots that are read.
            tokens: tokens of the longest suffix, this step's among them.
        """
        self._cache, self.shares, self._slots, self._places = cache, shares, slots, places
        self._padding, self._rows, self._tokens = padding, rows, tokens
        later = torch.arange(tokens, device=cache.device) > places[:, None, None]
        self._mask = torch.zeros(later.shape, dtype=cache.dtype, device=cache.device).masked_fill_(later, -torch.inf)

    def attend(self, module: nn.Module, query: Tensor, key: Tensor, value: Tensor, scaling: float) -> Tensor:
        """One layer, [1, heads, tokens, head_dim] -> [1, tokens, heads, head_dim]."""
        layer = int(module.layer_idx)  # type: ignore[arg-type]
        self._cache.write(layer, self._slots, self._places, key[0], value[0])
        keys, values = self._cache.read(layer, rows=self._rows, tokens=self._tokens)
        heads, tokens, size = query.shape[1:]
        kv_heads = key.shape[1]
        scaled = (query[0] * scaling).view(kv_heads, heads // kv_heads, tokens, size).transpose(1, 2)
        own_scores = self._by_row(scaled, keys.transpose(2, 3)).add_(self._mask)
        outputs, own_weights = [], []
        for share in self.shares:
            part = slice(share.start, share.stop)
            prefix_keys, prefix_values = share.prefix.keys[layer], share.prefix.values[layer]
            output, weights = _over_prefix(scaled[:, part], own_scores[:, part], prefix_keys, prefix_values)
            outputs.append(output)
            own_weights.append(weights)
        output = _joined(outputs) + self._by_row(_joined(own_weights), values)
        return output.transpose(0, 1).flatten(1, 2)[None]

    def _by_row(self, left: Tensor, right: Tensor) -> Tensor:
        """Multiply every token's states with those of its row's slot.

        Args:
            left: [kv_heads, tokens, group, inner], group: query heads that share keys.
            right: [rows, kv_heads, inner, outer].

        Returns:
            [kv_heads, tokens, group, outer].
        """
        kv_heads, _, group, inner = left.shape
        if self._padding is not None:
            left = left[:, self._padding.token].view(kv_heads, self._rows, -1, inner)
        product = torch.bmm(left.transpose(0, 1).flatten(0, 1), right.flatten(0, 1))
        by_row = product.view(self._rows, kv_heads, -1, right.shape[-1]).transpose(0, 1)
        if self._padding is None:
            return by_row
        return by_row.reshape(kv_heads, -1, group, right.shape[-1])[:, self._padding.place]


def _over_prefix(scaled: Tensor, own_scores: Tensor, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """Attention over a prefix of all tokens that read it, and the weights that are left for their own suffixes.

    Args:
        scaled: queries, [kv_heads, tokens, group, head_dim].
        own_scores: [kv_heads, tokens, group, suffix].
        keys, values: of the prefix, [kv_heads, prefix, head_dim].

    Returns:
        [kv_heads, tokens, group, head_dim] and [kv_heads, tokens, group, suffix].
    """
    shape, tokens = scaled.shape[:3], keys.shape[1]
    scores = torch.bmm(scaled.flatten(1, 2), keys.transpose(1, 2)).view(*shape, tokens)
    both = torch.cat([scores, own_scores], dim=3)
    weights = torch.softmax(both, dim=3, dtype=torch.float32).to(both.dtype)
    output = torch.bmm(weights[..., :tokens].flatten(1, 2), values)
    return output.view(*shape, -1), weights[..., tokens:]


def _joined(parts: list[Tensor]) -> Tensor:
    """Parts of consecutive tokens as one, [kv_heads, tokens, ...]; a single part is not copied."""
    return parts[0] if len(parts) == 1 else torch.cat(parts, dim=1)
