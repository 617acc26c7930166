"""A conversation whose truth is known: every corpus and the generator give it, every subtask learns from it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from divisi.tasks.calling.call import Call, references
from divisi.tasks.example import Example, in_share
from divisi.tasks.subtask import Case, Message, ToolRecord

Kind = Literal["single", "parallel", "chain", "nested", "none", "missing", "continue", "done", "reply"]
"""What the conversation asks for now."""

LIST_SUBTASKS: dict[str, tuple[str, ...]] = {
    "single": ("parallel", "chaining"),
    "parallel": ("parallel",),
    "chain": ("chaining",),
    "nested": ("nested",),
}
"""Kind -> the subtasks that answer it with a whole list of calls."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One conversation, up to the point where something is asked, with what is true of it.

    Attributes:
        id: unique within its source.
        source: the data set, with its split where it has one ("seal_tools/dev").
        messages: in OpenAI's form; arguments of tool calls are mappings, tool results are JSON strings.
        tools: the tools offered, in the order in which they are offered.
        kind: what is asked for now.
        calls: the calls asked for now; labelled "$var_1", "$var_2", ... where kind is "nested".
        tool: the function that lacks values, where kind is "missing".
        missing: its required parameters that the conversation does not give.
        reply: the assistant's text, where it is known.
        group: what must not be divided between training and testing.
    """

    id: str
    source: str
    messages: tuple[Message, ...]
    tools: tuple[ToolRecord, ...]
    kind: Kind
    calls: tuple[Call, ...] = ()
    tool: str | None = None
    missing: tuple[str, ...] = ()
    reply: str | None = None
    group: str = ""


def examples(asked: Asked) -> tuple[Example, ...]:
    """The examples of each subtask that a conversation supervises."""
    return tuple(_example(asked, subtask, target, use) for subtask, target, use in _supervised(asked))


Use = tuple[str, int, int, tuple[str, ...]]
"""Which use of which function is meant: its name, k of n, and what is called besides it."""
Supervised = tuple[str, Any, Use | None]
"""Subtask, target, and which use is meant, if one is."""


def _supervised(asked: Asked) -> Iterator[Supervised]:
    match asked.kind:
        case "missing":
            yield "names", [asked.tool], None
            yield "arguments", list(asked.missing), (asked.tool or "", 1, 1, ())
        case "none":
            yield "names", [], None
            yield _empty_list_subtask(asked.id), [], None
        case "continue":
            yield "next_best", Call(asked.calls[0].name, asked.calls[0].arguments).to_record(), None
            yield "names", _names(asked), None
        case "done" | "reply":
            yield "next_best", "done", None
            if asked.reply:
                yield "reply", asked.reply, None
        case _:
            yield "names", _names(asked), None
            yield from _arguments(asked)
            for subtask in LIST_SUBTASKS[asked.kind]:
                yield subtask, [call.to_record() for call in asked.calls], None


def _names(asked: Asked) -> list[str]:
    return [call.name for call in asked.calls]


def _arguments(asked: Asked) -> Iterator[Supervised]:
    """The arguments of each call on its own.

    Left out: calls with references, which have no arguments before the others have run, and calls of functions
    without parameters, where nothing can be learned.
    """
    takes = {tool["function"]["name"]: bool(tool["function"]["parameters"].get("properties")) for tool in asked.tools}
    occurrences = Counter(_names(asked))
    seen: Counter[str] = Counter()
    for call in asked.calls:
        seen[call.name] += 1
        if takes.get(call.name) and not any(references(call.arguments)):
            beside = tuple(name for name in _names(asked) if name != call.name)
            yield "arguments", dict(call.arguments), (call.name, seen[call.name], occurrences[call.name], beside)


def _empty_list_subtask(key: str) -> str:
    """One of the three list subtasks, the same for a key on every machine: each must learn to answer []."""
    if in_share(key, share=1 / 3, salt="divisi/empty/nested"):
        return "nested"
    return "chaining" if in_share(key, share=1 / 2, salt="divisi/empty/chaining") else "parallel"


def _example(asked: Asked, subtask: str, target: Any, use: Use | None) -> Example:
    case = Case(asked.messages, asked.tools, *(use or ()))
    key = "/".join(str(part) for part in (asked.id, subtask, *(use or ())[:2]))
    return Example(key, subtask, asked.source, case, target, asked.group or asked.id)
