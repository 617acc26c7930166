"""Answers as the openai client brings them, whole or as a stream, in one form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openai import OpenAI
from tools import TOOLS

MODEL = "divisi"


@dataclass(slots=True)
class MadeCall:
    """A call of an answer; a stream adds to its arguments piece by piece."""

    id: str
    name: str
    arguments: str = ""


@dataclass(slots=True)
class Answer:
    """One answer.

    Attributes:
        calls: in order.
        text: "" where it is calls.
        finish: why it ended.
        trace: the extension field `divisi`.
        chunks: of the stream, or None where the answer came whole.
    """

    calls: list[MadeCall] = field(default_factory=list)
    text: str = ""
    finish: str | None = None
    trace: Mapping[str, Any] = field(default_factory=dict)
    chunks: int | None = None

    def as_message(self) -> dict[str, Any]:
        """The answer as a turn of the conversation."""
        calls = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in self.calls
        ]
        return {"role": "assistant", "content": self.text or None, **({"tool_calls": calls} if calls else {})}


def ask(client: OpenAI, messages: Sequence[Any]) -> Answer:
    """Send a conversation; the answer comes whole."""
    completion = client.chat.completions.create(model=MODEL, messages=list(messages), tools=TOOLS)
    choice = completion.choices[0]
    calls = [
        MadeCall(call.id, call.function.name, call.function.arguments)
        for call in choice.message.tool_calls or ()
        if call.type == "function"
    ]
    return Answer(calls, choice.message.content or "", choice.finish_reason, _trace(completion))


def ask_streaming(client: OpenAI, messages: Sequence[Any]) -> Answer:
    """Send a conversation; the answer is put together from the chunks of a stream."""
    answer = Answer(chunks=0)
    stream = client.chat.completions.create(model=MODEL, messages=list(messages), tools=TOOLS, stream=True)
    for number, chunk in enumerate(stream, 1):
        answer.chunks = number
        answer.trace = _trace(chunk) or answer.trace
        for choice in chunk.choices:
            answer.finish = choice.finish_reason or answer.finish
            _add(choice.delta, answer)
    return answer


def _add(delta: Any, answer: Answer) -> None:
    answer.text += delta.content or ""
    for part in delta.tool_calls or ():
        if part.index == len(answer.calls):
            answer.calls.append(MadeCall(part.id, part.function.name))
        answer.calls[part.index].arguments += part.function.arguments or ""


def _trace(answered: Any) -> Mapping[str, Any]:
    """The extension field, which the client keeps beside the fields that it knows."""
    trace: Mapping[str, Any] = (answered.model_extra or {}).get("divisi") or {}
    return trace
