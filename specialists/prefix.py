"""A prefix: tokens that the base alone has read once, with all that later tokens need of them."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from divisi.specialists.attention import UNUSED_MASK, require_installed
from divisi.specialists.errors import PromptError
from divisi.specialists.slots import Slots

SHORTEST_START = 16
"""Tokens in common from which another prefix is gone on from; every two prompts share a few."""

SMALLEST_SHARE = 0.2
"""Share of the tokens from which that pays: attention over a start takes a mask, which is slower than plain causal
attention (measured with 1,500 tokens on a CPU: 256 in common break even, 1,000 save more than half)."""


@dataclass(frozen=True, slots=True, eq=False)
class Prefix:
    """What the base has read. No specialist touches it, so that it serves all of them, whatever is reloaded.

    Only a specialist that is awake everywhere reads prefixes of its own, which serve nobody else.

    Attributes:
        ids: the tokens.
        keys, values: one tensor a layer, [kv_heads, tokens, head_dim]; the keys lie transposed.
        hidden: states after the last layer and its norm, [tokens, width].
        fingerprint: the base that has read it.
        reader: the slots that were awake while it was read, or None: the very object, so that no reload goes unnoticed.
    """

    ids: tuple[int, ...]
    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    hidden: Tensor
    fingerprint: str
    reader: Slots | None = None

    @property
    def last_hidden(self) -> Tensor:
        """State of the last token, [width]."""
        return self.hidden[-1]

    @property
    def pooled(self) -> Tensor:
        """Mean of the states of all tokens, [width]."""
        return self.hidden.mean(0)

    @property
    def features(self) -> NDArray[np.float32]:
        """What the router's probe sees: the last state, then the mean, float32 [2 x width] on the CPU."""
        both: NDArray[np.float32] = torch.cat([self.last_hidden.float(), self.pooled.float()]).cpu().numpy()
        return both

    @property
    def size_bytes(self) -> int:
        """Memory of all tensors."""
        return sum(tensor.nbytes for tensor in chain(self.keys, self.values, (self.hidden,)))


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """The first tokens of a prefix that another one begins with."""

    prefix: Prefix
    tokens: int


class Reading:
    """Attention of a prefix that is being read: causal, over a start that has been read before; keeps what passes."""

    def __init__(self, start: Start | None, tokens: int, device: torch.device) -> None:
        self.keys: list[Tensor] = []
        self.values: list[Tensor] = []
        self._start = start
        self._mask: Tensor | None = None
        if start is not None:
            seen = torch.ones(1, 1, tokens, start.tokens + tokens, dtype=torch.bool, device=device)
            self._mask = seen.tril_(start.tokens)

    def attend(self, module: nn.Module, query: Tensor, key: Tensor, value: Tensor, scaling: float) -> Tensor:
        """One layer, as `Attending` says. Without a start it is the very call that transformers would make."""
        if self._start is not None:
            layer, tokens = len(self.keys), self._start.tokens
            key = torch.cat([self._start.prefix.keys[layer][None, :, :tokens], key], dim=2)
            value = torch.cat([self._start.prefix.values[layer][None, :, :tokens], value], dim=2)
        # Scores are products with transposed keys, which are a third faster where that is how they lie.
        self.keys.append(key[0].transpose(1, 2).contiguous().transpose(1, 2))
        self.values.append(value[0].contiguous())
        output: Tensor = sdpa_attention_forward(module, query, key, value, self._mask, scaling=scaling)[0]
        return output


def read_prefix(
    model: Any, ids: Sequence[int], *, fingerprint: str, start: Start | None = None, reader: Slots | None = None
) -> Prefix:
    """Read a prefix with the base alone, or with what plays on it now.

    Args:
        model: a causal language model that `attention.install` has prepared.
        ids: the tokens, at least one.
        fingerprint: the base's.
        start: what has been read before of the same tokens; only the rest is computed. The result equals a reading of
            the whole up to the order of additions (about 1e-6 in float32), since other matrix shapes are multiplied.
        reader: whose slots play on it, for the record; None is the base alone.

    Raises:
        PromptError: there are no tokens.
        AttentionError: the model is not prepared.
    """
    require_installed(model)
    if not ids:
        raise PromptError("a prefix needs at least one token")
    done = 0 if start is None else start.tokens
    assert done < len(ids)
    assert start is None or (start.prefix.ids[:done], start.prefix.reader) == (tuple(ids[:done]), reader)
    device = model.get_input_embeddings().weight.device
    reading = Reading(start, len(ids) - done, device)
    with torch.no_grad():
        states = model.base_model(
            input_ids=torch.tensor([list(ids[done:])], device=device),
            position_ids=torch.arange(done, len(ids), device=device)[None],
            attention_mask=UNUSED_MASK,
            use_cache=False,
            attending=reading,
        ).last_hidden_state[0]
        hidden = states if start is None else torch.cat([start.prefix.hidden[:done], states])
    return Prefix(tuple(ids), tuple(reading.keys), tuple(reading.values), hidden, fingerprint, reader)


Key = tuple[Slots | None, tuple[int, ...]]
"""What a prefix is found by: who has read it, and its tokens."""


class PrefixCache:
    """Prefixes of one base by their reader and content, the least recently used dropped first.

    A prefix that is dropped while rows still read it lives on until they end.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._prefixes: OrderedDict[Key, tuple[Prefix, np.ndarray[Any, Any]]] = OrderedDict()
        self._size_bytes = 0

    def __len__(self) -> int:
        return len(self._prefixes)

    @property
    def size_bytes(self) -> int:
        """Memory of all prefixes held."""
        return self._size_bytes

    def get(self, ids: Sequence[int], reader: Slots | None = None) -> Prefix | None:
        """The prefix of exactly these tokens as this reader has read them, now the most recently used."""
        key = (reader, tuple(ids))
        entry = self._prefixes.get(key)
        if entry is None:
            return None
        self._prefixes.move_to_end(key)
        return entry[0]

    def longest_start(self, ids: Sequence[int], reader: Slots | None = None) -> Start | None:
        """The longest start that these tokens share with a prefix held, of the same reader, at most all but the last.

        None where that is too short to pay.
        """
        wanted = np.asarray(ids[:-1], dtype=np.int64)
        shortest = max(SHORTEST_START, SMALLEST_SHARE * len(ids))
        best: Start | None = None
        for prefix, held in self._prefixes.values():
            tokens = _common(wanted, held) if prefix.reader is reader else 0
            if tokens >= shortest and (best is None or tokens > best.tokens):
                best = Start(prefix, tokens)
        if best is not None:
            self._prefixes.move_to_end(_key(best.prefix))
        return best

    def put(self, prefix: Prefix) -> None:
        """Hold a prefix, and drop others until all fit; one that is larger than the whole cache is not held."""
        if prefix.size_bytes > self._limit_bytes or _key(prefix) in self._prefixes:
            return
        self._prefixes[_key(prefix)] = (prefix, np.asarray(prefix.ids, dtype=np.int64))
        self._size_bytes += prefix.size_bytes
        while self._size_bytes > self._limit_bytes:
            _, (dropped, _) = self._prefixes.popitem(last=False)
            self._size_bytes -= dropped.size_bytes


def _key(prefix: Prefix) -> Key:
    return prefix.reader, prefix.ids


def _common(left: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> int:
    """How many numbers two arrays have in common from the start."""
    tokens = min(len(left), len(right))
    differs = left[:tokens] != right[:tokens]
    return int(differs.argmax()) if differs.any() else tokens
