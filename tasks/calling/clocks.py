"""Clock times that a text says, in ISO 8601's form.

An hour of twelve without its half of the day is read by the part of the day that is said near it, by the other end of
its range, or else as people mean it who say it so: from one to five it is afternoon.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from divisi.tasks.calling.hours import MIDDAY, Hour, Place, hours_in

Calendar = Mapping[Place, str]
"""Begin and end in a text -> what is said there."""
PARTS = "morning|afternoon|evening|night|tonight"
BEHIND = re.compile(
    rf",?(?: (?!(?:and|or|then|to|till|until|at)\b(?! night))[a-z]+){{0,3}}? (?P<part>{PARTS})s?\b", re.IGNORECASE
)
BEFORE = re.compile(
    rf"\b(?P<part>{PARTS})s?,?(?: (?:at|by|from|around|about|until|till|before|after|between|exactly|a))* $",
    re.IGNORECASE,
)
BEFORE_CHARACTERS = 40
EARLY = re.compile(r"\b(?:(?<!in the )mornings?|breakfast|wake|alarm|out of bed|get up)\b", re.IGNORECASE)
LATE = re.compile(r"\b(?:(?<!in the )evenings?|tonight|last night|bedtime|supper|dinner)\b", re.IGNORECASE)
TO = re.compile(r" (?:to|till|until|through)(?: a)? | ?[-–] ?", re.IGNORECASE)
AND = re.compile(r" and(?: a)? ", re.IGNORECASE)
BETWEEN = re.compile(r"\bbetween (?:an? )?$", re.IGNORECASE)
DAY = 2 * MIDDAY


@lru_cache(maxsize=64)
def clocks_of(text: str) -> Calendar:
    """The clock times that a text says; an hour alone counts where a word near it tells that it is one.

    Kept, as what finds days asks for it too.
    """
    hours = [_by_part(text, hour) for hour in hours_in(text)]
    early, late = bool(EARLY.search(text)), bool(LATE.search(text))
    usual = [hour if hour.settled else _usual(hour, early=early, late=late) for hour in hours]
    minutes = [hour.minutes for hour in usual]
    for place in range(len(hours) - 1):
        if _is_range(text, hours[place], hours[place + 1]):
            minutes[place : place + 2] = _ordered(hours[place], hours[place + 1], minutes[place : place + 2])
    return {
        place: f"{at % DAY // 60:02}:{at % 60:02}"
        for hour, at in zip(hours, minutes, strict=True)
        for place in hour.places
    }


def time_near(times: Calendar, place: Place) -> str | None:
    """The time that is said nearest to a place of a text; None where none is said."""
    return min(times.items(), key=lambda one: gap(one[0], place))[1] if times else None


def gap(one: Place, other: Place) -> int:
    """How many characters stand between two places."""
    return max(one[0] - other[1], other[0] - one[1], 0)


def _by_part(text: str, hour: Hour) -> Hour:
    """An hour in the half of the day that is said right behind or before it."""
    start = hour.places[0][0]
    before = text[max(0, start - BEFORE_CHARACTERS) : start]
    match = BEHIND.match(text, hour.places[-1][1]) or BEFORE.search(before)
    if match is None or (hour.settled and not hour.shifts) or hour.minutes >= MIDDAY + 60:
        return hour
    part, minutes = match["part"].lower(), hour.minutes
    if part in ("night", "tonight"):
        minutes = (minutes + MIDDAY) % DAY if minutes >= 6 * 60 or part == "tonight" else minutes
    elif part != "morning" and minutes < MIDDAY:
        minutes += MIDDAY
    return hour.at(minutes)


def _usual(hour: Hour, *, early: bool, late: bool) -> Hour:
    """An hour as it is meant where nothing tells its half: the afternoon's where that is usual, or the text late."""
    afternoon = 1 <= hour.whole <= 5 if late == early or late else False
    evening = late and not early and 1 <= hour.whole <= 11
    return hour.at(hour.minutes + MIDDAY) if (afternoon or evening) and hour.minutes < MIDDAY else hour


def _is_range(text: str, first: Hour, last: Hour) -> bool:
    between = text[first.places[-1][1] : last.places[0][0]]
    if AND.fullmatch(between):
        return BETWEEN.search(text[: first.places[0][0]]) is not None
    return TO.fullmatch(between) is not None


def _ordered(first: Hour, last: Hour, usual: list[int]) -> list[int]:
    """The times of a range: the open one is the last before, or the first behind, the one that is settled."""
    begin, end = usual
    if last.settled and not first.settled:
        begin = end - ((end - first.minutes) % MIDDAY or MIDDAY)
    elif not last.settled:
        end = begin + ((last.minutes - begin) % MIDDAY or MIDDAY)
    elif last.shifts and end < begin < MIDDAY:
        end += MIDDAY
    return [begin % DAY, end % DAY]
