"""LoRA: slots that are learned from nothing, A at random and B = 0, so that training starts at the base itself.

The delta of a linear layer is (alpha / rank) B A x. Awake from the invocation on, this is aLoRA.

Source: LoRA 2106.09685 equation 3; aLoRA 2504.12397; rank-stabilised scale alpha / sqrt(rank): 2312.03732.
"""

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import nn
from transformers import PreTrainedModel

from divisi.specialists.awake import EVERYWHERE, FROM_INVOCATION, Awake
from divisi.specialists.bank import widths
from divisi.specialists.base import Base
from divisi.specialists.errors import BankError
from divisi.specialists.slots import FixedSlots, Slots


@dataclass(frozen=True, slots=True)
class LoraOptions:
    """How LoRA slots are made.

    Attributes:
        rank: slots at each site.
        alpha: strength; the coefficient is alpha / rank, or alpha / sqrt(rank) where `rank_stabilised`.
        targets: last names of the linear layers that get slots ("q_proj"); None is all but the output embedding.
        rank_stabilised: keeps the size of the delta when the rank grows.
    """

    rank: int = 16
    alpha: float = 32.0
    targets: tuple[str, ...] | None = None
    rank_stabilised: bool = False

    @property
    def coefficient(self) -> float:
        """How strongly each slot acts."""
        return self.alpha / (self.rank**0.5 if self.rank_stabilised else self.rank)


def lora_slots(
    model: nn.Module,
    name: str,
    options: LoraOptions,
    *,
    generator: torch.Generator,
    kind: str = "lora",
    awake: Awake = FROM_INVOCATION,
) -> Slots:
    """New slots that take gradients, in float32 on the model's device.

    Args:
        model: the base's model.
        name: of the specialist.
        options: rank, strength, sites.
        generator: of the CPU; gives A.
        kind: "lora", "lora_everywhere", or "trunk" for what acts beside any specialist.
        awake: on which parts of a row.

    Raises:
        BankError: a target is no linear layer of the base.
    """
    sites = {}
    coefficient = torch.full((options.rank,), options.coefficient)
    for site in linear_sites(model, options.targets):
        module = model.get_submodule(site)
        d_in, d_out = widths(module) or (0, 0)
        device = next(module.parameters()).device
        # Uniform in +-1/sqrt(d_in): Kaiming's with a = sqrt(5), as PEFT begins.
        start = (torch.rand(options.rank, d_in, generator=generator) * 2 - 1) / d_in**0.5
        coefficient = coefficient.to(device)
        sites[site] = FixedSlots(
            A=nn.Parameter(start.to(device)),
            B=nn.Parameter(torch.zeros(d_out, options.rank, device=device)),
            coefficient=coefficient,
        )
    return Slots(name, kind, sites, awake)


def new_lora(base: Base, name: str, rank: int | None, generator: torch.Generator) -> Slots:
    """New LoRA slots of a rank, 16 by default, with alpha twice the rank."""
    return lora_slots(base.model, name, of_rank(rank), generator=generator)


def new_lora_everywhere(base: Base, name: str, rank: int | None, generator: torch.Generator) -> Slots:
    """As `new_lora`, awake on the prefix too."""
    options, kind = of_rank(rank), "lora_everywhere"
    return lora_slots(base.model, name, options, generator=generator, kind=kind, awake=EVERYWHERE)


def new_trunk(base: Base, name: str, rank: int | None, generator: torch.Generator) -> Slots:
    """As `new_lora`, to act beside any specialist."""
    return lora_slots(base.model, name, of_rank(rank), generator=generator, kind="trunk")


def of_rank(rank: int | None) -> LoraOptions:
    """Options of a rank, 16 by default, with alpha twice the rank, so that the delta does not shrink as it grows."""
    return LoraOptions() if rank is None else LoraOptions(rank=rank, alpha=2.0 * rank)


def linear_sites(model: nn.Module, targets: Collection[str] | None = None) -> list[str]:
    """The names of a model's linear layers, in its order: those of the targets, or all but the output embedding.

    Raises:
        BankError: a target matches no linear layer; the message lists what there is.
    """
    head = model.get_output_embeddings() if isinstance(model, PreTrainedModel) else None
    linear = [name for name, module in model.named_modules() if widths(module) is not None and module is not head]
    if targets is None:
        return linear
    last_names = {name.rsplit(".", 1)[-1] for name in linear}
    if unknown := sorted(set(targets) - last_names):
        raise BankError(f"no linear layer is named {', '.join(unknown)}; the base has {', '.join(sorted(last_names))}")
    return [name for name in linear if name.rsplit(".", 1)[-1] in targets]
