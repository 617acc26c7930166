"""Reading a batch in two halves gives the losses and gradients of reading it at once, back through one half alone."""

import pytest
import torch

from divisi.specialists import forced as module
from divisi.specialists.bank import Bank
from divisi.specialists.forced import force
from divisi.specialists.halves import halves
from divisi.specialists.pack import Node, pack
from divisi.specialists.store import find_kind

ROOT = tuple(range(20, 34))
A = Node((50, 51, 52, 53, 54), 2, "a")
B = Node((70, 71, 72, 73, 74, 75, 76), 3, "b")
TREE = Node(ROOT, children=(A, Node((40, 41, 42), children=(B, A))))
OWN = Node(ROOT, None, "a", (A,))
"""A prefix that its specialist reads for itself."""
TOLERANCE = 1e-5
"""float32 sums in another order; gradients are below 1."""


@pytest.fixture
def play(base):
    """Losses and gradients of rows of trees, by specialists a and b of some kinds beside a trunk that learns."""

    def run(rows, kinds):
        bank = Bank(base.model)
        bank.set_trunk(find_kind("trunk").new(base, "trunk", 2, torch.Generator().manual_seed(9)))
        for number, (name, kind) in enumerate(kinds.items()):
            bank.add(find_kind(kind).new(base, name, 2, torch.Generator().manual_seed(number)))
        everyone = [bank.trunk, *map(bank.slots, bank.names)]
        parts = [part for slots in everyone for part in slots.parameters()]
        with torch.no_grad():
            for part in parts:
                part.add_(torch.randn(part.shape, generator=torch.Generator().manual_seed(part.numel())) * 0.1)
        try:
            found = force(base, bank, pack(rows, length=80, pad_id=0, prose_weight=0.0))
            gradients = torch.autograd.grad(found.means().sum(), parts, allow_unused=True)
        finally:
            bank.set_trunk(None)
            for name in bank.names:
                bank.remove(name)
        return found.losses.detach(), [part if part is None else part.clone() for part in gradients]

    return run


@pytest.mark.parametrize("kinds", [("lora", "lora"), ("lora", "loreft"), ("svf", "loreft"), ("svf", "lora")])
@pytest.mark.parametrize("rows", [[[TREE]], [[TREE], [TREE, TREE]]])
def test_losses_and_gradients_are_those_of_one_reading(play, rows, kinds, monkeypatch):
    both = dict(zip("ab", kinds, strict=True))
    losses, gradients = play(rows, both)
    monkeypatch.setattr(module, "halves", lambda packed: None)
    at_once, expected = play(rows, both)
    torch.testing.assert_close(losses, at_once, rtol=0, atol=TOLERANCE)
    for one, other in zip(gradients, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=TOLERANCE)
    assert any(float(one.norm()) > 0.01 for one in gradients if one is not None)


def test_who_reads_its_own_prefix_learns_from_it(play, monkeypatch):
    rows, kinds = [[OWN], [TREE_OF_B]], {"a": "lora_everywhere", "b": "lora"}
    _, gradients = play(rows, kinds)
    monkeypatch.setattr(module, "halves", lambda packed: None)
    _, expected = play(rows, kinds)
    for one, other in zip(gradients, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=TOLERANCE)


TREE_OF_B = Node(ROOT, children=(B,))


def test_the_first_half_is_what_nobody_plays_and_padding_is_in_none():
    packed = pack([[TREE], [TREE_OF_B]], length=60, pad_id=0, prose_weight=0.0)
    first, second = halves(packed)
    assert first.ids[0].tolist() == [*ROOT, 40, 41, 42]
    assert first.ids[1, :14].tolist() == list(ROOT)
    assert second.ids[0].tolist() == [*A.ids, *B.ids, *A.ids]
    assert second.mask.shape == (2, 1, 17, 17 + 17)
    assert second.specialists[1] == ("b",) * 7 + (None,) * 10
    assert second.weights.sum() == packed.weights.sum()
    assert bool(first.mask.any(-1).all())
    assert bool(second.mask.any(-1).all())


def test_what_all_is_played_has_one_half():
    assert halves(pack([[OWN]], length=30, pad_id=0, prose_weight=0.0)) is None


def test_a_prefix_behind_what_a_specialist_reads_is_not_read_first():
    late = Node(ROOT, None, "a", (Node((40, 41), children=(A,)),))
    assert halves(pack([[late]], length=30, pad_id=0, prose_weight=0.0)) is None
