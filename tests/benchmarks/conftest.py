"""Hand-made conversations with known truth, the same ones as items, and answers to them."""

from collections.abc import Callable
from typing import Any

import pytest
from items import Answered, Item, Prediction

from divisi.router.request import Request
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.tool import Tool

WEATHER = Tool(
    "get_weather",
    "The weather of a city.",
    {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}, "required": ["city"]},
    {"summary": "what it is like"},
).to_record()
MAIL = Tool(
    "send_mail",
    "Send a mail.",
    {
        "type": "object",
        "properties": {"to": {"type": "string"}, "body": {"type": "string"}},
        "required": ["to", "body"],
    },
).to_record()
USER = ({"role": "user", "content": "Weather in Paris and Rome, and mail it to Ann"},)


@pytest.fixture
def asked() -> Callable[..., Asked]:
    """Makes a conversation: asked(kind, calls, **what else is true)."""

    def make(kind: Any, calls: tuple[Call, ...] = (), **more: Any) -> Asked:
        return Asked("one", "hand", USER, (WEATHER, MAIL), kind, calls, **more)

    return make


@pytest.fixture
def predict() -> Callable[..., Prediction]:
    """Makes an answer: predict(call, call, ..., **what else was answered)."""

    def make(*calls: Call, **more: Any) -> Prediction:
        return Prediction("one", "key", calls=tuple(call.to_record() for call in calls), **more)

    return make


@pytest.fixture
def answered(predict) -> Callable[..., list[Answered]]:
    """Pairs conversations with the calls that were made: answered((asked, calls), ...)."""

    def make(*pairs: tuple[Asked, tuple[Call, ...]], group: str = "all kinds") -> list[Answered]:
        return [
            (Item(truth.id, group, Request(truth.messages, truth.tools), truth), predict(*calls))
            for truth, calls in pairs
        ]

    return make
