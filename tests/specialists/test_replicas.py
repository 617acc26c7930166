"""A trunk that several devices train becomes what one device makes of it, but for rounding."""

from dataclasses import replace

import pytest
import torch

from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.course import lay_course
from divisi.specialists.errors import TrainingError
from divisi.specialists.fit import FitOptions, fit
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.pack import Node
from divisi.specialists.replicas import answer_tokens, devices_beside, rows_apart

OPTIONS = FitOptions(rate=2e-2, epochs=2, rows=3, length=36, focus=1.0)
SHORT, LONG = Node((8, 9, 30, 31, 1), 2, "a"), Node((8, 9, 40, 41, 42, 43, 1), 2, "b")
TOLERANCE = 1e-5
"""Sums of float32 in another order, through a dozen steps of AdamW."""


def tree(number: int) -> Node:
    prefix = tuple(20 + (7 * number + 11 * at) % 200 for at in range(20))
    return Node(prefix, children=(SHORT,) if number % 3 else (SHORT, LONG))


TREES = [tree(number) for number in range(9)]


@pytest.fixture(scope="module")
def others(base_folder):
    """The same base twice more, as on other devices."""
    return [Base.load(base_folder) for _ in range(2)]


def new_trunk(base):
    generator = torch.Generator().manual_seed(1)
    return lora_slots(base.model, "trunk", LoraOptions(rank=4, alpha=8.0), generator=generator, kind="trunk")


def trained(base, others=(), **more):
    """The trunk's parameters after a fit, and the losses of its steps."""
    bank, told = Bank(base.model), []
    bank.set_trunk(new_trunk(base))
    trunk = bank.trunk
    try:
        fit(base, bank, TREES, OPTIONS, others=others, report=lambda now: told.append(dict(now.losses)), **more)
    finally:
        bank.set_trunk(None)
    return [part.detach().clone() for part in trunk.parameters()], told


@pytest.mark.parametrize("count", [1, 2])
def test_it_becomes_what_one_device_makes_of_it(base, others, count):
    (alone, losses), (together, shared) = trained(base), trained(base, others[:count])
    for one, other in zip(alone, together, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=TOLERANCE)
    assert [list(one) for one in losses] == [list(one) for one in shared]
    assert shared[-1] == pytest.approx(losses[-1], abs=1e-4)
    start = new_trunk(base).parameters()
    assert any(not torch.equal(one, other) for one, other in zip(start, together, strict=True))


def test_isolated_slots_stay_as_they_are_on_all_devices(base, others):
    site = next(iter(new_trunk(base).sites))
    before = new_trunk(base).sites[site].A.detach()[0]
    found, _ = trained(base, others, frozen={"trunk": {site: frozenset({0})}})
    after = found[0][0]
    assert torch.equal(before, after)


def test_a_killed_training_goes_on_with_copies_of_what_was_kept(base, others, tmp_path):
    class Killed(BaseException):
        pass

    def kill(now):
        if now.step == 3:
            raise Killed

    def run(folder, report):
        bank = Bank(base.model)
        bank.set_trunk(new_trunk(base))
        trunk = bank.trunk
        try:
            options = replace(OPTIONS, checkpoint_s=0.0)
            fit(base, bank, TREES, options, others=others, folder=folder, report=report)
        finally:
            bank.set_trunk(None)
        return trunk.parameters()

    with pytest.raises(Killed):
        run(tmp_path / "killed", kill)
    resumed = run(tmp_path / "killed", None)
    for one, other in zip(resumed, run(tmp_path / "whole", None), strict=True):
        assert torch.equal(one, other)


def test_the_other_bases_are_left_as_they_were(base, others):
    trained(base, others)
    ids = torch.tensor([[5, 6, 7]])
    with torch.no_grad():
        assert torch.equal(others[0].model(ids).logits, base.model(ids).logits)
    assert not any(module._forward_hooks for module in others[0].model.modules())


def test_a_specialist_is_no_work_for_several_devices(base, others):
    bank = Bank(base.model)
    bank.add(lora_slots(base.model, "a", LoraOptions(rank=2), generator=torch.Generator()))
    try:
        with pytest.raises(TrainingError, match="train a trunk alone"):
            fit(base, bank, [Node(TREES[1].ids, children=(SHORT,))], OPTIONS, others=others)
    finally:
        bank.remove("a")


def test_another_base_is_refused(base, others):
    bank = Bank(base.model)
    bank.set_trunk(new_trunk(base))
    try:
        with pytest.raises(TrainingError, match="is another one"):
            fit(base, bank, TREES, OPTIONS, others=[replace(others[0], fingerprint="other")])
    finally:
        bank.set_trunk(None)


def test_shares_have_all_rows_once():
    packed = lay_course(TREES, rows=5, length=36, seed=0, epochs=1).batch(0, pad_id=0)
    for count in (1, 2, 3, 9):
        shares = rows_apart(packed, count)
        assert len(shares) == min(count, 5)
        assert torch.equal(torch.cat([share.ids for share in shares]), packed.ids)
        tokens = [answer_tokens(share).get("a", 0) for share in shares]
        assert sum(tokens) == answer_tokens(packed)["a"]


def test_on_a_cpu_there_are_no_other_devices(base):
    assert devices_beside(base) == ()
