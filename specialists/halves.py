"""The halves of a batch of trees: what the base alone reads, and what specialists read behind it.

Nothing in the first half depends on what is learned, so it is read once without gradients, and only its keys and values
are kept. What is left to go backward through is the second half, a fraction of the tokens: the reason why sleeping
until the invocation makes training cheaper too.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from divisi.specialists.awake import PREFIX
from divisi.specialists.pack import IGNORED, Packed


def halves(packed: Packed) -> tuple[Packed, Packed] | None:
    """The two halves of a batch; None where there is no first one, or it depends on the second.

    Args:
        packed: trees, from `pack`.

    Returns:
        What the base alone reads and somebody sees, [rows, front]; what specialists read, [rows, back], with a mask
        [rows, 1, back, front + back]. Both keep the order of tokens; what fills up a row sees itself alone.
    """
    awake = torch.tensor([[name is not None for name in row] for row in packed.specialists])
    sees = packed.mask[:, 0]
    asleep = ~awake & (sees & awake.unsqueeze(2)).any(dim=1)
    depends = bool((sees & asleep.unsqueeze(2) & awake.unsqueeze(1)).any())
    if depends or not bool(asleep.any()) or bool(((packed.weights > 0) & ~awake).any()):
        return None
    front, back = _places(asleep), _places(awake)
    first = _taken(packed, front, _seen(sees, front, front))
    beside = torch.cat([_seen(sees, back, front, fill=False), _seen(sees, back, back)], dim=2)
    return first, _taken(packed, back, beside)


def _places(chosen: Tensor) -> Tensor:
    """The places of the chosen tokens of each row, [rows, most], in their order; -1 fills up."""
    counts = chosen.sum(dim=1)
    order = chosen.int().argsort(dim=1, descending=True, stable=True)[:, : int(counts.max())]
    filled: Tensor = torch.where(torch.arange(order.shape[1]) < counts.unsqueeze(1), order, -1)
    return filled


def _seen(sees: Tensor, queries: Tensor, keys: Tensor, *, fill: bool = True) -> Tensor:
    """Which keys some queries see, [rows, queries, keys]; what fills up sees itself alone, where `fill` says so."""
    rows = torch.arange(len(sees)).view(-1, 1, 1)
    real = (queries >= 0).unsqueeze(2) & (keys >= 0).unsqueeze(1)
    found = sees[rows, queries.clamp(min=0).unsqueeze(2), keys.clamp(min=0).unsqueeze(1)] & real
    return found | (torch.diag_embed(queries < 0) if fill else False)


def _taken(packed: Packed, places: Tensor, sees: Tensor) -> Packed:
    """Some tokens of a batch; what fills up is read by nobody and counts for nothing."""
    missing = places < 0
    at = places.clamp(min=0)

    def gathered(values: Tensor, filling: float) -> Tensor:
        return values.gather(1, at).masked_fill(missing, filling)

    return replace(
        packed,
        ids=packed.ids.gather(1, at),
        positions=gathered(packed.positions, 0),
        labels=gathered(packed.labels, IGNORED),
        weights=gathered(packed.weights, 0.0),
        parts=gathered(packed.parts, PREFIX),
        mask=sees.unsqueeze(1),
        specialists=tuple(map(_names, packed.specialists, places.tolist())),
    )


def _names(names: Sequence[str | None], places: Sequence[int]) -> tuple[str | None, ...]:
    return tuple(names[place] if place >= 0 else None for place in places)
