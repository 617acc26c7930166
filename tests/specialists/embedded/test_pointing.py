"""Pointing rightly is learned, costs nothing where there is nothing, and knows what is not offered."""

import pytest
import torch

from divisi.specialists.embedded.choices import Finder, Matches
from divisi.specialists.embedded.pointing import Pointer, Pointers
from divisi.specialists.embedded.script import Script
from divisi.specialists.pack import Packed, pack
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked

PROPERTIES = {"city": {"type": "string"}, "days": {"type": "integer"}}


def tool(name: str) -> dict:
    parameters = {"type": "object", "properties": PROPERTIES, "required": ["city"]}
    return {"type": "function", "function": {"name": name, "description": f"about {name}", "parameters": parameters}}


TOOLS = (tool("get_weather"), tool("get_city"), tool("look_up"))


def packed_of(script: Script, *asked: Asked) -> Packed:
    (tree,) = script.conversations(asked)
    return pack([[], [tree]], length=tree.size_tokens, pad_id=0, prose_weight=0.1)


def asking(text: str, *calls: Call, kind: str = "single") -> Asked:
    return Asked("one", "test", ({"role": "user", "content": text},), TOOLS, kind, calls)  # type: ignore[arg-type]


@pytest.fixture
def finder(script: Script) -> Finder:
    return Finder(script.tokenizer)


def test_pointing_is_learned(script: Script, finder: Finder) -> None:
    torch.manual_seed(0)
    two = (asking("paris", Call("get_weather", {"city": "paris"})), asking("song", kind="none"))
    packed = packed_of(script, *two)
    choices = finder.find(packed)
    states = torch.randn(packed.ids.numel(), 16)
    pointers = Pointers(16, torch.nn.Linear(16, 8))
    adam = torch.optim.Adam(pointers.parameters(), lr=0.02)
    first = pointers(states, states, states, choices)
    for _ in range(120):
        adam.zero_grad()
        pointers(states, states, states, choices).loss.backward()
        adam.step()
    last = pointers(states, states, states, choices)
    assert last.loss.item() < 0.2 * first.loss.item()
    assert (last.tools, last.values) == (1.0, 1.0)


def test_a_batch_without_choices_costs_nothing(script: Script, finder: Finder) -> None:
    packed = pack([[script.task("look up x", "y")]], length=40, pad_id=0, prose_weight=0.1)
    pointed = Pointers(16, torch.nn.Linear(16, 8))(*(torch.randn(40, 16) for _ in range(3)), finder.find(packed))
    assert (pointed.loss.item(), pointed.tools, pointed.values) == (0.0, 0.0, 0.0)


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


def test_a_request_is_told_from_the_tools_of_others_but_not_from_the_same_tool(script: Script, finder: Finder) -> None:
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
