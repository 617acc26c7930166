"""New LoRA slots are where they should be, begin at the base, and can be replayed."""

import pytest
import torch

from divisi.specialists.bank import Bank
from divisi.specialists.errors import BankError
from divisi.specialists.lora import LoraOptions, linear_sites, lora_slots

SEVEN = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_slots_are_on_all_linear_layers_but_the_output_embedding(base):
    last_names = [site.rsplit(".", 1)[-1] for site in linear_sites(base.model)]
    assert last_names == SEVEN * 2


def test_targets_choose_the_layers(base):
    slots = lora_slots(base.model, "new", LoraOptions(2, targets=("q_proj", "v_proj")), generator=generator())
    assert list(slots.sites) == [
        f"model.layers.{layer}.self_attn.{name}" for layer in (0, 1) for name in ("q_proj", "v_proj")
    ]


def test_an_unknown_target_is_refused_with_what_there_is(base):
    with pytest.raises(BankError, match=r"named qkv_proj; the base has down_proj, .*v_proj"):
        lora_slots(base.model, "new", LoraOptions(targets=("qkv_proj",)), generator=generator())


def test_new_slots_change_nothing_yet_and_learn(base):
    bank = Bank(base.model)
    slots = lora_slots(base.model, "new", LoraOptions(rank=4), generator=generator())
    bank.add(slots)
    ids = torch.tensor([[20, 30, 40]])
    with torch.no_grad():
        before = base.model(ids).logits
    with bank.playing(bank.field(["new"], torch.ones(1, 3))):
        after = base.model(ids).logits
        after.square().mean().backward()
    bank.remove("new")
    assert torch.equal(before, after)
    assert all(torch.count_nonzero(site.B.grad) > 0 for site in slots.sites.values())


def test_the_same_generator_gives_the_same_slots(base):
    one, other, third = (
        lora_slots(base.model, "new", LoraOptions(rank=3), generator=generator(seed)) for seed in (4, 4, 5)
    )
    assert all(torch.equal(x, y) for x, y in zip(one.parameters(), other.parameters(), strict=True))
    assert not torch.equal(one.parameters()[0], third.parameters()[0])


@pytest.mark.parametrize(("stabilised", "coefficient"), [(False, 0.5), (True, 2.0)])
def test_the_coefficient_is_alpha_by_rank_or_by_its_root(base, stabilised, coefficient):
    options = LoraOptions(rank=16, alpha=8.0, rank_stabilised=stabilised)
    slots = lora_slots(base.model, "new", options, generator=generator())
    assert slots.sites["model.layers.0.mlp.up_proj"].coefficient.tolist() == [coefficient] * 16


def test_a_frozen_copy_takes_no_gradient_and_does_not_follow_training(base):
    slots = lora_slots(base.model, "new", LoraOptions(rank=2), generator=generator())
    copy = slots.frozen(dtype=torch.bfloat16)
    with torch.no_grad():
        for part in slots.parameters():
            part.add_(1)
    site = copy.sites["model.layers.0.mlp.up_proj"]
    assert copy.parameters() == []
    assert (site.A.dtype, site.coefficient.dtype) == (torch.bfloat16, torch.float32)
    assert torch.count_nonzero(site.B) == 0


def test_over_a_prefix_read_by_the_base_it_is_as_in_one_pass(base):
    bank = Bank(base.model)
    slots = lora_slots(base.model, "new", LoraOptions(rank=4), generator=generator())
    with torch.no_grad():
        for site in slots.sites.values():
            site.B.normal_(std=0.3, generator=generator())
    bank.add(slots.frozen())
    ids = torch.tensor([[20, 30, 40, 50, 60, 70, 80]])
    awake = torch.tensor([[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]])
    with torch.no_grad():
        with bank.playing(bank.field(["new"], awake)):
            whole = base.model(ids).logits
        read = base.model(ids[:, :4], use_cache=True)
        with bank.playing(bank.field(["new"], awake[:, 4:])):
            rest = base.model(ids[:, 4:], past_key_values=read.past_key_values).logits
    bank.remove("new")
    # float32: other tile sizes add in another order, some roundings of logits below 8
    torch.testing.assert_close(rest, whole[:, 4:], rtol=0, atol=1e-5)
