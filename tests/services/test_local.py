"""The player of one process, on a random base of two layers: what it writes has a form and no meaning."""

import asyncio
import json

import numpy as np
import pytest

from divisi.router.request import Request
from divisi.services.conduct import conduct
from divisi.services.config import Config
from divisi.services.errors import (
    InvalidRequestError,
    LoadError,
    PromptTooLongError,
    RowFailedError,
    SchemaRefusedError,
)
from divisi.services.loading import load_section
from divisi.services.local import played
from divisi.services.player import Row
from divisi.specialists.row import RowResult

USER = ({"role": "user", "content": "Weather in Paris?"},)
NUMBER = {
    "type": "object",
    "properties": {"n": {"type": "integer", "maximum": 99, "minimum": 0}},
    "required": ["n"],
    "additionalProperties": False,
}
ENDLESS = {"type": "array", "items": {"type": "boolean"}, "minItems": 500}


@pytest.fixture(scope="module")
def section(tiny_base):
    section = load_section(Config(base=str(tiny_base), device="cpu", threads=1))
    yield section
    asyncio.run(section.player.close())


@pytest.fixture(scope="module")
def player(section):
    return section.player


def row(reading, **options):
    return Row(reading, None, options.pop("invocation", "names"), options.pop("grammar", None), **options)


def test_a_row_follows_its_grammar(player):
    async def play():
        reading = await player.read(USER, ())
        return await player.play(row(reading, grammar=NUMBER, max_tokens=40))

    written = asyncio.run(play())
    assert json.loads(written.text)["n"] in range(100)
    assert (written.finish, written.new_tokens > 0) == ("stop", True)


def test_a_prefix_that_was_read_is_not_read_again(player):
    async def read():
        messages = ({"role": "user", "content": "Something that nobody asked before"},)
        return await player.read(messages, ()), await player.read(messages, ())

    first, second = asyncio.run(read())
    assert first.cached_tokens < first.tokens
    assert second.cached_tokens == second.tokens
    assert np.array_equal(first.features, second.features)


def test_text_is_heard_while_it_is_written(player):
    pieces = []

    async def play():
        reading = await player.read(USER, ())
        return await player.play(row(reading, max_tokens=8), pieces.append)

    written = asyncio.run(play())
    assert "".join(pieces) == written.text


def test_rows_together_equal_rows_alone(player):
    async def together(schemas):
        reading = await player.read(USER, ())
        rows = [row(reading, grammar=schema, max_tokens=40) for schema in schemas]
        return [written.text for written in await asyncio.gather(*map(player.play, rows))]

    schemas = [NUMBER, {"enum": ["yes", "no"]}, {"type": "boolean"}]
    alone = [asyncio.run(together([schema]))[0] for schema in schemas]
    assert asyncio.run(together(schemas)) == alone


def test_a_row_that_nobody_waits_for_any_more_is_cancelled(player):
    async def play():
        reading = await player.read(USER, ())
        task = asyncio.create_task(player.play(row(reading, max_tokens=900, grammar=ENDLESS)))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await player.play(row(reading, grammar={"type": "boolean"}, max_tokens=9))

    assert asyncio.run(asyncio.wait_for(play(), 10)).text in ("true", "false")
    assert player._listeners == {}


def test_a_schema_that_cannot_be_enforced_is_refused(player):
    with pytest.raises(SchemaRefusedError, match="uniqueItems"):
        asyncio.run(player.check({"type": "array", "uniqueItems": True}))


@pytest.mark.parametrize(("by_grammar", "kind"), [(True, SchemaRefusedError), (False, RowFailedError)])
def test_only_the_grammars_own_fault_is_the_clients(by_grammar, kind):
    with pytest.raises(kind, match="broken"):
        played(RowResult((), "", "failed", 0.0, 1.0, problem="broken", by_grammar=by_grammar))


def test_a_prompt_over_the_context_is_refused_and_has_no_size(player):
    long = ({"role": "user", "content": "a " * 2000},)
    assert asyncio.run(player.size(long, ())) is None
    with pytest.raises(PromptTooLongError, match="1024"):
        asyncio.run(player.read(long, ()))


def test_a_prompt_that_leaves_no_room_for_an_answer_is_refused(player):
    async def play():
        size = await player.size(({"role": "user", "content": ""},), ())
        reading = await player.read(({"role": "user", "content": "a" * (1024 - size)},), ())
        await player.play(row(reading, max_tokens=1))

    with pytest.raises(PromptTooLongError):
        asyncio.run(play())


def test_the_end_of_the_context_ends_a_row(player):
    async def play():
        size = await player.size(({"role": "user", "content": ""},), ())
        reading = await player.read(({"role": "user", "content": "a" * (1024 - size - 12)},), ())
        return await player.play(row(reading, max_tokens=500, grammar=ENDLESS))

    written = asyncio.run(play())
    assert (written.finish, written.new_tokens < 12) == ("length", True)


def test_conduct_gives_valid_calls_or_says_why_not(section, weather, mail):
    request = Request(USER, (weather, mail), tool_choice="required", max_tokens=200)
    answer = asyncio.run(conduct(request, section))
    assert all(set(call.arguments) <= {"city", "days", "to", "text"} for call in answer.calls)
    assert answer.finish in ("tool_calls", "length", "stop")
    assert answer.trace.stages[0].specialist == "base"


def test_a_base_that_is_not_there_is_a_load_error(tmp_path):
    with pytest.raises(LoadError):
        load_section(Config(base=str(tmp_path / "nothing")))


def test_messages_that_the_template_refuses_are_the_clients_fault(player):
    with pytest.raises(InvalidRequestError):
        asyncio.run(player.read((), ()))
