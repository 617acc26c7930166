"""The rows' own keys and values, behind their prefixes, in slots of growing buffers."""

import torch
from torch import Tensor

from divisi.specialists.prefix import Prefix

SMALLEST_TOKENS = 64
"""Tokens a row that buffers start with; they double from there."""


class SuffixCache:
    """Keys and values of the rows' own tokens, by slot.

    A slot may hold what an earlier row has left. The mask of attention hides it as long as it is finite, but a weight
    of 0 times NaN is NaN: so buffers begin as zeros, and what a failed row has left is erased.
    """

    def __init__(self, like: Prefix) -> None:
        """Buffers with the layers, heads and type of a prefix."""
        layers = len(like.keys)
        self._sides = [_buffer(side[0], layers, 1, SMALLEST_TOKENS) for side in (like.keys, like.values)]

    @property
    def device(self) -> torch.device:
        """Where the buffers lie."""
        return self._sides[0].device

    @property
    def dtype(self) -> torch.dtype:
        """Their type."""
        return self._sides[0].dtype

    @property
    def rows(self) -> int:
        """Slots for which there is room."""
        return self._sides[0].shape[1]

    @property
    def tokens(self) -> int:
        """Tokens a slot for which there is room."""
        return self._sides[0].shape[3]

    def reserve(self, *, rows: int, tokens: int) -> None:
        """Make room, at least doubling what is too small; what is held stays."""
        if rows <= self.rows and tokens <= self.tokens:
            return
        old_rows, old_tokens = self.rows, self.tokens
        more_rows = old_rows if rows <= old_rows else max(rows, 2 * old_rows)
        more_tokens = old_tokens if tokens <= old_tokens else max(tokens, 2 * old_tokens)
        for number, old in enumerate(self._sides):
            new = _buffer(old[0, 0], len(old), more_rows, more_tokens)
            new[:, :old_rows, :, :old_tokens] = old
            self._sides[number] = new

    def release(self) -> None:
        """Forget all rows, and give back the memory that they had grown to."""
        self._sides = [_buffer(side[0, 0], len(side), 1, SMALLEST_TOKENS) for side in self._sides]

    def move(self, source: int, target: int, *, tokens: int) -> None:
        """Copy the first tokens of one slot to another."""
        for side in self._sides:
            side[:, target, :, :tokens] = side[:, source, :, :tokens]

    def erase(self, slot: int) -> None:
        """Write zeros over what a slot holds."""
        for side in self._sides:
            side[:, slot] = 0

    def write(self, layer: int, slots: Tensor, positions: Tensor, key: Tensor, value: Tensor) -> None:
        """Store tokens of one layer.

        Args:
            slots, positions: where each token goes, [tokens], int64.
            key, value: [kv_heads, tokens, head_dim].
        """
        for side, states in zip(self._sides, (key, value), strict=True):
            side[layer].transpose(1, 2)[slots, positions] = states.transpose(0, 1)

    def read(self, layer: int, *, rows: int, tokens: int) -> tuple[Tensor, Tensor]:
        """Keys and values of the first slots, each [rows, kv_heads, tokens, head_dim], views."""
        keys, values = self._sides
        return keys[layer, :rows, :, :tokens], values[layer, :rows, :, :tokens]


def _buffer(like: Tensor, layers: int, rows: int, tokens: int) -> Tensor:
    """Zeros [layers, rows, kv_heads, tokens, head_dim] for what is like [kv_heads, any, head_dim]."""
    return like.new_zeros(layers, rows, like.shape[0], tokens, like.shape[-1])
