"""Every kind of specialist, alone and beside every other: rows of one batch, over prefixes, and in training.

The reference knows neither banks nor fields nor caches: one row at a time, the whole sequence again for each token, and
each slot added by itself to each token at which its kind is awake.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import combinations_with_replacement

import pytest
import torch
from torch import Tensor

from divisi.specialists.awake import ANSWER, INVOCATION, PREFIX
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.branches import apart
from divisi.specialists.engine import Engine
from divisi.specialists.errors import TrainingError
from divisi.specialists.fit import FitOptions, fit
from divisi.specialists.forced import force
from divisi.specialists.pack import Node, pack
from divisi.specialists.row import RowRequest
from divisi.specialists.slots import Slots
from divisi.specialists.store import find_kind

AWAKE = {
    "lora": (INVOCATION, ANSWER),
    "lora_everywhere": (PREFIX, INVOCATION, ANSWER),
    "loreft": (INVOCATION,),
    "svf": (INVOCATION, ANSWER),
}
PAIRS = list(combinations_with_replacement(AWAKE, 2))
LEARNING = ("lora", "loreft", "svf")

PREFIX_IDS, ASKED, TOLD = tuple(range(20, 28)), (8, 60, 61, 9), (70, 71, 72)
PARTS = [PREFIX] * 8 + [INVOCATION] * 4 + [ANSWER] * 3
# Additions in another order, in float32: some roundings of logits of about 10.
TOLERANCE = 5e-5


@contextmanager
def banked(base: Base, *slots: Slots, trunk: Slots | None = None) -> Iterator[Bank]:
    bank = Bank(base.model)
    for one in slots:
        bank.add(one)
    bank.set_trunk(trunk)
    yield bank
    bank.set_trunk(None)
    for name in bank.names:
        bank.remove(name)


def slow_logits(base: Base, voices: Sequence[Slots], ids: Sequence[int], parts: Sequence[int]) -> Tensor:
    """Logits of one row, [tokens, vocabulary]."""

    def add(site, awake):
        def hook(module, args, output):
            x = args[0] if isinstance(module, torch.nn.Linear) else output
            changed = output.clone()
            for token, part in enumerate(parts):
                for slot in range(site.A.shape[0]) if part in awake else ():
                    read = site.A[slot] @ x[0, token] + (0 if site.a is None else site.a[slot])
                    changed[0, token] += site.coefficient[slot] * read * site.B[:, slot]
            return changed

        return hook

    with ExitStack() as stack, torch.no_grad():
        for slots in voices:
            for name, site in slots.frozen().sites.items():
                awake = AWAKE.get(slots.kind, (INVOCATION, ANSWER))
                stack.enter_context(base.model.get_submodule(name).register_forward_hook(add(site, awake)))
        logits: Tensor = base.model(torch.tensor([ids])).logits[0]
        return logits


def played(base: Base, bank: Bank, names: Sequence[str | None], ids: Tensor, parts: Tensor) -> Tensor:
    with torch.no_grad(), bank.playing(bank.field(names, parts)):
        logits: Tensor = base.model(ids).logits
        return logits


@pytest.mark.parametrize(("kind", "other"), PAIRS)
def test_a_row_in_a_mixed_batch_is_the_row_alone(merging_base, trained, kind, other):
    slots = {"one": trained(merging_base, kind, "one", seed=1), "two": trained(merging_base, other, "two", seed=2)}
    trunk = trained(merging_base, "trunk", "trunk", seed=3)
    rows = ["one", None, "two"]
    ids = torch.tensor([[*PREFIX_IDS, *ASKED, *(token + row for token in TOLD)] for row in range(3)])
    with banked(merging_base, *(one.frozen() for one in slots.values()), trunk=trunk.frozen()) as bank:
        mixed = played(merging_base, bank, rows, ids, torch.tensor([PARTS] * 3))
        for row, name in enumerate(rows):
            alone = played(merging_base, bank, [name], ids[row : row + 1], torch.tensor([PARTS]))
            torch.testing.assert_close(mixed[row], alone[0], rtol=0, atol=TOLERANCE)
    for row, name in enumerate(rows):
        voices = [] if name is None else [slots[name], trunk]
        expected = slow_logits(merging_base, voices, ids[row].tolist(), PARTS)
        torch.testing.assert_close(mixed[row], expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(("kind", "other"), PAIRS)
def test_rows_over_a_prefix_write_what_recomputation_of_the_whole_writes(merging_base, trained, kind, other):
    slots = {"one": trained(merging_base, kind, "one", seed=4), "two": trained(merging_base, other, "two", seed=5)}
    with banked(merging_base, *(one.frozen() for one in slots.values())) as bank:
        engine = Engine(merging_base, bank)
        prefix = engine.read(PREFIX_IDS)
        rows = [RowRequest(prefix, name, ASKED, None, 5) for name in ("one", None, "two")]
        written = {row.specialist: result for row, result in zip(rows, engine.run(rows), strict=True)}
    for name, result in written.items():
        voices = [] if name is None else [slots[name]]
        ids, parts = [*PREFIX_IDS, *ASKED], PARTS[: len(PREFIX_IDS + ASKED)]
        logprobs = []
        for token in result.ids:
            chances = slow_logits(merging_base, voices, ids, parts)[-1].log_softmax(0)
            assert token == int(chances.argmax())
            logprobs.append(float(chances.max()))
            ids, parts = [*ids, token], [*parts, ANSWER]
        if result.finish == "length":
            assert result.mean_logprob == pytest.approx(sum(logprobs) / len(logprobs), abs=1e-4)
    assert any(len(result.ids) > 2 for result in written.values())


@pytest.mark.parametrize("kind", AWAKE)
def test_a_kind_acts_where_it_is_awake_and_nowhere_before(merging_base, trained, kind):
    ids, parts = torch.tensor([[*PREFIX_IDS, *ASKED, *TOLD]]), torch.tensor([PARTS])
    with banked(merging_base, trained(merging_base, kind, "one").frozen()) as bank:
        base_alone = played(merging_base, bank, [None], ids, parts)[0]
        logits = played(merging_base, bank, ["one"], ids, parts)[0]
    first = PARTS.index(AWAKE[kind][0])
    assert torch.equal(logits[:first], base_alone[:first])
    assert all(not torch.allclose(logits[at], base_alone[at], atol=1e-2) for at in range(first, len(PARTS)))


@pytest.mark.parametrize("kind", AWAKE)
def test_new_slots_of_any_kind_are_the_base_exactly(merging_base, kind):
    ids, parts = torch.tensor([[*PREFIX_IDS, *ASKED, *TOLD]]), torch.tensor([PARTS])
    with banked(merging_base, find_kind(kind).new(merging_base, "new", 3, torch.Generator())) as bank:
        before = played(merging_base, bank, [None], ids, parts)
        assert torch.equal(played(merging_base, bank, ["new"], ids, parts), before)


def test_a_prefix_that_a_specialist_reads_itself_serves_nobody_else(merging_base, trained):
    with banked(merging_base, trained(merging_base, "lora_everywhere", "one").frozen()) as bank:
        engine = Engine(merging_base, bank)
        prefix = engine.read(PREFIX_IDS)
        before = [layer.clone() for layer in prefix.keys]
        base_row = RowRequest(prefix, None, ASKED, None, 5)
        (alone,) = engine.run([base_row])
        engine.run([RowRequest(prefix, "one", ASKED, None, 5), base_row])
        assert engine.read(PREFIX_IDS) is prefix
        assert all(torch.equal(one, other) for one, other in zip(before, prefix.keys, strict=True))
        assert engine.run([base_row])[0].ids == alone.ids


def test_a_reload_of_a_specialist_that_reads_prefixes_leaves_no_stale_keys(merging_base, trained):
    with banked(merging_base, trained(merging_base, "lora_everywhere", "one", seed=1).frozen()) as bank:
        engine = Engine(merging_base, bank)
        row = RowRequest(engine.read(PREFIX_IDS), "one", ASKED, None, 5)
        (before,) = engine.run([row])
        bank.replace(trained(merging_base, "lora_everywhere", "one", seed=2).frozen())
        (after,) = engine.run([row])
        fresh = Engine(merging_base, bank)
        assert after.ids == fresh.run([RowRequest(fresh.read(PREFIX_IDS), "one", ASKED, None, 5)])[0].ids
    assert before.ids != after.ids


def test_what_a_learning_specialist_has_read_is_read_again_after_it_has_learned(merging_base, trained):
    slots = trained(merging_base, "lora_everywhere", "one")
    with banked(merging_base, slots) as bank:
        engine = Engine(merging_base, bank)
        row = RowRequest(engine.read(PREFIX_IDS), "one", ASKED, None, 5)
        engine.run([row])
        with torch.no_grad():
            for part in slots.parameters():
                part.mul_(-1.5)
        (after,) = engine.run([row])
        fresh = Engine(merging_base, bank)
        (expected,) = fresh.run([RowRequest(fresh.read(PREFIX_IDS), "one", ASKED, None, 5)])
    assert after.mean_logprob == pytest.approx(expected.mean_logprob, abs=1e-5)


BRANCHES = {
    "lora": Node((8, 9, 30, 31, 1), 2, "lora"),
    "loreft": Node((8, 9, 40, 41, 42, 1), 2, "loreft"),
    "svf": Node((8, 9, 50, 51, 1), 2, "svf"),
}
OPTIONS = FitOptions(rate=2e-2, epochs=3, rows=2, length=48)


def conversation(number: int, *names: str) -> Node:
    """A prefix of 20 tokens with branches."""
    prefix = tuple(20 + (7 * number + 11 * at) % 200 for at in range(20))
    return Node(prefix, children=tuple(BRANCHES[name] for name in names))


def new(base: Base, kind: str) -> Slots:
    return find_kind(kind).new(base, kind, 4, torch.Generator().manual_seed(7))


def test_three_kinds_learn_their_answers_in_one_mixed_batch(base):
    with banked(base, *(new(base, each) for each in LEARNING)) as bank:
        seen = []
        trees = [conversation(number, *LEARNING) for number in range(2)]
        fit(base, bank, trees, replace(OPTIONS, rate=0.1, epochs=25), report=seen.append)
    # Every step reads the same two trees.
    shares = {kind: seen[-1].losses[kind] / seen[0].losses[kind] for kind in LEARNING}
    assert max(shares.values()) < 0.85, shares


@pytest.mark.parametrize("kind", LEARNING)
def test_three_kinds_learn_together_what_each_learns_alone(base, kind):
    numbers = range(4)
    with banked(base, *(new(base, each) for each in LEARNING)) as bank:
        fit(base, bank, [conversation(number, *LEARNING) for number in numbers], OPTIONS)
        together = [part.detach().clone() for part in bank.slots(kind).parameters()]
    with banked(base, new(base, kind)) as bank:
        fit(base, bank, [conversation(number, kind) for number in numbers], OPTIONS)
        alone = [part.detach().clone() for part in bank.slots(kind).parameters()]
    for one, other in zip(together, alone, strict=True):
        # float32: AdamW turns rounding of tiny gradients into steps of a share of the rate.
        torch.testing.assert_close(one, other, rtol=0, atol=2e-4)


@pytest.mark.parametrize("kind", LEARNING)
def test_an_answer_gives_no_gradient_to_slots_of_another_kind(base, trained, kind):
    with banked(base, *(trained(base, each, each) for each in LEARNING)) as bank:
        packed = pack([[conversation(0, *LEARNING)]], length=48, pad_id=0, prose_weight=0.0)
        forced = force(base, bank, packed)
        forced.means()[forced.specialists.index(kind)].backward()
        norms = {
            name: sum(0.0 if part.grad is None else float(part.grad.norm()) for part in bank.slots(name).parameters())
            for name in bank.names
        }
    assert norms[kind] > 1e-3
    assert {name for name, norm in norms.items() if norm} == {kind}


@pytest.mark.parametrize("kind", LEARNING)
def test_losses_in_a_packed_tree_are_those_of_serving(base, trained, kind):
    slots = trained(base, kind, kind)
    tree = conversation(3, *LEARNING)
    with banked(base, *(trained(base, each, each) for each in LEARNING)) as bank:
        packed = pack([[tree]], length=48, pad_id=0, prose_weight=0.0)
        forced = force(base, bank, packed)
    leaf = BRANCHES[kind]
    parts = [PREFIX] * 20 + [INVOCATION] * 2 + [ANSWER] * (len(leaf.ids) - 2)
    logits = slow_logits(base, [slots], [*tree.ids, *leaf.ids], parts)
    labels = torch.tensor(leaf.ids[2:])
    expected = torch.nn.functional.cross_entropy(logits[21:-1], labels, reduction="none")
    own = forced.losses[forced.owner == forced.specialists.index(kind)]
    torch.testing.assert_close(own.detach(), expected, rtol=0, atol=1e-4)


def test_a_kind_that_reads_its_prefix_learns_behind_prefixes_of_its_own_as_it_is_served(base, trained):
    slots = trained(base, "lora_everywhere", "all", rank=2)
    leaf = Node((8, 9, 40, 41, 1), 2, "all")
    shared = Node(tuple(range(20, 30)), children=(Node((31, 32), children=(leaf, BRANCHES["lora"])),))
    trees = apart([shared], ["all"])
    assert [tree.size_tokens for tree in trees] == [17, 17]
    with banked(base, slots, trained(base, "lora", "lora")) as bank:
        with pytest.raises(TrainingError, match="all: awake everywhere"):
            force(base, bank, pack([[shared]], length=32, pad_id=0, prose_weight=0.0))
        forced = force(base, bank, pack([trees], length=40, pad_id=0, prose_weight=0.0))
    ids = [*range(20, 30), 31, 32, *leaf.ids]
    logits = slow_logits(base, [slots], ids, [PREFIX] * 12 + [INVOCATION] * 2 + [ANSWER] * 3)
    expected = torch.nn.functional.cross_entropy(logits[13:-1], torch.tensor(leaf.ids[2:]), reduction="none")
    own = forced.losses[forced.owner == forced.specialists.index("all")]
    torch.testing.assert_close(own.detach(), expected, rtol=0, atol=1e-4)
