"""Going on with slots that were stored: copies that learn again, under another name."""

import torch
from torch import Tensor, nn

from divisi.specialists.errors import TrainingError
from divisi.specialists.slots import FixedSlots, Slots


def learning(slots: Slots, *, name: str, kind: str, device: torch.device | None = None) -> Slots:
    """A copy of LoRA slots that takes gradients, in float32.

    Args:
        slots: of the kind "lora" or "trunk".
        name, kind: of the copy.
        device: where it is; None is where the slots are.

    Raises:
        TrainingError: slots of another kind, which are computed from parameters that the store does not keep.
    """
    if slots.kind not in ("lora", "trunk"):
        raise TrainingError(f"{slots.name} is of the kind {slots.kind!r}; training can go on from LoRA alone")

    def copied(part: Tensor) -> Tensor:
        return part.detach().clone().to(device or part.device)

    sites = {
        site: FixedSlots(
            A=nn.Parameter(copied(own.A).float()),
            B=nn.Parameter(copied(own.B).float()),
            coefficient=copied(own.coefficient),
        )
        for site, own in slots.sites.items()
    }
    return Slots(name, kind, sites)


def voice(slots: Slots, name: str) -> Slots:
    """The same slots as a specialist of another name, so that a trunk can be asked by itself."""
    return Slots(name, "lora", slots.sites, slots.awake)
