"""The bank computes its formula, row by row alike, and leaves the base alone wherever the field is 0."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from divisi.specialists.bank import Bank, Field
from divisi.specialists.base import Base
from divisi.specialists.errors import BankError, FieldError
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.slots import FixedSlots, Slots

IDS = torch.tensor(
    [[20, 30, 40, 50, 60, 70], [25, 35, 45, 55, 65, 75], [21, 31, 41, 51, 61, 71], [22, 9, 10, 11, 12, 13]]
)
ROWS = ("b", None, "a", "b")
AWAKE = torch.tensor([[0, 0, 0, 1, 1, 1]] * 4)

# Another number of rows takes another path through the matrix product, which adds in another order: about 10 roundings
# of the largest logit (below 8) in each precision.
TOLERANCE = {torch.float32: 1e-5, torch.bfloat16: 0.25}


def random_slots(model: nn.Module, name: str, rank: int, seed: int, targets=None) -> Slots:
    """LoRA slots as after training: B is not 0."""
    slots = lora_slots(model, name, LoraOptions(rank, 4.0, targets), generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        for site in slots.sites.values():
            site.B.normal_(std=0.3, generator=torch.Generator().manual_seed(seed))
    return slots


@pytest.fixture
def bank(base) -> Iterator[Bank]:
    """Two specialists of different ranks, one on fewer sites, frozen, and nothing else on the shared base."""
    bank = Bank(base.model)
    bank.add(random_slots(base.model, "a", 4, 1).frozen())
    bank.add(random_slots(base.model, "b", 2, 2, targets=("q_proj", "v_proj", "down_proj")).frozen())
    yield bank
    bank.set_trunk(None)
    for name in bank.names:
        bank.remove(name)


def logits(base, ids: Tensor) -> Tensor:
    with torch.no_grad():
        return base.model(ids).logits


def played(base, bank: Bank, rows, awake: Tensor = AWAKE, ids: Tensor = IDS) -> Tensor:
    with bank.playing(bank.field(rows, awake)):
        return logits(base, ids)


class Toy(nn.Module):
    """A linear layer, then a block that returns a tuple, as some decoder blocks do."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(5, 3)
        self.block = Doubled()

    def forward(self, x: Tensor) -> tuple[Tensor, str]:
        return self.block(self.linear(x))


class Doubled(nn.Module):
    def forward(self, x: Tensor) -> tuple[Tensor, str]:
        return 2 * x, "cache"


def random_site(rank: int, d_in: int, d_out: int, *, added: bool) -> FixedSlots:
    a = torch.randn(rank) if added else None
    return FixedSlots(torch.randn(rank, d_in), torch.randn(d_out, rank), torch.randn(rank), a)


def slow_delta(x: Tensor, site: FixedSlots) -> Tensor:
    """What one specialist adds to one token, slot by slot."""
    delta = torch.zeros(site.B.shape[0])
    for slot in range(site.A.shape[0]):
        offset = 0.0 if site.a is None else site.a[slot]
        delta += site.B[:, slot] * site.coefficient[slot] * (site.A[slot] @ x + offset)
    return delta


@pytest.mark.parametrize("gate", [torch.randn(2, 2), torch.randn(2, 4, 2)], ids=["of rows", "of tokens"])
def test_every_token_gets_the_formula(gate):
    torch.manual_seed(0)
    toy, x = Toy(), torch.randn(2, 4, 5)
    awake = torch.tensor([[0.0, 1.0, 1.0, 0.5], [0.0, 0.0, 0.0, 1.0]])
    one = {"linear": random_site(2, 5, 3, added=True), "block": random_site(1, 3, 3, added=False)}
    two = {"linear": random_site(3, 5, 3, added=False), "block": random_site(2, 3, 3, added=True)}
    bank = Bank(toy)
    bank.add(Slots("one", "lora", one))
    bank.add(Slots("two", "lora", two))
    with bank.playing(Field(gate, awake)), torch.no_grad():
        y, cache = toy(x)
    assert cache == "cache"
    for row in range(2):
        for token in range(4):
            weights = awake[row, token] * (gate[row, token] if gate.ndim == 3 else gate[row])
            middle = toy.linear(x[row, token])
            middle = middle + sum(
                w * slow_delta(x[row, token], s["linear"]) for w, s in zip(weights, (one, two), strict=True)
            )
            block = 2 * middle
            expected = block + sum(w * slow_delta(block, s["block"]) for w, s in zip(weights, (one, two), strict=True))
            # float32, some hundred products of size 10: rounding stays below 1e-4
            torch.testing.assert_close(y[row, token], expected, rtol=1e-4, atol=1e-4)


def test_a_token_that_nobody_acts_on_is_bit_exactly_the_base(base, bank):
    before, mixed = logits(base, IDS), played(base, bank, ROWS)
    assert torch.equal(mixed[:, :3], before[:, :3])
    assert torch.equal(mixed[1], before[1])
    assert not torch.allclose(mixed[0, 3:], before[0, 3:], atol=0.1)


@pytest.mark.parametrize("dtype", list(TOLERANCE), ids=str)
def test_a_row_in_a_mixed_batch_equals_the_row_alone(base_folder, dtype):
    base = Base.load(base_folder, dtype=dtype)
    bank = Bank(base.model)
    bank.add(random_slots(base.model, "a", 4, 1).frozen(dtype=dtype))
    bank.add(random_slots(base.model, "b", 2, 2, targets=("q_proj", "v_proj")).frozen(dtype=dtype))
    bank.set_trunk(random_slots(base.model, "trunk", 3, 3).frozen(dtype=dtype))
    mixed = played(base, bank, ROWS)
    for row, name in enumerate(ROWS):
        alone = played(base, bank, [name], AWAKE[row : row + 1], IDS[row : row + 1])
        torch.testing.assert_close(mixed[row : row + 1], alone, rtol=0, atol=TOLERANCE[dtype])


def test_a_specialist_alone_in_the_bank_acts_as_in_company(base, bank):
    company = played(base, bank, ["b"] * 4)
    bank.remove("a")
    torch.testing.assert_close(played(base, bank, ["b"] * 4), company, rtol=0, atol=TOLERANCE[torch.float32])


def test_gradient_of_a_specialist_from_rows_of_another_is_exactly_0(base):
    bank = Bank(base.model)
    for name, seed in (("mine", 5), ("other", 6)):
        bank.add(random_slots(base.model, name, 2, seed))
    with bank.playing(bank.field(["other", "other"], AWAKE[:2])):
        base.model(IDS[:2]).logits.square().mean().backward()
    assert all(torch.count_nonzero(part.grad) == 0 for part in bank.slots("mine").parameters())
    assert all(torch.count_nonzero(part.grad) > 0 for part in bank.slots("other").parameters())
    for name in bank.names:
        bank.remove(name)


def test_a_training_step_counts_in_the_next_forward_pass(base):
    bank = Bank(base.model)
    bank.add(random_slots(base.model, "learner", 2, 7))
    before = played(base, bank, ["learner"] * 4)
    with torch.no_grad():
        for part in bank.slots("learner").parameters():
            part.mul_(2)
    assert not torch.allclose(played(base, bank, ["learner"] * 4), before)
    bank.remove("learner")


def test_the_trunk_acts_beside_any_specialist_and_not_on_rows_of_the_base(base, bank):
    before, without = logits(base, IDS), played(base, bank, ROWS)
    bank.set_trunk(random_slots(base.model, "trunk", 3, 3).frozen())
    beside = played(base, bank, ROWS)
    assert torch.equal(beside[1], before[1])
    assert all(not torch.allclose(beside[row, 3:], without[row, 3:], atol=0.1) for row in (0, 2, 3))


def test_the_trunk_beside_a_specialist_is_the_sum_of_both(base, bank):
    bank.set_trunk(random_slots(base.model, "trunk", 3, 3).frozen())
    beside = played(base, bank, ["a"] * 4)
    bank.set_trunk(None)
    bank.add(random_slots(base.model, "trunk", 3, 3).frozen())
    with bank.playing(Field(torch.tensor([[1.0, 0.0, 1.0]] * 4), AWAKE.float())):
        both = logits(base, IDS)
    torch.testing.assert_close(beside, both, rtol=0, atol=TOLERANCE[torch.float32])


def test_specialists_that_share_their_slots_differ_in_coefficients_alone(base):
    read, write = torch.randn(6, 32), torch.randn(32, 6)
    site = "model.layers.0.self_attn.q_proj"
    learned = {name: nn.Parameter(torch.randn(6)) for name in ("one", "two")}
    bank = Bank(base.model)
    for name, coefficient in learned.items():
        bank.add(Slots(name, "svf", {site: FixedSlots(read, write, coefficient)}))
    seen = []
    watch = base.model.get_submodule(site).register_forward_hook(lambda _m, args, y: seen.append((args[0], y)))
    with bank.playing(bank.field(["one", "two"], AWAKE[:2])):
        base.model(IDS[:2]).logits.sum().backward()
    watch.remove()
    x, y = seen[0]
    plain = base.model.get_submodule(site)._parameters["weight"]
    for row, coefficient in enumerate(learned.values()):
        dense = plain + write @ torch.diag(coefficient) @ read
        torch.testing.assert_close(y[row, 3:], x[row, 3:] @ dense.T, rtol=1e-4, atol=1e-4)
        assert torch.count_nonzero(coefficient.grad) == 6
    for name in bank.names:
        bank.remove(name)


def test_removing_everybody_restores_the_base(base):
    before = logits(base, IDS)
    bank = Bank(base.model)
    bank.add(random_slots(base.model, "guest", 2, 8).frozen())
    bank.remove("guest")
    assert torch.equal(played(base, bank, [None] * 4), before)
    assert not any(module._forward_hooks for module in base.model.modules())


def test_outside_of_playing_the_model_is_the_base_also_after_an_error(base, bank):
    before = logits(base, IDS)
    with pytest.raises(RuntimeError, match="in the middle"), bank.playing(bank.field(ROWS, AWAKE)):
        raise RuntimeError("in the middle")
    assert torch.equal(logits(base, IDS), before)


def test_a_replaced_specialist_keeps_its_index_and_plays_the_new_version(base, bank):
    before = played(base, bank, ["a"] * 4)
    bank.replace(random_slots(base.model, "a", 4, 9).frozen())
    assert bank.names == ("a", "b")
    assert not torch.allclose(played(base, bank, ["a"] * 4), before)


def test_nobody_comes_or_goes_while_a_field_is_playing(base, bank):
    with bank.playing(bank.field(ROWS, AWAKE)), pytest.raises(BankError, match="while a field is playing"):
        bank.remove("a")
    assert bank.names == ("a", "b")


@pytest.mark.parametrize(
    ("gate", "awake"),
    [((4, 2), (4,)), ((3, 2), (4, 6)), ((4, 5, 2), (4, 6)), ((2,), (4, 6))],
    ids=["awake of rows alone", "other rows", "other tokens", "gate without rows"],
)
def test_gate_and_awake_that_do_not_fit_each_other_are_refused(gate, awake):
    with pytest.raises(FieldError, match="do not fit"):
        Field(torch.zeros(gate), torch.zeros(awake))


def test_a_field_of_other_residents_is_refused(bank):
    field = bank.field(ROWS, AWAKE)
    bank.remove("b")
    with pytest.raises(FieldError, match="one for each resident: a"), bank.playing(field):
        pass


def test_a_field_of_other_tokens_is_refused(base, bank):
    with bank.playing(bank.field(ROWS, AWAKE[:, :5])), pytest.raises(FieldError, match=r"\[4, 5\], but .* \[4, 6\]"):
        logits(base, IDS)


def test_an_unknown_specialist_is_refused_by_name(bank):
    with pytest.raises(BankError, match="no specialist 'c' is resident; resident: a, b"):
        bank.field(["c"], AWAKE[:1])


def _site(**changed: Tensor) -> FixedSlots:
    parts = {"A": torch.zeros(2, 32), "B": torch.zeros(32, 2), "coefficient": torch.ones(2)}
    return FixedSlots(**{**parts, **changed})


@pytest.mark.parametrize(
    ("sites", "message"),
    [
        ({"model.layers.7.self_attn.q_proj": _site()}, "no module"),
        ({"model.layers.0.self_attn.q_proj": _site(A=torch.zeros(2, 31))}, "expected"),
        ({"model.layers.0.self_attn.k_proj": _site()}, "expected"),
        ({"model.layers.0": _site(B=torch.zeros(31, 2))}, "expected"),
        ({"model.layers.0.self_attn.q_proj": _site(coefficient=torch.ones(3))}, "expected"),
        ({"model.layers.0.self_attn.q_proj": _site(B=torch.full((32, 2), torch.nan))}, "not finite"),
        ({}, "has no slots"),
    ],
    ids=["unknown site", "width read", "width written", "width of a block", "coefficients", "not a number", "no site"],
)
def test_slots_that_do_not_fit_the_base_are_refused_and_the_bank_stays(bank, sites, message):
    with pytest.raises(BankError, match=message):
        bank.add(Slots("bad", "lora", sites))
    assert bank.names == ("a", "b")


def test_a_name_that_is_taken_is_refused(base, bank):
    with pytest.raises(BankError, match="'a' is resident"):
        bank.add(random_slots(base.model, "a", 2, 3).frozen())
