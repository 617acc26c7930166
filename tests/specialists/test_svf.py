"""SVF scales the base's own singular values, and all SVF specialists share one spectrum."""

import pytest
import torch

from divisi.specialists.awake import INVOCATION
from divisi.specialists.bank import Bank
from divisi.specialists.errors import BankError
from divisi.specialists.layout import lay_out
from divisi.specialists.svf import SvfOptions, svf_slots

SITE = "model.layers.0.mlp.down_proj"


def learned(base, name: str, options: SvfOptions, seed: int = 0):
    slots = svf_slots(base, name, options)
    with torch.no_grad():
        for part in slots.parameters():
            part.normal_(generator=torch.Generator().manual_seed(seed))
    return slots


@pytest.mark.parametrize("rank", [None, 5], ids=["full", "top 5"])
def test_a_layer_computes_with_scaled_singular_values(base, rank):
    slots = learned(base, "one", SvfOptions(rank))
    W = base.model.get_submodule(SITE).weight  # noqa: N806
    U, s, Vt = torch.linalg.svd(W, full_matrices=False)  # noqa: N806
    z = torch.ones(len(s))
    z[:rank] = 1 + slots.sites[SITE].coefficient.detach()
    scaled = U @ torch.diag(s * z) @ Vt
    seen = {}
    bank = Bank(base.model)
    bank.add(slots)
    hook = base.model.get_submodule(SITE).register_forward_hook(lambda _m, args, y: seen.update(x=args[0], y=y))
    with torch.no_grad(), bank.playing(bank.field(["one"], torch.full((1, 3), INVOCATION))):
        base.model(torch.tensor([[20, 30, 40]]))
    hook.remove()
    bank.remove("one")
    # float32: products of size 10 in another order
    torch.testing.assert_close(seen["y"], seen["x"] @ scaled.T, rtol=0, atol=2e-5)


def test_one_number_for_each_singular_value_is_learned_and_nothing_else(base):
    full, top = svf_slots(base, "full", SvfOptions()), svf_slots(base, "top", SvfOptions(3, ("q_proj", "up_proj")))
    shapes = [base.model.get_submodule(site).weight.shape for site in full.sites]
    assert [part.shape for part in full.parameters()] == [(min(shape),) for shape in shapes]
    assert [part.shape for part in top.parameters()] == [(3,)] * 4


def test_all_svf_specialists_share_the_slots(base):
    one, two = learned(base, "one", SvfOptions(), 1), learned(base, "two", SvfOptions(), 2).frozen()
    assert one.sites[SITE].A is two.sites[SITE].A
    assert lay_out([one, two]).sites[SITE].read.shape == (32, 48)


def test_a_rank_is_at_least_one_and_at_most_all(base):
    with pytest.raises(BankError, match="singular values, not 0"):
        svf_slots(base, "one", SvfOptions(0))
    assert len(svf_slots(base, "one", SvfOptions(40)).parameters()[0]) == 32
