"""What is fitted on true calls says yes, no and nothing again."""

import json
from pathlib import Path

import pytest

from divisi.specialists.embedded.fit_flags import answers, fit
from divisi.tasks.calling import flags as serving
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.flag_sights import FEATURES
from divisi.tasks.calling.reading import read
from divisi.tasks.calling.sights import Wanted

PARAMETERS = {"type": "object", "properties": {"olives": {"type": "boolean"}, "table": {"type": "string"}}}
PIZZA = {"type": "function", "function": {"name": "pizza", "description": "Order", "parameters": PARAMETERS}}
SAID = {"a pizza with olives": True, "a pizza without olives": False, "just a pizza": None}


def asked(text: str, value: bool | None) -> Asked:
    arguments = {} if value is None else {"olives": value}
    return Asked(text, "written", ({"role": "user", "content": text},), (PIZZA,), "single", (Call("pizza", arguments),))


def test_the_fit_says_what_is_true_and_reads_back_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    posed = [answer for text, value in SAID.items() for answer in answers(asked(text, value))]
    assert [one.value for one in posed] == [True, False, None]
    fitted = fit(posed)
    monkeypatch.setattr(serving, "FILE", tmp_path / "flags.json")
    serving.FILE.write_text(json.dumps({what: one.record(FEATURES) for what, one in fitted.items()}), encoding="utf-8")
    read_back = [serving.flags(read(text), Wanted(PIZZA, (PIZZA,), {}))["olives"] for text in SAID]
    yes, no, nothing = read_back
    assert yes.true > 0.5 < no.false
    assert nothing.true + nothing.false < 0.5


def test_calls_of_functions_without_booleans_teach_nothing() -> None:
    plain = {"type": "function", "function": {"name": "pizza", "parameters": {"type": "object", "properties": {}}}}
    one = Asked("x", "written", ({"role": "user", "content": "a pizza"},), (plain,), "single", (Call("pizza", {}),))
    assert list(answers(one)) == []
