"""What expressions of time in texts about series are taken to mean."""

import time
from itertools import pairwise
from random import Random

import pytest

from divisi.tasks.forecasting.card import Card
from divisi.tasks.forecasting.effect import Recurrence, Span
from divisi.tasks.forecasting.said_times import SaidTime, said_times
from divisi.tasks.forecasting.time_days import easter_sunday

DAILY = Card("visits", "visits", "D", "2023-01-02", "2025-03-09", 28)  # a Sunday
BUSINESS = Card("parcels", "parcels", "B", "2023-01-02", "2025-04-11", 30)  # a Friday
WEEKLY = Card("orders", "orders", "W", "2022-01-03", "2025-05-26", 12)  # a Monday
MONTHLY = Card("output", "t", "MS", "2015-01-01", "2025-02-01", 14)
HOURLY = Card("load", "MW", "h", "2024-01-01T00:00", "2025-03-14T17:00", 96)  # a Friday
QUARTERS = Card("draw", "kW", "15min", "2025-01-01T00:00", "2025-03-14T23:45", 192)
STEPS = Card("level", "units", 1, 0, 99, 24)

ONE = (
    (DAILY, "on 17 March", "2025-03-17", "2025-03-17"),
    (DAILY, "Monday 17 March 2025", "2025-03-17", "2025-03-17"),
    (DAILY, "March 17th, 2025", "2025-03-17", "2025-03-17"),
    (DAILY, "on the 22nd of March", "2025-03-22", "2025-03-22"),
    (DAILY, "on the twenty-second of March", "2025-03-22", "2025-03-22"),
    (DAILY, "2025-03-14: closed", "2025-03-14", "2025-03-14"),
    (DAILY, "14/03/2025 closed", "2025-03-14", "2025-03-14"),
    (DAILY, "shut on 15.3.2025.", "2025-03-15", "2025-03-15"),
    (DAILY, "24.3. inventory", "2025-03-24", "2025-03-24"),
    (DAILY, "on 12 January the meter failed", "2025-01-12", "2025-01-12"),
    (DAILY, "on 5 November 2024", "2024-11-05", "2024-11-05"),
    (DAILY, "today", "2025-03-09", "2025-03-09"),
    (DAILY, "tomorrow", "2025-03-10", "2025-03-10"),
    (DAILY, "yesterday's count is wrong", "2025-03-08", "2025-03-08"),
    (DAILY, "the day after tomorrow", "2025-03-11", "2025-03-11"),
    (DAILY, "last Wednesday", "2025-03-05", "2025-03-05"),
    (DAILY, "this coming Friday", "2025-03-14", "2025-03-14"),
    (DAILY, "on Thursday", "2025-03-13", "2025-03-13"),
    (DAILY, "tomorrow (Monday 10 March)", "2025-03-10", "2025-03-10"),
    (DAILY, "next week", "2025-03-10", "2025-03-16"),
    (DAILY, "last week", "2025-02-24", "2025-03-02"),
    (DAILY, "next month", "2025-04-01", "2025-04-30"),
    (DAILY, "the second Monday of March 2025", "2025-03-10", "2025-03-10"),
    (DAILY, "the last Friday of March", "2025-03-28", "2025-03-28"),
    (DAILY, "in the first week of April", "2025-04-01", "2025-04-07"),
    (DAILY, "the last three days of March", "2025-03-29", "2025-03-31"),
    (DAILY, "the first two weeks of April", "2025-04-01", "2025-04-14"),
    (DAILY, "from mid-March to the end of April", "2025-03-11", "2025-04-30"),
    (DAILY, "next weekend", "2025-03-15", "2025-03-16"),
    (DAILY, "in the week of 17 March", "2025-03-17", "2025-03-23"),
    (DAILY, "in week 12", "2025-03-17", "2025-03-23"),
    (DAILY, "on Good Friday", "2025-04-18", "2025-04-18"),
    (DAILY, "Easter Monday 2024", "2024-04-01", "2024-04-01"),
    (DAILY, "on Christmas Eve", "2024-12-24", "2024-12-24"),
    (DAILY, "Black Friday 2024", "2024-11-29", "2024-11-29"),
    (DAILY, "from 17 to 20 March", "2025-03-17", "2025-03-20"),
    (DAILY, "17–20 March 2025", "2025-03-17", "2025-03-20"),
    (DAILY, "between 28 March and 3 April 2025", "2025-03-28", "2025-04-03"),
    (DAILY, "from March 17 to 20, 2025", "2025-03-17", "2025-03-20"),
    (DAILY, "March 17-20", "2025-03-17", "2025-03-20"),
    (DAILY, "mon 17 mar thru fri 21 mar", "2025-03-17", "2025-03-21"),
    (DAILY, "from March second to the eighth", "2025-03-02", "2025-03-08"),
    (DAILY, "from 28 December to 3 January 2025", "2024-12-28", "2025-01-03"),
    (DAILY, "from Saturday 22 March and lasts through Tuesday the 25th", "2025-03-22", "2025-03-25"),
    (DAILY, "20 and 21 March", "2025-03-20", "2025-03-21"),
    (DAILY, "20, 21 and 22 March", "2025-03-20", "2025-03-22"),
    (DAILY, "from 17 March on", "2025-03-17", None),
    (DAILY, "as of 17 March", "2025-03-17", None),
    (DAILY, "with effect from 17 March 2025, until further notice", "2025-03-17", None),
    (DAILY, "closed for good on 17 March", "2025-03-17", None),
    (DAILY, "We lose a client on 17 March. That costs 20 a day for good.", "2025-03-17", None),
    (DAILY, "from now on", "2025-03-10", None),
    (DAILY, "from the twenty-seventh they climb", "2025-03-27", None),
    (DAILY, "until 20 March", "2025-03-10", "2025-03-20"),
    (DAILY, "before 20 March", "2025-03-10", "2025-03-19"),
    (DAILY, "until the ship docks on 20 March", "2025-03-10", "2025-03-19"),
    (DAILY, "through the end of the month", "2025-03-10", "2025-03-31"),
    (DAILY, "for the rest of the year", "2025-03-10", "2025-12-31"),
    (DAILY, "in January 2025", "2025-01-01", "2025-01-31"),
    (DAILY, "08:00 on 17 March to 12:00 on 19 March", "2025-03-17", "2025-03-19"),
    (BUSINESS, "Fri 18 Apr + Mon 21 Apr 2025", "2025-04-18", "2025-04-21"),
    (WEEKLY, "wk of 16 Jun", "2025-06-16", "2025-06-22"),
    (WEEKLY, "weeks of 9 and 16 June 2025", "2025-06-09", "2025-06-22"),
    (WEEKLY, "in June and July", "2025-06-01", "2025-07-31"),
    (MONTHLY, "in August", "2025-08-01", "2025-08-31"),
    (MONTHLY, "April to June 2020", "2020-04-01", "2020-06-30"),
    (MONTHLY, "Q3 2025", "2025-07-01", "2025-09-30"),
    (MONTHLY, "in the third quarter of 2025", "2025-07-01", "2025-09-30"),
    (MONTHLY, "H2 2025", "2025-07-01", "2025-12-31"),
    (MONTHLY, "in 2026", "2026-01-01", "2026-12-31"),
    (MONTHLY, "for the remainder of 2025", "2025-03-01", "2025-12-31"),
    (HOURLY, "15 March, 06:00 to 18:00", "2025-03-15T06:00", "2025-03-15T18:00"),
    (HOURLY, "15 March 2025, 6–9 am", "2025-03-15T06:00", "2025-03-15T09:00"),
    (HOURLY, "tomorrow 1-5 pm", "2025-03-15T13:00", "2025-03-15T17:00"),
    (HOURLY, "between 19 and 23 o'clock", "2025-03-14T19:00", "2025-03-14T23:00"),
    (HOURLY, "from 19:00 to 23:00 today", "2025-03-14T19:00", "2025-03-14T23:00"),
    (HOURLY, "tomorrow from noon to midnight", "2025-03-15T12:00", "2025-03-16T00:00"),
    (HOURLY, "from 22:00 on Saturday until 05:00 on Sunday", "2025-03-15T22:00", "2025-03-16T05:00"),
    (HOURLY, "on 15 March from 22:00 to 05:00", "2025-03-15T22:00", "2025-03-16T05:00"),
    (HOURLY, "at 07:00 on Monday 17 March", "2025-03-17T07:00", None),
    (HOURLY, "from eight tonight", "2025-03-14T20:00", None),
    (HOURLY, "until 20:00", "2025-03-14T18:00", "2025-03-14T20:00"),
    (HOURLY, "until noon tomorrow", "2025-03-14T18:00", "2025-03-15T12:00"),
    (HOURLY, "sun 16 march 8–15h", "2025-03-16T08:00", "2025-03-16T15:00"),
    (HOURLY, "on Monday 17 March", "2025-03-17", "2025-03-17"),
    (QUARTERS, "15.3. 09:30 to 11:15", "2025-03-15T09:30", "2025-03-15T11:15"),
    (HOURLY, "2025-03-15T08:00 to 2025-03-15T20:00", "2025-03-15T08:00", "2025-03-15T20:00"),
    (HOURLY, "for the next six hours", "2025-03-14T18:00", "2025-03-15T00:00"),
    (WEEKLY, "weeks 24 to 26", "2025-06-09", "2025-06-29"),
    (STEPS, "from step 105 to 110", 105, 110),
    (STEPS, "steps 105-110", 105, 110),
    (STEPS, "from step 105", 105, None),
    (STEPS, "at step 105", 105, 105),
)


@pytest.mark.parametrize(("card", "text", "start", "end"), ONE)
def test_an_expression_means(card: Card, text: str, start: str | int, end: str | int | None) -> None:
    first = said_times(text, card)[0]

    assert (first.start, first.end) == (start, end)


LENGTHS = (
    (DAILY, "for two weeks from 17 March", "2025-03-17", "2025-03-30", Span(2, "W")),
    (DAILY, "for 5 days starting friday, 21 march", "2025-03-21", "2025-03-25", Span(5, "D")),
    (DAILY, "shut on 17 March 2025 for three weeks", "2025-03-17", "2025-04-06", Span(3, "W")),
    (DAILY, "the coming three days", "2025-03-10", "2025-03-12", Span(3, "D")),
    (WEEKLY, "the four weeks starting 9 June", "2025-06-09", "2025-07-06", Span(4, "W")),
    (MONTHLY, "for three months from May 2025", "2025-05-01", "2025-07-31", Span(3, "M")),
    (HOURLY, "from Saturday 15 March, 12:00, for 36 hours", "2025-03-15T12:00", "2025-03-17T00:00", Span(36, "h")),
    (STEPS, "the next three steps", 100, 102, Span(3, "step")),
)


@pytest.mark.parametrize(("card", "text", "start", "end", "duration"), LENGTHS)
def test_a_length_gives_the_end(card: Card, text: str, start: str, end: str, duration: Span) -> None:
    (found,) = said_times(text, card)

    assert (found.start, found.end, found.duration) == (start, end, duration)


AGAIN = (
    (DAILY, "every Monday", "2025-03-10", None, Span(1, "D"), Recurrence(1, "W")),
    (DAILY, "every Friday from 14 March until they agree", "2025-03-14", None, Span(1, "D"), Recurrence(1, "W")),
    (DAILY, "on all Sundays from 16 March to 6 April", "2025-03-16", "2025-04-06", Span(1, "D"), Recurrence(1, "W")),
    (DAILY, "every other Friday from 14 March", "2025-03-14", None, Span(1, "D"), Recurrence(2, "W")),
    (DAILY, "15, 22 and 29 March", "2025-03-15", "2025-03-29", Span(1, "D"), Recurrence(1, "W")),
    (
        HOURLY,
        "every day from 15 to 17 March, 20:00–22:00",
        "2025-03-15T20:00",
        "2025-03-17T22:00",
        Span(2, "h"),
        Recurrence(1, "D"),
    ),
    (
        *(HOURLY, "the nights of 15 and 16 March, 22:00 to 05:00", "2025-03-15T22:00", "2025-03-17T05:00"),
        *(Span(7, "h"), Recurrence(1, "D")),
    ),
)


@pytest.mark.parametrize(("card", "text", "start", "end", "duration", "recurrence"), AGAIN)
def test_what_comes_again_is_one_time(
    card: Card, text: str, start: str, end: str | None, duration: Span, recurrence: Recurrence
) -> None:
    (found,) = said_times(text, card)

    assert (found.start, found.end, found.duration, found.recurrence) == (start, end, duration, recurrence)


def pairs(text: str, card: Card) -> list[tuple[object, object]]:
    """The start and end of every time of a text."""
    return [(found.start, found.end) for found in said_times(text, card)]


def test_clock_times_lie_on_the_day_that_their_sentence_speaks_of() -> None:
    text = "On Saturday 15 March the sun is dimmed between 11:00 and 13:00."

    assert pairs(text, HOURLY) == [("2025-03-15", "2025-03-15"), ("2025-03-15T11:00", "2025-03-15T13:00")]


def test_clock_times_lie_on_the_day_of_the_sentence_before() -> None:
    assert ("2025-03-15T21:00", "2025-03-15T23:00") in pairs(
        "Final on Sat 15 March. Calls treble from 21 to 23.", HOURLY
    )


def test_hours_of_several_days_come_again() -> None:
    found = said_times("From 15 to 17 March the tunnel is shut, each time from 22:00 to 05:00.", HOURLY)[-1]

    assert (found.start, found.end) == ("2025-03-15T22:00", "2025-03-18T05:00")
    assert (found.duration, found.recurrence) == (Span(7, "h"), Recurrence(1, "D"))


def test_an_end_begins_with_what_the_sentence_has_begun() -> None:
    text = "From 17 March we send 20 more a day until the 24th."

    assert pairs(text, DAILY) == [("2025-03-17", None), ("2025-03-17", "2025-03-24")]


def test_a_day_without_a_month_is_near_the_day_before_it() -> None:
    assert pairs("Doubled from 3 to 19 January 2025; right since the 20th.", DAILY)[-1] == ("2025-01-20", None)


def test_from_then_on_points_back() -> None:
    assert pairs("A new door opens on 17 March, 20 more from then on.", DAILY)[-1] == ("2025-03-17", None)


def test_from_then_on_begins_after_what_has_an_end() -> None:
    assert pairs("Half from 17 to 20 March, nothing from then on.", DAILY)[-1] == ("2025-03-21", None)


def test_the_days_beside_a_day_are_reckoned() -> None:
    assert pairs("Party on 20 March. The day before we sell more.", DAILY)[-1] == ("2025-03-19", "2025-03-19")
    assert pairs("Double on 20 March and the two days after.", DAILY)[-1] == ("2025-03-20", "2025-03-22")
    assert pairs("Shut from 10 to 14 March, the week after we open late.", DAILY)[-1] == ("2025-03-17", "2025-03-23")


def test_after_that_begins_where_the_last_time_ends() -> None:
    assert pairs("Shut from 17 to 20 March. After that all is normal.", DAILY)[-1] == ("2025-03-21", None)


def test_days_that_are_far_apart_stay_apart() -> None:
    assert pairs("closed on 14 March and 1 April", DAILY) == [
        ("2025-03-14", "2025-03-14"),
        ("2025-04-01", "2025-04-01"),
    ]


def test_the_place_of_an_expression_is_its_words() -> None:
    text = "The till is shut from Monday 17 March to Thursday 20 March 2025."

    (found,) = said_times(text, DAILY)

    assert text[found.first : found.last] == "from Monday 17 March to Thursday 20 March 2025"


@pytest.mark.parametrize(
    "text",
    [
        "It may rain, 20% more.",
        "Three times an ordinary Friday.",
        "Treat it like a Sunday.",
        "The Sunday pattern fits.",
        "The sun shines; instead of 1.20.",
        "on 31 February 2025",
        "2025-13-45",
        "at 25:99",
        "6 MWh per hour, 40 parcels every day",
        "a third more, in the second place",
        "",
    ],
)
def test_what_is_no_time_is_left_out(text: str) -> None:
    assert said_times(text, HOURLY) == ()


def test_an_impossible_day_does_not_hide_the_others() -> None:
    assert pairs("on 31 February 2025 and on 17 March 2025", DAILY)[-1] == ("2025-03-17", "2025-03-17")


def test_expressions_are_in_order_and_apart() -> None:
    text = (
        "From 17 to 20 March shut; until 24 March half; 1 April, 2 April and from 5 April on, every Monday, tomorrow."
    )
    found = said_times(text, DAILY)

    assert all(before.last <= after.first for before, after in pairwise(found))


PIECES = (
    *("1 ", "31 ", "9 March ", "2025 ", "from ", "to ", "-", "and ", ", ", "the ", "of ", "every ", "week ", "22:00 "),
    *(
        "until ",
        "99.99. ",
        "9999-12-31 ",
        "0001-01-01 ",
        "for ",
        "months ",
        "Monday ",
        "twentieth ",
        "next ",
        "(",
        ". ",
    ),
    *("24:00 ", "end of ", "for good ", "after that ", "31 years ", "Easter ", "tonight ", "\n", "é ", "week 53 "),
)


@pytest.mark.parametrize("card", [DAILY, WEEKLY, MONTHLY, HOURLY, BUSINESS, STEPS])
def test_no_text_is_an_error(card: Card) -> None:
    random = Random(7)

    for _ in range(200):
        found = said_times("".join(random.choices(PIECES, k=40)), card)
        assert all(isinstance(one, SaidTime) for one in found)


@pytest.mark.parametrize(
    "piece", [*PIECES, "1 and ", "a", "9 March to ", "1,", "until x ", "D C ", "12:00-", "from the "]
)
def test_long_texts_take_no_longer_than_their_length(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    begun = time.process_time()

    said_times(text, HOURLY)

    assert time.process_time() - begun < 1


def test_easter_is_where_the_calendar_has_it() -> None:
    assert [easter_sunday(year).isoformat() for year in (2024, 2025, 2026)] == [
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
    ]
