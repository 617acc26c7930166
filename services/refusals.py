"""What pydantic found wrong with a body, said in OpenAI's way: one sentence, and the part at fault."""

from collections.abc import Mapping, Sequence
from typing import Any

from divisi.services.errors import InvalidRequestError
from divisi.services.wire_tool import TAGS

MESSAGES = {
    "extra_forbidden": "Unrecognized request argument supplied: {param}",
    "missing": "Missing required parameter: '{param}'",
    "json_invalid": "We could not parse the JSON body of your request: {reason}",
}


def refusal(errors: Sequence[Mapping[str, Any]]) -> InvalidRequestError:
    """The first of pydantic's errors as the answer to the client.

    Args:
        errors: in the form of pydantic's ValidationError.errors(), with or without "body" before each place.
    """
    error = errors[0]
    context = error.get("ctx") or {}
    if error["type"] == "json_invalid":
        return InvalidRequestError(MESSAGES["json_invalid"].format(reason=context.get("error")))
    param = context.get("param") or place(error["loc"])
    message = MESSAGES.get(error["type"], "{reason}").format(param=param, reason=_reason(error))
    return InvalidRequestError(message, param or None)


def place(location: Sequence[str | int]) -> str:
    """A place in a body as OpenAI writes it: "messages[0].content"."""
    steps = [step for step in location if step not in TAGS]
    steps = steps[1:] if steps[:1] == ["body"] else steps
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _reason(error: Mapping[str, Any]) -> str:
    reason = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] in ("at_fault", "value_error", "tool_choice"):
        return reason
    return f"Invalid value for '{place(error['loc'])}': {reason[:1].lower()}{reason[1:]}"
