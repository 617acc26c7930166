"""Pointing rightly is learned, costs nothing where there is nothing, and knows what is not offered."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from transformers import Qwen3Config, Qwen3Model

from divisi.specialists.embedded.choices import Finder, Matches
from divisi.specialists.embedded.pointing import Pointer, Pointers, States, attended, two_heads
from divisi.specialists.embedded.script import Script
from divisi.specialists.pack import Packed, pack
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked

Packing = Callable[..., Packed]
Asking = Callable[..., Asked]


def states_of(packed: Packed, made: Callable[..., Tensor] = torch.randn) -> States:
    rows, tokens = packed.ids.shape
    layers = (made(rows * tokens, 16) for _ in range(3))
    return States(*layers, *(made(2, rows, tokens, 4) for _ in range(2)), packed.mask)


def test_pointing_is_learned(finder: Finder, packed_of: Packing, asking: Asking) -> None:
    torch.manual_seed(0)
    two = (asking("paris", Call("get_weather", {"city": "paris"})), asking("song", kind="none"))
    packed = packed_of(*two)
    choices = finder.find(packed)
    states = states_of(packed, lambda *shape: torch.randn(shape, requires_grad=True))
    pointers = Pointers(16, torch.nn.Linear(16, 8))
    adam = torch.optim.Adam([*pointers.parameters(), states.queries, states.keys], lr=0.03)
    first = pointers(states, choices)
    for _ in range(120):
        adam.zero_grad()
        pointers(states, choices).loss.backward()
        adam.step()
    last = pointers(states, choices)
    assert last.loss.item() < 0.2 * first.loss.item()
    assert (last.tools, last.names, last.copies) == (1.0, 1.0, 1.0)


def test_a_batch_without_choices_costs_nothing(script: Script, finder: Finder) -> None:
    packed = pack([[script.task("look up x", "y")]], length=40, pad_id=0, prose_weight=0.1)
    pointed = Pointers(16, torch.nn.Linear(16, 8))(states_of(packed), finder.find(packed))
    assert (pointed.loss.item(), pointed.tools, pointed.names, pointed.copies) == (0.0, 0.0, 0.0, 0.0)


def test_two_heads_are_those_by_which_the_layer_attends() -> None:
    config = Qwen3Config(
        **{"hidden_size": 16, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 4},
        **{"vocab_size": 8, "num_hidden_layers": 1, "intermediate_size": 8, "attn_implementation": "eager"},
    )
    model = Qwen3Model(config).eval()
    ids, positions = torch.randint(8, (2, 5)), torch.arange(5)[None].expand(2, 5)
    with torch.no_grad():
        whole = model(ids, position_ids=positions, output_attentions=True).attentions[0]
        states = model.embed_tokens(ids)
        queries, keys = two_heads(model.layers[0], states, model.rotary_emb(states, positions))
    scores = (queries @ keys.transpose(-1, -2)) * 4**-0.5
    shares = scores.masked_fill(torch.ones(5, 5).triu(1).bool(), -torch.inf).softmax(-1)
    torch.testing.assert_close(shares, whole[:, [0, -1]].transpose(0, 1))


def test_attending_costs_the_share_that_goes_elsewhere_among_what_is_seen() -> None:
    keys = torch.tensor([[[1.0, 0, 0, 0], [1, 0, 0, 0], [9, 0, 0, 0]]])
    mask = torch.tensor([[[[True, True, False]] * 3]])
    right = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    matches = Matches(torch.tensor([2, 2]), torch.tensor([[1], [0]]), torch.ones(2, 1).bool(), right)
    losses, found = attended(2 * keys, keys, mask, matches)
    # The second match has nothing to attend to; of two alike places, one of which is right, half the share is right.
    torch.testing.assert_close(losses, torch.tensor([2.0]).log())
    assert found.shape == (1,)


def test_what_is_not_offered_is_never_pointed_at() -> None:
    def matches(*offered: bool) -> Matches:
        keys = torch.arange(1, 1 + len(offered))[None]
        right = torch.tensor([[0.0, 1.0, *[0.0] * (len(offered) - 1)]])
        return Matches(torch.tensor([0]), keys, torch.tensor([offered]), right)

    pointer, states = Pointer(8), torch.randn(3, 8)
    states[2] = 100 * pointer.key.weight[0].detach()
    padded, _ = pointer(states, matches(True, False))
    alone, _ = pointer(states, matches(True))
    both, _ = pointer(states, matches(True, True))
    torch.testing.assert_close(padded, alone)
    assert both.item() != pytest.approx(alone.item())


def test_a_request_is_told_from_the_tools_of_others_but_not_from_the_same_tool(
    script: Script, finder: Finder, asking: Asking
) -> None:
    weather = asking("rain", Call("get_weather", {"city": "rain"}))
    trees = [script.conversations([weather])[0], script.conversations([weather])[0]]
    packed = pack([trees], length=sum(tree.size_tokens for tree in trees), pad_id=0, prose_weight=0.1)
    choices = finder.find(packed)
    states = torch.randn(packed.ids.numel(), 16)
    pointer = Pointer(16)
    with torch.no_grad():
        both = pointer.among_all(states, choices.asked, choices.tools)
        told_apart = pointer.among_all(states, choices.asked, torch.arange(6).reshape(2, 3))
    assert both.shape == (2,)
    # Three tools and two others against three tools and all three others.
    assert bool((both < told_apart).all())
