"""Days are read where they are said in full or can be completed, each with its time, and nowhere else."""

import pytest

from divisi.tasks.calling.dates import day_of, days_of, first_day
from divisi.tasks.calling.numerals import number_said


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2 October 2025", "2025-10-02"),
        ("October 2nd, 2025", "2025-10-02"),
        ("the 5th of March 2026", "2026-03-05"),
        ("1 Sept. 2026", "2026-09-01"),
        ("2026-1-9", "2026-01-09"),
        ("4.3.2026", "2026-03-04"),
        ("2026/03/04", "2026-03-04"),
        ("25/12/2026", "2026-12-25"),
        ("12/25/2026", "2026-12-25"),
        ("twenty-first of April 2026", "2026-04-21"),
        ("the end of February 2028", "2028-02-29"),
        ("New Year’s Eve 2025", "2025-12-31"),
        ("04/03/2026", None),
        ("31 June 2025", None),
        ("March 4", None),
        ("on 4 March 2026", None),
        ("", None),
    ],
)
def test_a_day_in_full_has_one_form(text: str, day: str | None) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,250.5", 1250.5),
        ("$40", 40),
        ("80%", 80),
        ("15k", 15_000),
        ("-3", -3),
        ("twenty-five", 25),
        ("1.8 million", 1_800_000),
        ("half a million", 500_000),
        ("nine and a half thousand", 9500),
        ("two thousand five hundred", 2500),
        ("two and a half", 2.5),
        ("two dozen", 24),
        ("four point two", 4.2),
        ("minus 2.25", -2.25),
        ("900k", 900_000),
        ("two thousand", 2000),
        ("two hundred and five", 205),
        ("third", None),
        ("thirty days", None),
        ("43.2 m", None),
        ("1-2", None),
        ("and", None),
        ("", None),
    ],
)
def test_a_number_is_said_in_digits_or_words_and_alone(text: str, number: float | None) -> None:
    assert number_said(text) == number


@pytest.mark.parametrize(
    ("text", "today", "days"),
    [
        ("from 13 to 20 June 2026", None, {"13": "2026-06-13", "20 June 2026": "2026-06-20"}),
        ("2026-07-19 and the 20th", None, {"2026-07-19": "2026-07-19", "20th": "2026-07-20"}),
        ("end it on 30 June 2025, start 1 July.", None, {"30 June 2025": "2025-06-30", "1 July": "2025-07-01"}),
        ("on 4 March", None, {}),
        ("tomorrow or next Tuesday", "2026-11-22", {"tomorrow": "2026-11-23", "next Tuesday": "2026-11-24"}),
        ("on 4 March", "2026-11-22", {"4 March": "2027-03-04"}),
        ("tomorrow", None, {}),
    ],
)
def test_days_are_completed_from_those_in_full_and_from_today(text: str, today: str | None, days: dict) -> None:
    assert {text[start:end]: day for (start, end), day in days_of(text, today).items()} == days


@pytest.mark.parametrize(
    ("text", "today", "days"),
    [
        ("3-24 January 2026", None, {"3": "2026-01-03", "24 January 2026": "2026-01-24"}),
        ("between 5 and 9 November 2025", None, {"5": "2025-11-05", "9 November 2025": "2025-11-09"}),
        ("the first to the fifth of July 2026", None, {"first": "2026-07-01", "fifth of July 2026": "2026-07-05"}),
        ("from 1 May till 15 May 2025", None, {"1 May": "2025-05-01", "15 May 2025": "2025-05-15"}),
        ("for 2023, January 1 to December 31", None, {"January 1": "2023-01-01", "December 31": "2023-12-31"}),
        ("March 3-7, 2026", None, {"March 3": "2026-03-03", "7, 2026": "2026-03-07"}),
        ("20 December until 6 January 2026", None, {"20 December": "2025-12-20", "6 January 2026": "2026-01-06"}),
        ("28 June 2026 to the 3rd", None, {"28 June 2026": "2026-06-28", "3rd": "2026-07-03"}),
        ("from the 7th to the 18th of July", "2025-05-05", {"7th": "2025-07-07", "18th of July": "2025-07-18"}),
    ],
)
def test_the_ends_of_a_range_share_month_or_year(text: str, today: str | None, days: dict) -> None:
    assert {text[start:end]: day for (start, end), day in days_of(text, today).items()} == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("back on the 29th", {}),  # the next month has none
        ("on the 3rd", {"3rd": "2026-02-03"}),
        ("on the 1st of July next year", {"1st of July": "2027-07-01"}),
        ("with the new year", {"new year": "2027-01-01"}),
    ],
)
def test_a_day_in_part_is_the_next_such_day(text: str, days: dict) -> None:
    assert {text[start:end]: day for (start, end), day in days_of(text, "2026-01-30").items()} == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("at nine tomorrow morning", {"tomorrow": "2026-01-31T09:00:00"}),
        ("on 6 May 2026 at eleven in the morning", {"6 May 2026": "2026-05-06T11:00:00"}),
        ("2025-11-06 at 22:30", {"2025-11-06": "2025-11-06T22:30:00"}),
        ("since 2025-11-06T22:30:00Z", {"2025-11-06T22:30:00Z": "2025-11-06T22:30:00"}),
        (
            "2026-03-09 at 7 a.m. through 2026-03-11 at 6 p.m.",
            {"2026-03-09": "2026-03-09T07:00:00", "2026-03-11": "2026-03-11T18:00:00"},
        ),
        (
            "one on 2025-11-28 at midnight, one the same day at noon",
            {"2025-11-28": "2025-11-28T00:00:00", "same day": "2025-11-28T12:00:00"},
        ),
    ],
)
def test_a_day_has_the_time_that_stands_next_to_it(text: str, days: dict) -> None:
    assert {text[start:end]: day for (start, end), day in days_of(text, "2026-01-30").items()} == days


def test_today_is_read_with_its_time_behind_it() -> None:
    assert first_day("2025-03-12T18:05, Wednesday") == "2025-03-12"
