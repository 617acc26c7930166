"""Series in a CSV file, as the columns of a request; and forecasts as a CSV file."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from divisi.services.errors import InvalidRequestError

DELIMITERS = ",;\t|"
REST = "\0"
"""Where a reader puts cells beyond the header's; no column is called so."""


def read_series(file: Path, *, id_column: str, time_column: str, value_column: str) -> dict[str, list[Any]]:
    """The columns unique_id (where the file has it), ds and y. An empty value is a missing one.

    Raises:
        InvalidRequestError: the file cannot be read, is empty or lacks a column.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            delimiter = delimiter_of(lines.readline())
            lines.seek(0)
            reader = csv.DictReader(lines, delimiter=delimiter, restkey=REST)
            header, rows = list(reader.fieldnames or ()), list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidRequestError(f"{file} cannot be read as CSV: {error}") from error
    _check_shape(file, header, rows)
    missing = [name for name in (time_column, value_column) if name not in header]
    if missing:
        advice = "say with --columns what they are called"
        message = f"{file} has no column {missing[0]!r}, but {', '.join(header) or 'none at all'}; {advice}"
        raise InvalidRequestError(message)
    if not rows:
        raise InvalidRequestError(f"{file} has a header and no rows; it needs one row for each value")
    columns = {"ds": times([row[time_column] for row in rows]), "y": [cell(row[value_column]) for row in rows]}
    return {"unique_id": [row[id_column] for row in rows], **columns} if id_column in header else columns


def delimiter_of(header: str) -> str:
    """The sign between the columns of a header: the one that stands there most often, a comma where none does."""
    return max(DELIMITERS, key=header.count)


def _check_shape(file: Path, header: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise InvalidRequestError(f"{file} has two columns {twice!r}; call each by a name of its own")
    longer = next((line for line, row in enumerate(rows, 2) if REST in row), None)
    if longer is not None:
        message = f"line {longer} of {file} has more cells than the header; put cells with a comma in quotes"
        raise InvalidRequestError(message)


def times(texts: Sequence[str | None]) -> list[str] | list[int]:
    """Times as they are written, or whole numbers where all are."""
    written = [(text or "").strip() for text in texts]
    if all(text.removeprefix("-").isdigit() and len(text) < 8 for text in written):
        return [int(text) for text in written]
    return written


def cell(text: str | None) -> float | str | None:
    """A number where it is one, None where nothing stands, else the text for the guard to judge."""
    written = (text or "").strip()
    if not written or written.casefold() in ("nan", "na", "null", "none"):
        return None
    try:
        return float(written)
    except ValueError:
        return written


def write_columns(file: Path, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write columns as CSV; null is an empty cell."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
