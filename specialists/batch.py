"""One step: the pending tokens of all rows as one flat sequence without padding, those of one prefix together."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from divisi.specialists.prefix import Prefix
from divisi.specialists.shared import Share, SharedAttention, pad
from divisi.specialists.suffix import SuffixCache


@dataclass(frozen=True, slots=True)
class Pending:
    """The tokens that one row brings to a step.

    Attributes:
        prefix: what the row has read before its suffix.
        written: tokens of the suffix that earlier steps have written.
        ids: the new tokens, at least one.
    """

    prefix: Prefix
    written: int
    ids: Sequence[int]

    @property
    def places(self) -> range:
        """Where the new tokens stand in the suffix."""
        return range(self.written, self.written + len(self.ids))

    @property
    def positions(self) -> range:
        """Where they stand after the first token of the prefix."""
        start = len(self.prefix.ids) + self.written
        return range(start, start + len(self.ids))


@dataclass(frozen=True, slots=True)
class Batch:
    """One flat sequence of all rows' pending tokens.

    Attributes:
        ids: [1, tokens].
        positions: [1, tokens], counted from the first token of each row's prefix.
        slots: the slot of each token's row.
        places: where each token stands behind its row's prefix.
        last: the index of each row's last token, [rows], by slot.
        attention: takes over the attention of the forward pass.
    """

    ids: Tensor
    positions: Tensor
    slots: Sequence[int]
    places: Sequence[int]
    last: Tensor
    attention: SharedAttention


def make_batch(pending: Sequence[Pending], cache: SuffixCache) -> Batch:
    """Lay the rows' tokens side by side, those of one prefix together, and make room for them in the cache.

    Args:
        pending: by slot.
        cache: holds what the rows have written before.
    """
    order, shares = _by_prefix(pending)
    slots = [slot for slot in order for _ in pending[slot].ids]
    last = {slot: index for index, slot in enumerate(slots)}
    places = [place for slot in order for place in pending[slot].places]
    columns = (
        [token for slot in order for token in pending[slot].ids],
        [position for slot in order for position in pending[slot].positions],
        places,
        slots,
    )
    ids, positions, place_of, slot_of = torch.tensor(columns, device=cache.device)
    last_of = torch.tensor([last[slot] for slot in range(len(pending))], device=cache.device)
    tokens = 1 + max(row.places[-1] for row in pending)
    cache.reserve(rows=len(pending), tokens=tokens)
    padding = pad(slots, cache.device)
    attention = SharedAttention(cache, shares, slot_of, place_of, padding, rows=len(pending), tokens=tokens)
    return Batch(ids[None], positions[None], slots, places, last_of, attention)


def _by_prefix(pending: Sequence[Pending]) -> tuple[list[int], list[Share]]:
    """Slots in the order of their prefixes, and the tokens that read each prefix."""
    groups: dict[int, list[int]] = {}
    for slot, row in enumerate(pending):
        groups.setdefault(id(row.prefix), []).append(slot)
    shares: list[Share] = []
    start = 0
    for group in groups.values():
        stop = start + sum(len(pending[slot].ids) for slot in group)
        shares.append(Share(pending[group[0]].prefix, start, stop))
        start = stop
    return [slot for group in groups.values() for slot in group], shares
