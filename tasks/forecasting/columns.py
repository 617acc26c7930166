"""The columns unique_id, ds, y of a frame, in the types that everything after reckons with."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from divisi.tasks.forecasting.errors import SeriesError
from divisi.tasks.forecasting.repair import Repair

REQUIRED = ("unique_id", "ds", "y")
LARGEST = 1e100
"""Of a value: squares of larger ones overflow."""

OFFSET = re.compile(r"[T ]\d{2}:?\d{2}.*?(Z|[+-]\d{2}:?\d{2})$")


def typed_columns(frame: object) -> tuple[pd.DataFrame, list[Repair]]:
    """The three columns of a long frame: ids as they are, ds as datetime64[ns] or int64, y as float64.

    Args:
        frame: what somebody sent.

    Returns:
        A new frame with exactly these columns and a plain index, and what was changed.

    Raises:
        SeriesError: a column is missing or holds what cannot be read.
    """
    named, repairs = _named(frame)
    ids = _ids(named["unique_id"])
    dates, of_dates = _dates(named["ds"])
    values, of_values = _values(named["y"], named["ds"])
    result = pd.DataFrame({"unique_id": ids.to_numpy(), "ds": dates, "y": values})
    return result, [*repairs, *of_dates, *of_values]


def _named(frame: Any) -> tuple[pd.DataFrame, list[Repair]]:
    """The frame with the required columns and a plain index."""
    if not isinstance(frame, pd.DataFrame):
        raise SeriesError("not_a_frame", f"expected a pandas DataFrame in long format, not {type(frame).__name__}")
    repairs = []
    if frame.index.name == "unique_id" and "unique_id" not in frame.columns:
        frame = frame.reset_index()
        repairs.append(_whole("index_reset", "unique_id", "unique_id was the index and is a column now"))
    names = [str(name) for name in frame.columns]
    repeated = sorted({name for name in names if names.count(name) > 1} & set(REQUIRED))
    if repeated:
        raise SeriesError("repeated_columns", f"the frame has {', '.join(repeated)} more than once; keep one of each")
    missing = [name for name in REQUIRED if name not in frame.columns]
    if missing == ["unique_id"] and not frame.empty:
        frame = frame.assign(unique_id="series")
        repairs.append(_whole("one_series", "unique_id", "there is no unique_id, so all rows are one series"))
    elif missing:
        raise SeriesError(
            "missing_columns",
            f"the frame has {', '.join(names) or 'no columns'} and lacks {', '.join(missing)}; rename your columns to "
            "unique_id (which series), ds (date), y (value)",
        )
    if frame.empty:
        raise SeriesError("no_rows", "the frame has no rows; send at least one value of each series")
    extra = [str(name) for name in frame.columns if name not in REQUIRED]
    if extra:
        what = f"the columns {', '.join(extra[:5])} are not used"
        repairs.append(Repair("ignored_columns", None, len(extra), extra[0], what))
    return frame.loc[:, list(REQUIRED)], repairs


def _whole(kind: str, first: str, what: str) -> Repair:
    return Repair(kind, None, 1, first, what)


def _ids(ids: "pd.Series[object]") -> "pd.Series[object]":
    missing = int(ids.isna().sum())
    if missing:
        raise SeriesError("missing_id", f"{missing} rows have no unique_id; name the series of each row")
    if isinstance(ids.dtype, pd.CategoricalDtype):
        ids = ids.astype(ids.cat.categories.dtype)
    kind = pd.api.types.infer_dtype(ids, skipna=False)
    if kind not in ("string", "integer"):
        raise SeriesError("mixed_ids", f"unique_id must be texts or whole numbers alone, not {kind}")
    return ids


def _values(values: "pd.Series[object]", dates: "pd.Series[object]") -> tuple[np.ndarray, list[Repair]]:
    """y as numbers; what looks like a number in a text is read, and said."""
    if types.is_bool_dtype(values) or types.infer_dtype(values, skipna=True) == "boolean":
        raise SeriesError("boolean_y", "y holds true and false; send counts or measurements as numbers")
    if types.is_complex_dtype(values) or types.is_datetime64_any_dtype(values) or types.is_timedelta64_dtype(values):
        raise SeriesError("not_numbers", f"y holds {values.dtype}; send numbers")
    repairs = []
    if types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        numbers = _read_numbers(values, dates)
        texts = int(sum(isinstance(value, str) for value in values))
        if texts:
            what = f"{texts} values were texts and are numbers now"
            repairs.append(Repair("numbers_from_text", None, texts, None, what))
    large = np.isfinite(numbers) & (np.abs(numbers) > LARGEST)
    if large.any():
        shown = numbers[large][0]
        raise SeriesError("too_large", f"y holds {shown:g}; values beyond {LARGEST:g} overflow, so rescale the series")
    return numbers, repairs


def _read_numbers(values: "pd.Series[object]", dates: "pd.Series[object]") -> np.ndarray:
    plain = values.map(lambda value: value if value is None or isinstance(value, str) else _number(value))
    numbers = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    said = values.map(lambda value: isinstance(value, str) and value.strip().lower() in ("nan", "null", "none"))
    wrong = np.isnan(numbers) & values.notna().to_numpy() & ~said.to_numpy(dtype=bool)
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise SeriesError(
            "text_in_y",
            f"y holds {values.iloc[place]!r} at ds {dates.iloc[place]}, and {int(wrong.sum())} such values in all; "
            "write numbers with a point (12.5), and leave missing ones empty",
        )
    return np.asarray(numbers)


def _number(value: object) -> object:
    """A number of any kind (Decimal, Fraction) as a float; what is none stays a text that is refused."""
    try:
        return float(value) if not isinstance(value, bool) else str(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value)


def _dates(dates: "pd.Series[object]") -> tuple[np.ndarray, list[Repair]]:
    """ds as datetime64[ns] without a zone, or as whole numbers."""
    missing = int(dates.isna().sum())
    if missing:
        raise SeriesError("missing_ds", f"{missing} rows have no ds; give each value its date, or leave the row out")
    if types.is_bool_dtype(dates) or types.is_float_dtype(dates):
        raise SeriesError("not_dates", f"ds holds {dates.dtype}; send dates, or whole numbers with freq=1")
    if types.is_integer_dtype(dates):
        return dates.to_numpy(dtype=np.int64), []
    if isinstance(dates.dtype, pd.PeriodDtype):
        return dates.dt.to_timestamp().to_numpy(dtype="datetime64[ns]"), [
            _whole("periods", str(dates.iloc[0]), "ds held periods; each stands at its beginning now")
        ]
    if isinstance(dates.dtype, pd.DatetimeTZDtype):
        return _without_zone(dates)
    if types.is_datetime64_dtype(dates):
        return dates.to_numpy(dtype="datetime64[ns]"), []
    return _read_dates(list(dates))


def _without_zone(dates: "pd.Series[pd.Timestamp]") -> tuple[np.ndarray, list[Repair]]:
    """Local days stay local days; clock times become UTC, where no hour is missing or double in spring and autumn."""
    local = dates.dt.tz_localize(None)
    if bool((local == local.dt.normalize()).all()):
        what = f"ds had the zone {dates.dt.tz}; its local dates are kept without it"
        return local.to_numpy(dtype="datetime64[ns]"), [_whole("zone_removed", str(dates.iloc[0]), what)]
    what = f"ds had the zone {dates.dt.tz} and is in UTC now"
    utc = dates.dt.tz_convert("UTC").dt.tz_localize(None)
    return utc.to_numpy(dtype="datetime64[ns]"), [_whole("zone_to_utc", str(dates.iloc[0]), what)]


def _read_dates(values: Sequence[object]) -> tuple[np.ndarray, list[Repair]]:
    texts = [value for value in values if isinstance(value, str)]
    if not texts:
        wrong = [value for value in values if not isinstance(value, (date, np.datetime64))]
        if wrong:
            raise SeriesError("not_dates", f"ds holds {wrong[0]!r}; send dates, or whole numbers with freq=1")
        if len({getattr(value, "tzinfo", None) for value in values}) > 1:
            raise SeriesError("mixed_zones", "ds has dates of several zones; convert all of them to one")
        read = pd.Series(pd.to_datetime(pd.Series(values, dtype=object), errors="coerce"))
        return _checked_dates(read, values, [])
    if len(texts) < len(values):
        raise SeriesError("mixed_dates", "ds holds texts and other kinds of values; send one kind")
    what = "ds held texts, which were read as ISO dates"
    repairs = [Repair("dates_from_text", None, len(texts), texts[0], what)]
    zoned = [match.group(1) if (match := OFFSET.search(text.strip())) else None for text in texts]
    if any(zoned) and not all(zoned):
        raise SeriesError("mixed_zones", "ds has dates with a zone and without; write all of them alike")
    stripped = pd.Series([text.strip() for text in texts])
    if all(zoned) and len(set(zoned)) == 1:
        stripped = stripped.str.slice_replace(start=-len(str(zoned[0])), repl="")
        repairs.append(_whole("zone_removed", texts[0], f"ds had the offset {zoned[0]}; its local times are kept"))
    elif all(zoned):
        repairs.append(_whole("zone_to_utc", texts[0], "ds had several offsets and is in UTC now"))
    read = pd.to_datetime(stripped, format="ISO8601", errors="coerce", utc=any(zoned))
    return _checked_dates(read.dt.tz_localize(None) if any(zoned) else read, values, repairs)


def _checked_dates(
    read: "pd.Series[pd.Timestamp]", values: Sequence[object], repairs: list[Repair]
) -> tuple[np.ndarray, list[Repair]]:
    wrong = read.isna().to_numpy()
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise SeriesError(
            "unreadable_date",
            f"ds holds {values[place]!r}, which is not an ISO date between 1678 and 2261, and {int(wrong.sum())} such "
            "values in all; write 2025-03-17 or 2025-03-17T09:00 (17/03/2025 can be read in two ways)",
        )
    if isinstance(read.dtype, pd.DatetimeTZDtype):
        return _without_zone(read)
    return read.to_numpy(dtype="datetime64[ns]"), repairs
