"""The calendar line of a series card: the days ahead with their weekdays, short enough to be read every time."""

from collections.abc import Iterator

import numpy as np

from divisi.tasks.forecasting.frequency import Dates, Frequency

MOST_DAYS = 62
"""Entries of the calendar; a longer horizon shows every seventh day."""

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def calendar(dates: Dates, frequency: Frequency) -> Iterator[str]:
    """The days ahead with their weekdays, the month only where it changes; nothing for a series without dates."""
    if frequency.unit == "step":
        return
    days = np.unique(dates.astype("datetime64[D]"))
    if frequency.months:
        yield from (str(day) for day in days[:MOST_DAYS])
        return
    if len(days) > MOST_DAYS:
        days = days[::7][:MOST_DAYS]
    month = None
    for day in days:
        name = DAY_NAMES[int((day.astype(np.int64) + 3) % 7)]
        own_month = day.astype("datetime64[M]")
        yield f"{name} {day}" if own_month != month else f"{name} {str(day)[-2:].lstrip('0')}"
        month = own_month
