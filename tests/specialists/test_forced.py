"""Teacher forcing in packed trees is what serving computes, branch by branch, and wakes nobody else."""

import math
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor, nn

from divisi.specialists.appraise import answer_loss, answer_numbers
from divisi.specialists.bank import Bank
from divisi.specialists.errors import AttentionError, BankError, TrainingError
from divisi.specialists.forced import Forced, force, tree_field
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.pack import Node, pack

# float32 sums in another order, as packed rows have another shape; losses are about 6.
TOLERANCE = 1e-4

ROOT = Node(tuple(range(20, 34)))
A1 = Node((50, 51, 52, 53, 54), 2, "a")
A2 = Node((60, 61, 62), 1, "a")
B1 = Node((70, 71, 72, 73, 74, 75, 76), 3, "b")
TREE = Node(ROOT.ids, children=(A1, Node((40, 41, 42), children=(B1, A2))))
DEEPER = (*ROOT.ids, 40, 41, 42)
BRANCHES = [(ROOT.ids, A1), (DEEPER, B1), (DEEPER, A2)]


@pytest.fixture
def bank_of(base) -> Iterator[Callable[..., Bank]]:
    """Makes a bank of specialists with random slots on the shared base: bank_of("a", "b", trunk=True)."""
    bank = Bank(base.model)

    def make(*names: str, trunk: bool = False) -> Bank:
        for seed, name in enumerate(names, 1):
            bank.add(random_slots(base.model, name, seed))
        bank.set_trunk(random_slots(base.model, "trunk", 9) if trunk else None)
        return bank

    yield make
    bank.set_trunk(None)
    for name in bank.names:
        bank.remove(name)


def random_slots(model: nn.Module, name: str, seed: int):
    slots = lora_slots(model, name, LoraOptions(4, 8.0), generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        for site in slots.sites.values():
            site.B.normal_(std=0.2, generator=torch.Generator().manual_seed(seed))
    return slots


def served_losses(base, bank: Bank, before: tuple[int, ...], leaf: Node, name: str | None) -> Tensor:
    """The losses of one answer alone: base on the prefix, specialist from the invocation on."""
    ids = torch.tensor([before + leaf.ids])
    awake = torch.tensor([[0.0] * len(before) + [1.0] * len(leaf.ids)])
    with torch.no_grad(), bank.playing(bank.field([name], awake)):
        logits = base.model(ids).logits[0]
    start = len(before) + leaf.answer_from
    return nn.functional.cross_entropy(logits[start - 1 : -1], ids[0, start:], reduction="none")


@pytest.mark.parametrize("trunk", [False, True])
def test_losses_in_a_packed_tree_are_those_of_serving(base, bank_of, trunk):
    bank = bank_of("a", "b", trunk=trunk)
    forced = force(base, bank, pack([[TREE], [TREE, TREE]], length=100, pad_id=0, prose_weight=0.0))
    alone = torch.cat([served_losses(base, bank, before, leaf, leaf.specialist) for before, leaf in BRANCHES])
    torch.testing.assert_close(forced.losses.detach(), alone.repeat(3), rtol=0, atol=TOLERANCE)
    assert forced.specialists == ("a", "b")
    assert forced.owner.tolist() == ([0] * 3 + [1] * 4 + [0] * 2) * 3


def test_means_are_over_the_tokens_of_each_specialist(base, bank_of):
    bank = bank_of("a", "b")
    forced = force(base, bank, pack([[TREE]], length=40, pad_id=0, prose_weight=0.0))
    a, b = forced.losses[[0, 1, 2, 7, 8]].mean(), forced.losses[3:7].mean()
    torch.testing.assert_close(forced.means(), torch.stack([a, b]))


def test_an_answer_gives_no_gradient_to_the_slots_of_another(base, bank_of):
    bank = bank_of("a", "b")
    forced = force(base, bank, pack([[TREE]], length=40, pad_id=0, prose_weight=0.0))
    forced.means()[0].backward()
    norms = {name: sum(float(part.grad.norm()) for part in bank.slots(name).parameters()) for name in bank.names}
    assert norms["a"] > 0.01
    assert norms["b"] == 0


def test_who_is_not_resident_plays_the_trunk_alone(base, bank_of):
    bank = bank_of(trunk=True)
    packed = pack([[TREE]], length=40, pad_id=0, prose_weight=0.0)
    field = tree_field(bank, packed, device=torch.device("cpu"))
    assert field.gate.shape == (1, 40, 0)
    assert field.awake[0, :, -1].tolist() == [0] * 14 + [1] * 5 + [0] * 3 + [1] * 10 + [0] * 8
    losses = force(base, bank, packed).losses
    bank.set_trunk(None)
    silent = torch.cat([served_losses(base, bank, before, leaf, None) for before, leaf in BRANCHES])
    assert not torch.allclose(losses, silent, atol=0.1)


def test_who_is_not_resident_is_refused_without_a_trunk(base, bank_of):
    with pytest.raises(BankError, match="no specialist 'b' is resident"):
        force(base, bank_of("a"), pack([[TREE]], length=40, pad_id=0, prose_weight=0.0))


def test_an_answer_of_nobody_is_refused(base, bank_of):
    nobody = Node((1, 2, 3), 1)
    with pytest.raises(TrainingError, match="belong to no specialist"):
        force(base, bank_of("a"), pack([[nobody]], length=4, pad_id=0, prose_weight=0.0))


def test_attention_without_masks_is_refused(base, bank_of, monkeypatch):
    monkeypatch.setattr(base.model.config, "_attn_implementation", "eager")
    with pytest.raises(AttentionError, match="the base has eager"):
        force(base, bank_of("a", "b"), pack([[TREE]], length=40, pad_id=0, prose_weight=0.0))


def test_a_model_that_scales_its_logits_is_scaled_in_training_too(base, bank_of, monkeypatch):
    bank, packed = bank_of("a", "b"), pack([[TREE]], length=40, pad_id=0, prose_weight=0.0)
    plain = type(base.model).forward

    def scaled(self, *args, **options):
        output = plain(self, *args, **options)
        output.logits = output.logits / 4
        return output

    monkeypatch.setattr(type(base.model), "forward", scaled)
    alone = torch.cat([served_losses(base, bank, before, leaf, leaf.specialist) for before, leaf in BRANCHES])
    torch.testing.assert_close(force(base, bank, packed).losses.detach(), alone, rtol=0, atol=TOLERANCE)


def test_answer_numbers_tell_answers_apart():
    packed = pack([[TREE], [TREE]], length=32, pad_id=0, prose_weight=0.0)
    assert answer_numbers(packed).tolist() == [0] * 3 + [1] * 4 + [2] * 2 + [3] * 3 + [4] * 4 + [5] * 2


def test_an_appraisal_is_the_mean_over_all_batches(base, bank_of):
    bank = bank_of("a", "b")
    only_b = Node(ROOT.ids, children=(B1,))
    batches = [pack([[tree]], length=40, pad_id=0, prose_weight=0.0) for tree in (TREE, only_b)]
    appraisals = answer_loss(base, bank, batches)
    a = torch.cat([served_losses(base, bank, before, leaf, "a") for before, leaf in (BRANCHES[0], BRANCHES[2])])
    b = torch.cat([served_losses(base, bank, before, B1, "b") for before in (BRANCHES[1][0], ROOT.ids)])
    assert (appraisals["a"].answers, appraisals["a"].tokens) == (2, 5)
    assert (appraisals["b"].answers, appraisals["b"].tokens) == (2, 8)
    assert appraisals["a"].loss == pytest.approx(float(a.mean()), abs=TOLERANCE)
    assert appraisals["b"].loss == pytest.approx(float(b.mean()), abs=TOLERANCE)


def test_an_answer_is_exact_where_every_token_is_the_likeliest(base, bank_of):
    bank = bank_of("a")
    right = greedy(base, bank, 4)
    half_right = (*right[:-2], (right[-2] + 1) % 250 + 10, right[-1])
    tree = Node(ROOT.ids, children=(Node((60, *right), 1, "a"), Node((60, *half_right), 1, "a")))
    appraisal = answer_loss(base, bank, [pack([[tree]], length=40, pad_id=0, prose_weight=0.0)])["a"]
    assert (appraisal.exact, appraisal.answers) == (0.5, 2)


def greedy(base, bank: Bank, tokens: int) -> tuple[int, ...]:
    ids = [*ROOT.ids, 60]
    for _ in range(tokens):
        awake = torch.tensor([[float(at >= len(ROOT.ids)) for at in range(len(ids))]])
        with torch.no_grad(), bank.playing(bank.field(["a"], awake)):
            ids.append(int(base.model(torch.tensor([ids])).logits[0, -1].argmax()))
    return tuple(ids[-tokens:])


def test_the_focal_loss_weighs_tokens_by_what_is_not_known() -> None:
    likely, unlikely = -math.log(0.9), -math.log(0.2)
    forced = Forced(("a", "b"), torch.tensor([0, 0, 1]), torch.tensor([likely, unlikely, likely]), torch.ones(3).bool())
    expected = [(0.1**2 * likely + 0.8**2 * unlikely) / 2, 0.1**2 * likely]
    torch.testing.assert_close(forced.focused(2.0), torch.tensor(expected))
    torch.testing.assert_close(forced.focused(0.0), forced.means())
