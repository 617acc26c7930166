"""Copies of a base on other devices: each reads its rows of a batch, and the trunk learns from all of them.

A step is the same as on one device, but for rounding: each share counts by its answers' tokens, gradients are summed in
the order of the devices, and the copies of the trunk take over what it becomes. The trunk learns alone; specialists
need no copies, since they are trained side by side on as many workers as there are.
"""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from torch import Tensor

from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.continuing import learning
from divisi.specialists.errors import TrainingError
from divisi.specialists.forced import Forced, force
from divisi.specialists.pack import Packed


@dataclass(frozen=True, slots=True, eq=False)
class _Reader:
    """A base with the trunk, or a copy of it, on one device."""

    base: Base
    bank: Bank
    learned: Sequence[Tensor]


class Replicas:
    """A base and its copies, which read shares of each batch.

    Args:
        base: frozen.
        bank: on it, with a trunk that learns and nobody else.
        others: the same base on other devices.

    Raises:
        TrainingError: no trunk learns, somebody else is resident, or another base is among the copies.
    """

    def __init__(self, base: Base, bank: Bank, others: Sequence[Base]) -> None:
        trunk = bank.trunk
        if trunk is None or not trunk.parameters() or bank.names:
            raise TrainingError("several devices train a trunk alone; train specialists on a worker each")
        if strange := sorted({str(one.device) for one in others if one.fingerprint != base.fingerprint}):
            raise TrainingError(f"the base on {', '.join(strange)} is another one; load the same on each device")
        self._readers = [_Reader(base, bank, trunk.parameters())]
        for other in others:
            copy = learning(trunk, name=trunk.name, kind=trunk.kind, device=other.device)
            own = Bank(other.model)
            own.set_trunk(copy)
            self._readers.append(_Reader(other, own, copy.parameters()))

    def gradients(
        self, packed: Packed, *, focus: float, autocast: torch.dtype | None
    ) -> tuple[tuple[str, ...], Tensor]:
        """Put the gradient of a batch on the trunk. Returns who has answers in it, and the mean loss of each."""
        self._follow()
        shares = rows_apart(packed, len(self._readers))
        counts = answer_tokens(packed)

        def read(pair: tuple[_Reader, Packed]) -> dict[str, float]:
            reader, share = pair
            forced = force(reader.base, reader.bank, share, autocast=autocast)
            parts = _parts(forced, counts)
            torch.autograd.backward((forced.focused(focus) * parts).sum())
            means = (forced.means().detach() * parts).tolist()
            return dict(zip(forced.specialists, means, strict=True))

        with ThreadPoolExecutor(len(shares)) as pool:
            found = list(pool.map(read, zip(self._readers, shares, strict=False)))
        self._collect()
        told = [sum(one.get(name, 0.0) for one in found) for name in counts]
        return tuple(counts), torch.tensor(told)

    def _follow(self) -> None:
        """Let the copies take over what the trunk has become, by a step or from a checkpoint."""
        first, *others = self._readers
        with torch.no_grad():
            for other in others:
                for own, leading in zip(other.learned, first.learned, strict=True):
                    own.copy_(leading)

    def close(self) -> None:
        """Leave the other bases as they were."""
        for reader in self._readers[1:]:
            reader.bank.set_trunk(None)

    def _collect(self) -> None:
        """Add the copies' gradients to the trunk's, in the order of the devices."""
        first, *others = self._readers
        for other in others:
            for own, leading in zip(other.learned, first.learned, strict=True):
                if own.grad is not None and leading.grad is not None:
                    leading.grad.add_(own.grad.to(leading.device))
                own.grad = None


def devices_beside(base: Base) -> tuple[str, ...]:
    """The other GPUs that this process sees; none where the base is not on the first."""
    if base.device.type != "cuda" or (base.device.index or 0) != 0:
        return ()
    return tuple(f"cuda:{number}" for number in range(1, torch.cuda.device_count()))


def rows_apart(packed: Packed, count: int) -> list[Packed]:
    """A batch in at most so many parts of as many rows each, or one more, in their order."""
    rows = len(packed.ids)
    bounds = [rows * at // min(count, rows) for at in range(min(count, rows) + 1)]
    return [_rows(packed, begin, end) for begin, end in pairwise(bounds)]


def _rows(packed: Packed, begin: int, end: int) -> Packed:
    rows = slice(begin, end)
    return replace(
        packed,
        ids=packed.ids[rows],
        positions=packed.positions[rows],
        labels=packed.labels[rows],
        weights=packed.weights[rows],
        parts=packed.parts[rows],
        mask=packed.mask[rows],
        specialists=packed.specialists[rows],
    )


def answer_tokens(packed: Packed) -> dict[str, int]:
    """Who has answers in a batch, in the order of their first ones, and how many tokens these have."""
    found: Counter[str] = Counter()
    for names, weights in zip(packed.specialists, packed.weights.tolist(), strict=True):
        found.update(str(name) for name, weight in zip(names, weights, strict=True) if weight > 0)
    return dict(found)


def _parts(forced: Forced, counts: dict[str, int]) -> Tensor:
    """How much of each specialist's answers a share has, [specialists]."""
    own = torch.bincount(forced.owner, minlength=len(forced.specialists))
    return own / torch.tensor([counts[name] for name in forced.specialists], device=own.device)
