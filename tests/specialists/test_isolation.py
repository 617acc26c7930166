"""The core of a task is what it has changed most, overlapping cores make groups, and a frozen core stays bit by bit."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from torch import nn

from divisi.specialists.bank import Bank
from divisi.specialists.errors import TrainingError
from divisi.specialists.fit import FitOptions, fit
from divisi.specialists.isolation import (
    chance_overlap,
    changes,
    core,
    from_record,
    groups,
    masks,
    overlap,
    to_record,
    union,
)
from divisi.specialists.pack import Node
from divisi.specialists.slots import FixedSlots, Slots

SITE = "model.layers.0.mlp.down_proj"
OPTIONS = FitOptions(rate=2e-2, epochs=2, rows=2, length=32)
TREES = [Node(tuple(range(20 + at, 30 + at)), children=(Node((8, 9, 30, 31, 1), 2, "one"),)) for at in range(4)]


@pytest.fixture
def bank(base) -> Iterator[Bank]:
    """A bank on the shared base, empty before and after."""
    bank = Bank(base.model)
    yield bank
    bank.set_trunk(None)
    for name in bank.names:
        bank.remove(name)


def moved(site: FixedSlots, *, seed: int) -> FixedSlots:
    generator = torch.Generator().manual_seed(seed)

    def by(part):
        return None if part is None else part + torch.randn(part.shape, generator=generator)

    return FixedSlots(by(site.A), by(site.B), by(site.coefficient), by(site.a))


@pytest.mark.parametrize("added", [True, False], ids=["with an offset", "without"])
def test_the_change_of_a_slot_is_that_of_its_part_of_the_delta(added):
    start = FixedSlots(torch.randn(3, 5), torch.randn(4, 3), torch.randn(3), torch.randn(3) if added else None)
    end = moved(start, seed=1)
    sizes = changes(Slots("s", "lora", {"at": start}), Slots("s", "lora", {"at": end}))["at"]
    for slot in range(3):
        parts = []
        for one in (start, end):
            offset = one.a[slot : slot + 1] if added else torch.zeros(1)
            parts.append(one.coefficient[slot] * torch.outer(one.B[:, slot], torch.cat([one.A[slot], offset])))
        assert float(sizes[slot]) == pytest.approx(float((parts[1] - parts[0]).norm()), rel=1e-4)


def test_what_did_not_change_has_no_size():
    site = FixedSlots(torch.randn(3, 5), torch.randn(4, 3), torch.ones(3))
    assert changes(Slots("s", "lora", {"at": site}), Slots("s", "lora", {"at": site}))["at"].tolist() == [0, 0, 0]


def test_changes_of_other_slots_are_refused():
    one, other = (FixedSlots(torch.ones(r, 2), torch.ones(2, r), torch.ones(r)) for r in (2, 3))
    with pytest.raises(TrainingError, match="other sites"):
        changes(Slots("s", "lora", {"a": one}), Slots("s", "lora", {"b": one}))
    with pytest.raises(TrainingError, match="2 slots became 3"):
        changes(Slots("s", "lora", {"a": one}), Slots("s", "lora", {"a": other}))


def test_a_core_is_the_top_share_of_all_slots():
    sizes = {"a": torch.tensor([5.0, 1.0, 4.0]), "b": torch.tensor([2.0, 9.0]), "c": torch.tensor([0.5])}
    assert core(sizes, 0.5) == {"a": {0, 2}, "b": {1}, "c": set()}
    assert core(sizes, 0.01) == {"a": set(), "b": {1}, "c": set()}
    with pytest.raises(TrainingError, match="not 0"):
        core(sizes, 0)


def test_overlap_is_jaccards_and_chance_gives_what_it_gives():
    one, other = {"a": frozenset({0, 1}), "b": frozenset({0})}, {"a": frozenset({1, 2}), "b": frozenset({0})}
    assert overlap(one, other) == 2 / 4
    assert overlap(one, {}) == overlap({}, {}) == 0.0
    drawn = [frozenset(torch.randperm(20_000)[:2000].tolist()) for _ in range(2)]
    assert overlap({"a": drawn[0]}, {"a": drawn[1]}) == pytest.approx(chance_overlap(0.1), abs=0.01)


def test_tasks_are_grouped_by_overlap_also_through_others():
    cores = {
        "first": {"a": frozenset({0, 1})},
        "alone": {"a": frozenset({7, 8})},
        "last": {"a": frozenset({2, 3})},
        "bridge": {"a": frozenset({1, 2})},
    }
    assert groups(cores, least=0.3) == (("first", "last", "bridge"), ("alone",))
    assert groups(cores, least=0.9) == (("first",), ("alone",), ("last",), ("bridge",))


def test_a_core_survives_json():
    one = union([{"a": frozenset({3, 1})}, {"a": frozenset({2}), "b": frozenset()}])
    assert to_record(one) == {"a": [1, 2, 3]}
    assert from_record(to_record(one)) == {"a": {1, 2, 3}}


def test_a_frozen_core_stays_bit_by_bit_and_the_rest_learns(base, bank, trained):
    bank.add(trained(base, "lora", "one", rank=4))
    before = bank.slots("one").frozen()
    frozen = {SITE: frozenset({0, 3}), "model.layers.1.self_attn.q_proj": frozenset(range(4))}
    fit(base, bank, TREES, OPTIONS, frozen={"one": frozen})
    for site, own in bank.slots("one").sites.items():
        for slot in range(4):
            still = torch.equal(own.A[slot], before.sites[site].A[slot])
            assert still == torch.equal(own.B[:, slot], before.sites[site].B[:, slot])
            assert still == (slot in frozen.get(site, ()))


def test_single_values_of_an_svf_and_slots_of_a_trunk_can_be_frozen(base, bank, trained):
    bank.set_trunk(trained(base, "trunk", "trunk"))
    bank.add(trained(base, "svf", "one"))
    before = {slots.name: slots.frozen().sites[SITE] for slots in (bank.trunk, bank.slots("one"))}
    core_of_both = {SITE: frozenset({1})}
    fit(base, bank, TREES, OPTIONS, frozen={"one": core_of_both, "trunk": core_of_both})
    values = bank.slots("one").sites[SITE].coefficient == before["one"].coefficient
    rows = (bank.trunk.sites[SITE].A == before["trunk"].A).all(1)
    assert values.tolist() == rows.tolist() == [False, True, False]


def test_a_checkpoint_with_another_core_is_of_another_training(base, bank, trained, tmp_path):
    bank.add(trained(base, "lora", "one"))
    options = replace(OPTIONS, steps=1)
    fit(base, bank, TREES, options, folder=tmp_path, frozen={"one": {SITE: frozenset({0})}})
    with pytest.raises(TrainingError, match="another training"):
        fit(base, bank, TREES, options, folder=tmp_path, frozen={"one": {SITE: frozenset({1})}})


@pytest.mark.parametrize(
    ("kind", "frozen", "message"),
    [
        ("lora", {SITE: frozenset({3})}, r"has no slots \[3\]"),
        ("lora", {"nowhere": frozenset({0})}, "at nowhere"),
        ("loreft", {"model.layers.0": frozenset({0})}, "cannot be frozen one by one"),
    ],
)
def test_slots_that_cannot_be_frozen_are_refused(base, trained, kind, frozen, message):
    with pytest.raises(TrainingError, match=message):
        masks(trained(base, kind, "one"), frozen)


def test_masks_are_in_the_order_of_the_parameters():
    site = FixedSlots(*(nn.Parameter(torch.ones(shape)) for shape in ((2, 3), (4, 2), (2,), (2,))))
    slots = Slots(
        "s", "lora", {"at": site, "free": FixedSlots(nn.Parameter(torch.ones(2, 3)), site.B, site.coefficient)}
    )
    found = dict(zip(map(id, slots.parameters()), masks(slots, {"at": frozenset({1})}), strict=True))
    assert found[id(site.A)].tolist() == [[1], [0]]
    assert found[id(site.B)].tolist() == found[id(site.a)].tolist() == found[id(site.coefficient)].tolist() == [1, 0]
    assert found[id(slots.sites["free"].A)] is None


def test_who_does_not_learn_is_not_isolated(base, bank, trained):
    bank.add(trained(base, "lora", "one"))
    with pytest.raises(TrainingError, match="slots of trunk shall be isolated"):
        fit(base, bank, TREES, OPTIONS, frozen={"trunk": {SITE: frozenset({0})}})
