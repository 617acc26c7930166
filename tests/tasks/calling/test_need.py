"""Need: what leads in a part of the request is needed, and the invocation tells how much."""

from pathlib import Path

import numpy as np
import pytest
import torch

from divisi.specialists.embedded import fit_need, piece_layers
from divisi.specialists.embedded.fit_need import asking as posed
from divisi.specialists.embedded.fit_need import drawn, fit, fits
from divisi.specialists.embedded.need_layers import NeedNet, requests_of
from divisi.specialists.embedded.piece_layers import write_members
from divisi.tasks.calling import need_net
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.members import key_of
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


def request(number: int, text: str, *names: str, source: str = "written", kind: str = "single") -> Asked:
    calls = tuple(Call(name, {}) for name in names)
    return Asked(f"{number}", source, said(text), TOOLS, kind, calls)  # type: ignore[arg-type]


CHOSEN = [
    request(0, "the weather forecast", "get_weather"),
    request(1, "please play some music for my guests", "play_song"),
    request(2, "pay my invoice", "pay_bill"),
]


def test_the_fit_tells_what_is_needed_from_what_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_need, "EPOCHS", 60)
    monkeypatch.setattr(piece_layers, "WARM", 2)
    batch = requests_of([posed(one) for one in CHOSEN])
    net = fit([posed(one) for one in CHOSEN], seed=0)
    with torch.no_grad():
        assert bool(((net(batch) > 0) == (batch.right > 0)).all())


def test_needs_are_those_that_were_fitted_and_a_text_is_read_by_those_that_have_not_learned_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    asked = [posed(one) for one in CHOSEN]
    members = [NeedNet(asked).eval() for _ in range(2)]
    with torch.no_grad():
        chances = [net(requests_of(asked)).sigmoid() for net in members]
    monkeypatch.setattr(need_net, "FILE", tmp_path / "need.safetensors")
    write_members(members, {key_of(asked[1].reading.text): 1}, need_net.FILE)
    expected = ((chances[0][0] + chances[1][0]) / 2, chances[1][1], (chances[0][2] + chances[1][2]) / 2)
    for one, right in zip(asked, expected, strict=True):  # float16 on disk
        np.testing.assert_allclose(need_net.chances(one.reading, one.sight), right, atol=5e-3)


def test_padding_of_tools_and_pieces_changes_nothing() -> None:
    torch.manual_seed(0)
    few, many = posed(CHOSEN[0]), posed(Asked("9", "written", CHOSEN[1].messages, TOOLS[:2], "single"))
    net = NeedNet([few, many]).eval()
    with torch.no_grad():
        alone, together = net(requests_of([few])), net(requests_of([few, many]))
        torch.testing.assert_close(together[0], alone[0])
        torch.testing.assert_close(together[1, :2], net(requests_of([many]))[0])


def test_only_short_conversations_with_a_choice_are_fitted_on() -> None:
    short = request(1, "weather", "get_weather")
    long = Asked("2", "written", said("a", "b", "c"), TOOLS, "single", short.calls)
    alone = Asked("3", "written", said("a"), TOOLS[:1], "single", short.calls)
    talk = request(4, "hello", kind="reply")
    other = request(5, "weather", "get_weather", source="sgd/train")
    assert [fits(one) for one in (short, long, alone, talk, other)] == [True, False, False, False, True]
    assert {asked.id for asked, _ in drawn([short, long, alone, talk, other], seed=0)} == {"1"}
