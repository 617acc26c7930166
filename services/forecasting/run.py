"""One forecast of a file in this process: what `divisi forecast` does."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from divisi.services.config import Config
from divisi.services.errors import InvalidRequestError, MissingPackageError
from divisi.services.forecasting.answer import Forecast
from divisi.services.forecasting.compose import forecast_record, usage
from divisi.services.forecasting.conduct import conduct
from divisi.services.forecasting.files import read_series, write_columns
from divisi.services.forecasting.wire import ForecastRequest
from divisi.services.forecasting.workers import Processes
from divisi.services.refusals import refusal
from divisi.services.show import counting_bar


def forecast_file(
    file: Path,
    wanted: Mapping[str, Any],
    settings: Config | None,
    *,
    columns: str = "unique_id,ds,y",
    context: Path | None = None,
    plot: Path | None = None,
    out: Path | None = None,
) -> dict[str, Any]:
    """Forecast the series of a CSV file; gives the forecast as plain JSON.

    Args:
        file: the series.
        wanted: a forecast request without its series and its text.
        settings: of the base and its specialists, or None for the numbers alone.
        columns: what unique_id, ds and y are called in the file, with commas between.
        context: a file with the text about them, or None.
        plot: a picture to write, or None.
        out: a CSV file to write, or None.

    Raises:
        RequestError: it cannot be forecast as it is; the message says what to do.
        LoadError: the base or a specialist cannot be loaded.
    """
    names = columns.split(",")
    if len(names) != 3:
        raise InvalidRequestError(f"--columns needs three names with commas between, got {columns!r}")
    series = read_series(file, id_column=names[0], time_column=names[1], value_column=names[2])
    text = None if context is None else _read_text(context)
    try:
        request = ForecastRequest.model_validate({**wanted, "series": series, "context": text})
    except ValidationError as error:
        raise refusal(error.errors()) from error
    made = asyncio.run(_conducted(request, settings, len(set(series.get("unique_id", ["one"])))))
    if plot is not None:
        _draw(made, plot)
    record = {**forecast_record(made), "usage": usage(made)}
    if out is not None:
        write_columns(out, record["forecast"])
    return record


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
