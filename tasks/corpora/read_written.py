"""Reader of the requests written by hand: a to d in the data folder, the others in this package."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

from divisi.tasks.calling.call import Call, references
from divisi.tasks.calling.call import from_record as call_from_record
from divisi.tasks.calling.dialogue import Asked, Kind
from divisi.tasks.calling.tool import Tool
from divisi.tasks.calling.turns import calls_turn, result_turn, says
from divisi.tasks.corpora.report import LeftOut
from divisi.tasks.subtask import Message, ToolRecord

KINDS: Mapping[str, Kind] = {
    "single": "single",
    "confusable": "single",
    "parallel": "parallel",
    "chain": "chain",
    "nested": "nested",
    "none": "none",
    "missing": "missing",
    "continue": "continue",
    "reply": "reply",
}


OWN_PARTS = "efghijklmn"
OWN = Path(__file__).with_name("written")


def read_training(data: Path, _rng: Random) -> Iterator[Asked | LeftOut]:
    """The parts a, b and c."""
    for letter in "abc":
        yield from _read_part(data / "written", letter)


def read_own(_data: Path, _rng: Random) -> Iterator[Asked | LeftOut]:
    """The parts that lie in this package."""
    for letter in OWN_PARTS:
        yield from _read_part(OWN, letter)


def read_test(data: Path, _rng: Random) -> Iterator[Asked | LeftOut]:
    """The part d, whose domains are in no other."""
    yield from _read_part(data / "written", "d")


def tool_names(data: Path, letter: str) -> set[str]:
    """The names of a part's tools."""
    return set(_read_tools(data / "written", letter))


def _read_tools(folder: Path, letter: str) -> dict[str, Mapping[str, Any]]:
    text = (folder / f"calling_{letter}.tools.jsonl").read_text(encoding="utf-8")
    return {record["name"]: record for record in map(json.loads, text.splitlines())}


def _read_part(folder: Path, letter: str) -> Iterator[Asked | LeftOut]:
    tools = _read_tools(folder, letter)
    for line in (folder / f"calling_{letter}.requests.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["kind"] not in KINDS:
            yield LeftOut(record["id"], f"unknown kind {record['kind']}")
        else:
            yield asked_from(record, tools, f"written/{letter}")


def asked_from(record: Mapping[str, Any], tools: Mapping[str, Mapping[str, Any]], source: str) -> Asked:
    """One request; its id ends in the kind as it was written, since "confusable" becomes "single"."""
    gold = record["gold"]
    kind = "done" if gold.get("done") else KINDS[record["kind"]]
    calls = tuple(call_from_record(call) for call in gold.get("calls", ()))
    called = [*(call.name for call in calls), gold.get("tool"), *record["tools"]]
    domain = next(tools[name]["domain"] for name in called if name)
    return Asked(
        id=f"{record['id']}/{record['kind']}",
        source=source,
        messages=tuple(_message(turn) for turn in record["messages"]),
        tools=tuple(_tool(tools[name]) for name in record["tools"]),
        kind=kind,
        calls=_labelled(calls) if any(references([dict(call.arguments) for call in calls])) else calls,
        tool=gold.get("tool"),
        missing=tuple(gold.get("missing", ())),
        reply=gold.get("reply"),
        group=f"{source}/{domain}",
    )


def _labelled(calls: tuple[Call, ...]) -> tuple[Call, ...]:
    return tuple(Call(call.name, call.arguments, f"$var_{number}") for number, call in enumerate(calls, 1))


def _tool(record: Mapping[str, Any]) -> ToolRecord:
    returns = record.get("returns") or {}
    return Tool(record["name"], record["description"], record["parameters"], returns).to_record()


def _message(turn: Mapping[str, Any]) -> Message:
    if turn.get("tool_calls"):
        calls = [Call(call["name"], call["arguments"]) for call in turn["tool_calls"]]
        return calls_turn(calls, _number(turn["tool_calls"][0]["id"]), turn.get("content"))
    if turn["role"] == "tool":
        return result_turn(turn["content"], _number(turn["tool_call_id"]))
    return says(turn["role"], turn["content"])


def _number(call_id: str) -> int:
    return int(call_id.removeprefix("call_"))
