"""A player that answers from a script, the app around it, and tools to offer."""

import asyncio
import contextlib
import json
import re
import runpy
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import uvicorn

from divisi.services.app import create_app
from divisi.services.errors import PromptTooLongError, SchemaRefusedError
from divisi.services.house import House, counted
from divisi.services.player import Heard, Played, Reading, Resident, Row
from divisi.services.section import Section
from divisi.tasks.catalog import SUBTASKS

HTTP = httpx.Client()
"""One for all tests: making one takes longer than a request."""

Script = Mapping[str, str | list[str]] | Callable[[Row], str]

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "The city's name."}, "days": {"type": "integer"}},
            "required": ["city"],
        },
        "returns": {"summary": "what it is like"},
    },
}
MAIL = {
    "type": "function",
    "function": {
        "name": "send_mail",
        "description": "Send a mail.",
        "parameters": {
            "type": "object",
            "properties": {"to": {"type": "string"}, "text": {"type": "string"}},
            "required": ["to", "text"],
        },
    },
}


class ScriptedPlayer:
    """Answers each invocation from a script. One token is one word; a row with no answer in the script fails.

    The script's keys leave out the parameters that an invocation lists.

    Attributes:
        rows: every row that was played, in order.
        cancelled: the invocations of rows that were cancelled.
        most_together: the most rows that were played at once.
    """

    base_name = "scripted"
    base_fingerprint = "scripted-1"
    residents: Sequence[Resident] = tuple(Resident(name, name, "lora", f"{name}-v1") for name in SUBTASKS)

    def __init__(
        self,
        script: Script,
        *,
        context_tokens: int = 4096,
        cached_tokens: int = 0,
        piece_s: float = 0.0,
        logprobs: Mapping[str, float] | None = None,
    ) -> None:
        self.context_tokens = context_tokens
        self.rows: list[Row] = []
        self.cancelled: list[str] = []
        self.closed = False
        self.most_together = 0
        self._together = 0
        self._cached_tokens = cached_tokens
        self._piece_s = piece_s
        self._logprobs = logprobs or {}
        self._script = {key: list(value) if isinstance(value, list) else value for key, value in script.items()}

    async def size(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]) -> int | None:
        tokens = sum(map(words, (*messages, *tools)))
        return tokens if tokens <= self.context_tokens else None

    async def check(self, schema: Mapping[str, Any]) -> None:
        if "uniqueItems" in json.dumps(schema):
            raise SchemaRefusedError("keyword uniqueItems cannot be enforced; leave it out")

    async def read(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]) -> Reading:
        tokens = await self.size(messages, tools)
        if tokens is None:
            raise PromptTooLongError(f"the base reads {self.context_tokens} tokens; shorten the prompt", "messages")
        return Reading(tuple(messages), tuple(tools), tokens, self._cached_tokens, np.ones(4), None)

    async def play(self, row: Row, heard: Heard | None = None) -> Played:
        self.rows.append(row)
        invocation = re.split(r" [({]", row.invocation)[0]
        answer = self._script[invocation]
        text = answer.pop(0) if isinstance(answer, list) else answer
        pieces = text.split(" ")
        written: list[str] = []
        self._together += 1
        self.most_together = max(self.most_together, self._together)
        try:
            for piece in pieces[: row.max_tokens]:
                await asyncio.sleep(self._piece_s)
                written.append(piece if not written else " " + piece)
                if heard is not None:
                    heard(written[-1])
        except asyncio.CancelledError:
            self.cancelled.append(invocation)
            raise
        finally:
            self._together -= 1
        finish = "length" if len(pieces) > row.max_tokens else "stop"
        return Played("".join(written), finish, self._logprobs.get(invocation, -0.1), len(written), 1.0)

    async def close(self) -> None:
        self.closed = True


def words(record: Mapping[str, Any]) -> int:
    """How many words a record's JSON has."""
    return len(json.dumps(record).split())


@pytest.fixture
def scripted() -> type[ScriptedPlayer]:
    return ScriptedPlayer


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a random base of two layers, the one that the specialists' tests use."""
    build = runpy.run_path(str(Path(__file__).parents[1] / "specialists" / "conftest.py"))["write_base"]
    return build(tmp_path_factory.mktemp("base"), context_tokens=1024)


@pytest.fixture
def weather() -> dict[str, Any]:
    return json.loads(json.dumps(WEATHER))


@pytest.fixture
def mail() -> dict[str, Any]:
    return json.loads(json.dumps(MAIL))


@pytest.fixture
def section_of() -> Callable[..., Section]:
    """A section around a player, with the catalog's subtasks."""

    def make(player: Any, **options: Any) -> Section:
        return Section(player, options.pop("probe", None), SUBTASKS, **options)

    return make


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serves a section, or what loads one, on a free port; gives the address. Everything ends with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda section, **options: start(stack, section, **options)


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The address of an app that replies to everything; one for all tests of a file."""
    with contextlib.ExitStack() as stack:
        yield start(stack, Section(ScriptedPlayer({"reply": "Hello.", "names": "[]"}), None, SUBTASKS))


def start(
    stack: contextlib.ExitStack, section: Section | Callable[[], Section], *, ready: bool = True, **options: Any
) -> str:
    """Serve in a thread until the stack is left; gives the address."""
    load = section if callable(section) else lambda: section
    house = House(load, most_requests=options.pop("most_requests", 64), sources=counted())
    app = create_app(house, **options)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    stack.callback(thread.join)
    stack.callback(lambda: setattr(server, "should_exit", True))
    wait_until(lambda: server.started)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    if ready:
        wait_until(lambda: HTTP.get(f"{address}/readyz").status_code == 200)
    return address


@pytest.fixture(scope="session", autouse=True)
def http() -> Iterator[httpx.Client]:
    with HTTP:
        yield HTTP


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    return wait_until


def wait_until(condition: Callable[[], bool], *, timeout_s: float = 10.0) -> None:
    """Wait for a condition, or fail."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
