"""A layout holds nothing twice: shared slots once a site, and one coefficient for all sites that are laid out alike."""

import torch

from divisi.specialists.layout import lay_out
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.slots import FixedSlots, Slots


def test_slots_that_two_specialists_share_are_held_once():
    read, write = torch.randn(3, 8), torch.randn(8, 3)
    sharing = [Slots(name, "svf", {"site": FixedSlots(read, write, torch.randn(3))}) for name in ("one", "two")]
    alone = Slots("own", "lora", {"site": FixedSlots(torch.randn(2, 8), torch.randn(8, 2), torch.ones(2))})
    columns = lay_out([*sharing, alone]).sites["site"]
    assert columns.read.shape == (5, 8)
    assert columns.write.shape == (8, 5)


def test_sites_that_are_laid_out_alike_share_one_coefficient(base):
    everywhere, some = (
        lora_slots(base.model, name, LoraOptions(2, targets=targets), generator=torch.Generator())
        for name, targets in (("everywhere", None), ("some", ("q_proj", "v_proj")))
    )
    assert len(lay_out([everywhere]).coefficients) == 1
    assert len(lay_out([everywhere, some]).coefficients) == 2


def test_an_empty_bank_has_no_sites():
    assert lay_out([]).sites == {}
