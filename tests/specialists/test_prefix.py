"""A prefix is what the base computes, held once, found again by its content, and continued where it is known."""

import pytest
import torch

from divisi.specialists.attention import install
from divisi.specialists.base import Base
from divisi.specialists.errors import AttentionError, PromptError
from divisi.specialists.prefix import SHORTEST_START, Prefix, PrefixCache, Start, read_prefix

IDS = [(7 * number) % 250 + 10 for number in range(60)]


@pytest.fixture(scope="module")
def prepared(base_folder) -> Base:
    """A base of this module's own, ready to read prefixes."""
    base = Base.load(base_folder)
    install(base.model)
    return base


def read(base: Base, ids: list[int], start: Start | None = None) -> Prefix:
    return read_prefix(base.model, ids, fingerprint=base.fingerprint, start=start)


def sized(ids: list[int], size_bytes: int) -> Prefix:
    """A prefix of so many bytes without a model."""
    return Prefix(tuple(ids), (torch.zeros(1, 1, size_bytes // 4),), (), torch.zeros(0), "any")


def test_reading_is_the_models_own_forward_pass(base, prepared):
    with torch.no_grad():
        own = base.model(torch.tensor([IDS]), use_cache=True, output_hidden_states=True)
    prefix = read(prepared, IDS)
    assert torch.equal(prefix.hidden, own.hidden_states[-1][0])
    for layer, (keys, values) in enumerate(zip(prefix.keys, prefix.values, strict=True)):
        assert torch.equal(keys, own.past_key_values.layers[layer].keys[0])
        assert torch.equal(values, own.past_key_values.layers[layer].values[0])


def test_a_known_start_is_continued_as_if_all_were_read(prepared):
    whole = read(prepared, IDS)
    continued = read(prepared, IDS, Start(read(prepared, [*IDS[:40], 5, 6, 7]), 40))
    # Products of other shapes add in another order: some roundings of values of about 1.
    for one, other in zip((*whole.keys, *whole.values), (*continued.keys, *continued.values), strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(whole.hidden, continued.hidden, atol=1e-5, rtol=1e-5)


def test_the_router_finds_the_last_state_and_the_mean(prepared):
    prefix = read(prepared, IDS)
    assert torch.equal(prefix.last_hidden, prefix.hidden[-1])
    torch.testing.assert_close(prefix.pooled, prefix.hidden.mean(dim=0))
    assert prefix.features.tolist() == [*prefix.last_hidden.tolist(), *prefix.pooled.tolist()]


def test_states_can_train_a_probe(prepared):
    weight = torch.zeros(32, requires_grad=True)
    (read(prepared, IDS).last_hidden @ weight).backward()
    assert weight.grad is not None


def test_no_tokens_are_refused(prepared):
    with pytest.raises(PromptError, match="at least one token"):
        read(prepared, [])


def test_a_model_that_is_not_prepared_is_refused(base_folder):
    with pytest.raises(AttentionError, match="install"):
        read(Base.load(base_folder), IDS)


def test_the_same_tokens_are_found_again():
    cache = PrefixCache(1000)
    prefix = sized(IDS, 100)
    cache.put(prefix)
    assert cache.get(list(IDS)) is prefix
    assert cache.get(IDS[:-1]) is None


def test_the_longest_common_start_is_found():
    cache = PrefixCache(1000)
    short, long = sized([*IDS[:20], 1, 2], 100), sized([*IDS[:30], 3], 100)
    cache.put(short)
    cache.put(long)
    start = cache.longest_start(IDS)
    assert start is not None
    assert (start.prefix, start.tokens) == (long, 30)


def test_the_last_token_is_always_read_again():
    cache = PrefixCache(1000)
    cache.put(sized(IDS, 100))
    start = cache.longest_start(IDS[:30])
    assert start is not None
    assert start.tokens == 29


def test_a_few_tokens_in_common_are_no_start():
    cache = PrefixCache(1000)
    cache.put(sized(IDS, 100))
    assert cache.longest_start([*IDS[: SHORTEST_START - 1], 1, 2, 3]) is None


def test_a_small_share_in_common_is_no_start():
    cache = PrefixCache(1000)
    cache.put(sized(IDS[:20], 100))
    assert cache.longest_start([*IDS[:20], *[1] * 80]) is not None
    assert cache.longest_start([*IDS[:20], *[1] * 81]) is None


def test_the_least_recently_used_is_dropped():
    cache = PrefixCache(300)
    first, second, third = (sized([number], 120) for number in (1, 2, 3))
    cache.put(first)
    cache.put(second)
    cache.get(first.ids)
    cache.put(third)
    assert cache.get(second.ids) is None
    assert cache.get(first.ids) is first
    assert (len(cache), cache.size_bytes) == (2, 240)


def test_a_prefix_that_is_too_large_drops_nothing():
    cache = PrefixCache(300)
    cache.put(sized([1], 120))
    cache.put(sized([2], 400))
    assert (len(cache), cache.size_bytes) == (1, 120)
