"""Days and times are read where they are said in full, and nowhere else."""

import pytest

from divisi.tasks.calling.dates import clocks_of, day_of, days_of, time_near
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
    ("text", "time"),
    [
        ("on 2 October 2025 at 04:30", "04:30"),
        ("at 7.30 tomorrow", "07:30"),
        ("3 pm", "15:00"),
        ("12 a.m.", "00:00"),
        ("by noon", "12:00"),
        ("at midnight", "00:00"),
        ("3.4 grams", None),
        ("12 boxes on 4 March", None),
        ("25:10", None),
    ],
)
def test_a_clock_time_has_one_form(text: str, time: str | None) -> None:
    assert time_near(text, 0) == time


def test_the_nearest_time_counts() -> None:
    text = "call at 9:00, and land on 4 March 2026 at 17:45"
    assert time_near(text, text.index("4 March")) == "17:45"


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
    ("text", "clocks"),
    [
        ("at six, then at half past seven", {"six": "06:00", "half past seven": "07:30"}),
        ("at 7 in the evening", {"7": "19:00"}),
        ("a quarter to nine", {"quarter to nine": "08:45"}),
        ("eight o'clock", {"eight o'clock": "08:00"}),
        ("six boxes", {}),
    ],
)
def test_clock_times_in_words_have_one_form(text: str, clocks: dict) -> None:
    assert {text[start:end]: time for (start, end), time in clocks_of(text).items()} == clocks
