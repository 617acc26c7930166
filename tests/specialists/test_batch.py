"""Rows over shared prefixes, in one flat batch, get what each gets alone by plain recomputation."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, GraniteConfig, LlamaConfig, Qwen3Config

from divisi.specialists.attention import UNUSED_MASK, install
from divisi.specialists.batch import Pending, make_batch
from divisi.specialists.prefix import Prefix, read_prefix
from divisi.specialists.suffix import SMALLEST_TOKENS, SuffixCache

SMALL = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "initializer_range": 0.2,
}
MULTIPLIERS = {"attention_multiplier": 0.2, "residual_multiplier": 0.7, "logits_scaling": 2.0}
CONFIGS = {
    "qwen3": Qwen3Config(**SMALL),
    "llama": LlamaConfig(**SMALL),
    "one head a group": LlamaConfig(**{**SMALL, "num_key_value_heads": 4}),
    "granite": GraniteConfig(**SMALL, embedding_multiplier=3.0, **MULTIPLIERS),
}
# Roundings of logits of about 5, which other shapes add in another order.
TOLERANCE = {torch.float32: 2e-5, torch.bfloat16: 0.2}

FIRST, SECOND = list(range(5, 35)), list(range(40, 60))


@pytest.fixture(params=CONFIGS)
def model(request) -> Iterator[AutoModelForCausalLM]:
    """A random model of each architecture that is promised."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = AutoModelForCausalLM.from_config(CONFIGS[request.param]).eval()
    install(model)
    return model


def read(model, ids: list[int]) -> Prefix:
    return read_prefix(model, ids, fingerprint="any")


def step(model, cache: SuffixCache, rows: list[Pending]) -> Tensor:
    """Logits after each row's last token, [rows, vocabulary]."""
    batch = make_batch(rows, cache)
    with torch.inference_mode():
        return model(
            batch.ids,
            position_ids=batch.positions,
            attention_mask=UNUSED_MASK,
            use_cache=False,
            logits_to_keep=batch.last,
            attending=batch.attention,
        ).logits[0]


def recomputed(model, ids: list[int]) -> Tensor:
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0, -1]


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_rows_of_different_lengths_over_two_prefixes(model, dtype):
    model.to(dtype)
    one, two = read(model, FIRST), read(model, SECOND)
    suffixes = [[1, 2, 3, 4], [9], [7, 8]]
    prefixes = [one, two, one]
    cache = SuffixCache(one)
    got = step(model, cache, [Pending(p, 0, s) for p, s in zip(prefixes, suffixes, strict=True)])
    for row, (prefix, suffix) in enumerate(zip(prefixes, suffixes, strict=True)):
        expected = recomputed(model, [*prefix.ids, *suffix])
        torch.testing.assert_close(got[row], expected, atol=TOLERANCE[dtype], rtol=0)


def test_steps_follow_each_other_as_in_one_pass(model):
    prefix = read(model, FIRST)
    cache = SuffixCache(prefix)
    texts = [[1, 2, 3, 4, 5, 6], [11, 12, 13, 14, 15, 16]]
    step(model, cache, [Pending(prefix, 0, texts[0][:1]), Pending(prefix, 0, texts[1][:3])])
    step(model, cache, [Pending(prefix, 1, texts[0][1:2]), Pending(prefix, 3, texts[1][3:4])])
    got = step(model, cache, [Pending(prefix, 2, texts[0][2:]), Pending(prefix, 4, texts[1][4:5])])
    torch.testing.assert_close(got[0], recomputed(model, [*FIRST, *texts[0]]), atol=2e-5, rtol=0)
    torch.testing.assert_close(got[1], recomputed(model, [*FIRST, *texts[1][:5]]), atol=2e-5, rtol=0)


def test_buffers_grow_and_keep_what_they_hold(model):
    prefix = read(model, FIRST)
    cache = SuffixCache(prefix)
    long = [number % 60 for number in range(SMALLEST_TOKENS + 10)]
    step(model, cache, [Pending(prefix, 0, long[:20])])
    rest = Pending(prefix, 20, long[20:])
    got = step(model, cache, [rest, Pending(prefix, 0, [1]), Pending(prefix, 0, [2, 3])])
    assert cache.tokens >= len(long)
    assert cache.rows >= 3
    torch.testing.assert_close(got[0], recomputed(model, [*FIRST, *long]), atol=2e-5, rtol=0)
    torch.testing.assert_close(got[2], recomputed(model, [*FIRST, 2, 3]), atol=2e-5, rtol=0)


def test_memory_that_rows_had_grown_to_is_given_back(model):
    prefix = read(model, FIRST)
    cache = SuffixCache(prefix)
    step(model, cache, [Pending(prefix, 0, [1] * 100), Pending(prefix, 0, [2])])
    cache.release()
    assert (cache.rows, cache.tokens) == (1, SMALLEST_TOKENS)
    got = step(model, cache, [Pending(prefix, 0, [3, 4])])
    torch.testing.assert_close(got[0], recomputed(model, [*FIRST, 3, 4]), atol=2e-5, rtol=0)


def test_a_row_moves_to_another_slot(model):
    prefix = read(model, FIRST)
    cache = SuffixCache(prefix)
    step(model, cache, [Pending(prefix, 0, [1, 2]), Pending(prefix, 0, [3]), Pending(prefix, 0, [4, 5, 6])])
    cache.move(2, 0, tokens=3)
    got = step(model, cache, [Pending(prefix, 3, [7]), Pending(prefix, 1, [8])])
    torch.testing.assert_close(got[0], recomputed(model, [*FIRST, 4, 5, 6, 7]), atol=2e-5, rtol=0)
    torch.testing.assert_close(got[1], recomputed(model, [*FIRST, 3, 8]), atol=2e-5, rtol=0)


def test_a_prefix_is_held_once(model):
    prefix = read(model, FIRST)
    batch = make_batch([Pending(prefix, 0, [1]), Pending(prefix, 0, [2])], SuffixCache(prefix))
    (share,) = batch.attention.shares
    assert share.prefix is prefix
    assert (share.start, share.stop) == (0, 2)
