"""The messages of a request as pydantic models."""

import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from divisi.services.wire_part import Wire, refuse_broken


def _text(content: Any) -> str | None:
    """Content as one text: a string, null, or a list of text parts joined by line breaks."""
    if content is None or isinstance(content, str):
        return content
    if not isinstance(content, list) or not content:
        raise ValueError("content must be a string, null or a list of text parts")
    return "\n".join(_part(part) for part in content)


def _part(part: Any) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind not in ("text", "refusal"):
        raise ValueError(f"content part of type {kind!r}: divisi reads text only; send parts of type 'text'")
    if not isinstance(part.get(kind), str):
        raise ValueError(f'a content part must be {{"type": "{kind}", "{kind}": "..."}}')
    return str(part[kind])


def _arguments(text: Any) -> Any:
    """The object that a call's arguments spell; an empty text is an empty object, as OpenAI's own servers write it."""
    try:
        arguments = json.loads(text or "{}") if isinstance(text, str) else None
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"arguments must be a JSON object as a string; this is not JSON: {error}") from error
    if not isinstance(arguments, dict):
        raise ValueError("arguments must be a JSON object as a string")
    refuse_broken(arguments)
    return arguments


Text = Annotated[str | None, BeforeValidator(_text)]


class CalledFunction(Wire):
    """The function of an earlier call; the arguments are a JSON object as a string."""

    name: str
    arguments: Annotated[dict[str, Any], BeforeValidator(_arguments)]


class EarlierCall(Wire):
    """A call in an assistant message; `index` is what streams leave in it."""

    id: str
    type: Literal["function"] = "function"
    function: CalledFunction
    index: int | None = None


class ChatMessage(Wire):
    """One turn. Keys that OpenAI's own answers carry (refusal, annotations, audio) may be echoed empty."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Text = None
    name: str | None = None
    tool_calls: list[EarlierCall] | None = None
    tool_call_id: str | None = None
    refusal: str | None = None
    annotations: list[Any] | None = None
    audio: None = None
    function_call: None = None

    @model_validator(mode="after")
    def _complete(self) -> "ChatMessage":
        if self.role != "assistant" and self.tool_calls:
            raise ValueError(f"a message of role {self.role!r} cannot have tool_calls; only 'assistant' can")
        if self.role == "tool" and self.tool_call_id is None:
            raise ValueError("a message of role 'tool' must have the tool_call_id of the call that it answers")
        said = self.content is not None or self.refusal is not None
        if not said and not (self.role == "assistant" and self.tool_calls):
            raise ValueError(f"a message of role {self.role!r} must have content")
        return self
