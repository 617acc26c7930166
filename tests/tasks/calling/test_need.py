"""Need: what leads in a part of the request is needed, and the invocation tells how much."""

import pytest

from divisi.tasks.calling.need import FEATURES, as_said, asking, features, needs, parts_of
from divisi.tasks.subtask import Case


def tool(name: str, description: str = "") -> dict:
    return {"type": "function", "function": {"name": name, "description": description}}


def said(*texts: str) -> tuple[dict, ...]:
    return tuple({"role": "user", "content": text} for text in texts)


WEATHER, MUSIC = tool("get_weather", "Weather forecast of a city"), tool("play_song", "Play music")
PLAY, RAIN = "play_song", "get_weather"
TOOLS = (MUSIC, tool("pay_bill", "Pay an invoice"), WEATHER)


def test_what_is_asked_for_is_needed() -> None:
    play, pay, weather = needs(said("will it rain in Paris tomorrow? tell me the forecast"), TOOLS)
    assert weather > 0.5 > max(play, pay)
    assert all(0 < need < 1 for need in (play, pay, weather))


def test_each_part_of_a_request_needs_its_own() -> None:
    play, pay, weather = needs(said("Show me the weather forecast for Oslo, and then play some music."), TOOLS)
    assert min(play, weather) > 0.5 > pay


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Call Ann. Then pay the bill; fine", ["Call Ann.", "Then pay the bill;"]),
        ("weather in Rome, Italy and play jazz", ["weather in Rome", "play jazz"]),
        ("one", ["one"]),
        ("", [""]),
        ("a b\nc d", ["a b", "c d"]),
    ],
)
def test_a_request_is_divided_where_something_else_may_be_asked(text: str, parts: list[str]) -> None:
    assert parts_of(text) == parts


@pytest.mark.parametrize(
    ("text", "names", "ordered"),
    [
        ("Play some music, then show me the weather forecast", [RAIN, PLAY], [PLAY, RAIN]),
        ("The weather forecast, then some music", [PLAY, RAIN], [RAIN, PLAY]),
        ("The forecast, then music", [PLAY, RAIN, PLAY], [RAIN, PLAY, PLAY]),
        ("The forecast, then music", [PLAY, PLAY], [PLAY, PLAY]),
        ("The forecast, then music", [PLAY, "unknown", RAIN], [RAIN, PLAY, "unknown"]),
        ("", [PLAY, RAIN], [PLAY, RAIN]),
        ("The forecast", [], []),
    ],
)
def test_names_stand_in_the_order_of_the_parts_that_ask(text: str, names: list[str], ordered: list[str]) -> None:
    assert as_said(names, said(text), TOOLS) == ordered


def test_a_long_request_has_no_more_parts_than_are_looked_at() -> None:
    assert len(parts_of("do this thing. " * 50)) == 12


def test_features_are_finite_whatever_is_said() -> None:
    for messages in ((), said(""), said("qqzzqq"), [{"role": "user", "content": None}]):
        found = features(messages, TOOLS)
        assert found.shape == (3, len(FEATURES))
        assert abs(found).max() < 10
    assert features(said("weather"), TOOLS[:1]).shape == (1, len(FEATURES))


def test_the_invocation_lists_the_most_needed_tools_first() -> None:
    case = Case(said("when did the volcano erupt"), (tool("set_alarm"), tool("volcano_eruptions", "past eruptions")))
    first, second = asking("names", case).removeprefix("names (").removesuffix(") names").split(", ")
    assert first.rpartition(" ")[0] == "volcano_eruptions"
    assert int(first[-1]) > 5 > int(second[-1])


def test_without_tools_the_invocation_is_the_subtask() -> None:
    assert asking("names", Case(said("hello"), ())) == "names"


def test_many_tools_are_not_all_told() -> None:
    case = Case(said("volcano"), tuple(tool(f"tool_{number}") for number in range(30)))
    assert asking("parallel", case).count(",") == 7


@pytest.mark.parametrize("text", ["", "  ", "?"])
def test_of_a_text_that_says_nothing_little_is_needed(text: str) -> None:
    assert all(0 < need < 1 / 2 for need in needs(said(text), TOOLS))


def test_one_tool_alone_is_needed_where_it_is_asked_for() -> None:
    texts = ("the weather forecast for Rome", "play some music")
    (rain,), (music,) = (needs(said(text), (WEATHER,)) for text in texts)
    assert rain > music
