"""Turns of a conversation, written in OpenAI's form."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from divisi.tasks.calling.call import Call
from divisi.tasks.subtask import Message


def says(role: str, text: str) -> Message:
    """A turn that is only text; role is "system", "user" or "assistant"."""
    return {"role": role, "content": text}


def calls_turn(calls: Sequence[Call], first: int, text: str | None = None) -> Message:
    """The assistant's turn that calls functions; the calls get the ids "call_<first>", "call_<first + 1>", ..."""
    tool_calls = [
        {"id": f"call_{number}", "type": "function", "function": {"name": call.name, "arguments": dict(call.arguments)}}
        for number, call in enumerate(calls, first)
    ]
    return {"role": "assistant", "content": text, "tool_calls": tool_calls}


def result_turn(result: Any, number: int) -> Message:
    """What the call of that number gave, as a JSON string."""
    content = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    return {"role": "tool", "tool_call_id": f"call_{number}", "content": content}


def called_names(messages: Sequence[Message]) -> set[str]:
    """The functions that the turns have called."""
    return {call["function"]["name"] for turn in messages for call in turn.get("tool_calls") or ()}


def characters(messages: Sequence[Message]) -> int:
    """The length of all text, arguments and results."""
    return sum(len(turn.get("content") or "") + _call_characters(turn) for turn in messages)


def _call_characters(turn: Message) -> int:
    calls: Sequence[Mapping[str, Any]] = turn.get("tool_calls") or ()
    return sum(len(call["function"]["name"]) + len(str(call["function"]["arguments"])) for call in calls)
