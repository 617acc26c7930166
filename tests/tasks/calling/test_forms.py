"""A span has the form that the schema wants."""

from dataclasses import replace

import pytest

from divisi.tasks.calling.forms import value_of
from divisi.tasks.calling.reading import read


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"format": "date"}, "2025-10-02"),
        ({"format": "date-time"}, "2025-10-02T04:30:00"),
        ({"description": "The day (YYYY-MM-DD)"}, "2025-10-02"),
        ({"description": "The day"}, "2 October 2025"),
        ({"type": "integer"}, None),
    ],
)
def test_a_day_is_told_in_the_form_that_the_schema_wants(schema: dict, value: str) -> None:
    (day,) = [span for span in read("at 04:30 on 2 October 2025").spans if span.text == "2 October 2025"]
    assert value_of(day, {"type": "string", **schema}) == value
    assert value_of(replace(day, day=None), {"format": "date"}) is None


@pytest.mark.parametrize(
    ("said", "schema", "value"),
    [
        ("half past six", {"description": "HH:MM"}, "06:30"),
        ("half past six", {"description": "When"}, "half past six"),
        ("half past six", {"format": "time"}, "06:30"),
        ("Oslo", {"format": "time"}, None),
        ("7:40", {}, "07:40"),
        ("2.5", {"type": "number"}, 2.5),
        ("2.5", {"type": "integer"}, None),
        ("Oslo", {"type": "number"}, None),
    ],
)
def test_times_and_numbers_have_the_form_that_the_schema_wants(said: str, schema: dict, value: object) -> None:
    (span,) = [span for span in read(f"wake me, {said}").spans if span.text == said]
    assert value_of(span, schema) == value
