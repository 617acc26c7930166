"""LoReFT: slots on the residual stream after a block, which steer what a specialist reads in its invocation.

With h the output of a block, W [r, width] and b [r] learned, and R [r, width] learned with orthonormal rows:

    h + Rᵀ(W h + b - R h)        as slots: A = W - R, a = b, B = Rᵀ, coefficient 1

Awake on the invocation tokens alone: decoding is the base's own, and the effect reaches the answer through the keys and
values of the invocation. W = R and b = 0 at the start, so that A is 0 and training begins at the base itself, exactly
(pyreft's default begins elsewhere, as its W is random; its LoreftIntervention_IdentityInit is this).

R is kept in float32 and orthonormal throughout: what learns is any matrix P [r, width] of full rank, R its rows made
orthonormal one after the other. P holds all there is to know, so that a checkpoint needs no more than the parameters;
torch's own parametrisation keeps a second matrix beside them.

Source: ReFT 2404.03592 equation 2; pyreft, interventions.py.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from divisi.specialists.awake import ON_INVOCATION
from divisi.specialists.base import Base
from divisi.specialists.errors import BankError, FormatError, TensorError, TrainingError
from divisi.specialists.slots import FixedSlots, SiteSlots, Slots
from divisi.specialists.tensor_keys import PREFIX, check_keys, heading

PEFT_TYPE = "DIVISI_LOREFT"
PARTS = {"A": "loreft_change", "B": "loreft_rotation", "a": "loreft_offset"}
SHORTEST_ROW = 1e-6
"""How much of a row of P must stand apart from the rows before it, as a share of the longest."""
SKEW = 1e-3
"""How far R Rᵀ may be from the identity in a file; half precision alone brings about half of it."""


@dataclass(frozen=True, slots=True)
class ReftOptions:
    """How LoReFT slots are made.

    Attributes:
        rank: slots at each block.
        blocks: the numbers of the blocks that get slots, counted from 0; None is all.
    """

    rank: int = 8
    blocks: tuple[int, ...] | None = None


class ReftSite(nn.Module):
    """The slots of one block while they learn; what they are follows from the parameters whenever it is read."""

    coefficient: Tensor

    def __init__(self, basis: Tensor, coefficient: Tensor) -> None:
        """Begin at the base itself.

        Args:
            basis: P, [r, width], of full rank.
            coefficient: [r], of ones; sites may share it.
        """
        super().__init__()
        self.basis = nn.Parameter(basis)
        with torch.no_grad():
            self.source = nn.Parameter(orthonormal(self.basis).clone())
        self.a = nn.Parameter(basis.new_zeros(basis.shape[0]))
        self.coefficient = coefficient

    @property
    def A(self) -> Tensor:  # noqa: N802
        """W - R, [r, width]."""
        return self.source - orthonormal(self.basis)

    @property
    def B(self) -> Tensor:  # noqa: N802
        """The transpose of R, [width, r]."""
        return orthonormal(self.basis).T


def orthonormal(basis: Tensor) -> Tensor:
    """The rows of a matrix [r, width] made orthonormal, each after those before it, in float32; carries gradients.

    The products are in float64: that is little work, and rows may come close to each other before digits are lost.

    Raises:
        TrainingError: the rows are not of full rank.
    """
    with torch.autocast(basis.device.type, enabled=False):
        rows = basis.double()
        factor, _ = torch.linalg.cholesky_ex(rows @ rows.T)
        # What is left of each row without those before it.
        left = factor.detach().diagonal()
        if not bool(left.min() > SHORTEST_ROW * left.max()):
            raise TrainingError("the rows of R have fallen together; train with a lower rate")
        turned: Tensor = torch.linalg.solve_triangular(factor, rows, upper=False)
        return turned.float()


def reft_slots(base: Base, name: str, options: ReftOptions, *, generator: torch.Generator) -> Slots:
    """New slots that take gradients, in float32 on the base's device.

    Args:
        base: what they are for.
        name: of the specialist.
        options: rank and blocks.
        generator: of the CPU; gives R.

    Raises:
        BankError: the base has no such blocks, or is narrower than the rank.
    """
    chosen = _chosen(block_sites(base.model), options.blocks)
    width: int = base.model.config.hidden_size
    if not 1 <= options.rank <= width:
        raise BankError(f"rank {options.rank} does not fit {base.name}, which is {width} wide")
    coefficient = torch.ones(options.rank, device=base.device)
    sites: dict[str, SiteSlots] = {}
    for site in chosen:
        random = torch.randn(width, options.rank, generator=generator)
        basis = torch.linalg.qr(random).Q.T.contiguous()
        sites[site] = ReftSite(basis.to(base.device), coefficient)
    return Slots(name, "loreft", sites, ON_INVOCATION)


def new_reft(base: Base, name: str, rank: int | None, generator: torch.Generator) -> Slots:
    """New LoReFT slots of a rank, 8 by default, after every block."""
    return reft_slots(base, name, ReftOptions() if rank is None else ReftOptions(rank=rank), generator=generator)


def block_sites(model: nn.Module) -> list[str]:
    """The names of a model's blocks, after which its residual stream can be read and written.

    Raises:
        BankError: they cannot be found.
    """
    count = getattr(model.config, "num_hidden_layers", None)
    for name, module in model.named_modules():
        if isinstance(module, nn.ModuleList) and len(module) == count:
            return [f"{name}.{number}" for number in range(count)]
    raise BankError(f"{type(model).__name__} has no list of {count} blocks; use a Qwen3, Llama or Granite base")


def _chosen(sites: Sequence[str], blocks: Collection[int] | None) -> list[str]:
    if blocks is None:
        return list(sites)
    if unknown := sorted(set(blocks) - set(range(len(sites)))):
        raise BankError(f"the base has no blocks {unknown}; it has 0 to {len(sites) - 1}")
    return [sites[number] for number in sorted(set(blocks))]


def write_reft(
    sites: Mapping[str, SiteSlots], *, invocation: Sequence[int], base_name: str
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The config and the tensors of LoReFT slots. W is stored as W - R, so that what is read is the same bit by bit."""
    ranks = {site: own.A.shape[0] for site, own in sites.items()}
    config = {**heading(PEFT_TYPE, base_name, sites, invocation), "r": max(ranks.values())}
    tensors = {}
    for site, own in sites.items():
        if own.a is None or not bool((own.coefficient == 1).all()):
            raise FormatError(f"{site} is no LoReFT: it has no offset, or coefficients other than 1")
        for part, value in (("A", own.A), ("B", own.B.T), ("a", own.a)):
            tensors[f"{PREFIX}{site}.{PARTS[part]}"] = value.detach().float().cpu().contiguous()
    return config, tensors


def read_reft(
    config: Mapping[str, Any], tensors: Mapping[str, Tensor], base: Base, _dtype: torch.dtype
) -> dict[str, SiteSlots]:
    """The LoReFT slots of a config and its tensors, in float32 whatever the precision of the base.

    Raises:
        FormatError: not LoReFT.
        TensorError: a tensor is missing, unexpected or of another shape, or R is not orthonormal.
    """
    if config.get("peft_type") != PEFT_TYPE:
        raise FormatError(f"peft_type is {config.get('peft_type')!r}, a LoReFT has {PEFT_TYPE!r}")
    blocks = block_sites(base.model)
    named = config.get("target_modules") or []
    if not named or not set(named) <= set(blocks):
        raise TensorError(f"the slots are for {', '.join(named) or 'nothing'}, and the base has {', '.join(blocks)}")
    chosen = [site for site in blocks if site in named]
    check_keys(set(tensors), {f"{PREFIX}{site}.{part}" for site in chosen for part in PARTS.values()})
    width: int = base.model.config.hidden_size
    ones: dict[int, Tensor] = {}
    sites: dict[str, SiteSlots] = {}
    for site in chosen:
        A, R, a = (tensors[f"{PREFIX}{site}.{part}"].float() for part in PARTS.values())  # noqa: N806
        _check_site(site, A, R, a, width)
        rank = A.shape[0]
        coefficient = ones.setdefault(rank, torch.ones(rank, device=A.device))
        sites[site] = FixedSlots(A, R.T, coefficient, a)
    return sites


def _check_site(site: str, change: Tensor, rotation: Tensor, offset: Tensor, width: int) -> None:
    rank = change.shape[0]
    shapes = [list(part.shape) for part in (change, rotation, offset)]
    if shapes != [[rank, width], [rank, width], [rank]]:
        raise TensorError(f"{site}: W - R, R and b have shapes {shapes}, expected [r, {width}], [r, {width}], [r]")
    skew = float((rotation @ rotation.T - torch.eye(rank, device=rotation.device)).abs().max())
    if not skew < SKEW:
        raise TensorError(f"{site}: the rows of R are not orthonormal, R Rᵀ is {skew:.2g} off; train it again")
