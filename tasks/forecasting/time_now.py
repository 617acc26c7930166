"""Days that are said from today on: "tomorrow", "next week", "the last three days", "the end of the year"."""

from collections.abc import Sequence
from datetime import timedelta

from divisi.tasks.forecasting.effect import Span
from divisi.tasks.forecasting.time_days import Days, Here, Partial, month_later, whole_unit
from divisi.tasks.forecasting.time_rules import Built, first_number, put
from divisi.tasks.forecasting.time_words import Word


def relative(matched: Sequence[Word], here: Here) -> Built:
    said = matched[0].value
    days = {"the day after": 2, "the day before": -2, "tomorrow": 1, "yesterday": -1}
    if "now" in said or "here" in said:
        return put("A", matched, None)
    shift = next((days for start, days in days.items() if said.startswith(start)), 0)
    day = here.today + timedelta(days=shift)
    return put("D", matched, Partial(fixed=(day, day)))


def beside_now(matched: Sequence[Word], here: Here) -> Built:
    """ "next Friday", "last week", "the coming three days"."""
    said, unit, count = str(matched[0].value), matched[-1], first_number(matched, "nN")
    past = any(word in said for word in ("last", "past", "previous"))
    current = said in ("this", "current", "the current")
    if unit.kind == "w":
        shift = (
            -((here.today.weekday() - unit.value) % 7 or 7) if past else (unit.value - here.today.weekday()) % 7 or 7
        )
        day = here.today + timedelta(days=shift)
        return put("D", matched, Partial(fixed=(day, day)))
    if unit.value in ("h", "min"):
        sign = -1 if past else 1
        return put("J", matched, Span(sign * count, unit.value)) if count and here.frequency.within_day else None
    days = (
        _near_unit(unit.value, past, current, here) if count is None else _counted_units(unit.value, count, past, here)
    )
    if days is None:
        return None
    return put("D", matched, Partial(fixed=days, span=Span(count, unit.value) if count and not past else None))


def _near_unit(unit: str, past: bool, current: bool, here: Here) -> Days | None:
    if unit == "weekend":
        saturday = here.today + timedelta(days=(5 - here.today.weekday()) % 7 or 7) - timedelta(weeks=past)
        return saturday, saturday + timedelta(days=1)
    if unit not in ("W", "M", "Q", "Y"):
        return None
    begin, end = whole_unit(unit, here.today)
    if current:
        return begin, end
    return whole_unit(unit, begin - timedelta(days=1) if past else end + timedelta(days=1))


def _counted_units(unit: str, count: int, past: bool, here: Here) -> Days | None:
    days, months = {"D": 1, "W": 7, "2W": 14}.get(unit), {"M": 1, "Q": 3, "Y": 12}.get(unit)
    first = here.ahead[0] if not here.frequency.within_day else here.today + timedelta(days=1)
    if days:
        length = timedelta(days=days * count)
        return (
            (here.today - length + timedelta(days=1), here.today)
            if past
            else (first, first + length - timedelta(days=1))
        )
    if months and not past:
        return first, month_later(first, months * count) - timedelta(days=1)
    return None


def left(matched: Sequence[Word], here: Here) -> Built:
    """ "the rest of 2025", "the end of June", "end of the week"."""
    said, of = str(matched[0].value), matched[-1]
    if of.kind == "D":
        return put("E", matched, of.value)
    unit = "Y" if of.kind == "l" else of.value
    if unit not in ("W", "M", "Q", "Y") or (of.kind == "l" and not said.startswith("year")):
        return None
    day = here.ahead[0] if unit == "W" else here.today
    return put("E", matched, Partial(fixed=whole_unit(unit, day)))
