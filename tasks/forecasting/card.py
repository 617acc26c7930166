"""The series card: what a specialist reads of a series before the text about it, as a few short lines.

    series: Store 114 transactions
    unit: transactions
    domain: retail
    freq: D
    history: 2023-01-02 to 2025-03-09
    horizon: 28
    calendar: Mon 2025-03-10, Tue 11, Wed 12, ...
    season: weekly, Saturday peak
    last: 812 640 655

The calendar names the days ahead, since a small base does not reckon with dates.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from divisi.tasks.forecasting.days import feast_days
from divisi.tasks.forecasting.days_ahead import calendar
from divisi.tasks.forecasting.errors import CardError, ForecastError
from divisi.tasks.forecasting.frequency import (
    DAY_S,
    Dates,
    Frequency,
    as_dates,
    following,
    moment,
    read_frequency,
    shown_date,
)
from divisi.tasks.forecasting.scene import Floats
from divisi.tasks.forecasting.view import coarse_view, series_traits
from divisi.tasks.subtask import Case

LAST_VALUES = 12
FIRST_KEY = "series: "


@dataclass(frozen=True, slots=True)
class Card:
    """What a specialist reads of a series.

    Attributes:
        name: what the series is called.
        unit: of its values.
        freq: as pandas spells it, or 1.
        history_start: the first date, as an ISO text or a whole number.
        history_end: the last date.
        horizon: steps ahead.
        domain: the field that it comes from, or "".
        seasonality: the season in words, or "".
        last_values: oldest first.
        view: the history in 8 to 24 points.
        traits: name -> number (trend, season, level, noise), as `series_traits` gives them.
        errors: name of a model -> its error in earlier folds.
        residuals: the pool's last one-step errors, in their own standard deviations.
        days: (ISO date, name) of the holidays ahead.
    """

    name: str
    unit: str
    freq: str | int
    history_start: str | int
    history_end: str | int
    horizon: int
    domain: str = ""
    seasonality: str = ""
    last_values: tuple[float, ...] = ()
    view: tuple[float, ...] = ()
    traits: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, float] = field(default_factory=dict)
    residuals: tuple[float, ...] = ()
    days: tuple[tuple[str, str], ...] = ()

    @property
    def frequency(self) -> Frequency:
        """The frequency, read."""
        return read_frequency(self.freq)

    @property
    def dates(self) -> Dates:
        """The dates of the steps ahead. [horizon]"""
        return following(as_dates([card_moment(self.history_end)]), self.frequency, self.horizon)

    def text(self) -> str:
        """The card as its lines; what is not known has none."""
        return "\n".join(f"{key}: {value}" for key, value in self._lines() if value)

    def _lines(self) -> Iterator[tuple[str, str]]:
        yield "series", _one_line(self.name)
        yield "unit", _one_line(self.unit)
        yield "domain", _one_line(self.domain)
        yield "freq", str(self.freq)
        yield "history", f"{self.history_start} to {self.history_end}"
        yield "horizon", str(self.horizon)
        yield "calendar", ", ".join(calendar(self.dates, self.frequency))
        yield "days", "; ".join(f"{day} {_one_line(name).replace(';', ',')}" for day, name in self.days)
        yield "season", _one_line(self.seasonality)
        yield "last", _numbers(self.last_values)
        yield "view", _numbers(self.view)
        yield "traits", _pairs(self.traits)
        yield "errors", _pairs(self.errors)
        yield "residuals", _numbers(self.residuals)


def read_card(text: str) -> Card:
    """The card of a text that `Card.text` wrote.

    Raises:
        CardError: a line is missing or cannot be read.
    """
    lines = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    missing = [key for key in ("series", "freq", "history", "horizon") if key not in lines]
    if missing:
        raise CardError("bad_card", f"the series card lacks the lines {', '.join(missing)}: {text[:200]!r}")
    try:
        start, end = lines["history"].split(" to ")
        return Card(
            name=lines["series"],
            unit=lines.get("unit", ""),
            freq=_read_whole(lines["freq"]),
            history_start=_read_whole(start),
            history_end=_read_whole(end),
            horizon=int(lines["horizon"]),
            domain=lines.get("domain", ""),
            seasonality=lines.get("season", ""),
            last_values=_read_numbers(lines.get("last")),
            view=_read_numbers(lines.get("view")),
            traits=_read_pairs(lines.get("traits")),
            errors=_read_pairs(lines.get("errors")),
            residuals=_read_numbers(lines.get("residuals")),
            days=_read_days(lines.get("days")),
        )
    except ForecastError:
        raise
    except ValueError as error:
        raise CardError("bad_card", f"a line of the series card cannot be read ({error}): {text[:200]!r}") from error


def make_card(
    values: Floats,
    dates: Dates,
    *,
    name: str,
    unit: str,
    freq: str | int,
    horizon: int,
    domain: str = "",
    seasonality: str = "",
    country: str | None = None,
    errors: Mapping[str, float] | None = None,
    residuals: tuple[float, ...] = (),
) -> Card:
    """The card of a validated series.

    Args:
        values: [n] finite.
        dates: [n] on the frequency's grid.
        name: what it is called.
        unit: of its values.
        freq: as pandas spells it, or 1.
        horizon: steps ahead.
        domain: the field that it comes from.
        seasonality: the season in words.
        country: whose holidays ahead are listed, or None.
        errors: name of a model -> its error in earlier folds.
        residuals: the pool's last one-step errors, in their own standard deviations.
    """
    frequency, dates = read_frequency(freq), as_dates(dates)
    ahead = following(dates, frequency, horizon)
    return Card(
        name=_one_line(name),
        unit=_one_line(unit),
        freq=frequency.alias,
        history_start=_shown(dates[0], frequency),
        history_end=_shown(dates[-1], frequency),
        horizon=horizon,
        domain=_one_line(domain),
        seasonality=_one_line(seasonality),
        last_values=_rounded(values[-LAST_VALUES:]),
        view=_rounded(coarse_view(values)),
        traits={key: short(value) for key, value in series_traits(values, frequency.season).items()},
        errors={key: short(value) for key, value in (errors or {}).items()},
        residuals=_rounded(residuals),
        days=_feasts(country, ahead, frequency),
    )


def forecast_case(card: Card, text: str, *, focus: str | None = None, occurrences: int = 1) -> Case:
    """The conversation that all four subtasks share as their prefix: the card, then the text.

    Args:
        card: of the series.
        text: cleaned, as `read_notes` returns it; may be empty.
        focus: for `synthesis` the effects, as `context` writes them.
        occurrences: for `synthesis` how many effects there are.
    """
    messages = [{"role": "system", "content": card.text()}, {"role": "user", "content": text}]
    return Case(messages=tuple(messages), focus=focus, occurrences=occurrences)


def card_of(case: Case) -> Card:
    """The card that a case begins with.

    Raises:
        CardError: it begins with something else.
    """
    for message in case.messages:
        content = message.get("content")
        if message.get("role") == "system" and isinstance(content, str) and content.startswith(FIRST_KEY):
            return read_card(content)
    raise CardError("no_card", "the case has no series card as its system message; build it with forecast_case")


def has_card(case: Case) -> bool:
    """Whether a case begins with a series card."""
    try:
        card_of(case)
    except CardError:
        return False
    return True


def text_of(case: Case) -> str:
    """What the user's turns of a case say."""
    return "\n".join(str(message.get("content") or "") for message in case.messages if message.get("role") == "user")


def card_moment(value: str | int) -> Any:
    """A date of the card as numpy counts it."""
    return value if isinstance(value, int) else moment(value)


def short(number: float) -> float:
    """A number with four digits that count, as a card shows it."""
    return float(f"{number:.4g}")


def _feasts(country: str | None, ahead: Dates, frequency: Frequency) -> tuple[tuple[str, str], ...]:
    if country is None or frequency.unit == "step" or (frequency.step_s or 32 * DAY_S) > DAY_S:
        return ()
    first, last = (day.astype("datetime64[D]").astype(date) for day in (ahead[0], ahead[-1]))
    return feast_days(country, first, last)


def _shown(value: object, frequency: Frequency) -> str | int:
    return int(str(value)) if frequency.unit == "step" else shown_date(value, frequency)


def _rounded(values: Any) -> tuple[float, ...]:
    return tuple(short(float(value)) for value in values)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _numbers(values: tuple[float, ...]) -> str:
    return " ".join(f"{short(value):.10g}" for value in values)


def _read_numbers(text: str | None) -> tuple[float, ...]:
    return tuple(float(part) for part in (text or "").split())


def _pairs(values: Mapping[str, float]) -> str:
    return ", ".join(f"{key} {short(value):.10g}" for key, value in values.items())


def _read_pairs(text: str | None) -> dict[str, float]:
    pairs = (part.rsplit(" ", 1) for part in text.split(", ")) if text else ()
    return {key: float(value) for key, value in pairs}


def _read_days(text: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((part[:10], part[11:]) for part in text.split("; ")) if text else ()


def _read_whole(text: str) -> str | int:
    return int(text) if text.lstrip("-").isdigit() else text
