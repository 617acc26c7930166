"""The JSON text of an answer: the one spelling in which specialists write and the grammar accepts."""

import json
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from divisi.tasks.subtask import AnswerError

MOST_DIGITS = 300
"""Of a whole number, with its sign: all such numbers have a floating-point value, which the checks compare."""


def write_json(value: Any) -> str:
    """A plain JSON value as text: ", " and ": ", characters as they are, numbers as short as they go (2.0 is 2).

    Not json.dumps, because the grammar engine refuses what it writes for some values: 1e-05 where a number has
    bounds, 2.0 where an enumeration or an integer is due, and the raw character U+007F.

    Raises:
        AnswerError: the value has no JSON text (NaN, an object of Python).
    """
    if isinstance(value, float):
        return _write_float(value)
    if value is None or isinstance(value, (bool, int, str)):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{write_json(str(key))}: {write_json(part)}" for key, part in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(write_json(part) for part in value) + "]"
    raise AnswerError(f"{value!r} has no JSON text")


def _write_float(value: float) -> str:
    if not math.isfinite(value):
        raise AnswerError(f"{value!r} has no JSON text")
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")


def read_json(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        AnswerError: it is not JSON, or a number is too large to be compared; the message shows where.
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=_whole)
    except (json.JSONDecodeError, RecursionError) as error:
        raise AnswerError(f"not JSON ({error}): {text[:200]!r}") from error


def _refuse(constant: str) -> NoReturn:
    raise AnswerError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise AnswerError(f"a number is too large: {text[:40]}")
    return number


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise AnswerError(f"a number has more than {MOST_DIGITS} digits: {text[:40]}...")
    return int(text)
