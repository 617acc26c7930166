"""The text of answers: one spelling, which the grammar engine takes whatever the value."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from divisi.tasks.calling.answer_text import read_json, write_json
from divisi.tasks.subtask import AnswerError


def test_text_is_spaced_and_keeps_characters() -> None:
    assert write_json({"a": [1, "é日"], "b": None, "c": True}) == '{"a": [1, "é日"], "b": null, "c": true}'


@pytest.mark.parametrize(
    ("value", "text"), [(2.0, "2"), (-0.5, "-0.5"), (1e-05, "0.00001"), (1e16, "10000000000000000"), (7, "7")]
)
def test_numbers_have_no_exponent_and_no_idle_fraction(value: float, text: str) -> None:
    assert write_json(value) == text


STRINGS = ["", '"', "\\", "\n\t\r\b\f", "\x00\x1f\x7f", "\u2028", "😀", "</s>", "a/b"]


@pytest.mark.parametrize("value", STRINGS)
def test_every_string_is_read_back(value: str) -> None:
    assert json.loads(write_json(value)) == value


@pytest.mark.parametrize("value", STRINGS)
def test_the_grammar_takes_every_string(value: str, accepts: Callable[[Any, str], bool]) -> None:
    assert accepts({"type": "string"}, write_json(value))
    assert accepts({"const": value}, write_json(value))


@pytest.mark.parametrize("value", [0, 3.0, 2.5, 1e-05, 123456789012, 1e16])
def test_the_grammar_takes_every_number(value: float, accepts: Callable[[Any, str], bool]) -> None:
    assert accepts({"type": "number", "minimum": 0}, write_json(value))
    assert accepts({"enum": [value]}, write_json(value))


@pytest.mark.parametrize("value", [math.nan, math.inf, {1, 2}, object()])
def test_what_has_no_json_text_is_refused(value: object) -> None:
    with pytest.raises(AnswerError, match="has no JSON text"):
        write_json(value)


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "[1] 2", "'a'", "[" * 100_000, "1e999", "-1e999", "9" * 301, "9" * 5000]
)
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(AnswerError):
        read_json(text)
