"""The matter of a forecast: one series with its numbers, and the card that specialists read of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from divisi.services.forecasting.answer import Name
from divisi.services.forecasting.intake import ONE, Known, Wanted
from divisi.services.forecasting.numbers import Numbers
from divisi.tasks.forecasting.card import Card, make_card
from divisi.tasks.forecasting.error_scale import change
from divisi.tasks.forecasting.explanation import NAMELESS
from divisi.tasks.forecasting.intervals import Spread

SHORT_NAMES = {"AutoETS": "ETS", "DynamicOptimizedTheta": "DOT", "CES": "CES", "SeasonalNaive": "SNaive"}
"""Model -> how the specialists call it."""


MOST_RESIDUALS = 18
"""Steps whose errors a card shows; a long horizon would fill the prompt with them."""


def short_name(model: str) -> str:
    """How the specialists call a model; its own name where they do not know it."""
    return SHORT_NAMES.get(model, model)


@dataclass(frozen=True, slots=True)
class Matter:
    """One series with its numbers, on its way to a forecast.

    Attributes:
        wanted: the whole request.
        known: the series.
        numbers: of the pool.
        spread: of its errors.
    """

    wanted: Wanted
    known: Known
    numbers: Numbers
    spread: Spread


def name_of(matter: Matter) -> str:
    """What the series is called: as its facts say, else by its unique_id; a number alone is no name."""
    named, own = matter.wanted.spec.facts.name, str(matter.known.unique_id)
    if named or not (own == ONE or is_number(matter.known.unique_id)):
        return named or own
    return NAMELESS if len(matter.wanted.series) == 1 else f"series {own}"


def is_number(unique_id: Name) -> bool:
    """Whether a unique_id is a number, also as a text ("1.0")."""
    try:
        float(unique_id)
    except ValueError:
        return False
    return True


def card_of(matter: Matter) -> Card:
    """The series as specialists read it: its facts, a coarse view, how far the pool was off."""
    known, facts, numbers = matter.known, matter.wanted.spec.facts, matter.numbers
    return make_card(
        known.values,
        known.dates,
        name=name_of(matter),
        unit=facts.unit,
        freq=matter.wanted.report.freq,
        horizon=matter.wanted.spec.horizon,
        domain=facts.domain,
        country=facts.country,
        errors=mean_errors(numbers),
        residuals=last_residuals(numbers, matter.spread),
    )


def mean_errors(numbers: Numbers) -> Mapping[str, float]:
    """Model, as specialists call it -> its mean absolute error at earlier origins, in units of the series' change."""
    unit = change(numbers.job.values, numbers.job.season_length)
    if unit <= 0 or not numbers.ran.origins:
        return {}
    missed = {
        SHORT_NAMES[model]: np.abs(numbers.ran.truth - points)
        for model, points in zip(numbers.ran.models, numbers.ran.points, strict=True)
        if model in SHORT_NAMES
    }
    return {model: float(np.nanmean(own) / unit) for model, own in missed.items() if np.isfinite(own).any()}


def last_residuals(numbers: Numbers, spread: Spread) -> tuple[float, ...]:
    """What the pool missed at its last earlier origin, in units of what is typical at each step."""
    errors = numbers.ran.errors()
    unit = change(numbers.job.values, numbers.job.season_length)
    if not len(errors) or unit <= 0:
        return ()
    return tuple((errors[-1] / (unit * spread.sigma(errors.shape[1]))).tolist()[:MOST_RESIDUALS])
