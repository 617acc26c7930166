"""From an answer to OpenAI's wire: the completion object, or the chunks of a stream, with divisi's own trace.

A call that refers to the result of another cannot be executed by a plain client, so only the calls whose arguments
are known go out as tool calls; the whole plan stands in the extension field `divisi`. When the results come back, the
next request is a conversation that continues, and brings the next call with its values filled in.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from divisi.router.request import Answer, AnswerCall, Trace
from divisi.tasks.calling.answer_text import write_json
from divisi.tasks.calling.call import references

FRAGMENT_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every part of one answer carries.

    Attributes:
        id: of the completion.
        created: seconds since 1970.
        model: as the client spelled it.
    """

    id: str
    created: int
    model: str


def completion(answer: Answer, envelope: Envelope, *, new_id: Callable[[], str]) -> dict[str, Any]:
    """The chat.completion object of an answer."""
    calls = [tool_call(call, new_id()) for call in executable(answer.calls)]
    message = {"role": "assistant", "content": answer.text, **({"tool_calls": calls} if calls else {})}
    return {
        **_head(envelope, "chat.completion"),
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish}],
        "usage": usage(answer),
        "divisi": extension(answer),
    }


def first_chunk(envelope: Envelope) -> dict[str, Any]:
    """The chunk that opens a stream."""
    return _chunk(envelope, {"role": "assistant", "content": None})


def text_chunk(envelope: Envelope, text: str) -> dict[str, Any]:
    """A piece of a reply."""
    return _chunk(envelope, {"content": text})


def call_chunks(answer: Answer, envelope: Envelope, *, new_id: Callable[[], str]) -> Iterator[dict[str, Any]]:
    """The chunks of an answer's calls: id and name once, then the arguments in fragments."""
    for index, call in enumerate(executable(answer.calls)):
        whole = tool_call(call, new_id())
        arguments = whole["function"]["arguments"]
        opening = {"index": index, **whole, "function": {"name": call.name, "arguments": ""}}
        yield _chunk(envelope, {"tool_calls": [opening]})
        for start in range(0, len(arguments), FRAGMENT_CHARACTERS):
            fragment = {"arguments": arguments[start : start + FRAGMENT_CHARACTERS]}
            yield _chunk(envelope, {"tool_calls": [{"index": index, "function": fragment}]})


def last_chunk(answer: Answer, envelope: Envelope) -> dict[str, Any]:
    """The chunk that says why the answer ended, and how it came about."""
    return {**_chunk(envelope, {}, finish=answer.finish), "divisi": extension(answer)}


def usage_chunk(answer: Answer, envelope: Envelope) -> dict[str, Any]:
    """The chunk that counts tokens; it has no choices."""
    return {**_head(envelope, "chat.completion.chunk"), "choices": [], "usage": usage(answer)}


def executable(calls: Sequence[AnswerCall]) -> tuple[AnswerCall, ...]:
    """The calls whose arguments are known: none refers to another call's result."""
    return tuple(call for call in calls if not any(references(call.arguments)))


def tool_call(call: AnswerCall, identifier: str) -> dict[str, Any]:
    """A call in OpenAI's form."""
    function = {"name": call.name, "arguments": write_json(call.arguments)}
    return {"id": f"call_{identifier}", "type": "function", "function": function}


def usage(answer: Answer) -> dict[str, Any]:
    """Tokens read and written, over all stages; and those that were not read again, because the prefix is shared."""
    trace = answer.trace
    return {
        "prompt_tokens": trace.prefix_tokens,
        "completion_tokens": answer.completion_tokens,
        "total_tokens": trace.prefix_tokens + answer.completion_tokens,
        "shared_prefix_tokens": trace.shared_prefix_tokens,
    }


def extension(answer: Answer) -> dict[str, Any]:
    """The field `divisi` of an answer: its trace, the whole plan, what is missing, and the forecast where it is one."""
    return {
        **shown_trace(answer.trace),
        "plan": [shown_call(call) for call in answer.calls],
        "missing": {function: list(names) for function, names in answer.missing.items()},
        **({} if answer.forecast is None else {"forecast": dict(answer.forecast)}),
    }


def shown_trace(trace: Trace) -> dict[str, Any]:
    """A trace as JSON."""
    return {
        "route": trace.route,
        "decided_by": trace.decided_by,
        "confidence": trace.confidence,
        "stages": [{**asdict(stage), "problems": list(stage.problems)} for stage in trace.stages],
        "prefix_tokens": trace.prefix_tokens,
        "shared_prefix_tokens": trace.shared_prefix_tokens,
        "milliseconds": round(trace.milliseconds, 3),
        "tools_left_out": list(trace.tools_left_out),
    }


def shown_call(call: AnswerCall) -> dict[str, Any]:
    """A call of the plan as JSON; its arguments are an object and may hold references."""
    label = {} if call.label is None else {"label": call.label}
    return {"name": call.name, **label, "arguments": dict(call.arguments)}


def _head(envelope: Envelope, kind: str) -> dict[str, Any]:
    return {"id": envelope.id, "object": kind, "created": envelope.created, "model": envelope.model}


def _chunk(envelope: Envelope, delta: dict[str, Any], *, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {**_head(envelope, "chat.completion.chunk"), "choices": [choice]}
