"""Watching what rows write, rows without grammar, and the umbrella's one row."""

import asyncio
import re
from collections.abc import Sequence

import numpy as np
import pytest
from arms import Arm
from items import Item
from umbrella import conduct_umbrella
from watching import Mode

from divisi.router.request import Request
from divisi.services.conduct import conduct
from divisi.services.errors import PromptTooLongError
from divisi.services.player import Played, Reading, Resident
from divisi.services.section import Section
from divisi.tasks.catalog import SUBTASKS

VOICE = Resident("umbrella", "None", "lora", "v1")


class Script:
    """A player that answers each invocation from a script."""

    base_name = base_fingerprint = "script"
    residents: Sequence[Resident] = tuple(Resident(name, name, "lora", "v1") for name in SUBTASKS)

    def __init__(self, answers: dict[str, str], context_tokens: int = 4096) -> None:
        self.context_tokens = context_tokens
        self.rows = []
        self._answers = answers

    async def size(self, messages, tools):
        return 10

    async def check(self, schema):
        pass

    async def read(self, messages, tools):
        if self.context_tokens < 10:
            raise PromptTooLongError("too long")
        return Reading(tuple(messages), tuple(tools), 10, 0, np.ones(4), None)

    async def play(self, row, heard=None):
        self.rows.append(row)
        return Played(self._answers[re.split(r" [({]", row.invocation)[0]], "stop", -0.1, 3, 1.0)

    async def close(self):
        pass


@pytest.fixture
def item(asked):
    truth = asked("single")
    return Item("one", "single", Request(truth.messages, truth.tools), truth)


def arm(player, how=conduct, **mode):
    return Arm("specialists", Section(player, None, SUBTASKS), how, Mode(**mode), ())


def answer(one, item):
    return asyncio.run(one.answer(item))


def test_an_arm_gives_the_whole_plan_and_how_it_came_about(item):
    player = Script({"names": '["get_weather"]', "arguments get_weather": '{"city": "Paris"}'})
    prediction = answer(arm(player), item)
    assert prediction.calls == ({"name": "get_weather", "arguments": {"city": "Paris"}},)
    assert (prediction.tokens, prediction.prefix_tokens, prediction.rows.followed) == (6, 10, 2)


def test_rows_without_grammar_write_freely_and_are_judged_by_it(item):
    player = Script({"names": '["get_wether"]'})
    free = arm(player).without_grammar()
    prediction = answer(free, item)
    assert [row.grammar for row in player.rows] == [None]
    assert (prediction.rows.written, prediction.rows.parsed, prediction.rows.followed) == (1, 1, 0)
    assert prediction.calls == ()


def test_a_row_that_is_no_json_is_counted_as_such(item):
    prediction = answer(arm(Script({"names": "get_weather, I think"})), item)
    assert (prediction.rows.written, prediction.rows.parsed) == (1, 0)


def test_a_request_that_the_service_refuses_is_an_answer(item):
    prediction = answer(arm(Script({}, context_tokens=5)), item)
    assert prediction.refused == "PromptTooLongError: too long"


def test_the_umbrella_answers_with_one_row_of_its_one_voice(item):
    player = Script({"parallel": '[{"name": "get_weather", "arguments": {"city": "Paris"}}]'})
    prediction = answer(arm(player, conduct_umbrella, one_voice=VOICE), item)
    assert [(row.specialist, re.split(r" [({]", row.invocation)[0]) for row in player.rows] == [
        ("umbrella", "parallel")
    ]
    assert prediction.names == ["get_weather"]


def test_the_joint_arm_plays_the_specialists_plan_with_one_voice(item):
    player = Script({"names": '["get_weather"]', "arguments get_weather": '{"city": "Paris"}'})
    answer(arm(player, one_voice=VOICE), item)
    assert {row.specialist for row in player.rows} == {"umbrella"}


def test_the_umbrella_replies_where_no_further_call_is_needed(item):
    turns = (
        *item.request.messages,
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "content": "warm", "tool_call_id": "call_1"},
    )
    asked = Item("two", "reply", Request(turns, item.request.tools), None)
    player = Script({"next": '"done"', "reply": "It is warm."})
    prediction = answer(arm(player, conduct_umbrella, one_voice=VOICE), asked)
    assert (prediction.text, prediction.calls) == ("It is warm.", ())
