"""Conversations in OpenAI's form as examples: every assistant's turn that calls tools, or replies, teaches something.

    {"messages": [...], "tools": [...]}                         as fine-tuning data is written
    {"request": {"messages": ..., "tools": ...}, "response": {"choices": [{"message": ...}]}}      as a log is kept

A turn that calls tools teaches which (names), with what (arguments), and how many at once (parallel); behind results,
the next call (next_best). A text behind results teaches that the work is done, and the reply; a text behind a user's
turn teaches the reply alone, since it does not say whether no tool fits or a value is missing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from divisi.services.errors import DataError, InvalidRequestError
from divisi.services.intake import check_conversation, check_tools, to_message, to_tool
from divisi.services.wire_message import ChatMessage
from divisi.services.wire_tool import OfferedTool
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked, Kind
from divisi.tasks.calling.dialogue import examples as examples_of
from divisi.tasks.example import Example
from divisi.tasks.subtask import Message, ToolRecord

KEYS = frozenset(("messages", "tools", "id", "group", "model", "parallel_tool_calls", "metadata"))
"""What a conversation may hold; the last three say nothing that is learned."""


def is_log(record: Mapping[str, Any]) -> bool:
    """Whether a record is a conversation, and not an example with its target."""
    return "target" not in record and ("messages" in record or "request" in record)


def examples_of_log(record: Mapping[str, Any], *, source: str, name: str) -> Iterator[Example]:
    """The examples of one conversation.

    Args:
        record: as it was kept.
        source: of the examples.
        name: of the conversation, where it has no id of its own; it is not divided between training and testing.

    Raises:
        DataError: it has not OpenAI's form; the message says where.
    """
    plain = _joined(record) if "request" in record else record
    if unknown := sorted(set(plain) - KEYS):
        raise DataError(f"unknown keys {', '.join(unknown)}; a conversation has {', '.join(sorted(KEYS))}")
    name = str(plain.get("id") or name)
    group = str(plain.get("group") or name)
    weights, messages, tools = _read(plain)
    for at, message in enumerate(messages):
        if message["role"] == "assistant" and weights[at]:
            kind, calls = _taught(messages[:at], message)
            reply = message["content"] if kind == "reply" else None
            asked = Asked(f"{name}/{at}", source, messages[:at], tools, kind, calls, reply=reply, group=group)
            yield from (one for one in examples_of(asked) if _is_said(one, kind, messages[:at]))


def _joined(record: Mapping[str, Any]) -> dict[str, Any]:
    """A request and its response as one conversation."""
    try:
        request, reply = record["request"], record["response"]["choices"][0]["message"]
        said = {key: value for key, value in reply.items() if key in ("role", "content", "tool_calls", "refusal")}
        kept = {key: request[key] for key in ("messages", "tools") if request.get(key) is not None}
        return {**kept, "messages": [*request["messages"], said]}
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise DataError(f'a log must be {{"request": {{...}}, "response": {{"choices": [...]}}}}: {error!r}') from error


def _read(record: Mapping[str, Any]) -> tuple[list[bool], tuple[Message, ...], tuple[ToolRecord, ...]]:
    """Which turns count, the turns, and the tools, checked as those of a request are."""
    given, offered = record.get("messages"), record.get("tools") or []
    if not isinstance(given, list) or not given or not isinstance(offered, list):
        raise DataError('"messages" must be a list of turns, at least one, and "tools" a list')
    try:
        messages = [_model(ChatMessage, _weightless(one), f"messages[{at}]") for at, one in enumerate(given)]
        tools = [_model(OfferedTool, one, f"tools[{at}]") for at, one in enumerate(offered)]
        # A conversation to learn from may end with the call that it teaches; a request may not.
        check_conversation(messages[:-1] if messages[-1].tool_calls else messages)
        check_tools(tools)
    except InvalidRequestError as error:
        raise DataError(f"{error.param}: {error.message}") from error
    weights = [one.get("weight", 1) != 0 for one in given]
    return weights, tuple(map(to_message, messages)), tuple(map(to_tool, tools))


def _weightless(turn: Any) -> Any:
    """A turn without what fine-tuning data says of its weight."""
    return {key: value for key, value in turn.items() if key != "weight"} if isinstance(turn, dict) else turn


def _model(kind: Any, value: Any, place: str) -> Any:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join([place, *map(str, first["loc"])])
        raise DataError(f"{where}: {first['msg'].removeprefix('Value error, ')}") from error


def _taught(before: tuple[Message, ...], said: Message) -> tuple[Kind, tuple[Call, ...]]:
    """What kind of turn the assistant's was, and what it called."""
    calls = tuple(Call(one["function"]["name"], one["function"]["arguments"]) for one in said.get("tool_calls") or ())
    if not calls:
        return "reply", ()
    if before and before[-1]["role"] == "tool":
        return "continue", calls
    return ("single" if len(calls) == 1 else "parallel"), calls


def _is_said(example: Example, kind: Kind, before: tuple[Message, ...]) -> bool:
    """Whether a conversation says so itself: nothing where no user has asked, and no "done" before any result."""
    if not any(one["role"] == "user" for one in before):
        return False
    return kind != "reply" or example.subtask == "reply" or before[-1]["role"] == "tool"
