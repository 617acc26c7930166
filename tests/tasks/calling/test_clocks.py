"""Clock times are read where a text tells that they are some, in the half of the day that is meant."""

import pytest

from divisi.tasks.calling.clocks import clocks_of, time_near


def _said(text: str) -> dict[str, str]:
    return {text[start:end]: time for (start, end), time in clocks_of(text).items()}


@pytest.mark.parametrize(
    ("text", "clocks"),
    [
        ("on 2 October 2025 at 04:30", {"04:30": "04:30"}),
        ("at 7.30 tomorrow", {"7.30": "07:30"}),
        ("fetch her at 8.20 and wait", {"8.20": "08:20"}),
        ("at 9h30", {"9h30": "09:30"}),
        ("3 pm", {"3 pm": "15:00"}),
        ("at 4 pm. Then", {"4 pm": "16:00"}),
        ("at two p.m., please", {"two p.m": "14:00"}),
        ("12 a.m.", {"12 a.m": "00:00"}),
        ("by noon", {"noon": "12:00"}),
        ("at midday, at midnight", {"midday": "12:00", "midnight": "00:00"}),
        ("half past midnight", {"half past midnight": "00:30"}),
        ("at twenty-two forty", {"twenty-two forty": "22:40"}),
        ("at six, then at half past seven", {"six": "06:00", "half past seven": "07:30"}),
        ("a quarter to nine", {"quarter to nine": "08:45"}),
        ("half seven", {"half seven": "07:30"}),
        ("eight o'clock", {"eight": "08:00", "eight o'clock": "08:00"}),
        ("nine sharp", {"nine": "09:00", "nine sharp": "09:00"}),
    ],
)
def test_a_clock_time_has_one_form(text: str, clocks: dict[str, str]) -> None:
    assert _said(text) == clocks


@pytest.mark.parametrize(
    "text",
    [
        "3.4 grams",
        "12 boxes on 4 March",
        "25:10",
        "six boxes",
        "in 35 minutes",
        "from 0 to 3",
        "at 2.75 % a year",
        "napkins at 6.20 and 1,600 cups",
        "from 3 to 24 January",
        "two fifty each",
    ],
)
def test_what_is_no_clock_time_has_none(text: str) -> None:
    assert clocks_of(text) == {}


@pytest.mark.parametrize(
    ("text", "clocks"),
    [
        ("at 7 in the evening", {"7": "19:00"}),
        ("8 at night", {"8": "20:00"}),
        ("seven thirty in the morning", {"seven thirty": "07:30"}),
        ("every night at a quarter past two", {"quarter past two": "02:15"}),
        ("at ten to five, every morning", {"ten to five": "04:50"}),
        ("nine tomorrow morning", {"nine": "09:00"}),
        ("4:30 in the afternoon", {"4:30": "16:30"}),
        ("supper is at half past seven", {"half past seven": "19:30"}),
        ("wake me at five", {"five": "05:00"}),
    ],
)
def test_a_part_of_the_day_tells_which_half_is_meant(text: str, clocks: dict[str, str]) -> None:
    assert _said(text) == clocks


@pytest.mark.parametrize(
    ("text", "clocks"),
    [
        ("half past four", {"half past four": "16:30"}),
        ("ten past five", {"ten past five": "17:10"}),
        ("twenty to one", {"twenty to one": "12:40"}),
        ("quarter past one", {"quarter past one": "13:15"}),
        ("ten to six", {"ten to six": "05:50"}),
        ("219 at 5:15", {"5:15": "05:15"}),
    ],
)
def test_from_one_to_five_in_words_is_afternoon(text: str, clocks: dict[str, str]) -> None:
    assert _said(text) == clocks


@pytest.mark.parametrize(
    ("text", "clocks"),
    [
        ("7pm-9pm", {"7pm": "19:00", "9pm": "21:00"}),
        ("from 2 to 4 pm", {"2": "14:00", "4 pm": "16:00"}),
        ("9 to 5 pm", {"9": "09:00", "5 pm": "17:00"}),
        ("eleven pm to five am", {"eleven pm": "23:00", "five am": "05:00"}),
        ("from half past six to midnight", {"half past six": "18:30", "midnight": "00:00"}),
        ("nine till half past three", {"nine": "09:00", "half past three": "15:30"}),
        ("between half past four and a quarter to eleven", {"half past four": "16:30", "quarter to eleven": "22:45"}),
        ("between half past twelve and two.", {"half past twelve": "12:30", "two": "14:00"}),
        ("from one to five in the afternoon", {"one": "13:00", "five": "17:00"}),
        ("from seven to three", {"seven": "07:00", "three": "15:00"}),
        ("8:30 to 4:30", {"8:30": "08:30", "4:30": "16:30"}),
        ("22:00 to 5:30", {"22:00": "22:00", "5:30": "05:30"}),
        ("from five to eight", {"five": "17:00", "eight": "20:00"}),
        ("from twenty to one till five past two", {"twenty to one": "12:40", "five past two": "14:05"}),
    ],
)
def test_the_ends_of_a_range_tell_of_each_other(text: str, clocks: dict[str, str]) -> None:
    assert _said(text) == clocks


def test_the_nearest_time_counts() -> None:
    text = "call at 9:00, and land on 4 March 2026 at 17:45"
    place = text.index("4 March")
    assert time_near(clocks_of(text), (place, place + len("4 March 2026"))) == "17:45"


def test_without_times_none_is_near() -> None:
    assert time_near({}, (0, 4)) is None
