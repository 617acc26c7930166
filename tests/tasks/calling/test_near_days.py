"""Days are counted from today."""

from datetime import date

import pytest

from divisi.tasks.calling.near_days import near_days

TODAY = date(2026, 1, 29)
"""A Thursday."""


@pytest.mark.parametrize(
    ("text", "place", "day"),
    [
        ("tonight", "tonight", "2026-01-29"),
        ("it came this morning", "this morning", "2026-01-29"),
        ("the day after tomorrow", "day after tomorrow", "2026-01-31"),
        ("the day before yesterday", "day before yesterday", "2026-01-27"),
        ("on Friday", "Friday", "2026-01-30"),
        ("next Thursday", "next Thursday", "2026-02-05"),
        ("last Thursday", "last Thursday", "2026-01-22"),
        ("in three days", "three days", "2026-02-01"),
        ("a week from now", "week from now", "2026-02-05"),
        ("two weeks ago", "two weeks ago", "2026-01-15"),
        ("today a week", "today a week", "2026-02-05"),
        ("in a month", "month", "2026-02-28"),
        ("until the end of the month", "end of the month", "2026-01-31"),
    ],
)
def test_a_day_is_said_by_its_distance(text: str, place: str, day: str) -> None:
    (start, end), first = next(near_days(text, TODAY))
    assert (text[start:end], first.isoformat()) == (place, day)


@pytest.mark.parametrize("text", ["in 35 minutes", "three days long", "on Mondays"])
def test_a_length_is_no_day(text: str) -> None:
    assert not list(near_days(text, TODAY))
