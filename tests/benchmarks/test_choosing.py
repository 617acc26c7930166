"""Likeness as a chooser: a shared word finds the tool, also in a crowd."""

from choosing import likest, measures_of

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked


def tool(name: str) -> dict:
    return {"type": "function", "function": {"name": name, "description": "", "parameters": {}}}


def asked(text: str, name: str, *, kind: str = "single") -> Asked:
    tools = (tool("glacier"), tool("volcano"))
    return Asked(text, "written", ({"role": "user", "content": text},), tools, kind, (Call(name, {}),))  # type: ignore[arg-type]


def test_the_tool_that_says_the_words_is_the_likest() -> None:
    one = asked("a volcano", "volcano")
    assert likest(one, one.tools, 1) == {"volcano"}


def test_right_and_wrong_requests_are_counted() -> None:
    held = [asked("a volcano", "volcano"), asked("the glacier", "volcano"), asked("a volcano", "volcano", kind="none")]
    values = {one.metric: (one.value, one.count) for one in measures_of(held, [tool(f"x{n}") for n in range(30)], 0)}
    assert values == {"first": (0.5, 2), "chance": (0.5, 2), "among_20": (1.0, 2)}
