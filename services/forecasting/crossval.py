"""Cross-validation of the pool at a door: Nixtla's columns and arguments, and each model's scores over all origins.

Specialists and texts are not asked: what is known of the future now was not known at the origins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from divisi.services.errors import InvalidRequestError
from divisi.services.forecasting.answer import CrossValidation
from divisi.services.forecasting.intake import Known, Wanted
from divisi.services.forecasting.numbers import Failure
from divisi.services.forecasting.wire import Folds
from divisi.services.forecasting.workers import Workers
from divisi.tasks.forecasting.accuracy import mase, smape
from divisi.tasks.forecasting.crossval import FINAL, cross_validation
from divisi.tasks.forecasting.errors import ForecastError
from divisi.tasks.forecasting.frequency import read_frequency, shown_date
from divisi.tasks.forecasting.pool import Array

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class Past:
    """One series to test on its past."""

    known: Known
    horizon: int
    season_length: int
    models: tuple[str, ...]
    folds: Folds


def cross_validate(wanted: Wanted, folds: Folds, workers: Workers) -> CrossValidation:
    """What the pool would have said of every series at earlier origins.

    Raises:
        InvalidRequestError: a series is too short for so many windows; the message says how many points they need.
    """
    pasts = [Past(one, wanted.spec.horizon, wanted.season_length, wanted.models, folds) for one in wanted.series]
    frames: list[Any] = [None] * len(pasts)
    for place, one in workers.map(tested, pasts):
        if isinstance(one, Failure):
            name = pasts[place].known.unique_id
            raise InvalidRequestError(f"series {name!r}: {one.message}", "cross_validation")
        frames[place] = one
    return CrossValidation(columns_of(frames, wanted.report.freq), scores_of(pasts, frames))


def tested(past: Past) -> "pandas.DataFrame | Failure":
    """The rows of one series."""
    import pandas as pd

    known, folds = past.known, past.folds
    frame = pd.DataFrame({"unique_id": known.unique_id, "ds": known.dates, "y": known.values})
    try:
        return cross_validation(
            frame,
            past.horizon,
            season_length=past.season_length,
            windows=folds.n_windows,
            step=folds.step_size,
            models=past.models,
        )
    except ForecastError as error:
        return Failure(error.code, str(error))


def columns_of(frames: "Sequence[pandas.DataFrame]", freq: str | int) -> dict[str, list[Any]]:
    """The rows of all series by column; dates as texts, null for a model that was left out."""
    import pandas as pd

    frame, frequency = pd.concat(frames, ignore_index=True), read_frequency(freq)
    columns: dict[str, list[Any]] = {}
    for name in frame.columns:
        values = frame[name].tolist()
        if name in ("ds", "cutoff") and frequency.unit != "step":
            values = [shown_date(value.to_datetime64(), frequency) for value in frame[name]]
        elif frame[name].dtype == np.float64:
            values = [value if np.isfinite(value) else None for value in values]
        columns[name] = values
    return columns


def scores_of(pasts: Sequence[Past], frames: "Sequence[pandas.DataFrame]") -> dict[str, dict[str, float | None]]:
    """Each model's mean scores over series and origins, of those that it answered."""
    names = [*pasts[0].models, FINAL]
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in names}
    for past, frame in zip(pasts, frames, strict=True):
        for _, own in frame.groupby("cutoff"):
            history = past.known.values[: int((past.known.dates <= own["cutoff"].to_numpy()[0]).sum())]
            truth = own["y"].to_numpy(dtype=np.float64)
            for name in names:
                point = own[name].to_numpy(dtype=np.float64)
                if np.isfinite(point).all():
                    found[name].append(_errors(truth, point, history, past.season_length))
    return {name: _means(rows) for name, rows in found.items() if rows}


def _errors(truth: Array, point: Array, history: Array, season: int) -> tuple[float, float, float]:
    return smape(truth, point), float(np.abs(truth - point).mean()), mase(truth, point, history, season)


def _means(rows: Sequence[tuple[float, float, float]]) -> dict[str, float | None]:
    smapes, absolute, scaled = (np.array(column) for column in zip(*rows, strict=True))
    finite = scaled[np.isfinite(scaled)]
    return {
        "smape": round(float(smapes.mean()), 3),
        "mae": round(float(absolute.mean()), 6),
        "mase": round(float(finite.mean()), 4) if len(finite) else None,
    }
