"""Holidays, from the calendars of the `holidays` library: a small base does not know them, and must not."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from divisi.tasks.forecasting.errors import ForecastError
from divisi.tasks.forecasting.frequency import Dates


def feast_days(country: str, first: date, last: date) -> tuple[tuple[str, str], ...]:
    """The public holidays of a country between two days, both included: (ISO date, name in English where there is one).

    Args:
        country: ISO 3166 code ("DE", "US").

    Raises:
        ForecastError: the library has no calendar of that country.
    """
    import holidays  # 0.1 s, and only requests that name a country need it

    years = range(first.year, last.year + 1)
    try:
        calendar = holidays.country_holidays(country, years=years, language="en_US")
    except NotImplementedError as error:
        message = f"there is no calendar of holidays for country {country!r}; write an ISO code such as 'DE'"
        raise ForecastError("unknown_country", message) from error
    return tuple((day.isoformat(), name) for day, name in sorted(calendar.items()) if first <= day <= last)


def named_days(name: str, country: str | None, dates: Dates) -> np.ndarray:
    """Which dates lie on holidays whose name holds the given words ("Christmas", "public holiday"). [n]"""
    days = dates.astype("datetime64[D]")
    if country is None or not len(days):
        return np.zeros(len(days), dtype=bool)
    found = feast_days(country, days.min().astype(date), days.max().astype(date))
    return np.isin(days, np.array(list(_matching(found, name)), dtype="datetime64[D]"))


def _matching(found: tuple[tuple[str, str], ...], name: str) -> Iterator[str]:
    words = name.casefold().removeprefix("a ").removeprefix("the ").strip()
    any_day = words in ("holiday", "public holiday", "bank holiday", "feast day")
    return (day for day, called in found if any_day or words in called.casefold())
