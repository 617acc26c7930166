"""LoReFT is the paper's formula, begins at the base, and stays orthonormal whatever it learns."""

import pytest
import torch

from divisi.specialists.awake import INVOCATION
from divisi.specialists.bank import Bank
from divisi.specialists.errors import BankError, TrainingError
from divisi.specialists.fit import FitOptions, fit
from divisi.specialists.pack import Node
from divisi.specialists.reft import ReftOptions, block_sites, orthonormal, reft_slots

BLOCK = "model.layers.1"


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def skew(R) -> float:  # noqa: N803
    return float((R @ R.T - torch.eye(R.shape[0])).abs().max())


def test_slots_are_on_every_block_or_on_those_chosen(base):
    assert block_sites(base.model) == ["model.layers.0", "model.layers.1"]
    assert list(reft_slots(base, "new", ReftOptions(2), generator=generator()).sites) == block_sites(base.model)
    assert list(reft_slots(base, "new", ReftOptions(2, (1,)), generator=generator()).sites) == [BLOCK]


@pytest.mark.parametrize("options", [ReftOptions(2, (2,)), ReftOptions(33), ReftOptions(0)], ids=str)
def test_what_the_base_has_not_is_refused(base, options):
    with pytest.raises(BankError, match=r"the base has no blocks|does not fit"):
        reft_slots(base, "new", options, generator=generator())


def test_a_block_gives_the_formula_of_the_paper(base, trained):
    slots = trained(base, "loreft", "one", rank=3)
    site = slots.sites[BLOCK]
    R, W, b = orthonormal(site.basis), site.source, site.a  # noqa: N806
    seen = {}
    bank = Bank(base.model)
    block = base.model.get_submodule(BLOCK)
    plain = block.register_forward_hook(lambda _m, _args, output: seen.update(h=output))
    bank.add(slots)
    moved = block.register_forward_hook(lambda _m, _args, output: seen.update(changed=output))
    with torch.no_grad(), bank.playing(bank.field(["one"], torch.full((1, 4), INVOCATION))):
        base.model(torch.tensor([[20, 30, 40, 50]]))
    plain.remove()
    moved.remove()
    bank.remove("one")
    h = seen["h"][0]
    for token in range(4):
        expected = h[token] + R.T @ (W @ h[token] + b - R @ h[token])
        # float32, values of about 10: W - R is computed before it meets h, which rounds otherwise
        torch.testing.assert_close(seen["changed"][0, token], expected, rtol=0, atol=2e-5)


def test_the_parametrisation_gives_orthonormal_rows_in_float32_from_any_matrix():
    for basis in (torch.randn(4, 32), 100 * torch.randn(4, 32), torch.eye(4, 32) + 0.99, torch.randn(4, 32).bfloat16()):
        R = orthonormal(basis)  # noqa: N806
        assert R.dtype == torch.float32
        assert skew(R) < 1e-5


def test_the_rows_span_what_the_matrix_spans():
    basis = torch.randn(3, 16)
    R = orthonormal(basis)  # noqa: N806
    torch.testing.assert_close(basis @ R.T @ R, basis, rtol=0, atol=1e-5)


def test_its_gradient_is_that_of_small_differences():
    basis = torch.randn(2, 5, dtype=torch.float64, requires_grad=True)
    weights = torch.randn(2, 5, generator=generator())
    orthonormal(basis).mul(weights).sum().backward()
    step, at = 1e-3, (1, 3)
    moved = [basis.detach().clone() for _ in range(2)]
    moved[0][at] += step
    moved[1][at] -= step
    up, down = (float((orthonormal(one) * weights).sum()) for one in moved)
    assert float(basis.grad[at]) == pytest.approx((up - down) / (2 * step), abs=1e-3)


def test_rows_that_have_fallen_together_are_said_so():
    with pytest.raises(TrainingError, match="fallen together"):
        orthonormal(torch.ones(2, 8))


def test_training_changes_the_rotation_and_keeps_it_orthonormal(base):
    bank = Bank(base.model)
    bank.add(reft_slots(base, "one", ReftOptions(4), generator=generator()))
    before = {site: own.B.detach().T.clone() for site, own in bank.slots("one").sites.items()}
    trees = [
        Node(tuple(range(20 + number, 30 + number)), children=(Node((8, 9, 30, 31, 1), 2, "one"),))
        for number in range(4)
    ]
    fit(base, bank, trees, FitOptions(rate=5e-2, epochs=6, rows=2, length=16))
    for site, own in bank.slots("one").sites.items():
        R = own.B.detach().T  # noqa: N806
        assert skew(R) < 1e-5
        assert float((R - before[site]).abs().max()) > 0.05
    bank.remove("one")


def test_half_precision_computes_with_a_rotation_in_float32(base, trained):
    site = trained(base, "loreft", "one").sites[BLOCK]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        B = site.B.detach()  # noqa: N806
    assert B.dtype == torch.float32
    assert skew(B.T) < 1e-5
