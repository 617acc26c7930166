"""Examples of macro and micro: a window of a series, what the pool said of it, and what then came.

The pool's forecasts come in as plain arrays, so that any pool can teach and none is needed to read this.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from divisi.tasks.example import Example
from divisi.tasks.forecasting.card import forecast_case, make_card
from divisi.tasks.forecasting.frequency import Dates, read_frequency
from divisi.tasks.forecasting.scene import Floats
from divisi.tasks.forecasting.targets import macro_target, micro_target
from divisi.tasks.subtask import Case


@dataclass(frozen=True, slots=True)
class Origin:
    """A point in time of a series, with the pool's forecasts made there and the values that came.

    Attributes:
        group: the series, for the split ("forecast/m3/monthly/N1402").
        name: of the series.
        unit: of its values.
        freq: as pandas spells it, or 1.
        history: [n] up to the origin.
        dates: [n]
        forecasts: model (ETS, DOT, CES, SNaive) -> [horizon]
        combined: [horizon] the pool's own combination.
        actual: [horizon] what came; hidden from the card.
        errors: model -> its error at earlier origins.
        residuals: the pool's errors of one step at earlier origins, oldest first, in the series' unit.
    """

    group: str
    name: str
    unit: str
    freq: str | int
    history: Floats
    dates: Dates
    forecasts: Mapping[str, Floats]
    combined: Floats
    actual: Floats
    errors: Mapping[str, float]
    residuals: Floats

    @property
    def sigma(self) -> float:
        """Standard deviation of the residuals; 0 where there are fewer than two."""
        return float(np.std(self.residuals)) if len(self.residuals) > 1 else 0.0


def macro_example(origin: Origin, *, id: str, source: str) -> Example:  # noqa: A002
    """What macro should say at an origin."""
    target = macro_target(
        origin.forecasts,
        origin.actual,
        combined=origin.combined,
        history=origin.history,
        history_dates=origin.dates,
        season=read_frequency(origin.freq).season,
    )
    return _example(origin, "macro", target, id, source)


def micro_example(origin: Origin, *, id: str, source: str, outlier_last: bool = False) -> Example:  # noqa: A002
    """What micro should say at an origin.

    Args:
        origin: the point in time.
        id: of the example.
        source: of the example.
        outlier_last: whether the last value was spoiled on purpose.
    """
    target = micro_target(origin.combined, origin.actual, origin.sigma, outlier_last=outlier_last)
    return _example(origin, "micro", target, id, source)


def _example(origin: Origin, subtask: str, target: Mapping[str, Any], id: str, source: str) -> Example:  # noqa: A002
    return Example(f"{id}/{subtask}", subtask, source, _case(origin), dict(target), origin.group)


def _case(origin: Origin) -> Case:
    scaled = origin.residuals[-8:] / origin.sigma if origin.sigma else origin.residuals[:0]
    card = make_card(
        origin.history,
        origin.dates,
        name=origin.name,
        unit=origin.unit,
        freq=origin.freq,
        horizon=len(origin.actual),
        errors=origin.errors,
        residuals=tuple(scaled.tolist()),
    )
    return forecast_case(card, "")
