"""The rank bank: the slots of all resident specialists on one frozen base, played by a coefficient field.

At a site, with x the input of a linear layer, or the output of a block (the residual stream after it):

    y[b,t] = base(x)[b,t] + ((x[b,t] Aᵀ + a) * C[b,t]) Bᵀ       A:[R, d_in]  a:[R]  B:[d_out, R]
    C[b,t] = sum_e awake[b,t,e] * gate[b,t,e] * coef[e]         C:[rows, tokens, R]  coef:[E, R]

Two plain matrix products a site, whatever the rows play: no loop over specialists, no gather. Where C is 0 the result
is the base's own bit by bit, and the gradient of a slot exactly 0: specialists cannot mix, as their slots are disjoint.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.hooks import RemovableHandle
from transformers.pytorch_utils import Conv1D

from divisi.specialists.awake import FROM_INVOCATION
from divisi.specialists.errors import BankError, FieldError
from divisi.specialists.layout import Columns, Layout, lay_out
from divisi.specialists.slots import Slots


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The coefficient field of one forward pass: who acts, on which row, at which token, how strongly.

    Attributes:
        gate: [rows, E] or [rows, tokens, E], float; E in the order of the bank's names.
        awake: [rows, tokens] for all alike, or [rows, tokens, E + 1] for each and, last, the trunk; float. Where it is
            0, the base is alone.

    Raises:
        FieldError: the two do not fit each other.
    """

    gate: Tensor
    awake: Tensor

    def __post_init__(self) -> None:
        fits = self.awake.ndim in (2, 3) and self.gate.ndim in (2, 3)
        voices = self.awake.shape[2:]
        if (
            not fits
            or self.gate.shape[:-1] != self.awake.shape[: self.gate.ndim - 1]
            or list(voices) not in ([], [self.gate.shape[-1] + 1])
        ):
            raise FieldError(
                f"gate {list(self.gate.shape)} and awake {list(self.awake.shape)} do not fit: "
                "give [rows, E] or [rows, tokens, E], and [rows, tokens] or [rows, tokens, E + 1]"
            )


@dataclass(frozen=True, slots=True, eq=False)
class _Playing:
    """What the hooks of a forward pass read: the columns of a site, and C for each distinct coefficient."""

    sites: Mapping[str, Columns]
    strengths: Sequence[Tensor]


class Bank:
    """The slots of all specialists that are resident on one base, and the trunk beside them.

    Slots that take a gradient when they are added are put side by side anew in each `playing`, so that training steps
    count; a bank of frozen slots does it once. So freeze or unfreeze slots before adding them.

    Args:
        model: the base's model. Hooks are set on the sites that have slots; outside of `playing` they do nothing.
    """

    def __init__(self, model: nn.Module) -> None:
        self._modules = dict(model.named_modules())
        self._residents: tuple[Slots, ...] = ()
        self._trunk: Slots | None = None
        self._hooks: dict[str, RemovableHandle] = {}
        self._frozen: Layout | None = lay_out(())
        self._playing: _Playing | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The resident specialists; the position is the index e of a gate. The trunk is not among them."""
        return tuple(slots.name for slots in self._residents)

    @property
    def trunk(self) -> Slots | None:
        """What acts beside any specialist, or None."""
        return self._trunk

    def index(self, name: str) -> int:
        """The index e of a specialist.

        Raises:
            BankError: it is not resident; the message says who is.
        """
        if name not in self.names:
            raise BankError(f"no specialist {name!r} is resident; resident: {', '.join(self.names) or 'none'}")
        return self.names.index(name)

    def slots(self, name: str) -> Slots:
        """The slots of a resident specialist.

        Raises:
            BankError: it is not resident.
        """
        return self._residents[self.index(name)]

    def add(self, slots: Slots) -> None:
        """Make a specialist resident; it gets the last index.

        Raises:
            BankError: its name is taken, or its slots do not fit the base; the bank is as before.
        """
        if slots.name in self.names:
            raise BankError(f"a specialist {slots.name!r} is resident; remove it first, or replace it")
        self._check(slots)
        self._settle((*self._residents, slots), self._trunk)

    def remove(self, name: str) -> None:
        """Remove a specialist; later indices move up by one.

        Raises:
            BankError: it is not resident.
        """
        index = self.index(name)
        self._settle(self._residents[:index] + self._residents[index + 1 :], self._trunk)

    def replace(self, slots: Slots) -> None:
        """Put a new version in the place of the resident of the same name, with the same index.

        Raises:
            BankError: none of that name is resident, or the slots do not fit the base; the bank is as before.
        """
        index = self.index(slots.name)
        self._check(slots)
        self._settle((*self._residents[:index], slots, *self._residents[index + 1 :]), self._trunk)

    def set_trunk(self, slots: Slots | None) -> None:
        """Set or take away what acts beside any specialist.

        Raises:
            BankError: its slots do not fit the base; the bank is as before.
        """
        if slots is not None:
            self._check(slots)
        self._settle(self._residents, slots)

    def field(
        self, specialists: Sequence[str | None], parts: Tensor, *, device: torch.device | str | None = None
    ) -> Field:
        """The field of rows that play one specialist each, awake where its kind is.

        Args:
            specialists: one for each row; None is the base alone, without trunk.
            parts: [rows, tokens], the part of its row that each token belongs to: awake.PREFIX, INVOCATION or ANSWER.
            device: where the field is needed; None is where `parts` are.

        Raises:
            FieldError: not as many rows as specialists.
            BankError: a specialist is not resident.
        """
        rows = len(specialists)
        if parts.ndim != 2 or parts.shape[0] != rows:
            raise FieldError(f"{rows} specialists need parts [{rows}, tokens], not {list(parts.shape)}")
        gate = torch.zeros(rows, len(self._residents))
        plays = torch.zeros(rows, 1, 1)
        for row, name in enumerate(specialists):
            if name is not None:
                gate[row, self.index(name)] = 1.0
                plays[row] = 1.0
        to = parts.device if device is None else device
        return Field(gate.to(to), (self.awake(parts.cpu()) * plays).to(to))

    def awake(self, parts: Tensor) -> Tensor:
        """How awake each resident, and last the trunk, is on some parts of rows: [...] -> [..., E + 1]."""
        trunk = FROM_INVOCATION if self._trunk is None else self._trunk.awake
        table = torch.tensor([*(slots.awake for slots in self._residents), trunk])
        return table.T.contiguous()[parts.long()]

    @contextmanager
    def playing(self, field: Field) -> Iterator[None]:
        """Let a field act on the forward passes inside; afterwards, also after an error, all is as before.

        Activation checkpointing runs parts of the forward pass again during backward: then backward belongs inside too.

        Raises:
            FieldError: the gate has not one entry for each resident.
        """
        if field.gate.shape[-1] != len(self._residents):
            raise FieldError(
                f"gate {list(field.gate.shape)} must end in {len(self._residents)}, "
                f"one for each resident: {', '.join(self.names) or 'none'}"
            )
        layout = self._frozen or lay_out(self._voices(self._residents, self._trunk))
        before = self._playing
        strengths = [_strength(field, coef, trunk=self._trunk is not None) for coef in layout.coefficients]
        self._playing = _Playing(layout.sites, strengths)
        try:
            yield
        finally:
            self._playing = before

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Lay out slots that take gradients once for many passes; inside, nobody learns, comes or goes."""
        before = self._frozen
        if before is None:
            with torch.no_grad():
                self._frozen = lay_out(self._voices(self._residents, self._trunk))
        resting = self._frozen
        try:
            yield
        finally:
            assert self._frozen is resting, "somebody came or went while the bank was resting"
            self._frozen = before

    def _check(self, slots: Slots) -> None:
        if not slots.sites:
            raise BankError(f"{slots.name!r} has no slots")
        for site, own in slots.sites.items():
            if site not in self._modules:
                raise BankError(f"{slots.name!r}: the base has no module {site!r}")
            rank, d_own = own.A.shape[0], own.A.shape[-1]
            d_in, d_out = widths(self._modules[site]) or (d_own, d_own)
            given = [list(own.A.shape), list(own.B.shape), list(own.coefficient.shape)]
            given.append([rank] if own.a is None else list(own.a.shape))
            if given != [[rank, d_in], [d_out, rank], [rank], [rank]]:
                raise BankError(
                    f"{slots.name!r} at {site}: A, B, coefficient, a have shapes {given}, "
                    f"expected [r, {d_in}], [{d_out}, r], [r], [r]"
                )
            # One value that is not finite would reach all rows: 0 times it is not 0.
            if not all(
                bool(part.isfinite().all()) for part in (own.A, own.B, own.coefficient, own.a) if part is not None
            ):
                raise BankError(f"{slots.name!r} at {site} has values that are not finite numbers; train it again")

    def _settle(self, residents: tuple[Slots, ...], trunk: Slots | None) -> None:
        if self._playing is not None:
            raise BankError("specialists cannot come or go while a field is playing")
        with torch.enable_grad():
            layout = lay_out(self._voices(residents, trunk))
        self._residents, self._trunk = residents, trunk
        self._frozen = None if layout.learned else layout
        for site in set(self._hooks) - set(layout.sites):
            self._hooks.pop(site).remove()
        for site in set(layout.sites) - set(self._hooks):
            self._hooks[site] = self._modules[site].register_forward_hook(self._hook(site))

    @staticmethod
    def _voices(residents: tuple[Slots, ...], trunk: Slots | None) -> tuple[Slots, ...]:
        return residents if trunk is None else (*residents, trunk)

    def _hook(self, site: str) -> Callable[[nn.Module, tuple[Any, ...], Any], Any]:
        reads_input = widths(self._modules[site]) is not None

        def add_delta(_module: nn.Module, args: tuple[Any, ...], output: Any) -> Any:
            if self._playing is None:
                return None
            first = output[0] if isinstance(output, tuple) else output
            columns = self._playing.sites[site]
            strength = self._playing.strengths[columns.coefficient]
            changed = first + _delta(args[0] if reads_input else first, columns, strength, site).to(first.dtype)
            return (changed, *output[1:]) if isinstance(output, tuple) else changed

        return add_delta


def widths(module: nn.Module) -> tuple[int, int] | None:
    """Input and output width of a linear layer; None for a block, whose slots read and write its output."""
    if isinstance(module, nn.Linear):
        return module.in_features, module.out_features
    if isinstance(module, Conv1D):
        return module.weight.shape[0], module.weight.shape[1]
    return None


def _strength(field: Field, coefficient: Tensor, *, trunk: bool) -> Tensor:
    """C [rows, tokens, R]."""
    gate = functional.pad(field.gate, (0, 1), value=1.0) if trunk else field.gate
    by_token = gate if gate.ndim == 3 else gate.unsqueeze(1)
    if field.awake.ndim == 3:
        return (by_token * field.awake[..., : gate.shape[-1]]).to(coefficient) @ coefficient
    return (by_token.to(coefficient) @ coefficient) * field.awake.to(coefficient).unsqueeze(-1)


def _delta(x: Tensor, columns: Columns, strength: Tensor, site: str) -> Tensor:
    """((x Aᵀ + a) * C) Bᵀ, [rows, tokens, d_out]."""
    if x.shape[:-1] != strength.shape[:-1]:
        raise FieldError(
            f"the field is for [rows, tokens] = {list(strength.shape[:-1])}, but {site} runs on {list(x.shape[:-1])}; "
            "make the field for the tokens of this forward pass"
        )
    read = functional.linear(x.to(columns.read.dtype), columns.read, columns.added)
    return functional.linear(read * strength, columns.write)
