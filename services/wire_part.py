"""What the parts of a request have in common: no unknown keys, no conversion, nothing that no text can hold."""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict

MOST_LEVELS = 64
"""Of lists and objects inside each other in a body."""


class Wire(BaseModel):
    """Part of a request. Unknown keys are refused, values are not converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def refuse_broken(body: dict[str, Any]) -> None:
    """Refuse what no text can hold (half of a character), numbers that JSON does not have, and endless nesting."""
    if _deeper_than(body, MOST_LEVELS):
        raise ValueError(f"the body is nested deeper than {MOST_LEVELS} levels; use flatter schemas")
    try:
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("a text holds half of a surrogate pair; send whole characters") from error
    except ValueError as error:
        raise ValueError("the body holds NaN or Infinity, which JSON does not have") from error


def _deeper_than(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested deeper; level by level, since recursion is what this protects from."""
    level = [value]
    for _ in range(levels):
        inner = [part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list)]
        level = [part for parts in inner for part in parts]
    return any(isinstance(part, dict | list) for part in level)
