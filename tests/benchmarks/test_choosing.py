"""Likeness as a chooser: a shared word finds the tool, also in a crowd."""

from choosing import likest, measures_of, told

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
    assert {name: values[name] for name in ("first", "chance", "among_20")} == {
        **{"first": (0.5, 2), "chance": (0.5, 2), "among_20": (1.0, 2)}
    }
    assert values["name_f1"] == (0.5, 2)


def test_told_values_are_right_or_wrong_and_lists_are_counted_apart() -> None:
    parameters = {"type": "object", "properties": {"city": {"type": "string", "description": "The city"}, "all": {}}}
    weather = {
        "type": "function",
        "function": {"name": "weather", "description": "of a city", "parameters": parameters},
    }
    posed = [
        Asked(city, "written", ({"role": "user", "content": "weather in the city of Oslo"},), (weather,), "single",
              (Call("weather", {"city": city, "all": [1]}),))
        for city in ("oslo", "Rome")
    ]  # fmt: skip
    measured = told(posed)
    assert measured["value"] == [1.0, 0.0]
    assert measured["lists"] == measured["whole"] == [0.0, 0.0]
    assert len(measured["certain"]) == len(measured["sure"])
    assert set(measured["certain"]) <= {0.0, 1.0}
