"""OpenAI's chat completion request as a pydantic model: what may be written, and what is refused with what advice.

A key that OpenAI does not know is refused, as OpenAI does. A key that OpenAI knows and divisi does not honour is
accepted only with a value that changes nothing (NEUTRAL); with any other it is refused, never ignored.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from divisi.services.forecasting.wire import ForecastSpec
from divisi.services.wire_message import ChatMessage
from divisi.services.wire_part import Wire, refuse_broken
from divisi.services.wire_tool import OfferedTool, ToolChoice

NEUTRAL: dict[str, tuple[tuple[Any, ...], str]] = {
    "n": ((1,), "send the request several times"),
    "logprobs": ((False,), "divisi gives the router's confidence in `divisi.confidence`"),
    "top_logprobs": ((0,), "divisi gives the router's confidence in `divisi.confidence`"),
    "logit_bias": (({},), "leave it out"),
    "frequency_penalty": ((0,), "leave it out"),
    "presence_penalty": ((0,), "leave it out"),
    "modalities": ((["text"],), "divisi writes text only"),
    "audio": ((), "divisi writes text only"),
    "functions": (([],), "use `tools`"),
    "function_call": ((), "use `tool_choice`"),
    "prediction": ((), "leave it out"),
    "reasoning_effort": (("none",), "divisi does not reason in text"),
    "verbosity": (("medium",), "leave it out"),
    "service_tier": (("auto", "default"), "leave it out"),
    "store": ((False,), "divisi stores no requests"),
    "web_search_options": ((), "divisi does not search the web"),
}
"""Key -> the values besides null that change nothing, and what to do instead of any other."""

LABELS = frozenset(("user", "metadata", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"))
"""Keys that mark a request for its sender and have no effect on the answer."""


def at_fault(param: str, message: str) -> PydanticCustomError:
    """An error of the whole body that names the key at fault."""
    return PydanticCustomError("at_fault", "{message}", {"message": message, "param": param})


def _stops(stop: Any) -> Any:
    stops = [stop] if isinstance(stop, str) else stop
    if stops is not None and not (isinstance(stops, list) and all(isinstance(one, str) and one for one in stops)):
        raise ValueError("stop must be a non-empty string or a list of them")
    return stops or []


class StreamOptions(Wire):
    """What a stream carries besides the answer."""

    include_usage: bool | None = None
    include_obfuscation: Literal[False] | None = None


class NamedSchema(Wire):
    """A JSON schema that the reply follows; always enforced, whatever `strict` says."""

    name: str
    description: str | None = None
    schema_: dict[str, Any] | None = Field(default=None, alias="schema")
    strict: bool | None = None


class ResponseFormat(Wire):
    """The form of a reply in text."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: NamedSchema | None = None

    @model_validator(mode="after")
    def _complete(self) -> "ResponseFormat":
        if (self.type == "json_schema") != (self.json_schema is not None):
            raise ValueError("json_schema must be given with type 'json_schema', and only with it")
        return self


class ChatRequest(Wire):
    """The body of POST /v1/chat/completions.

    `temperature` and `top_p` act on replies in text; calls are decided greedily, so that they can be replayed.
    `forecast` is divisi's extension: series that the conversation is about; the answer is their forecast.
    """

    model: str
    messages: list[ChatMessage] = Field(min_length=1)
    tools: list[OfferedTool] | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    stop: Annotated[list[str], BeforeValidator(_stops)] = Field(default_factory=list, max_length=4)
    response_format: ResponseFormat | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, gt=0)
    max_completion_tokens: int | None = Field(default=None, gt=0)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    forecast: ForecastSpec | None = None

    @model_validator(mode="before")
    @classmethod
    def _neutral(cls, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        refuse_broken(body)
        for key, (values, advice) in NEUTRAL.items():
            if body.get(key) is not None and body[key] not in values:
                raise at_fault(key, f"{key} {body[key]!r} is not supported: {advice}")
        return {key: value for key, value in body.items() if key not in NEUTRAL and key not in LABELS}

    @model_validator(mode="after")
    def _consistent(self) -> "ChatRequest":
        if self.max_tokens is not None and self.max_completion_tokens is not None:
            raise at_fault("max_tokens", "max_tokens and max_completion_tokens cannot both be given; use the latter")
        if self.stream_options is not None and not self.stream:
            raise at_fault("stream_options", "stream_options is only allowed with stream: true")
        return self
