"""The tools of a request and the choice among them, as pydantic models."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from divisi.services.wire_part import Wire

TOOL_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}")


def _returns(returns: Any) -> Any:
    """What a function returns: field -> its meaning, as a text or a JSON schema; or the JSON schema of an object."""
    fields = returns.get("properties", returns) if isinstance(returns, dict) else returns
    if fields is not None and not (
        isinstance(fields, dict) and all(isinstance(meaning, str | dict) for meaning in fields.values())
    ):
        raise ValueError('returns must be {"field": "its meaning", ...} or the JSON schema of an object')
    return returns


def _tool_name(name: str) -> str:
    if not TOOL_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a function's name; it must match ^[a-zA-Z0-9_.-]{{1,128}}$")
    return name


Name = Annotated[str, AfterValidator(_tool_name)]


class OfferedFunction(Wire):
    """A function that may be called. `returns` is divisi's extension: field of the result -> its meaning."""

    name: Name
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None
    returns: Annotated[dict[str, Any] | None, BeforeValidator(_returns)] = None


class OfferedTool(Wire):
    """A tool. Arguments always validate against `parameters`, whatever `strict` says."""

    type: Literal["function"]
    function: OfferedFunction


class NamedFunction(Wire):
    """A function by name."""

    name: str


class NamedTool(Wire):
    """The function that must be called."""

    type: Literal["function"]
    function: NamedFunction


class AllowedSet(Wire):
    """Some of the tools, and whether one must be called."""

    mode: Literal["auto", "required"]
    tools: list[NamedTool] = Field(min_length=1)


class AllowedTools(Wire):
    """The tools that may be called of those offered."""

    type: Literal["allowed_tools"]
    allowed_tools: AllowedSet


CHOICES = (
    "tool_choice must be 'none', 'auto', 'required', "
    '{"type": "function", "function": {"name": "..."}}, or {"type": "allowed_tools", "allowed_tools": {...}}'
)


def _choice_tag(choice: Any) -> str | None:
    """Which form of tool choice a value has; None where it has none."""
    if isinstance(choice, str):
        return "word"
    kind = choice.get("type") if isinstance(choice, dict) else getattr(choice, "type", None)
    return {"function": "named", "allowed_tools": "allowed"}.get(str(kind))


ToolChoice = Annotated[
    Annotated[Literal["none", "auto", "required"], Tag("word")]
    | Annotated[NamedTool, Tag("named")]
    | Annotated[AllowedTools, Tag("allowed")],
    Discriminator(_choice_tag, custom_error_type="tool_choice", custom_error_message=CHOICES),
]
TAGS = ("word", "named", "allowed")
"""What pydantic adds to the place of an error inside a tool choice."""
