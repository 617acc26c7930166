"""Lists of calls are asked for where they made held-back answers better, and only there."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from divisi.router.probe import Probe
from divisi.router.request import Request
from divisi.router.rules import Decision
from divisi.services.conduct import seen_plan
from divisi.services.listing import lists_that_help
from divisi.services.player import Played, Reading, Row
from divisi.services.section import Section
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.catalog import SUBTASKS

ZEROS = np.zeros(1)
MESSAGES = ({"role": "user", "content": "Ring twice and knock once."},)
TOOLS = tuple(
    {"type": "function", "function": {"name": name, "description": name, "parameters": {}}}
    for name in ("ring", "knock")
)

LISTED = ((1, "ring"), (2, "knock"))


class Deciding(Probe):
    """Takes every request for one of a kind that stands in its metrics."""

    def decide(self, features: Any, allowed: Any, chances: Any = None) -> Decision:
        (kind,) = self.metrics
        return Decision(kind, "probe", 0.9, 0.1, 0.9)  # type: ignore[arg-type]


class Player:
    """Names one call, lists two."""

    residents = ()

    async def read(self, messages: Any, tools: Any) -> Reading:
        return Reading(messages, tools, 1, 0, ZEROS, None)

    async def check(self, schema: Any) -> None:
        return None

    async def play(self, row: Row, _heard: Any = None) -> Played:
        if row.invocation.startswith("names"):
            return Played('["ring"]', "stop")
        if row.invocation.startswith("arguments"):
            return Played("{}", "stop")
        calls = [{"name": name, "label": f"$var_{place}", "arguments": {}} for place, name in LISTED]
        return Played(json.dumps(calls), "stop")


def section(kind: str) -> Section:
    return Section(Player(), Deciding(ZEROS, ZEROS, ZEROS, ZEROS, 1.0, 0.5, "base", {kind: 1.0}), SUBTASKS)  # type: ignore[arg-type]


def asked(*names: str) -> Asked:
    return Asked("1", "written_own", MESSAGES, TOOLS, "parallel", tuple(Call(name, {}) for name in names))


def test_a_list_that_is_better_is_seen() -> None:
    found = asyncio.run(lists_that_help(section("nested"), [asked("ring", "knock")]))
    assert found == {"nested": (1, 1.0, pytest.approx(2 / 3))}


def test_a_list_that_is_worse_is_seen() -> None:
    found = asyncio.run(lists_that_help(section("nested"), [asked("ring"), asked("ring")]))
    assert found == {"nested": (2, pytest.approx(2 / 3), 1.0)}


def test_what_is_taken_for_one_call_asks_for_no_list() -> None:
    assert asyncio.run(lists_that_help(section("single"), [asked("ring")])) == {}


@pytest.mark.parametrize(("lists", "subtasks"), [(("chain",), ["names"]), (("parallel",), ["names", "parallel"])])
def test_plans_have_the_lists_that_help(lists: Any, subtasks: list[str]) -> None:
    probe = section("parallel").probe
    assert probe is not None
    plan = seen_plan(Request(MESSAGES, TOOLS), Decision("parallel", "probe", 0.9), replace(probe, lists=lists))
    assert [stage.subtask for stage in plan.stages] == subtasks
