"""Trust is fitted where needs tell more than the base, and stays away where they tell nothing."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import numpy as np

from divisi.router.arguing import ArgumentsLeaning
from divisi.router.leaning import NO_TRUST, NamesLeaning, Trust
from divisi.router.probe import Probe
from divisi.router.rules import Decision
from divisi.services.held_back import drawn
from divisi.services.player import Played, Reading, Row
from divisi.services.section import Section
from divisi.services.trusting import fit_trust
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.catalog import SUBTASKS

ZEROS = np.zeros(1)


class Deciding(Probe):
    """Sees a call in every request, but for that whose features say none."""

    def decide(self, features: Any, allowed: Any, chances: Any = None) -> Decision:
        return Decision("none" if features[0] else "single", "probe", 0.9, 0.5)


PROBE = Deciding(ZEROS, ZEROS, ZEROS, ZEROS, 1.0, 0.5, "base", {})


def tool(name: str, description: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "description": description, "parameters": {}}}


TOOLS = (tool("alpha", "when volcanoes erupt"), tool("zeta", "glaciers that melt"))


def asked(text: str, name: str, number: int) -> Asked:
    messages = ({"role": "user", "content": text},)
    return Asked(f"{number}", "written_own", messages, TOOLS, "single", (Call(name, {}),))


class Stubborn:
    """Names the last tool of the alphabet, unless it is leant to another."""

    residents = ()

    async def read(self, messages: Any, tools: Any) -> Reading:
        return Reading(messages, tools, 1, 0, np.array([float("nothing" in messages[0]["content"])]), None)

    async def play(self, row: Row, _heard: Any = None) -> Played:
        if isinstance(row.leaning, ArgumentsLeaning):
            value, weight = row.leaning.wanted(b'{"when": "')
            return Played(json.dumps({"when": value.decode()[:-1] if weight > 1 else "now"}), "stop")
        assert isinstance(row.leaning, NamesLeaning)
        names = row.grammar["items"]["enum"]  # type: ignore[index]
        best = max(names, key=lambda name: (round(row.leaning(b'["', name.encode()), 6), name))
        return Played(json.dumps([best]), "stop")


def section() -> Section:
    return Section(Stubborn(), PROBE, SUBTASKS)  # type: ignore[arg-type]


def test_needs_are_trusted_where_it_knows_better() -> None:
    held = [asked("a volcano", "alpha", 1), asked("the glacier", "zeta", 2)]
    trust, right = asyncio.run(fit_trust(section(), held))
    assert trust.choice > 0
    assert right["names_right"] == 1.0


def test_it_is_not_trusted_where_it_knows_nothing() -> None:
    held = [asked("hello there", "zeta", 1), asked("good morning", "zeta", 2)]
    trust, right = asyncio.run(fit_trust(section(), held))
    assert (trust, right["names_right"]) == (NO_TRUST, 1.0)


def test_names_of_what_is_turned_away_are_not_asked_for() -> None:
    held = [asked("a volcano", "alpha", 1), asked("nothing of the glacier", "alpha", 2)]
    assert asyncio.run(fit_trust(section(), held))[1]["names_right"] == 1.0


def test_a_trust_that_helps_less_is_not_taken() -> None:
    held = [asked("a volcano", "zeta", 1), asked("volcanoes", "zeta", 2)]
    trust, right = asyncio.run(fit_trust(section(), held))
    assert (trust, right["names_right"]) == (Trust(), 1.0)


def test_found_values_are_trusted_where_they_are_right() -> None:
    parameters = {"type": "object", "properties": {"when": {"type": "string", "format": "date"}}, "required": ["when"]}
    alarm = {"type": "function", "function": {"name": "alarm", "description": "Wake me", "parameters": parameters}}
    messages = ({"role": "user", "content": "an alarm on 4 March 2026"},)
    (call,) = (Call("alarm", {"when": "2026-03-04"}),)
    held = [Asked("1", "written", messages, (alarm,), "single", (call,))]
    trust, right = asyncio.run(fit_trust(section(), held))
    assert trust.value > 0
    assert right["arguments_f1"] == 1.0


def test_two_of_three_that_are_drawn_are_written_by_hand() -> None:
    mine = [asked("a", "zeta", number) for number in range(9)]
    public = [replace(one, source=name) for name in ("seal_tools/dev", "metatool") for one in mine]
    long = replace(mine[0], source="metatool", messages=mine[0].messages * 3)
    chosen = drawn([*mine, *public, long], 6, seed=0)
    assert [one.source for one in chosen].count("written_own") == 4
    assert {one.source for one in chosen} == {"written_own", "seal_tools/dev", "metatool"}
    assert len(drawn(mine, 3, seed=0)) == 2
