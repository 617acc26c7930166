"""Values: the truth fits the schema, and the words say it."""

from datetime import date
from random import Random
from typing import Any

import pytest
from jsonschema import validate

from divisi.tasks.calling.evidence import grounded, read_conversation
from divisi.tasks.generation import moments, quantities
from divisi.tasks.generation.meanings import parameter
from divisi.tasks.generation.values import DRAWERS, Value, draw
from divisi.tasks.subtask import Case, Schema

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}


def said(value: Value) -> bool:
    return grounded(value.truth, {}, read_conversation(Case(({"role": "user", "content": value.text},))))


@pytest.mark.parametrize(
    ("name", "schema", "meaning"),
    [
        ("city", TEXT, "city"),
        ("userId", TEXT, "id"),
        ("user_id", WHOLE, "number_id"),
        ("start_date", TEXT, "date"),
        ("from", {"type": "string", "format": "date"}, "date"),
        ("countryCode", TEXT, "country"),
        ("guest_name", TEXT, "person"),
        ("q", {"type": "string", "description": "Search terms"}, "topic"),
        ("x", {"type": "string", "description": "Email of the buyer"}, "email"),
        ("lat", {"type": "number"}, "latitude"),
        ("pickup_time", {"type": "string", "description": "HH:MM"}, "time"),
        ("status", {"type": "string", "enum": ["open", "done"]}, "enum"),
        ("flag", {"type": ["boolean", "null"]}, "boolean"),
        ("zzz", TEXT, "name"),
    ],
)
def test_a_parameter_tells_what_its_values_are(name: str, schema: Schema, meaning: str) -> None:
    assert parameter(name, schema).meaning == meaning


@pytest.mark.parametrize("meaning", sorted(set(DRAWERS) - {"enum", "array", "object", "boolean"}))
def test_every_text_value_is_said(meaning: str) -> None:
    given = parameter("thing", TEXT)
    random = Random(1)

    drawn = [DRAWERS[meaning](given, random) for _ in range(50)]

    codes = {"language", "country", "currency"}
    assert meaning in codes or all(said(value) for value in drawn)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 2, "maximum": 9},
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "enum": ["LOCK_STATE", "open"]},
        {"type": "integer", "enum": [1, 2]},
        {"type": "array", "items": {"type": "integer"}, "minItems": 3, "maxItems": 4},
        {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
        {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
        {"type": "object", "properties": {"lat": {"type": "number"}, "unit": TEXT}, "required": ["lat"]},
        {"type": "boolean"},
        {"type": ["string", "null"]},
    ],
)
@pytest.mark.parametrize("name", ["limit", "duration_minutes", "user_id", "amount", "order"])
def test_the_truth_follows_the_schema(name: str, schema: dict[str, Any]) -> None:
    random = Random(2)

    for _ in range(30):
        validate(draw(parameter(name, schema), random).truth, schema)


def test_an_id_takes_the_form_of_its_example() -> None:
    given = parameter("ticket_id", {"type": "string", "example": "HD-5120"})
    random = Random(3)

    drawn = {draw(given, random).text for _ in range(60)}

    like = [text for text in drawn if len(text) == 7 and text[2] == "-" and text[3:].isdigit()]
    assert len(like) > len(drawn) / 2
    assert "HD-5120" not in drawn


def test_a_country_is_a_code_only_where_codes_are_asked_for() -> None:
    random = Random(4)

    name = draw(parameter("country", TEXT), random).truth
    code = draw(parameter("country", {"type": "string", "description": "ISO code"}), random).truth

    assert len(name) > 2
    assert len(code) == 2


def test_a_day_is_said_from_today_on() -> None:
    today = date(2025, 6, 3)
    random = Random(5)
    given = parameter("date", TEXT)

    drawn = {value.text: value.truth for value in (draw(given, random, today) for _ in range(300))}

    assert drawn["tomorrow"] == "2025-06-04"
    assert drawn["the day after tomorrow"] == "2025-06-05"
    assert drawn["yesterday"] == "2025-06-02"
    assert drawn["in two weeks"] == "2025-06-17"
    assert drawn["Friday"] == "2025-06-06"


def test_without_today_no_day_is_said_from_today_on() -> None:
    random = Random(6)

    texts = {draw(parameter("date", TEXT), random).text for _ in range(300)}

    assert not {"today", "tomorrow", "yesterday"} & texts


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(13, 0, "1 pm"), (0, 0, "12 am"), (12, 0, "12 pm"), (9, 30, "half past 9 in the morning"), (18, 45, "6:45 pm")],
)
def test_a_clock_time_is_said_in_halves_of_the_day(hour: int, minute: int, said: str) -> None:
    random = Random(7)

    assert said in {moments.say_time(hour, minute, random) for _ in range(200)}


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        (90, "minutes", "an hour and a half"),
        (30, "minutes", "half an hour"),
        (120, "minutes", "two hours"),
        (150, "minutes", "two and a half hours"),
        (60, "seconds", "one minute"),
        (1, "days", "one day"),
    ],
)
def test_a_duration_is_said_in_a_longer_unit(number: int, unit: str, said: str) -> None:
    random = Random(8)

    assert said in {quantities.say_in_unit(number, unit, random) for _ in range(100)}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (15, "fifteen"),
        (40, "forty"),
        (68, "sixty-eight"),
        (250, "two hundred and fifty"),
        (1200, "one thousand two hundred"),
    ],
)
def test_whole_numbers_in_words(number: int, words: str) -> None:
    assert quantities.in_words(number) == words
