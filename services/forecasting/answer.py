"""What a forecast comes to: one part for each series, with everything that led to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from divisi.tasks.forecasting.apply import Outcome
from divisi.tasks.forecasting.calibration import Calibration
from divisi.tasks.forecasting.pool import Array, PoolForecast
from divisi.tasks.forecasting.repair import Report

Name = str | int


@dataclass(frozen=True, slots=True)
class Decided:
    """What one stage decided.

    Attributes:
        subtask: the stage.
        value: its answer as a plain value; the neutral one where it did not act.
        neutral: why it did not act, or None where it did.
        specialist, version: who answered; empty where nobody did.
        problems: what the checks found in an answer that was used all the same.
        new_tokens, milliseconds: what it cost.
    """

    subtask: str
    value: Any
    neutral: str | None = None
    specialist: str = ""
    version: str = ""
    problems: tuple[str, ...] = ()
    new_tokens: int = 0
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class SeriesForecast:
    """The forecast of one series.

    Attributes:
        unique_id: which series.
        name, unit: as it is shown.
        dates, history: [points] of the past, repaired.
        ahead: [horizon], the dates of the forecast.
        pool: [horizon], the models' median before anything was decided.
        final: [horizon], the forecast.
        bands: level in percent -> [horizon] lower and upper.
        models: what each model said, after a refit where there was one.
        weights: model -> how often it was counted.
        outcomes: of every effect, accepted or not.
        decided: every stage, in the order in which they are asked.
        notes: what else was done, in sentences.
        spread: where the widths of the intervals come from.
        explanation: two to five sentences whose numbers are all in this forecast.
        prefix_tokens, shared_prefix_tokens: what was read, and what was not read again.
    """

    unique_id: Name
    name: str
    unit: str
    dates: NDArray[Any]
    history: Array
    ahead: NDArray[Any]
    pool: Array
    final: Array
    bands: Mapping[float, tuple[Array, Array]]
    models: PoolForecast
    weights: Mapping[str, int]
    outcomes: tuple[Outcome, ...]
    decided: tuple[Decided, ...]
    notes: tuple[str, ...]
    spread: str
    explanation: str
    prefix_tokens: int = 0
    shared_prefix_tokens: int = 0


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """What the pool would have said.

    Attributes:
        columns: unique_id, ds, cutoff, y, one a model, and `divisi`, their median.
        scores: model, and `divisi` -> smape, mae, mase over all origins; mase is None for series that never change.
    """

    columns: Mapping[str, list[Any]]
    scores: Mapping[str, Mapping[str, float | None]]

    def to_record(self) -> dict[str, Any]:
        """As a plain JSON object."""
        return {"columns": dict(self.columns), "scores": {name: dict(one) for name, one in self.scores.items()}}


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecasts of one request.

    Attributes:
        report: what the guard found and did.
        series: one forecast each, in the guard's order.
        milliseconds: from request to answer.
        calibration: what earlier origins say of macro and micro; None where they do not act, or nothing was asked.
        past: what the pool would have said at earlier origins, where the request asks for it.
    """

    report: Report
    series: tuple[SeriesForecast, ...]
    milliseconds: float
    calibration: Calibration | None = None
    past: CrossValidation | None = None
