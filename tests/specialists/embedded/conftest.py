"""A tokenizer with merges, and a script that writes with it."""

from collections.abc import Callable

import pytest

from divisi.specialists.embedded.choices import Finder
from divisi.specialists.embedded.script import Script
from divisi.specialists.embedded.vocabulary import train_tokenizer
from divisi.specialists.pack import Packed, pack
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked

TEXTS = ["get the weather of a city", '["get_weather"]', '{"city": "Paris"}', "look up", "names", "arguments"] * 20


@pytest.fixture(scope="session")
def script() -> Script:
    """Writes with a small vocabulary and the embedded template."""
    return Script(train_tokenizer(TEXTS, size=420, context_tokens=512))


PROPERTIES = {"city": {"type": "string"}, "days": {"type": "integer"}}


def tool(name: str) -> dict:
    parameters = {"type": "object", "properties": PROPERTIES, "required": ["city"]}
    return {"type": "function", "function": {"name": name, "description": f"about {name}", "parameters": parameters}}


TOOLS = (tool("get_weather"), tool("get_city"), tool("look_up"))

Packing = Callable[..., Packed]
Asking = Callable[..., Asked]


@pytest.fixture
def packed_of(script: Script) -> Packing:
    """One tree of conversations behind an empty row, as long as it is: packed_of(*asked)."""

    def packed(*asked: Asked) -> Packed:
        (tree,) = script.conversations(asked)
        return pack([[], [tree]], length=tree.size_tokens, pad_id=0, prose_weight=0.1)

    return packed


@pytest.fixture
def asking() -> Asking:
    """A request over three tools: asking(text, *calls, kind=)."""

    def asked(text: str, *calls: Call, kind: str = "single") -> Asked:
        return Asked("one", "test", ({"role": "user", "content": text},), TOOLS, kind, calls)  # type: ignore[arg-type]

    return asked


@pytest.fixture
def finder(script: Script) -> Finder:
    return Finder(script.tokenizer)
