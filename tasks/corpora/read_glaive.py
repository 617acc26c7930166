"""Reader of 300 dialogues of Glaive-V2: calls, replies, refusals, and questions for values that are missing.

Source: glaive-function-calling-v2, as LLaMA-Factory shows it (Apache-2.0).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from divisi.tasks.calling.call import Call, from_record
from divisi.tasks.calling.dialogue import Asked, Kind
from divisi.tasks.calling.evidence import grounded, read_conversation
from divisi.tasks.calling.tool import EMPTY_PARAMETERS, Tool
from divisi.tasks.calling.turns import calls_turn, result_turn, says
from divisi.tasks.corpora.offering import name_of, offer
from divisi.tasks.corpora.report import LeftOut
from divisi.tasks.subtask import AnswerError, Case, Message, ToolRecord

FILE = "glaive_toolcall_en_demo.json"
REFUSAL = re.compile(r"\b(sorry|unable|don't have the (capability|ability)|can't assist)\b", re.IGNORECASE)
THANKS = re.compile(r"^You're welcome", re.IGNORECASE)

Turn = Mapping[str, str]


def read_training(data: Path, rng: Random) -> Iterator[Asked | LeftOut]:
    """Each turn of the assistant; tools of other dialogues are offered beside those of its own."""
    records = json.loads((data / "calling" / "glaive_demo300" / FILE).read_text(encoding="utf-8"))
    own = [[_tool(tool) for tool in json.loads(record["tools"] or "[]")] for record in records]
    pool = [tool for tools in own for tool in tools]
    for number, (record, tools) in enumerate(zip(records, own, strict=True)):
        yield from asked_in(str(number), record["conversations"], offer(tools, (), pool, rng), bool(tools))


def _tool(function: Mapping[str, Any]) -> ToolRecord:
    parameters = function.get("parameters") or EMPTY_PARAMETERS
    return Tool(function["name"], function.get("description", ""), parameters).to_record()


def asked_in(
    key: str, turns: Sequence[Turn], tools: tuple[ToolRecord, ...], has_tools: bool
) -> Iterator[Asked | LeftOut]:
    """What is asked before each turn of the assistant; a dialogue without tools of its own asks for none, once."""
    messages: list[Message] = []
    group = f"glaive/{'+'.join(sorted(set(_called(turns)))) or key}"
    calls_made = 0
    for number, turn in enumerate(turns):
        at = f"{key}/{number}"
        match turn["from"]:
            case "human":
                messages.append(says("user", turn["value"]))
            case "observation":
                messages.append(result_turn(turn["value"], calls_made))
            case "function_call":
                call = _call(turn["value"])
                if call is None:
                    yield LeftOut(at, "a call that is not JSON")
                    return
                yield _asked_to_call(Asked(at, "glaive", tuple(messages), tools, "single", (call,), group=group))
                calls_made += 1
                messages.append(calls_turn((call,), calls_made))
            case "gpt":
                yield from _asked_to_speak(
                    Asked(at, "glaive", tuple(messages), tools, "none", group=group), turns, number
                )
                if not has_tools:
                    return
                messages.append(says("assistant", turn["value"]))


def _called(turns: Sequence[Turn]) -> Iterator[str]:
    for turn in turns:
        call = _call(turn["value"]) if turn["from"] == "function_call" else None
        if call is not None:
            yield call.name


def _call(text: str) -> Call | None:
    try:
        return from_record(json.loads(text))
    except (json.JSONDecodeError, AnswerError):
        return None


def _asked_to_call(asked: Asked) -> Asked | LeftOut:
    """A call, unless its values are the set's own knowledge, such as the coordinates of a city."""
    said = read_conversation(Case(asked.messages))
    if not all(grounded(value, {}, said) for value in asked.calls[0].arguments.values()):
        return LeftOut(asked.id, "value without evidence")
    kind: Kind = "continue" if asked.messages[-1]["role"] == "tool" else "single"
    return replace(asked, id=f"{asked.id}/{kind}", kind=kind)


def _asked_to_speak(asked: Asked, turns: Sequence[Turn], number: int) -> Iterator[Asked | LeftOut]:
    """A turn in words: a reply from results, a refusal, thanks, or a question for what the next call needs."""
    text = turns[number]["value"]
    if asked.messages[-1]["role"] == "tool":
        yield replace(asked, id=f"{asked.id}/reply", kind="reply", reply=text)
    elif REFUSAL.search(text) or THANKS.search(text) or not any(_called(turns)):
        yield replace(asked, id=f"{asked.id}/none")
    else:
        yield _asked_with_missing(asked, turns[number + 1 :])


def _asked_with_missing(asked: Asked, following: Sequence[Turn]) -> Asked | LeftOut:
    """What the next call gives and requires but nobody has said yet."""
    call = next((_call(turn["value"]) for turn in following if turn["from"] == "function_call"), None)
    tool = next((tool for tool in asked.tools if call is not None and name_of(tool) == call.name), None)
    if call is None or tool is None:
        return LeftOut(asked.id, "words without a result or a call")
    said = read_conversation(Case(asked.messages))
    required = tool["function"]["parameters"].get("required") or ()
    missing = tuple(
        name for name in required if name in call.arguments and not grounded(call.arguments[name], {}, said)
    )
    if not missing:
        return LeftOut(asked.id, "a question although nothing is missing")
    return replace(asked, id=f"{asked.id}/missing", kind="missing", tool=call.name, missing=missing)
