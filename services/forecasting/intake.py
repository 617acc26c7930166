"""From the wire to what can be forecast: guarded series, cleaned texts, checked names."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from divisi.services.errors import InvalidRequestError, MissingPackageError
from divisi.services.forecasting.answer import Name
from divisi.services.forecasting.wire import Columns, ForecastSpec
from divisi.tasks.forecasting.days import feast_days
from divisi.tasks.forecasting.effect import Effect, effect_from_record
from divisi.tasks.forecasting.errors import ForecastError
from divisi.tasks.forecasting.frequency import Dates, as_dates, moment
from divisi.tasks.forecasting.notes import read_notes
from divisi.tasks.forecasting.pool import POOL, Array, check_models
from divisi.tasks.forecasting.repair import Repair, Report

NEW_YEAR = date(2025, 1, 1)
ONE = "series"
"""How a series is called that came without a unique_id."""


@dataclass(frozen=True, slots=True)
class Known:
    """One series after the guard.

    Attributes:
        unique_id: which.
        dates, values: [points].
        text: what is known of it, cleaned; "" where nothing is.
        nonnegative: whether it was never below zero.
    """

    unique_id: Name
    dates: Any
    values: Array
    text: str
    nonnegative: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A forecast as it is asked for, after all checks.

    Attributes:
        spec: as it was written.
        report: of the guard; texts that were cleaned are among its repairs.
        series: in the guard's order.
        models: of the pool.
        season_length: points of a season.
        effects: that the request itself states.
        references: name -> (dates, values) of the series that texts may refer to.
    """

    spec: ForecastSpec
    report: Report
    series: tuple[Known, ...]
    models: tuple[str, ...]
    season_length: int
    effects: tuple[Effect, ...]
    references: Mapping[str, tuple[Dates, Array]]


def intake(spec: ForecastSpec, context: str | None) -> Wanted:
    """What a request asks for.

    Raises:
        InvalidRequestError: a series, a text, a model, an effect, a country or a reference cannot be used; the message
            says what to do.
        MissingPackageError: divisi was installed without what forecasting needs.
    """
    guard = _guard()
    try:
        frame, report = guard(frame_of(spec.series), freq=spec.freq, horizon=spec.horizon)
        models = check_models(spec.models or POOL)
    except ForecastError as error:
        raise InvalidRequestError(str(error), _part_at_fault(error.code)) from error
    names = list(dict.fromkeys(frame["unique_id"].tolist()))
    texts, repairs = _texts(spec, context, names)
    known = []
    for name, own in frame.groupby("unique_id", sort=False):
        values = own["y"].to_numpy(dtype=np.float64)
        known.append(Known(name, own["ds"].to_numpy(), values, texts[name], name in report.nonnegative))
    # On the wire dates have no other form than texts: that they were read is no repair.
    found = tuple(one for one in report.repairs if one.kind != "dates_from_text")
    report = replace(report, repairs=(*found, *repairs))
    season = spec.season_length or report.season_length
    _check_country(spec.facts.country)
    references = _references(spec, dated=not isinstance(report.freq, int))
    return Wanted(spec, report, tuple(known), models, season, _effects(spec), references)


def _part_at_fault(code: str) -> str:
    """The part of the request that an error's code speaks of."""
    return {"unknown_model": "models", "bad_horizon": "horizon"}.get(code, "freq" if "freq" in code else "series")


def frame_of(columns: Columns) -> Any:
    """A pandas frame of columns; null is a missing value."""
    import pandas as pd

    names = columns.unique_id or [ONE] * len(columns.ds)
    return pd.DataFrame({"unique_id": names, "ds": columns.ds, "y": columns.y})


def _guard() -> Any:
    try:
        from divisi.tasks.forecasting.series import guard
    except ModuleNotFoundError as error:
        message = f"forecasts need {error.name}, which is not installed: pip install 'divisi[forecasting]'"
        raise MissingPackageError(message) from error
    return guard


def _texts(spec: ForecastSpec, context: str | None, names: list[Name]) -> tuple[dict[Name, str], tuple[Repair, ...]]:
    """The cleaned text of each series, and what was cleaned."""
    own: Mapping[str, str] = spec.contexts or {}
    unknown = sorted(own.keys() - {str(name) for name in names})
    if unknown:
        message = f"contexts names {unknown[0]!r}, which is no unique_id of the series"
        raise InvalidRequestError(message, "contexts")
    try:
        common, repairs = read_notes(context)
        read = {name: read_notes(own[str(name)]) for name in names if str(name) in own}
    except ForecastError as error:
        raise InvalidRequestError(str(error), "context") from error
    texts = {name: read[name][0] if name in read else common for name in names}
    changed = [replace(repair, unique_id=name) for name, (_, found) in read.items() for repair in found]
    return texts, (*repairs, *changed)


def _effects(spec: ForecastSpec) -> tuple[Effect, ...]:
    effects = []
    for place, record in enumerate(spec.effects or ()):
        try:
            effects.append(effect_from_record(record))
        except ForecastError as error:
            raise InvalidRequestError(str(error), f"effects[{place}]") from error
    return tuple(effects)


def _check_country(country: str | None) -> None:
    try:
        if country is not None:
            feast_days(country, NEW_YEAR, NEW_YEAR)
    except ForecastError as error:
        raise InvalidRequestError(str(error), "facts.country") from error


def _references(spec: ForecastSpec, *, dated: bool) -> dict[str, tuple[Dates, Array]]:
    """The references with their dates read; they are counted as the series are."""
    found = {}
    for name, one in (spec.references or {}).items():
        whole = all(isinstance(time, int) for time in one.ds)
        if whole == dated:
            message = f"the series count in {'dates' if dated else 'whole numbers'}; write those of {name!r} likewise"
            raise InvalidRequestError(message, f"references.{name}.ds")
        try:
            dates = as_dates(np.array([moment(str(time)) if dated else time for time in one.ds]))
        except ForecastError as error:
            raise InvalidRequestError(str(error), f"references.{name}.ds") from error
        found[name] = (dates, np.asarray(one.y, dtype=np.float64))
    return found
