"""SVF: each singular value of the base's weights is strengthened or weakened, and nothing else is learned.

With W = U diag(s) Vᵀ, the weight becomes U diag(s z) Vᵀ. As slots: A = diag(s) Vᵀ and B = U, frozen and the same for
all SVF specialists, and the coefficients z - 1 are what is learned: one number for each singular value. They are 0 at
the start, so that training begins at the base itself. Of a top-k, the other singular values stay as they are.

Source: Transformer², 2501.06252, section 3.2. Its released code learns sigmoid(p) and rescales; this is the formula.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from divisi.specialists.base import Base
from divisi.specialists.errors import FormatError, MismatchError, TensorError
from divisi.specialists.lora import linear_sites
from divisi.specialists.slots import FixedSlots, SiteSlots, Slots
from divisi.specialists.tensor_keys import PREFIX, check_keys, heading

PEFT_TYPE = "DIVISI_SVF"
PARTS = ("svf_shift", "svf_mark")
"""z - 1, and what tells whether the slots are those that it was learned for."""
MARK_TOLERANCE = 0.05
"""By how much a slot may differ from the one that it was learned for, as a share of what the strongest slot does."""


@dataclass(frozen=True, slots=True)
class SvfOptions:
    """How SVF slots are made.

    Attributes:
        rank: how many of the largest singular values of each layer can change; None is all, or as many as there are.
        targets: last names of the linear layers that get slots ("down_proj"); None is all but the output embedding.
    """

    rank: int | None = None
    targets: tuple[str, ...] | None = None


def svf_slots(base: Base, name: str, options: SvfOptions) -> Slots:
    """New slots whose coefficients take gradients, in float32.

    Raises:
        BankError: a target is no linear layer of the base, or the rank is less than 1.
    """
    sites: dict[str, SiteSlots] = {}
    for site in linear_sites(base.model, options.targets):
        full = base.spectrum.full_rank(site)
        read, write = base.spectrum.factors(site, full if options.rank is None else min(options.rank, full), base.dtype)
        shift = nn.Parameter(torch.zeros(read.shape[0], device=read.device))
        sites[site] = FixedSlots(read, write, shift)
    return Slots(name, "svf", sites)


def new_svf(base: Base, name: str, rank: int | None, _generator: torch.Generator) -> Slots:
    """New SVF slots of the `rank` largest singular values of each layer, all by default; nothing in them is random."""
    return svf_slots(base, name, SvfOptions(rank=rank))


def write_svf(
    sites: Mapping[str, SiteSlots], *, invocation: Sequence[int], base_name: str
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The config and the tensors of SVF slots: the coefficients, and for each slot a mark of its vectors."""
    tensors: dict[str, Tensor] = {}
    for site, own in sites.items():
        if own.a is not None:
            raise FormatError(f"{site} is no SVF: it has an offset")
        values = (own.coefficient.detach().float(), _mark(own.A, own.B))
        tensors |= {
            f"{PREFIX}{site}.{part}": value.cpu().contiguous() for part, value in zip(PARTS, values, strict=True)
        }
    return heading(PEFT_TYPE, base_name, sites, invocation), tensors


def read_svf(
    config: Mapping[str, Any], tensors: Mapping[str, Tensor], base: Base, dtype: torch.dtype
) -> dict[str, SiteSlots]:
    """The SVF slots of a config and its tensors, on the base's own singular vectors.

    Raises:
        FormatError: not SVF.
        TensorError: a tensor is missing, unexpected or of another shape.
        MismatchError: the base's singular vectors are not those that the coefficients were learned for.
    """
    if config.get("peft_type") != PEFT_TYPE:
        raise FormatError(f"peft_type is {config.get('peft_type')!r}, an SVF has {PEFT_TYPE!r}")
    named = config.get("target_modules") or []
    linear = linear_sites(base.model)
    if not named or not set(named) <= set(linear):
        raise TensorError(f"the slots are for {', '.join(named) or 'nothing'}, which are no linear layers of the base")
    chosen = [site for site in linear if site in named]
    check_keys(set(tensors), {f"{PREFIX}{site}.{part}" for site in chosen for part in PARTS})
    return {site: _read_site(site, tensors, base, dtype) for site in chosen}


def _read_site(site: str, tensors: Mapping[str, Tensor], base: Base, dtype: torch.dtype) -> FixedSlots:
    shift, mark = (tensors[f"{PREFIX}{site}.{part}"].float() for part in PARTS)
    full = base.spectrum.full_rank(site)
    if shift.shape != mark.shape or shift.ndim != 1 or not 1 <= len(shift) <= full:
        raise TensorError(
            f"{site}: {list(shift.shape)} coefficients and {list(mark.shape)} marks, expected up to {full}"
        )
    read, write = base.spectrum.factors(site, len(shift), dtype)
    off = (shift * (_mark(read, write) - mark)).abs().max()
    most = (shift.abs() * read.float().norm(dim=1)).max()
    if off > MARK_TOLERANCE * most:
        raise MismatchError(
            f"{site}: the singular vectors of {base.name} come out otherwise here than where this SVF was trained "
            "(values that lie close together, or another precision); train it again here"
        )
    return FixedSlots(read, write, shift)


def _mark(read: Tensor, write: Tensor) -> Tensor:
    """What each slot writes along one fixed direction when it reads another, [k]; it tells slots apart."""
    return (_direction(write.shape[0], write) @ write.float()) * (read.float() @ _direction(read.shape[1], read))


def _direction(width: int, like: Tensor) -> Tensor:
    return torch.cos(torch.arange(width, device=like.device, dtype=torch.float32) * 1.7).mul_(2**0.5)
