"""A specialist and the trunk beside it as one LoRA, for programs that play one adapter at a time.

PEFT, vLLM and llama.cpp know no trunk: a specialist that was trained beside one is another without it. With its slots
and the trunk's side by side, (x Aᵀ) Bᵀ is the sum of both. Strengths go into B, since PEFT has one for each layer.
"""

import torch

from divisi.specialists.errors import FormatError
from divisi.specialists.slots import FixedSlots, SiteSlots, Slots


def joined(specialist: Slots, trunk: Slots) -> Slots:
    """LoRA slots that take no gradient and do alone what both do together; `save_specialist` stores them for PEFT.

    Raises:
        FormatError: one of them is no LoRA, or is awake elsewhere.
    """
    for slots in (specialist, trunk):
        if slots.kind not in ("lora", "trunk") or slots.awake != specialist.awake:
            raise FormatError(f"{slots.name!r} is a {slots.kind}; a LoRA and its trunk can be joined, no other kinds")
    sites: dict[str, SiteSlots] = {}
    for site in dict.fromkeys((*specialist.sites, *trunk.sites)):
        own = [slots.sites[site] for slots in (specialist, trunk) if site in slots.sites]
        read = torch.cat([one.A.detach() for one in own])
        write = torch.cat([(one.B * one.coefficient.to(one.B)).detach() for one in own], dim=1)
        sites[site] = FixedSlots(read, write, torch.ones(len(read), device=read.device))
    return Slots(specialist.name, "lora", sites, specialist.awake)
