"""From the wire's request to the router's: checks between its parts, then one plain value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from divisi.router.request import Request, ToolChoice
from divisi.services.errors import InvalidRequestError, UnknownModelError
from divisi.services.section import ROUTER_MODEL, Section
from divisi.services.wire import ChatRequest, ResponseFormat
from divisi.services.wire_message import ChatMessage
from divisi.services.wire_tool import AllowedTools, NamedTool, OfferedTool
from divisi.tasks.calling.call_list import read_offer
from divisi.tasks.calling.tool import from_record
from divisi.tasks.subtask import Case, Schema, ToolError


@dataclass(frozen=True, slots=True)
class Choice:
    """What a tool choice comes to: the tools that may be called, whether they must be, and which one."""

    tools: tuple[OfferedTool, ...]
    word: ToolChoice = "auto"
    named: str | None = None


def to_request(body: ChatRequest, section: Section, *, seed: int) -> Request:
    """The router's request.

    Args:
        body: as it was written.
        section: who plays; a model other than the router must be one of its specialists.
        seed: for the sampling, where the client gives none.

    Raises:
        UnknownModelError: no model has the name.
        InvalidRequestError: parts of the request contradict each other.
    """
    check_model(body.model, section)
    check_conversation(body.messages)
    tools = tuple(body.tools or ())
    check_tools(tools)
    choice = choose_tools(body, tools)
    return Request(
        messages=tuple(to_message(message) for message in body.messages),
        tools=tuple(to_tool(tool) for tool in choice.tools),
        tool_choice=choice.word,
        named_tool=choice.named,
        parallel_calls=body.parallel_tool_calls is not False,
        specialist=None if body.model == ROUTER_MODEL else body.model,
        max_tokens=body.max_completion_tokens or body.max_tokens,
        stop=tuple(body.stop),
        temperature=body.temperature or 0.0,
        top_p=1.0 if body.top_p is None else body.top_p,
        seed=seed if body.seed is None else body.seed,
    )


def to_reply_schema(form: ResponseFormat | None) -> Schema | None:
    """The schema that a reply follows, or None for free text."""
    if form is None or form.type == "text":
        return None
    if form.json_schema is None or form.json_schema.schema_ is None:
        return {"type": "object"}
    return form.json_schema.schema_


def check_model(model: str, section: Section) -> None:
    """Refuse a model that is neither the router nor a specialist."""
    if model == ROUTER_MODEL or section.resident(model) is not None:
        return
    known = ", ".join((ROUTER_MODEL, *(one.name for one in section.player.residents)))
    raise UnknownModelError(f"The model {model!r} does not exist; known: {known}", "model")


def check_conversation(messages: Sequence[ChatMessage]) -> None:
    """Refuse tool messages that answer no call, and calls that are followed by no answer."""
    awaited: dict[str, int] = {}
    for place, message in enumerate(messages):
        if message.role == "tool":
            if awaited.pop(message.tool_call_id or "", None) is None:
                raise InvalidRequestError(
                    "messages with role 'tool' must be a response to a preceding message with 'tool_calls'; "
                    f"no call before has the id {message.tool_call_id!r}",
                    f"messages[{place}].tool_call_id",
                )
            continue
        _refuse_unanswered(awaited)
        awaited = {call.id: place for call in message.tool_calls or ()}
    _refuse_unanswered(awaited)


def _refuse_unanswered(awaited: Mapping[str, int]) -> None:
    if awaited:
        raise InvalidRequestError(
            "an assistant message with 'tool_calls' must be followed by tool messages responding to each "
            f"'tool_call_id'; these have no response: {', '.join(awaited)}",
            f"messages[{min(awaited.values())}].tool_calls",
        )


def check_tools(tools: Sequence[OfferedTool]) -> None:
    """Refuse two tools of one name, and parameters that are not the schema of an object."""
    seen: set[str] = set()
    for place, tool in enumerate(tools):
        name = tool.function.name
        if name in seen:
            raise InvalidRequestError(
                f"two tools are named {name!r}; names must differ", f"tools[{place}].function.name"
            )
        seen.add(name)
        try:
            read_offer(Case((), (to_tool(tool),)))
        except ToolError as error:
            message = str(error) if str(error).startswith("tool ") else f"tool {name!r}: {error}"
            raise InvalidRequestError(message, f"tools[{place}].function.parameters") from error


def choose_tools(body: ChatRequest, tools: tuple[OfferedTool, ...]) -> Choice:
    """What the tool choice comes to.

    Raises:
        InvalidRequestError: it demands a call where no tool is offered, or names one that is not offered.
    """
    choice = body.tool_choice
    if choice is None or choice in ("auto", "none"):
        return Choice(tools, choice or "auto")
    if choice == "required":
        if not tools:
            raise InvalidRequestError("tool_choice 'required' needs tools; none are offered", "tool_choice")
        return Choice(tools, "required")
    if isinstance(choice, NamedTool):
        _find([choice], tools)
        return Choice(tools, named=choice.function.name)
    assert isinstance(choice, AllowedTools)
    return Choice(_find(choice.allowed_tools.tools, tools), choice.allowed_tools.mode)


def _find(named: Sequence[NamedTool], tools: tuple[OfferedTool, ...]) -> tuple[OfferedTool, ...]:
    offered = [tool.function.name for tool in tools]
    wanted = [one.function.name for one in named]
    for name in wanted:
        if name not in offered:
            message = f"tool_choice names {name!r}, which is not offered; offered: {', '.join(offered) or 'none'}"
            raise InvalidRequestError(message, "tool_choice")
    return tuple(tool for tool in tools if tool.function.name in wanted)


def to_tool(tool: OfferedTool) -> dict[str, Any]:
    """A tool in the form that tasks read: what is absent stays absent, what it returns is flat.

    Raises:
        ToolError: its parameters are not the schema of an object.
    """
    function = tool.function.model_dump(exclude_none=True, exclude={"strict"})
    if "returns" in function:
        function["returns"] = dict(from_record({"function": function}).returns)
    return {"type": "function", "function": function}


def to_message(message: ChatMessage) -> dict[str, Any]:
    """A message in the form that tasks read. OpenAI's newer word for system is developer; templates know the older."""
    role = "system" if message.role == "developer" else message.role
    content = message.content if message.content is not None else message.refusal
    plain: dict[str, Any] = {"role": role, "content": content}
    if message.tool_calls:
        plain["tool_calls"] = [call.model_dump(exclude={"index"}) for call in message.tool_calls]
    if message.tool_call_id is not None:
        plain["tool_call_id"] = message.tool_call_id
    return plain
