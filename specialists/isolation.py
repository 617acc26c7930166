"""Core isolation: the slots that a task has changed most are its core, and later training leaves those as they are.

After a short training of each task from the same start, the size of what it has changed in a slot is that of the slot's
part of the delta, c_s B_s [A_s, a_s], against what it was. The top share of all slots is the task's core. Tasks whose
cores overlap form a group; groups are trained one after the other, each with the cores of those before it frozen.

Source: CPI-FT, 2508.21741 (steps 1, 2 and 4), which takes single weights of the whole model; here a slot of a trunk or
specialist is what is isolated, as it is the smallest part that acts by itself. Its step 3, merging, is not done.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from divisi.specialists.errors import TrainingError
from divisi.specialists.slots import SiteSlots, Slots

Core = Mapping[str, frozenset[int]]
"""Name of a site -> the numbers of slots there."""


def changes(before: Slots, after: Slots) -> dict[str, Tensor]:
    """How much each slot has changed: the norm of the difference between its parts of the delta, by site [r].

    Raises:
        TrainingError: they have other sites or ranks.
    """
    if list(before.sites) != list(after.sites):
        raise TrainingError(
            f"{before.name!r} and {after.name!r} have slots at other sites; compare a start and its end"
        )
    return {site: _change(site, before.sites[site], own) for site, own in after.sites.items()}


@torch.no_grad()
def _change(site: str, before: SiteSlots, after: SiteSlots) -> Tensor:
    if before.A.shape != after.A.shape:
        raise TrainingError(f"{site}: {before.A.shape[0]} slots became {after.A.shape[0]}; compare a start and its end")
    (write, read), (old_write, old_read) = _vectors(after), _vectors(before)
    # |u vᵀ - u' v'ᵀ|² of two products of vectors, without computing either
    cross = (write * old_write).sum(1) * (read * old_read).sum(1)
    squared = _squares(write) * _squares(read) + _squares(old_write) * _squares(old_read) - 2 * cross
    return squared.clamp(min=0).sqrt().float().cpu()


def _vectors(own: SiteSlots) -> tuple[Tensor, Tensor]:
    """What each slot writes, with its coefficient, [r, d_out]; what it reads, with its offset, [r, d_in + 1]."""
    A, write = own.A.double(), (own.B.double() * own.coefficient.double()).T  # noqa: N806
    offset = A.new_zeros(len(A)) if own.a is None else own.a.double()
    return write, torch.cat([A, offset.unsqueeze(1)], dim=1)


def _squares(rows: Tensor) -> Tensor:
    return rows.square().sum(1)


def core(sizes: Mapping[str, Tensor], share: float) -> dict[str, frozenset[int]]:
    """The slots that have changed most, at all sites together.

    Args:
        sizes: from `changes`.
        share: of all slots, in (0, 1]; at least one slot.

    Raises:
        TrainingError: the share is out of range.
    """
    if not 0 < share <= 1:
        raise TrainingError(f"a core is a share of the slots above 0 and at most 1, not {share}")
    every = [(float(size), site, number) for site, own in sizes.items() for number, size in enumerate(own)]
    every.sort(key=lambda one: -one[0])
    chosen = every[: max(1, round(share * len(every)))]
    return {site: frozenset(number for _, at, number in chosen if at == site) for site in sizes}


def union(cores: Collection[Core]) -> dict[str, frozenset[int]]:
    """All slots of some cores."""
    sites = dict.fromkeys(site for one in cores for site in one)
    return {site: frozenset().union(*(one.get(site, frozenset()) for one in cores)) for site in sites}


def overlap(one: Core, other: Core) -> float:
    """The share of slots in both, of those in either (Jaccard); 0 where both are empty."""
    left, right = ({(site, slot) for site, own in each.items() for slot in own} for each in (one, other))
    return len(left & right) / len(left | right) if left | right else 0.0


def chance_overlap(share: float) -> float:
    """What `overlap` gives two cores of this share that are drawn at random, for many slots; report it beside."""
    return share / (2 - share)


def groups(cores: Mapping[str, Core], *, least: float) -> tuple[tuple[str, ...], ...]:
    """Tasks whose cores overlap at least so much, directly or by others between them, in the order of the tasks."""
    found: list[list[str]] = []
    for name, own in cores.items():
        near = [group for group in found if any(overlap(own, cores[member]) >= least for member in group)]
        joined = [*(member for group in near for member in group), name]
        found = [group for group in found if group not in near]
        found.append(joined)
    order = {name: number for number, name in enumerate(cores)}
    sorted_groups = [tuple(sorted(group, key=order.__getitem__)) for group in found]
    return tuple(sorted(sorted_groups, key=lambda group: order[group[0]]))


def masks(slots: Slots, frozen: Core) -> list[Tensor | None]:
    """What the gradients of `slots.parameters()` are multiplied with, so that some slots stay as they are.

    Raises:
        TrainingError: there is no such slot, or the slots are computed from parameters that they share.
    """
    found: dict[int, Tensor] = {}
    for site, numbers in frozen.items():
        if not numbers:
            continue
        own = slots.sites.get(site)
        if own is None or max(numbers) >= own.A.shape[0] or min(numbers) < 0:
            raise TrainingError(f"{slots.name!r} has no slots {sorted(numbers)} at {site}")
        if isinstance(own, nn.Module):
            raise TrainingError(f"{slots.name!r}: slots of the kind {slots.kind!r} cannot be frozen one by one")
        kept = own.A.new_ones(own.A.shape[0])
        kept[sorted(numbers)] = 0.0
        for part, mask in ((own.A, kept[:, None]), (own.B, kept), (own.a, kept), (own.coefficient, kept)):
            if part is not None:
                found[id(part)] = mask
    return [found.get(id(part)) for part in slots.parameters()]


def to_record(one: Core) -> dict[str, list[int]]:
    """A core as plain JSON; sites without slots are left out."""
    return {site: sorted(numbers) for site, numbers in one.items() if numbers}


def from_record(record: Mapping[str, Sequence[Any]]) -> dict[str, frozenset[int]]:
    """A core from plain JSON."""
    return {site: frozenset(map(int, numbers)) for site, numbers in record.items()}
