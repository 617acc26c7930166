"""The layout of a bank: at each site the slots of all residents side by side, and each resident's coefficients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from divisi.specialists.slots import SiteSlots, Slots


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The slots of all residents at one site.

    Attributes:
        read: A, [R, d_in].
        write: B, [d_out, R].
        added: a, [R], or None where no resident adds anything.
        coefficient: which of the layout's coefficients applies here.
    """

    read: Tensor
    write: Tensor
    added: Tensor | None
    coefficient: int


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """All sites of a bank.

    Attributes:
        sites: name of the site -> its columns.
        coefficients: coef [E, R], each distinct one once: sites that are laid out alike share one field C.
    """

    sites: Mapping[str, Columns]
    coefficients: Sequence[Tensor]

    @property
    def learned(self) -> bool:
        """Whether anything in it takes a gradient, so that it holds for one forward pass only."""
        parts = [part for columns in self.sites.values() for part in (columns.read, columns.write, columns.added)]
        return any(part is not None and part.requires_grad for part in (*parts, *self.coefficients))


def lay_out(residents: Sequence[Slots]) -> Layout:
    """The layout of residents; row e of every coefficient is the e-th of them."""
    sites: dict[str, Columns] = {}
    coefficients: list[Tensor] = []
    known: dict[tuple[object, ...], int] = {}
    kept = []  # what is known by its id must live on, or another tensor may get the same id
    for site in dict.fromkeys(site for slots in residents for site in slots.sites):
        own = [slots.sites.get(site) for slots in residents]
        read, write, added, spans = _side_by_side(own)
        values = [None if slots is None else slots.coefficient for slots in own]
        key = (read.shape[0], *spans, *map(id, values))
        if key not in known:
            kept.append(values)
            known[key] = len(coefficients)
            coefficients.append(_coefficients(values, spans, like=read))
        sites[site] = Columns(read, write, added, known[key])
    return Layout(sites, coefficients)


Span = tuple[int, int]


def _side_by_side(own: Sequence[SiteSlots | None]) -> tuple[Tensor, Tensor, Tensor | None, list[Span]]:
    """A, B, a of all residents at one site, and the columns of each: (start, end), empty where it has none."""
    parts: list[tuple[Tensor, Tensor, Tensor | None]] = []
    places: dict[tuple[int, ...], Span] = {}
    spans: list[Span] = []
    width = 0
    for slots in own:
        if slots is None:
            spans.append((0, 0))
            continue
        part = slots.A, slots.B, slots.a
        key = tuple(map(id, part))
        if key not in places:
            places[key] = width, width + part[0].shape[0]
            width = places[key][1]
            parts.append(part)
        spans.append(places[key])
    read, write, added = zip(*parts, strict=True)
    # Slots that stand alone are not copied: those of a whole spectrum are as large as the base.
    A, B = (read[0], write[0]) if len(parts) == 1 else (torch.cat(read), torch.cat(write, dim=1))  # noqa: N806
    return A, B, _offsets(added, read), spans


def _offsets(added: Sequence[Tensor | None], read: Sequence[Tensor]) -> Tensor | None:
    if all(offset is None for offset in added):
        return None
    return torch.cat([A.new_zeros(A.shape[0]) if a is None else a for a, A in zip(added, read, strict=True)])


def _coefficients(values: Sequence[Tensor | None], spans: Sequence[Span], *, like: Tensor) -> Tensor:
    """coef [E, R]: each resident's coefficients in its own columns, 0 elsewhere."""
    rows = []
    for value, (start, end) in zip(values, spans, strict=True):
        own = like.new_zeros(0) if value is None else value.to(like)
        rows.append(functional.pad(own, (start, like.shape[0] - end)))
    return torch.stack(rows)
