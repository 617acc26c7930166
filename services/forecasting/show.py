"""A forecast as tables in a terminal, narrow enough for 80 columns."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from divisi.services.forecasting.compose import POOL_COLUMN
from divisi.tasks.forecasting.crossval import FINAL

MOST_ROWS = 60
MOST_SERIES = 10
"""Series whose stages and effects are told; the numbers of all are in the table, in --out and --json."""


def show_forecast(record: Mapping[str, Any], console: Console | None = None) -> None:
    """Print a forecast record: its numbers, then for each series what it says and how it came about."""
    out = console or Console()
    out.print(numbers_table(record["forecast"]))
    rows = len(record["forecast"]["ds"])
    if rows > MOST_ROWS:
        out.print(f"{rows - MOST_ROWS} more rows; --out writes all of them", markup=False)
    for repair in record["guard"]["repairs"]:
        whose = "" if repair["unique_id"] is None else f"{repair['unique_id']}: "
        _line(out, f"guard: {whose}{repair['what']}")
    for one in record["series"][:MOST_SERIES]:
        show_series(one, out, alone=len(record["series"]) == 1)
    if len(record["series"]) > MOST_SERIES:
        _line(out, f"\n{len(record['series']) - MOST_SERIES} more series; --json tells all of them")
    for kind, factor in ((record.get("calibration") or {}).get("factors") or {}).items():
        _line(out, f"calibration of {kind}: {factor['shrink']:g}, {factor['reason']}")
    if record.get("cross_validation"):
        out.print(scores_table(record["cross_validation"]["scores"]))


def show_series(one: Mapping[str, Any], out: Console, *, alone: bool) -> None:
    """Print what one series' forecast says and how it came about."""
    whose = str(one["unique_id"])
    # A single series needs no heading; of several, one without a name begins with its unique_id.
    head = "" if alone or one["explanation"].startswith((f"{whose} ", f"series {whose} ")) else f"{whose}: "
    _line(out, f"\n{head}{one['explanation']}")
    for note in one["notes"]:
        _line(out, f"  note: {note}")
    for effect in one["effects"]:
        _line(out, effect_line(effect))
    for stage in one["stages"]:
        what = f"by {stage['specialist']}" if stage["neutral"] is None else f"neutral, {stage['neutral']}"
        _line(out, f"  {stage['subtask']}: {what}")
    _line(out, f"  widths of the intervals: {one['intervals']['widths_from']}")


def numbers_table(columns: Mapping[str, Any]) -> Table:
    """The first rows of the forecast: its intervals as one column each, the pool only where it differs.

    Columns of single models are left out: they are in --out and --json.
    """
    shown: dict[str, list[str]] = {}
    if len(set(columns["unique_id"])) > 1:
        shown["unique_id"] = [str(name) for name in columns["unique_id"][:MOST_ROWS]]
    shown["ds"] = [str(date) for date in columns["ds"][:MOST_ROWS]]
    shown["forecast"] = _cells(columns[FINAL])
    for low, high in pairwise(columns):
        if low.startswith(f"{FINAL}-lo-"):
            pairs = zip(_cells(columns[low]), _cells(columns[high]), strict=True)
            shown[f"{low.removeprefix(f'{FINAL}-lo-')}%"] = [f"{one} – {other}" for one, other in pairs]
    if columns[POOL_COLUMN] != columns[FINAL]:
        shown["pool"] = _cells(columns[POOL_COLUMN])
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for name in shown:
        text = name in ("unique_id", "ds")
        table.add_column(name, justify="left" if text else "right", no_wrap=name != "unique_id", overflow="fold")
    for row in zip(*shown.values(), strict=True):
        table.add_row(*row)
    return table


def effect_line(effect: Mapping[str, Any]) -> str:
    """One effect: whether it was applied, what, how much, when, the words behind it, and why not."""
    value = "" if effect["value"] is None else f" {effect['value']:g} {effect['unit'] or ''}".rstrip()
    first, last = effect["start"], effect["end"]
    since = "" if first is None else f" on {first}" if first == last else f" from {first}"
    until = "" if last is None or first == last else f" to {last}"
    words = f"“{effect['evidence']}”" if effect["evidence"] else "stated in the request"
    why = f" ({effect['reason'] or effect['note']})" if effect["reason"] or effect["note"] else ""
    return f"  {'applied' if effect['accepted'] else 'rejected'}: {effect['type']}{value}{since}{until}: {words}{why}"


def scores_table(scores: Mapping[str, Mapping[str, float | None]]) -> Table:
    """Cross-validation: each model's errors, the smallest MAE first."""
    table = Table(title="at earlier origins", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for name in ("model", "sMAPE", "MAE", "MASE"):
        table.add_column(name, justify="left" if name == "model" else "right", no_wrap=True)
    for model, one in sorted(scores.items(), key=lambda pair: pair[1]["mae"] or 0.0):
        called = f"{model} (the pool's median)" if model == FINAL else model
        table.add_row(called, *(_shown(one[metric]) for metric in ("smape", "mae", "mase")))
    return table


def _line(out: Console, text: str) -> None:
    out.print(text, markup=False, highlight=False)


def _cells(values: Any) -> list[str]:
    return [_shown(value) for value in values[:MOST_ROWS]]


def _shown(cell: Any) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.4g}"
    return "" if cell is None else str(cell)
