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


@pytest.mark.parametrize(
    ("said", "name", "schema", "value"),
    [
        ("August 2025", "from_date", {"format": "date"}, "2025-08-01"),
        ("August 2025", "toDate", {"format": "date"}, "2025-08-31"),
        ("August 2025", "day", {"format": "date"}, None),
        ("August 2025", "month", {"type": "integer"}, 8),
        ("August 2025", "when", {"description": "Month, YYYY-MM"}, "2025-08"),
        ("August 2025", "when", {"description": "The month"}, "August 2025"),
        ("Swiss francs", "currency", {"description": "ISO 4217 code"}, "CHF"),
        ("Swiss francs", "label", {}, "Swiss francs"),
    ],
)
def test_months_and_currencies_have_the_form_that_the_schema_wants(
    said: str, name: str, schema: dict, value: object
) -> None:
    (span,) = [span for span in read(f"show {said}, please").spans if span.text == said]
    assert value_of(span, {"type": "string", **schema}, name) == value


def test_a_time_to_the_minute_has_no_seconds() -> None:
    (span,) = [span for span in read("dock on 2 October 2025 at 04:30").spans if span.text == "2 October 2025"]
    assert value_of(span, {"format": "date-time", "description": "Local, YYYY-MM-DDTHH:MM"}) == "2025-10-02T04:30"
    assert value_of(span, {"format": "date-time"}) == "2025-10-02T04:30:00"
