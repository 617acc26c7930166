"""How sure slots are of an answer is the geometric mean of its tokens' probabilities, whoever else is asked beside."""

import pytest
import torch
from stock import Shape, write_stock
from surety import sureties

from divisi.specialists.base import Base
from divisi.specialists.behaviour import Question
from divisi.specialists.store import find_kind

QUESTIONS = [Question(tuple(range(20, 30 + n)), (40, 41), (50, 51, 52 + n, 1), None) for n in range(3)]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stock")
    return Base.load(write_stock(folder, Shape(32, 2, 2, 1, 16, 64, 300), seed=0))


def slots(base, kind, std):
    made = find_kind(kind).new(base, "one", 2, torch.Generator().manual_seed(0))
    with torch.no_grad():
        for site in made.sites.values():
            site.B.normal_(std=std, generator=torch.Generator().manual_seed(1))
    return made


def alone(base, question):
    """The same by a plain forward pass."""
    ids = torch.tensor([[*question.prefix, *question.invocation, *question.reference]])
    with torch.no_grad():
        logprobs = torch.log_softmax(base.model(ids).logits[0].float(), -1)
    start = len(question.prefix) + len(question.invocation)
    picked = logprobs[start - 1 : -1].gather(1, ids[0, start:, None])
    return float(picked.mean().exp())


def test_the_base_alone_is_as_sure_as_its_plain_forward_pass(base):
    expected = [alone(base, one) for one in QUESTIONS]
    assert sureties(base, None, None, QUESTIONS) == pytest.approx(expected, rel=1e-4)


def test_slots_that_do_nothing_change_nothing_and_others_do(base):
    before = sureties(base, None, None, QUESTIONS)
    assert sureties(base, slots(base, "lora", 0.0), None, QUESTIONS) == pytest.approx(before, rel=1e-4)
    assert sureties(base, slots(base, "lora", 0.5), None, QUESTIONS) != pytest.approx(before, rel=1e-2)


def test_who_is_awake_everywhere_reads_the_prefix_itself(base):
    found = [sureties(base, slots(base, kind, 0.5), None, QUESTIONS) for kind in ("lora", "lora_everywhere")]
    assert found[0] != pytest.approx(found[1], rel=1e-3)


def test_the_base_is_left_as_it_was(base):
    before = alone(base, QUESTIONS[0])
    sureties(base, slots(base, "lora", 0.5), slots(base, "trunk", 0.5), QUESTIONS)
    assert alone(base, QUESTIONS[0]) == before
