"""What quotes BFCL is not trained on, whoever says or offers it."""

import pytest

from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.corpora import quoted
from divisi.tasks.corpora.registry import _checked
from divisi.tasks.corpora.report import LeftOut

TOOL = {"type": "function", "function": {"name": "find", "description": "Finds what is lost", "parameters": {}}}


def asked(text: str) -> Asked:
    return Asked("1", "test", ({"role": "user", "content": text},), (TOOL,), "none")


@pytest.mark.parametrize("text", ["where is my hat", "Finds what is lost"])
def test_a_conversation_that_says_or_offers_what_is_listed_is_left_out(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quoted, "quoted", lambda: frozenset({quoted.digest(text)}))
    assert _checked(asked("where is my hat"), frozenset()) == LeftOut("1", "shares words with BFCL")


def test_what_is_not_listed_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quoted, "quoted", lambda: frozenset({quoted.digest("something else")}))
    assert isinstance(_checked(asked("where is my hat"), frozenset()), Asked)


def test_the_list_is_there() -> None:
    assert len(quoted.quoted()) > 500
