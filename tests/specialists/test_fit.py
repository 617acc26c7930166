"""Training reaches its answers, keeps specialists apart, and survives its own death."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from divisi.specialists.appraise import answer_loss
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.checkpoint import load_checkpoint
from divisi.specialists.course import in_order
from divisi.specialists.errors import TrainingError
from divisi.specialists.fit import FitOptions, Progress, fit
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.pack import Node
from divisi.specialists.trainee import Trainee, rate_share

OPTIONS = FitOptions(rate=2e-2, epochs=3, rows=2, length=36)
BRANCHES = {"a": Node((8, 9, 30, 31, 1), 2, "a"), "b": Node((8, 9, 40, 41, 42, 43, 1), 2, "b")}
"""The same is asked of both, and they answer differently."""


def conversation(number: int, *names: str) -> Node:
    """A prefix of 20 tokens with branches."""
    prefix = tuple(20 + (7 * number + 11 * at) % 200 for at in range(20))
    return Node(prefix, children=tuple(BRANCHES[name] for name in names))


TREES = [conversation(number, "a", "b") for number in range(8)]


@pytest.fixture
def bank(base) -> Iterator[Bank]:
    """A bank on the shared base, empty before and after."""
    bank = Bank(base.model)
    yield bank
    bank.set_trunk(None)
    for name in bank.names:
        bank.remove(name)


def new_slots(base, name: str, kind: str = "lora"):
    generator = torch.Generator().manual_seed(sum(map(ord, name)))
    return lora_slots(base.model, name, LoraOptions(rank=4, alpha=8.0), generator=generator, kind=kind)


def add_both(base, bank):
    for name in ("a", "b"):
        bank.add(new_slots(base, name))


def copies(bank: Bank, name: str) -> list[Tensor]:
    return [part.detach().clone() for part in bank.slots(name).parameters()]


def same(one: list[Tensor], other: list[Tensor]) -> bool:
    return all(torch.equal(left, right) for left, right in zip(one, other, strict=True))


def test_specialists_learn_their_answers_in_one_mixed_batch(base, bank):
    add_both(base, bank)
    seen: list[Progress] = []
    last = fit(base, bank, TREES, replace(OPTIONS, epochs=8), report=seen.append)
    appraisals = answer_loss(base, bank, in_order(TREES, rows=4, length=36, pad_id=0))
    assert {name: appraisal.exact for name, appraisal in appraisals.items()} == {"a": 1.0, "b": 1.0}
    assert seen[0].losses["a"] > 3 > 1 > last.losses["a"]
    assert last is seen[-1]
    assert [one.step for one in seen] == list(range(1, last.steps + 1))
    assert last.tokens == 8 * sum(tree.size_tokens for tree in TREES)
    assert last.tokens_per_s > 0


def test_the_base_is_not_changed(base, bank):
    before = {name: part.clone() for name, part in base.model.state_dict().items()}
    bank.add(new_slots(base, "a"))
    fit(base, bank, [conversation(number, "a") for number in range(4)], OPTIONS)
    assert all(torch.equal(part, before[name]) for name, part in base.model.state_dict().items())
    assert not any(part.requires_grad for part in base.model.parameters())


@pytest.mark.parametrize("name", ["a", "b"])
def test_training_two_together_is_training_each_alone(base, bank, name):
    together = Bank(base.model)
    add_both(base, together)
    bank.add(new_slots(base, name))
    # One tree a sequence in both, so that a step has the same trees.
    fit(base, together, TREES, OPTIONS)
    fit(base, bank, [conversation(number, name) for number in range(8)], OPTIONS)
    for one, other in zip(copies(together, name), copies(bank, name), strict=True):
        # float32: 12 updates of 0.02 at most; AdamW turns rounding of tiny gradients into steps of up to 1e-4.
        torch.testing.assert_close(one, other, rtol=0, atol=1e-4)
    for one in ("a", "b"):
        together.remove(one)


def test_a_specialist_without_answers_in_a_step_rests(base, bank):
    add_both(base, bank)
    moved: list[tuple[bool, bool]] = []
    before = copies(bank, "b")

    def watch(progress: Progress) -> None:
        now = copies(bank, "b")
        moved.append(("b" in progress.losses, not same(now, before)))
        before[:] = now

    fit(base, bank, [*TREES[:2], *(conversation(number, "a") for number in range(6))], OPTIONS, report=watch)
    assert {answers for answers, _ in moved} == {True, False}
    assert all(answers == changed for answers, changed in moved)


def test_a_trunk_learns_from_every_branch_without_residents(base, bank):
    bank.set_trunk(new_slots(base, "trunk", "trunk"))
    first: list[Progress] = []
    last = fit(base, bank, TREES, replace(OPTIONS, epochs=5), report=first.append)
    assert set(last.losses) == {"a", "b"}
    assert all(last.losses[name] < 0.7 * first[0].losses[name] for name in "ab")


def test_trunk_and_specialists_learn_side_by_side(base, bank):
    bank.set_trunk(new_slots(base, "trunk", "trunk"))
    add_both(base, bank)
    fit(base, bank, TREES, replace(OPTIONS, steps=2))
    for slots in (bank.trunk, bank.slots("a"), bank.slots("b")):
        assert all(torch.count_nonzero(site.B) > 0 for site in slots.sites.values())


def test_a_gradient_is_scaled_before_it_is_clipped(base):
    slots = new_slots(base, "a")
    trainee = Trainee(slots, updates=1, rate=1.0, warmup_share=0.0, clip=3.0)
    for part in slots.parameters():
        part.grad = torch.zeros_like(part)
    slots.parameters()[0].grad[0, 0] = 8.0
    assert float(trainee.clip_gradient(scale=0.5)) == 4.0
    assert float(slots.parameters()[0].grad[0, 0]) == pytest.approx(3.0, abs=1e-4)


def test_a_frozen_trunk_and_frozen_residents_stay(base, bank):
    bank.set_trunk(new_slots(base, "trunk", "trunk").frozen())
    bank.add(new_slots(base, "b").frozen())
    bank.add(new_slots(base, "a"))
    fixed = [site.A.clone() for slots in (bank.trunk, bank.slots("b")) for site in slots.sites.values()]
    before = copies(bank, "a")
    fit(base, bank, TREES, OPTIONS)
    assert same(fixed, [site.A for slots in (bank.trunk, bank.slots("b")) for site in slots.sites.values()])
    assert not same(before, copies(bank, "a"))


def test_a_loss_that_is_no_number_stops_with_specialist_and_step_and_the_last_checkpoint_stays(base, bank, tmp_path):
    add_both(base, bank)
    part = bank.slots("b").parameters()[-1]

    def spoil(progress: Progress) -> None:
        if progress.step == 3:
            part.register_hook(lambda gradient: gradient * float("nan"))

    options = replace(OPTIONS, checkpoint_s=0.0)
    with pytest.raises(TrainingError, match=r"gradient of b \(nan\) is no finite number in step 4 of 12"):
        fit(base, bank, TREES, options, folder=tmp_path, report=spoil)
    assert load_checkpoint(tmp_path).step == 3
    assert all(part.isfinite().all() for name in bank.names for part in copies(bank, name))


@pytest.mark.parametrize(
    ("prepare", "problem"),
    [
        (lambda base, bank: bank.add(new_slots(base, "a").frozen()), "answers of b and no slots"),
        (lambda base, bank: [bank.add(new_slots(base, name).frozen()) for name in "ab"], "no slots take gradients"),
        (lambda base, bank: [bank.add(new_slots(base, name)) for name in "abc"], "no example trains c"),
    ],
)
def test_a_training_that_makes_no_sense_is_refused(base, bank, prepare, problem):
    prepare(base, bank)
    with pytest.raises(TrainingError, match=problem):
        fit(base, bank, TREES, OPTIONS)


@pytest.mark.parametrize("change", [{"rate": 0.0}, {"steps": 0}, {"rows": 0}, {"warmup_share": 1.5}], ids=str)
def test_options_out_of_range_are_refused(change):
    with pytest.raises(TrainingError, match=next(iter(change))):
        replace(OPTIONS, **change)


def test_a_checkpoint_of_another_training_is_refused(base, bank, tmp_path):
    add_both(base, bank)
    fit(base, bank, TREES, OPTIONS, folder=tmp_path)
    for trees, options in ((TREES[:-1], OPTIONS), (TREES, replace(OPTIONS, rate=1e-3)), (TREES[::-1], OPTIONS)):
        with pytest.raises(TrainingError, match="checkpoint of another training"):
            fit(base, bank, trees, options, folder=tmp_path)


def test_a_training_that_has_ended_gives_its_slots_without_a_step(base, bank, tmp_path):
    add_both(base, bank)
    last = fit(base, bank, TREES, OPTIONS, folder=tmp_path)
    learned = copies(bank, "a")
    bank.replace(new_slots(base, "a"))
    steps: list[Progress] = []
    again = fit(base, bank, TREES, OPTIONS, folder=tmp_path, report=steps.append)
    assert steps == []
    assert (again.step, again.tokens) == (last.step, last.tokens)
    assert same(learned, copies(bank, "a"))


def test_the_rate_rises_straight_and_falls_to_nothing():
    shares = [rate_share(done, 100, 0.1) for done in range(100)]
    assert shares[:10] == pytest.approx([0.1 * step for step in range(1, 11)])
    assert shares[9:] == sorted(shares[9:], reverse=True)
    assert shares[-1] < 0.001


STEP_S = 20.0
"""How long a step takes by the clock of the training that is killed."""
LONG = replace(OPTIONS, epochs=6, checkpoint_s=60.0)


class StepClock:
    """Time that passes by steps, so that it can be replayed."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def train_until_killed(base_folder: str, work: str) -> None:
    """What the killed process does: says each step, and waits a little, so that the kill comes before its end."""
    torch.set_num_threads(1)
    base = Base.load(base_folder)
    bank = Bank(base.model)
    add_both(base, bank)
    clock = StepClock()

    def report(progress: Progress) -> None:
        clock.now_s += STEP_S
        sys.stdout.write(f"{progress.step}\n")
        sys.stdout.flush()
        time.sleep(0.1 if progress.step > 7 else 0.0)

    fit(base, bank, TREES, LONG, folder=Path(work), report=report, clock=clock)


def test_a_training_that_is_killed_loses_a_minute_at_most_and_ends_as_if_undisturbed(base, base_folder, bank, tmp_path):
    command = [sys.executable, __file__, str(base_folder), str(tmp_path)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        reached = next(step for step in map(int, process.stdout) if step >= 8)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    kept = load_checkpoint(tmp_path)
    assert 0 < (reached - kept.step) * STEP_S <= LONG.checkpoint_s

    add_both(base, bank)
    steps: list[Progress] = []
    resumed = fit(base, bank, TREES, LONG, folder=tmp_path, report=steps.append)
    undisturbed = Bank(base.model)
    add_both(base, undisturbed)
    expected = fit(base, undisturbed, TREES, LONG)
    assert steps[0].step == kept.step + 1
    assert resumed.tokens == expected.tokens
    for name in ("a", "b"):
        # Nothing differs but the process; 1e-6 leaves room for kernels that round by how memory is aligned.
        for one, other in zip(copies(bank, name), copies(undisturbed, name), strict=True):
            torch.testing.assert_close(one, other, rtol=0, atol=1e-6)
        undisturbed.remove(name)


if __name__ == "__main__":
    train_until_killed(*sys.argv[1:])
