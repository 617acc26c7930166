"""A forecast as plain JSON: columns as Nixtla's libraries name them, then how each series came about."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from divisi.services.forecasting.answer import Decided, Forecast, SeriesForecast
from divisi.tasks.forecasting.apply import Outcome
from divisi.tasks.forecasting.crossval import FINAL
from divisi.tasks.forecasting.frequency import Frequency, as_dates, read_frequency, shown_date
from divisi.tasks.forecasting.scale import scale_note

POOL_COLUMN = "pool"
"""The column of the models' median before anything was decided."""


def forecast_record(forecast: Forecast) -> dict[str, Any]:
    """The forecast as JSON; a number that JSON does not have is null."""
    frequency = read_frequency(forecast.report.freq)
    return {
        "forecast": columns(forecast.series, frequency),
        "series": [series_record(one, frequency) for one in forecast.series],
        "guard": forecast.report.to_record(),
        "calibration": None if forecast.calibration is None else forecast.calibration.to_record(),
        **({} if forecast.past is None else {"cross_validation": forecast.past.to_record()}),
        "milliseconds": round(forecast.milliseconds, 3),
    }


def columns(series: Iterable[SeriesForecast], frequency: Frequency) -> dict[str, list[Any]]:
    """The forecasts in long form: unique_id, ds, divisi, divisi-lo-80, divisi-hi-80, ..., pool, one column a model."""
    parts = [_columns_of(one, frequency) for one in series]
    names = dict.fromkeys(name for part in parts for name in part)
    lengths = [len(part["ds"]) for part in parts]
    return {
        name: [cell for part, length in zip(parts, lengths, strict=True) for cell in part.get(name, [None] * length)]
        for name in names
    }


def _columns_of(one: SeriesForecast, frequency: Frequency) -> dict[str, list[Any]]:
    bands = {
        f"{FINAL}-{side}-{level:g}": numbers(values)
        for level, pair in sorted(one.bands.items())
        for side, values in zip(("lo", "hi"), pair, strict=True)
    }
    models = {model: numbers(values) for model, values in zip(one.models.models, one.models.points, strict=True)}
    return {
        "unique_id": [one.unique_id] * len(one.ahead),
        "ds": shown_dates(one.ahead, frequency),
        FINAL: numbers(one.final),
        **bands,
        POOL_COLUMN: numbers(one.pool),
        **models,
    }


def series_record(one: SeriesForecast, frequency: Frequency) -> dict[str, Any]:
    """How the forecast of one series came about."""
    return {
        "unique_id": one.unique_id,
        "explanation": one.explanation,
        "effects": [effect_record(outcome, one, frequency) for outcome in one.outcomes],
        "stages": [stage_record(decided) for decided in one.decided],
        "weights": dict(one.weights),
        "left_out": dict(one.models.left_out),
        "intervals": {"levels": sorted(one.bands), "widths_from": one.spread},
        "notes": list(one.notes),
    }


def effect_record(outcome: Outcome, one: SeriesForecast, frequency: Frequency) -> dict[str, Any]:
    """One effect with what became of it, and the dates that it acted on (of the history, where it masks that).

    `note` says how its size was brought into the scale of the series; `value` is in that scale, `said` as it was said.
    """
    record = outcome.to_record()
    dates = one.dates if outcome.effect.type == "mask_history" else one.ahead
    return {
        **record["effect"],
        "accepted": outcome.accepted,
        "reason": outcome.reason,
        "note": scale_note(outcome.effect),
        "dates": shown_dates(dates[list(outcome.steps)], frequency),
    }


def stage_record(decided: Decided) -> dict[str, Any]:
    """One stage of the trace; `neutral` says why it did not act."""
    return {
        "subtask": decided.subtask,
        "specialist": decided.specialist,
        "version": decided.version,
        "neutral": decided.neutral,
        "value": decided.value,
        "problems": list(decided.problems),
        "new_tokens": decided.new_tokens,
        "milliseconds": round(decided.milliseconds, 3),
    }


def usage(forecast: Forecast) -> dict[str, int]:
    """Tokens read and written over all series and their calibration, and those that were not read again."""
    prompt = sum(one.prefix_tokens for one in forecast.series)
    written = sum(decided.new_tokens for one in forecast.series for decided in one.decided)
    if forecast.calibration is not None:
        prompt, written = prompt + forecast.calibration.read_tokens, written + forecast.calibration.new_tokens
    shared = sum(one.shared_prefix_tokens for one in forecast.series)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": written,
        "total_tokens": prompt + written,
        "shared_prefix_tokens": shared,
    }


def numbers(values: Any) -> list[float | None]:
    """Values as JSON has them: null for what is not finite."""
    return [float(value) if math.isfinite(value) else None for value in values]


def shown_dates(dates: Any, frequency: Frequency) -> list[Any]:
    """Dates as ISO texts; steps as whole numbers."""
    plain = as_dates(np.asarray(dates))
    if frequency.unit == "step":
        return [int(step) for step in plain]
    return [shown_date(date, frequency) for date in plain]
