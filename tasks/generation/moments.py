"""Days and clock times: the ISO form, and the ways in which people say it."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from divisi.tasks.generation.words import word_list

MONTHS = word_list("""
    January February March April May June July August September October November December
""")
DAYS = word_list("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
FIRST_DAY = date(2019, 1, 1)
SPAN_DAYS = 3000
NEAR_DISTANCES = (0, 1, 1, 2, 3, 4, 5, 6, -1, -1, -2, 7, 10, 14)
SAID_FROM_TODAY = {
    0: ("today",),
    1: ("tomorrow",),
    2: ("the day after tomorrow",),
    -1: ("yesterday",),
    -2: ("the day before yesterday", "two days ago"),
    7: ("in a week", "a week from today", "in 7 days"),
    14: ("in two weeks", "two weeks from today"),
}
"""Days from today on -> what people call that day."""


@dataclass(frozen=True, slots=True)
class Said:
    """A moment's ISO form and the words for it."""

    iso: str
    text: str


def some_day(random: Random) -> date:
    """A day between 2019 and 2027."""
    return FIRST_DAY + timedelta(days=random.randrange(SPAN_DAYS))


def ordinal(number: int) -> str:
    """ "1st", "2nd", "3rd", "11th"."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def say_day(day: date, random: Random) -> str:
    """A day in full, in one of the usual spellings."""
    month, short = MONTHS[day.month - 1], MONTHS[day.month - 1][:3]
    return random.choice(
        (
            day.isoformat(),
            day.isoformat(),
            f"{day.day} {month} {day.year}",
            f"{month} {day.day}, {day.year}",
            f"{ordinal(day.day)} of {month} {day.year}",
            f"{month} {ordinal(day.day)}, {day.year}",
            f"{day.day} {short} {day.year}",
            f"{short} {day.day} {day.year}",
            f"{day.day:02}.{day.month:02}.{day.year}",
        )
    )


def near_day(today: date, random: Random) -> Said:
    """A day near today, said from today on: "tomorrow", "next Friday", "in 3 days", "the 19th of June"."""
    distance = random.choice((*NEAR_DISTANCES, random.randint(2, 40)))
    day = today + timedelta(days=distance)
    choices = list(SAID_FROM_TODAY.get(distance, ()))
    if 2 < distance < 7 and day.weekday() > today.weekday():
        choices = [f"this {DAYS[day.weekday()]}", DAYS[day.weekday()]]
    elif not choices:
        choices = [f"in {distance} days", f"{distance} days from now"]
    if distance > 1 and day.year == today.year:
        month = MONTHS[day.month - 1]
        choices += [f"{month} {day.day}", f"the {ordinal(day.day)} of {month}", f"{day.day} {month}"]
    return Said(day.isoformat(), random.choice(choices))


def today_line(today: date, random: Random) -> str:
    """A system message that says which day it is."""
    weekday, month = DAYS[today.weekday()], MONTHS[today.month - 1]
    return random.choice(
        (
            f"Today is {weekday}, {today.day} {month} {today.year}.",
            f"Today's date is {today.isoformat()} ({weekday}).",
            f"Current date: {today.isoformat()}",
            f"Date: {today.isoformat()}, {weekday}.",
            f"You are a helpful assistant. Today is {today.isoformat()}, a {weekday}.",
            f"It is {weekday}, {month} {today.day}, {today.year}.",
        )
    )


def say_time(hour: int, minute: int, random: Random) -> str:
    """A clock time in one of the usual spellings."""
    half = "am" if hour < 12 else "pm"
    twelve = (hour - 1) % 12 + 1
    choices = [f"{hour:02}:{minute:02}", f"{hour:02}:{minute:02}", f"{twelve}:{minute:02} {half}"]
    if minute == 0:
        part = "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"
        choices += [f"{twelve} {half}", f"{twelve}{half}", f"{twelve} {part}"]
    if minute == 30 and hour:
        choices += [f"half past {twelve} {'in the morning' if hour < 12 else 'in the afternoon'}"] if hour < 18 else []
    return random.choice(choices)


def some_time(random: Random) -> tuple[int, int]:
    """An hour and a minute, round ones more often."""
    return random.randint(0, 23), random.choice((0, 0, 0, 30, 30, 15, 45, random.randrange(60)))
