"""Slots: what one specialist reads and writes at the sites of the frozen base."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from divisi.specialists.awake import FROM_INVOCATION, Awake


class SiteSlots(Protocol):
    """The slots of one specialist at one site. Each may be a parameter, or computed from parameters when read.

    Specialists that give the very same A, B and a share these slots, and differ in their coefficients alone.
    """

    @property
    def A(self) -> Tensor:  # noqa: N802
        """What is read: [r, d_in]."""

    @property
    def B(self) -> Tensor:  # noqa: N802
        """What is written: [d_out, r]."""

    @property
    def a(self) -> Tensor | None:
        """Added to what is read: [r], or None for 0."""

    @property
    def coefficient(self) -> Tensor:
        """How strongly each slot acts: [r]."""


@dataclass(frozen=True, slots=True, eq=False)
class FixedSlots:
    """Slots that are plain tensors, or parameters that training changes in place. Shapes: see SiteSlots."""

    A: Tensor
    B: Tensor
    coefficient: Tensor
    a: Tensor | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """The slots of one specialist.

    Attributes:
        name: unique in its bank.
        kind: the kind of specialist, a key of store.KINDS.
        sites: name of a linear layer or a block of the base -> the slots there.
        awake: on which parts of a row they act.
    """

    name: str
    kind: str
    sites: Mapping[str, SiteSlots]
    awake: Awake = FROM_INVOCATION

    def parameters(self) -> list[Tensor]:
        """The distinct leaf tensors that take a gradient, in the order of the sites; computed slots bring their own."""
        found: dict[int, Tensor] = {}
        for site in self.sites.values():
            own = site.parameters() if isinstance(site, nn.Module) else (site.A, site.B, site.a, site.coefficient)
            found |= {id(t): t for t in own if t is not None and t.requires_grad and t.is_leaf}
        return list(found.values())

    def frozen(self, *, dtype: torch.dtype | None = None) -> "Slots":
        """A copy that takes no gradient, to be served or stored. What no training changes is not copied, but shared.

        Args:
            dtype: precision of A, B and a; None keeps each as it is. Coefficients stay as they are.
        """
        copies: dict[int, Tensor] = {}
        read: list[Tensor] = []  # keeps what is known by its id alive

        def copy(part: Tensor, to: torch.dtype | None) -> Tensor:
            read.append(part)
            if id(part) not in copies:
                fixed = part.detach().clone() if part.requires_grad else part
                copies[id(part)] = fixed.to(to or part.dtype)
            return copies[id(part)]

        sites: dict[str, SiteSlots] = {
            site: FixedSlots(
                A=copy(own.A, dtype),
                B=copy(own.B, dtype),
                coefficient=copy(own.coefficient, None),
                a=None if own.a is None else copy(own.a, dtype),
            )
            for site, own in self.sites.items()
        }
        return Slots(self.name, self.kind, sites, self.awake)


def frozen_digest(slots: Slots | None) -> str | None:
    """sha256 of slots that do not learn; None where there are none, or they learn."""
    if slots is None or slots.parameters():
        return None
    digest = hashlib.sha256()
    for site, own in slots.sites.items():
        digest.update(site.encode())
        for part in (own.A, own.B, own.coefficient):
            digest.update(part.detach().float().cpu().numpy().tobytes())
    return digest.hexdigest()
