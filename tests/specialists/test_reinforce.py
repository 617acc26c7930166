"""Rewards rise where they can, what is learned is what was drawn, and a killed run ends as an undisturbed one."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from divisi.specialists.advantage import group_advantages, one_out_advantages
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.drawn import Drawn, batches, loss_of
from divisi.specialists.engine import Engine
from divisi.specialists.errors import TrainingError
from divisi.specialists.grammar import forbid
from divisi.specialists.reinforce import ReinforceOptions, reinforce
from divisi.specialists.reward import rewarded
from divisi.specialists.rollout import Trial, roll, trials_of
from divisi.specialists.slots import Slots
from divisi.specialists.stepping import Progress
from divisi.specialists.store import find_kind
from divisi.tasks.catalog import find_subtask
from divisi.tasks.example import Example
from divisi.tasks.subtask import Case

OPTIONS = ReinforceOptions(rate=5e-2, steps=12, trials=2, samples=8, kl=0.0, length=200, warmup_share=0.0)
COLOURS = {"type": "array", "items": {"enum": ["red", "green", "blue"]}, "minItems": 1, "maxItems": 2}
TOOL = {
    "type": "function",
    "function": {
        "name": "find",
        "parameters": {"type": "object", "properties": {"what": {"enum": ["a", "b"]}}, "required": ["what"]},
    },
}


def plain(text: str) -> float:
    """The share of a text's characters that are letters or digits of ASCII."""
    return sum(one.isascii() and one.isalnum() for one in text) / max(1, len(text))


def rare(text: str) -> float:
    """The random base says blue four times in five."""
    return float(json.loads(text) != "blue")


def trial(base: Base, number: int, specialist: str = "one", **changes) -> Trial:
    prefix = base.encode(f"<|user|>Which {number}?<|end|>")
    asked = base.encode("<|task|>names<|answer|>")
    given = Trial(f"t{number}", specialist, tuple(prefix), tuple(asked), None, 4, plain)
    return replace(given, **changes)


@pytest.fixture
def bank(merging_base) -> Iterator[Bank]:
    """A bank on the shared base, empty before and after."""
    bank = Bank(merging_base.model)
    yield bank
    bank.set_trunk(None)
    for name in bank.names:
        bank.remove(name)


def new(base: Base, kind: str, name: str = "one") -> Slots:
    return find_kind(kind).new(base, name, None if kind == "svf" else 4, torch.Generator().manual_seed(3))


def means(seen: Sequence[Progress], name: str = "one") -> tuple[float, float]:
    """The mean reward of the first and of the last third of some steps."""
    rewards = [progress.rewards[name] for progress in seen]
    third = len(rewards) // 3
    return sum(rewards[:third]) / third, sum(rewards[-third:]) / third


@pytest.mark.parametrize(("kind", "rate"), [("lora", 0.02), ("loreft", 0.2), ("svf", 0.2), ("lora_everywhere", 0.02)])
def test_the_reward_of_a_choice_within_a_grammar_rises(merging_base, bank, kind, rate):
    bank.add(new(merging_base, kind))
    one = trial(merging_base, 1, grammar={"enum": ["red", "green", "blue"]}, max_tokens=20, reward=rare)
    options = replace(OPTIONS, rate=rate, steps=9, trials=1, samples=32, advantage="one_out")
    seen: list[Progress] = []
    reinforce(merging_base, bank, [one], options, report=seen.append)
    rewards = [progress.rewards["one"] for progress in seen]
    assert rewards[0] < 0.4
    assert rewards[-1] > 0.7, rewards


def test_the_reward_of_free_text_rises(merging_base, bank):
    bank.add(new(merging_base, "loreft"))
    seen: list[Progress] = []
    trials = [trial(merging_base, number, max_tokens=2) for number in range(2)]
    reinforce(merging_base, bank, trials, replace(OPTIONS, samples=32), report=seen.append)
    first, last = means(seen)
    assert last > first + 0.15


def test_specialists_of_several_kinds_learn_in_one_batch_and_the_trunk_stays(merging_base, bank, trained):
    bank.set_trunk(trained(merging_base, "trunk", "trunk", seed=9).frozen())
    for kind in ("lora", "loreft"):
        bank.add(new(merging_base, kind, kind))
    before = {name: [part.detach().clone() for part in bank.slots(name).parameters()] for name in bank.names}
    trials = [trial(merging_base, number, name) for number, name in enumerate(bank.names)]
    last = reinforce(merging_base, bank, trials, replace(OPTIONS, steps=1))
    assert set(last.rewards) == {"lora", "loreft"}
    for name, parts in before.items():
        pairs = zip(parts, bank.slots(name).parameters(), strict=True)
        assert any(not torch.equal(old, learned) for old, learned in pairs)


def slow_objective(base: Base, bank: Bank, drawn: Sequence[Drawn], kl: float) -> Tensor:
    """The loss as its formula says, one answer and one token at a time."""
    total = torch.zeros(())
    for one in drawn:
        before = len(one.trial.prefix) + len(one.trial.invocation)
        ids = torch.tensor([[*one.trial.prefix, *one.trial.invocation, *one.rollout.ids]])
        parts = (torch.arange(ids.shape[1]) >= len(one.trial.prefix)).long()[None]
        with bank.playing(bank.field([one.trial.specialist], parts)):
            logits = base.model(ids).logits[0]
        with torch.no_grad():
            alone = base.model(ids).logits[0]
        terms = []
        for at, (token, choice) in enumerate(zip(one.rollout.ids, one.rollout.drawn, strict=True)):
            if not choice:
                continue
            mine, theirs = logits[before + at - 1].clone()[None], alone[before + at - 1].clone()[None]
            if one.rollout.allowed is not None:
                forbid(mine, one.rollout.allowed[at : at + 1])
                forbid(theirs, one.rollout.allowed[at : at + 1])
            p, q = mine.log_softmax(1)[0, token], theirs.log_softmax(1)[0, token]
            ratio = (q - p).exp()
            terms.append(-one.advantage * p + kl * (ratio - ratio.log() - 1))
        total = total + one.share * sum(terms) / len(terms)
    return total


@pytest.mark.parametrize("length", [400, 40], ids=["one sequence", "several"])
def test_the_loss_in_packed_trees_is_the_formula(merging_base, bank, trained, length):
    slots = trained(merging_base, "lora", "one")
    bank.add(slots)
    trials = [trial(merging_base, 1, grammar=COLOURS, max_tokens=20), trial(merging_base, 2)]
    groups = roll(merging_base, bank, Engine(merging_base, bank), trials, samples=2, seed="s")
    drawn = [
        [Drawn(one, rollout, advantage, 0.25) for rollout, advantage in zip(group, (1.5, -0.5), strict=True)]
        for one, group in zip(trials, groups, strict=True)
    ]
    slow_objective(merging_base, bank, [one for group in drawn for one in group], kl=0.3).backward()
    expected = [part.grad.clone() for part in slots.parameters()]
    for part in slots.parameters():
        part.grad = None
    found = list(batches(bank, drawn, length=length, pad_id=0))
    assert (len(found) > 1) == (length == 40)
    for batch in found:
        loss_of(merging_base, bank, batch, kl=0.3, autocast=None)[0].backward()
    for part, gradient in zip(slots.parameters(), expected, strict=True):
        # float32: sums over other shapes; gradients here are up to about 1
        torch.testing.assert_close(part.grad, gradient, rtol=1e-3, atol=1e-4)


def test_rollouts_know_what_was_drawn_and_from_what(merging_base, bank):
    bank.add(new(merging_base, "lora"))
    engine = Engine(merging_base, bank)
    (group,) = roll(
        merging_base, bank, engine, [trial(merging_base, 1, grammar=COLOURS, max_tokens=30)], samples=6, seed="s"
    )
    texts = {merging_base.decode(rollout.ids) for rollout in group}
    assert len(texts) > 1
    for rollout in group:
        assert json.loads(merging_base.decode(rollout.ids))
        assert 0 < sum(rollout.drawn) < len(rollout.ids)
        for at, token in enumerate(rollout.ids):
            allowed = int(rollout.allowed[at][token // 32]) >> (token % 32) & 1
            assert allowed == 1
    free = roll(merging_base, bank, engine, [trial(merging_base, 2)], samples=3, seed="s")[0]
    assert all(rollout.allowed is None and all(rollout.drawn) for rollout in free)


def test_a_seed_replays_all_answers_and_another_gives_others(merging_base, bank):
    bank.add(new(merging_base, "lora"))
    engine, trials = Engine(merging_base, bank), [trial(merging_base, 1)]
    one, again, other = (
        [rollout.ids for rollout in roll(merging_base, bank, engine, trials, samples=4, seed=seed)[0]] for seed in "aab"
    )
    assert one == again
    assert one != other


def test_divergence_from_the_base_is_held_down_by_its_weight(merging_base, bank):
    last = {}
    for kl in (0.0, 5.0):
        bank.add(new(merging_base, "lora"))
        seen: list[Progress] = []
        options = replace(OPTIONS, rate=0.01, steps=10, samples=32, kl=kl)
        reinforce(merging_base, bank, [trial(merging_base, 1, max_tokens=1)], options, report=seen.append)
        assert seen[0].losses["one"] == pytest.approx(0.0, abs=1e-6)
        last[kl] = seen[-1].losses["one"]
        bank.remove("one")
    assert last[5.0] < 0.5 * last[0.0]


class StoppedError(Exception):
    """A death in the middle."""


def test_a_run_that_is_stopped_goes_on_and_ends_as_an_undisturbed_one(merging_base, bank, tmp_path):
    trials = [trial(merging_base, number) for number in range(3)]
    options = replace(OPTIONS, steps=5, checkpoint_s=0.0)

    def stop(progress: Progress) -> None:
        if progress.step == 3:
            raise StoppedError

    bank.add(new(merging_base, "lora"))
    with pytest.raises(StoppedError):
        reinforce(merging_base, bank, trials, options, folder=tmp_path, report=stop)
    bank.replace(new(merging_base, "lora"))
    steps: list[Progress] = []
    resumed = reinforce(merging_base, bank, trials, options, folder=tmp_path, report=steps.append)
    learned = [part.detach().clone() for part in bank.slots("one").parameters()]
    bank.replace(new(merging_base, "lora"))
    undisturbed = reinforce(merging_base, bank, trials, options)
    assert steps[0].step == 3
    assert (resumed.tokens, resumed.rewards) == (undisturbed.tokens, undisturbed.rewards)
    for one, other in zip(learned, bank.slots("one").parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-6)
    with pytest.raises(TrainingError, match="another training"):
        reinforce(merging_base, bank, trials[:2], options, folder=tmp_path)


def test_advantages_compare_answers_to_one_case():
    assert group_advantages([1.0, 0.0, 0.0, 1.0]) == pytest.approx([1, -1, -1, 1], abs=1e-3)
    assert group_advantages([0.5, 0.5]) == [0.0, 0.0]
    assert one_out_advantages([1.0, 0.0, 0.5]) == pytest.approx([0.75, -0.75, 0.0])


def test_the_reward_is_the_subtasks_own_judgement():
    case = Case(({"role": "user", "content": "Find it."},), (TOOL,))
    reward = rewarded(find_subtask("names"), case, ["find"])
    assert reward('["find"]') == 1.0
    assert -1.0 < reward("[]") < reward('["find", "find"]') < 1.0
    assert reward('["other"]') == reward("no JSON") == -1.0


def test_trials_ask_as_the_specialist_is_served(merging_base):
    case = Case(({"role": "user", "content": "Find it."},), (TOOL,))
    example = Example("1", "names", "mine", case, ["find"], "g")
    (one,) = trials_of(merging_base, [example], specialists={"names": "mine"}, max_tokens=9)
    assert list(one.prefix) == merging_base.prefix_ids(case.messages, case.tools)
    invocation = find_subtask("names").render(case)
    assert list(one.invocation) == merging_base.invocation_ids(invocation, case.messages, case.tools)
    assert (one.specialist, one.grammar, one.max_tokens) == ("mine", find_subtask("names").grammar(case), 9)
    assert one.reward('["find"]') == 1.0
    with pytest.raises(TrainingError, match="no specialist tries 'names'"):
        trials_of(merging_base, [example], specialists={"reply": "mine"}, max_tokens=9)


@pytest.mark.parametrize(
    ("prepare", "trials", "problem"),
    [
        (lambda base, bank: None, 1, "no slots take gradients"),
        (lambda base, bank: bank.add(new(base, "lora")), 0, "nothing to try"),
        (lambda base, bank: bank.add(new(base, "lora", "other")), 1, "trials are of one who do not learn"),
        (lambda base, bank: bank.set_trunk(new(base, "trunk", "trunk")), 1, "a trunk does not learn by rewards"),
    ],
    ids=["nobody", "no trials", "another", "trunk"],
)
def test_a_reinforcement_that_makes_no_sense_is_refused(merging_base, bank, prepare, trials, problem):
    prepare(merging_base, bank)
    with pytest.raises(TrainingError, match=problem):
        reinforce(merging_base, bank, [trial(merging_base, number) for number in range(trials)], OPTIONS)


def test_a_trial_that_would_not_fit_is_refused(merging_base, bank):
    bank.add(new(merging_base, "lora"))
    with pytest.raises(TrainingError, match="a sequence 200"):
        reinforce(merging_base, bank, [trial(merging_base, 1, max_tokens=300)], OPTIONS)


@pytest.mark.parametrize("change", [{"samples": 1}, {"rate": 0.0}, {"kl": -1.0}, {"advantage": "best"}], ids=str)
def test_options_out_of_range_are_refused(change):
    with pytest.raises(TrainingError, match=next(iter(change))):
        replace(OPTIONS, **change)
