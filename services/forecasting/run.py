"""One forecast of a file in this process: what `divisi forecast` does."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from divisi.services.config import Config
from divisi.services.errors import InvalidRequestError, MissingPackageError
from divisi.services.forecasting.answer import Forecast
from divisi.services.forecasting.compose import forecast_record, usage
from divisi.services.forecasting.conduct import conduct
from divisi.services.forecasting.files import read_series, write_columns
from divisi.services.forecasting.matter import is_number
from divisi.services.forecasting.wire import ForecastRequest
from divisi.services.forecasting.workers import Processes
from divisi.services.refusals import refusal
from divisi.services.show import counting_bar

PICTURES = (".png", ".svg", ".pdf")
VALUES = "y"
"""What the column of the values is called where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Files:
    """What is written, each or None: the picture, the forecast and the rows of cross-validation as CSV."""

    plot: Path | None = None
    out: Path | None = None
    folds: Path | None = None


def forecast_file(
    file: Path,
    wanted: Mapping[str, Any],
    settings: Config | None,
    *,
    columns: str = "unique_id,ds,y",
    context: Path | None = None,
    files: Files = Files(),
) -> dict[str, Any]:
    """Forecast the series of a CSV file; gives the forecast as plain JSON.

    Args:
        file: the series.
        wanted: a forecast request without its series and its text.
        settings: of the base and its specialists, or None for the numbers alone.
        columns: what unique_id, ds and y are called in the file, with commas between.
        context: a file with the text about them, or None.
        files: to be written.

    Raises:
        RequestError: it cannot be forecast as it is; the message says what to do.
        LoadError: the base or a specialist cannot be loaded.
    """
    _check_files(files)
    names = columns.split(",")
    if len(names) != 3:
        raise InvalidRequestError(f"--columns needs three names with commas between, got {columns!r}")
    series = read_series(file, id_column=names[0], time_column=names[1], value_column=names[2])
    text = None if context is None else _read_text(context)
    facts = named(wanted.get("facts") or {}, file, series.get("unique_id"), names[2])
    wanted = {**wanted, "facts": facts}
    try:
        request = ForecastRequest.model_validate({**wanted, "series": series, "context": text})
    except ValidationError as error:
        raise refusal(error.errors()) from error
    made = asyncio.run(_conducted(request, settings, len(set(series.get("unique_id", ["one"])))))
    if files.plot is not None:
        _draw(made, files.plot)
    record = {**forecast_record(made), "usage": usage(made)}
    if files.out is not None:
        write_columns(files.out, record["forecast"])
    if files.folds is not None and made.past is not None:
        write_columns(files.folds, made.past.columns)
    return record


def _check_files(files: Files) -> None:
    """Refuse at once what would fail only when everything has been computed."""
    for file in filter(None, (files.plot, files.out, files.folds)):
        if not file.absolute().parent.is_dir():
            raise InvalidRequestError(f"{file} cannot be written: there is no folder {file.parent}")
    if files.plot is not None and files.plot.suffix.lower() not in PICTURES:
        raise InvalidRequestError(f"{files.plot} cannot be written: a picture ends with {', '.join(PICTURES)}")


def named(facts: Mapping[str, Any], file: Path, ids: Sequence[Any] | None, column: str) -> dict[str, Any]:
    """The facts with the name of a single series that has none: its values' column, or its file without a unique_id.

    Args:
        facts: as they were given.
        file: that the series is in.
        ids: its column unique_id, or None.
        column: of the values; "y" is no name.
    """
    single = ids is None or (len(set(ids)) == 1 and is_number(ids[0]))
    if facts.get("name") or not single:
        return dict(facts)
    name = column if column != VALUES else file.stem if ids is None else None
    return {**facts, "name": name}


async def _conducted(request: ForecastRequest, settings: Config | None, count: int) -> Forecast:
    from divisi.services.loading import load_section

    section = None if settings is None else await asyncio.to_thread(load_section, settings)
    try:
        with counting_bar("series", count) as done:
            return await conduct(request, request.context, section, Processes(), done=done)
    finally:
        if section is not None:
            await section.player.close()


def _draw(made: Forecast, file: Path) -> None:
    from divisi.services.forecasting.picture import draw

    try:
        draw(made.series, file, season_length=made.report.season_length)
    except ModuleNotFoundError as error:
        message = f"pictures need {error.name}, which is not installed: pip install 'divisi[forecasting]'"
        raise MissingPackageError(message) from error
    except (OSError, ValueError) as error:
        raise InvalidRequestError(f"{file} cannot be written: {error}") from error


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequestError(f"{file} cannot be read as a text: {error}") from error
