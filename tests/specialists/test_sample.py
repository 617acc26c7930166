"""Tokens are chosen among those allowed; a seed replays the draw; the probability told is that among the allowed."""

import math

import pytest
import torch

from divisi.specialists.sample import Sampler, choose

CHANCES = torch.tensor([0.5, 0.3, 0.15, 0.05])


def drawn(*, temperature: float = 1.0, top_p: float = 1.0, seed: int = 0, count: int = 2000) -> torch.Tensor:
    """How often each of four tokens is drawn."""
    sampler = Sampler(temperature=temperature, top_p=top_p, seed=seed)
    logprobs = CHANCES.log()
    return torch.bincount(torch.tensor([sampler.draw(logprobs) for _ in range(count)]), minlength=4) / count


def test_without_a_sampler_the_best_token_is_taken():
    tokens, logprobs = choose(torch.stack([CHANCES.log(), CHANCES.flip(0).log()]), [None, None])
    assert tokens == [0, 3]
    assert logprobs == pytest.approx([math.log(0.5)] * 2)


def test_the_probability_is_among_the_tokens_that_may_come():
    logits = CHANCES.log()
    logits[0] = -torch.inf
    tokens, logprobs = choose(logits[None], [None])
    assert tokens == [1]
    assert logprobs == pytest.approx([math.log(0.3 / 0.5)])


def test_a_token_without_alternative_is_certain():
    tokens, logprobs = choose(torch.tensor([[-torch.inf, 3.0, -torch.inf]]), [Sampler(temperature=2, top_p=1, seed=0)])
    assert (tokens, logprobs) == ([1], [0.0])


def test_the_probability_of_a_drawn_token_is_at_temperature_one():
    tokens, logprobs = choose(CHANCES.log()[None], [Sampler(temperature=0.5, top_p=1.0, seed=1)])
    assert logprobs == pytest.approx([math.log(CHANCES[tokens[0]])])


def test_draws_follow_the_probabilities():
    # Three standard deviations of a share of 0.5 in 2,000 draws.
    torch.testing.assert_close(drawn(), CHANCES, atol=0.034, rtol=0)


def test_temperature_sharpens():
    sharpened = CHANCES**2 / (CHANCES**2).sum()
    torch.testing.assert_close(drawn(temperature=0.5), sharpened, atol=0.034, rtol=0)


def test_top_p_keeps_the_fewest_tokens_that_reach_it():
    assert (drawn(top_p=0.6, count=300) > 0).tolist() == [True, True, False, False]
    assert (drawn(top_p=0.4, count=300) > 0).tolist() == [True, False, False, False]


def test_a_seed_replays_and_another_does_not():
    logprobs = CHANCES.log()
    first, again, other = (Sampler(temperature=1.0, top_p=1.0, seed=seed) for seed in (3, 3, 4))
    texts = [[sampler.draw(logprobs) for _ in range(40)] for sampler in (first, again, other)]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_what_is_forbidden_is_never_drawn():
    logits = torch.full((1, 50), -torch.inf)
    logits[0, 7], logits[0, 9] = 0.0, -20.0
    sampler = Sampler(temperature=100.0, top_p=1.0, seed=0)
    assert {choose(logits, [sampler])[0][0] for _ in range(50)} == {7, 9}


def test_rows_draw_apart_from_each_other():
    logits = CHANCES.log().repeat(2, 1)
    alone, beside = (Sampler(temperature=1.0, top_p=1.0, seed=5) for _ in range(2))
    other = Sampler(temperature=1.0, top_p=1.0, seed=6)
    singly = [choose(logits[:1], [alone])[0][0] for _ in range(30)]
    together = [choose(logits, [beside, other])[0][0] for _ in range(30)]
    assert singly == together
