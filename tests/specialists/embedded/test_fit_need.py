"""Networks of needs learn what is needed, and read back the same in numpy."""

from pathlib import Path

import numpy as np
import pytest
import torch

from divisi.specialists.embedded import fit_members, fit_need
from divisi.specialists.embedded.fit_members import write_members
from divisi.specialists.embedded.fit_need import drawn, fit, fits, posed
from divisi.specialists.embedded.need_layers import NeedNet, requests_of
from divisi.tasks.calling import need_net
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.members import key_of


def tool(name: str, description: str = "") -> dict:
    return {"type": "function", "function": {"name": name, "description": description}}


def said(*texts: str) -> tuple[dict, ...]:
    return tuple({"role": "user", "content": text} for text in texts)


TOOLS = (
    tool("play_song", "Play music"),
    tool("pay_bill", "Pay an invoice"),
    tool("get_weather", "Weather forecast of a city"),
)


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
    monkeypatch.setattr(fit_members, "WARM", 2)
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
