"""A request as it arrives, and the answer as it leaves with its trace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Message = Mapping[str, Any]
ToolRecord = Mapping[str, Any]
ToolChoice = Literal["auto", "none", "required"]


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks, independent of the wire that it came by.

    Attributes:
        messages: the conversation in OpenAI's form, oldest first; arguments of calls are mappings.
        tools: the tools offered, in OpenAI's form.
        tool_choice: whether calls are up to the router, forbidden, or demanded.
        named_tool: the one function that must be called, or None.
        parallel_calls: False: at most one call is returned.
        specialist: a specialist asked for by name, or None for the router.
        max_tokens: the most tokens that the whole answer may take, or None.
        stop: texts before which a free reply ends.
        temperature: 0 is greedy.
        top_p: nucleus of the distribution that is sampled from.
        seed: replays the sampling.
    """

    messages: tuple[Message, ...]
    tools: tuple[ToolRecord, ...] = ()
    tool_choice: ToolChoice = "auto"
    named_tool: str | None = None
    parallel_calls: bool = True
    specialist: str | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class StageTrace:
    """What one stage did: the subtask, the specialist with its version, tokens, time, problems found."""

    subtask: str
    focus: str | None
    specialist: str
    version: str
    new_tokens: int
    milliseconds: float
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer came about.

    Attributes:
        route: the kind of plan that was chosen ("single", "parallel", ... "none").
        decided_by: "rule", "probe" or "request".
        confidence: the probability that the probe gave its choice, or None where a rule decided.
        stages: in the order in which they ended.
        prefix_tokens: tokens of the prefix.
        shared_prefix_tokens: prefix tokens that were not read again: (rows - 1) x prefix, and all of it when cached.
        milliseconds: from request to answer.
        tools_left_out: names of tools that were ranked out of the prefix.
    """

    route: str
    decided_by: str
    confidence: float | None
    stages: tuple[StageTrace, ...] = ()
    prefix_tokens: int = 0
    shared_prefix_tokens: int = 0
    milliseconds: float = 0.0
    tools_left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerCall:
    """One call of an answer: name, arguments, and the label that later calls refer to."""

    name: str
    arguments: Mapping[str, Any]
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is returned: calls, or text, and the trace.

    Attributes:
        calls: in order; empty where none fits.
        text: the reply, or None where the answer is calls.
        finish: why it ended: "stop", "tool_calls" or "length".
        missing: required values that the conversation does not give, by function.
        trace: how it came about.
        completion_tokens: tokens that were written, over all stages.
        forecast: the forecast that the text explains, as plain JSON, or None.
    """

    calls: tuple[AnswerCall, ...]
    text: str | None
    finish: Literal["stop", "tool_calls", "length"]
    trace: Trace
    completion_tokens: int = 0
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    forecast: Mapping[str, Any] | None = None
