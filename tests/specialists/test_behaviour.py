"""Entropy and probability of answers against a plain forward pass for each, and answers that a seed replays."""

import pytest
import torch

from divisi.specialists.awake import ANSWER, INVOCATION, PREFIX
from divisi.specialists.bank import Bank
from divisi.specialists.behaviour import Question, certainty, question_of, write
from divisi.specialists.continuing import learning, voice
from divisi.specialists.engine import Engine
from divisi.specialists.errors import TrainingError
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.slots import Slots
from divisi.tasks.example import Example
from divisi.tasks.subtask import Case

QUESTIONS = [
    Question(tuple(range(20, 50)), (8, 30, 31, 9), (40, 41, 42, 1), None),
    Question(tuple(range(60, 75)), (8, 32, 9), (50, 1), None),
]


@pytest.fixture
def bank(base):
    """A bank with one specialist that is far from the base."""
    slots = lora_slots(base.model, "a", LoraOptions(rank=4, alpha=8.0), generator=torch.Generator().manual_seed(3))
    for part in slots.parameters():
        part.data += 0.1 * torch.randn(part.shape, generator=torch.Generator().manual_seed(part.shape[0]))
    bank = Bank(base.model)
    bank.add(slots.frozen())
    yield bank
    bank.remove("a")


def slow(base, bank, question, answer, temperature):
    """Mean entropy and probability of an answer's tokens, by one forward pass over its whole sequence."""
    asked = [*question.prefix, *question.invocation]
    parts = [PREFIX] * len(question.prefix) + [INVOCATION] * len(question.invocation) + [ANSWER] * len(answer)
    with torch.no_grad(), bank.playing(bank.field(["a"], torch.tensor([parts]))):
        logits = base.model(input_ids=torch.tensor([[*asked, *answer]]), use_cache=False).logits[0]
    chances = torch.softmax(logits[len(asked) - 1 : -1].double() / temperature, dim=-1)
    entropies = [-sum(p * p.log() for p in row if p > 0) for row in chances]
    own = [row[token] for row, token in zip(chances, answer, strict=True)]
    return float(sum(entropies) / len(answer)), float(sum(own) / len(answer))


@pytest.mark.parametrize("temperature", [1.0, 0.3])
def test_certainty_is_that_of_a_plain_forward_pass(base, bank, temperature):
    answers = [one.reference for one in QUESTIONS]
    found = certainty(base, bank, "a", QUESTIONS, answers, temperature=temperature)
    for one, question, answer in zip(found, QUESTIONS, answers, strict=True):
        entropy, probability = slow(base, bank, question, answer, temperature)
        # float32 against float64, and another order of sums in attention
        assert one.entropy == pytest.approx(entropy, rel=1e-3, abs=1e-4)
        assert one.probability == pytest.approx(probability, rel=1e-3, abs=1e-6)


def test_a_seed_replays_what_is_written_and_0_is_greedy(base, bank):
    engine = Engine(base, bank, max_rows=4)

    def written(temperature, seed):
        options = {"temperature": temperature, "max_tokens": 6, "seed": seed, "by_grammar": False}
        return [one.ids for one in write(engine, base, QUESTIONS, "a", **options)]

    assert written(1.0, 5) == written(1.0, 5) != written(1.0, 6)
    assert written(0.0, 5) == written(0.0, 6)


def test_a_question_ends_with_the_end_of_its_answer(base):
    example = Example("1", "names", "mine", Case(({"role": "user", "content": "Hi"},)), [], "1")
    question = question_of(base, example)
    assert base.decode(question.reference) == "[]"
    assert question.reference[-1] == base.end_id
    assert question.grammar == {"type": "array", "maxItems": 0}


def test_slots_that_were_stored_learn_again_and_leave_the_stored_as_they_are(bank):
    stored = bank.slots("a")
    copy = learning(stored, name="trunk", kind="trunk")
    before = {site: own.A.clone() for site, own in stored.sites.items()}
    for part in copy.parameters():
        part.data += 1.0
    assert (copy.name, copy.kind) == ("trunk", "trunk")
    assert len(copy.parameters()) == 2 * len(stored.sites)
    assert all(torch.equal(own.A, before[site]) for site, own in stored.sites.items())
    assert voice(copy, "b").name == "b"


def test_slots_of_another_kind_cannot_go_on(bank):
    with pytest.raises(TrainingError, match="of the kind 'svf'"):
        learning(Slots("a", "svf", bank.slots("a").sites), name="trunk", kind="trunk")
