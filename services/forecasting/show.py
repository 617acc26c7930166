"""A forecast as tables in a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from divisi.services.forecasting.compose import POOL_COLUMN

MOST_ROWS = 60


def show_forecast(record: Mapping[str, Any], console: Console | None = None) -> None:
    """Print a forecast record: its numbers, then for each series what it says and how it came about."""
    out = console or Console()
    out.print(numbers_table(record["forecast"]))
    rows = len(record["forecast"]["ds"])
    if rows > MOST_ROWS:
        out.print(f"{rows - MOST_ROWS} more rows; --out writes all of them", markup=False)
    for repair in record["guard"]["repairs"]:
        whose = "" if repair["unique_id"] is None else f"{repair['unique_id']}: "
        out.print(f"repaired: {whose}{repair['what']}", markup=False)
    for one in record["series"]:
        show_series(one, out)


def show_series(one: Mapping[str, Any], out: Console) -> None:
    """Print what one series' forecast says and how it came about."""
    out.print(f"\n{one['unique_id']}: {one['explanation']}", markup=False, highlight=False)
    if one["effects"]:
        out.print(effects_table(one["effects"]))
    for stage in one["stages"]:
        what = f"by {stage['specialist']}" if stage["neutral"] is None else f"neutral, {stage['neutral']}"
        out.print(f"  {stage['subtask']}: {what}", markup=False, highlight=False)
    for note in one["notes"]:
        out.print(f"  note: {note}", markup=False, highlight=False)
    out.print(f"  widths of the intervals: {one['intervals']['widths_from']}", markup=False, highlight=False)


def numbers_table(columns: Mapping[str, Any]) -> Table:
    """The first rows of the forecast's columns, without those of single models: they are in --out and --json."""
    names = list(columns)
    names = names[: names.index(POOL_COLUMN) + 1]
    if len(set(columns["unique_id"])) == 1:
        names.remove("unique_id")
    table = Table()
    for name in names:
        table.add_column(name, justify="left" if name in ("unique_id", "ds") else "right", no_wrap=True)
    for row in list(zip(*(columns[name] for name in names), strict=True))[:MOST_ROWS]:
        table.add_row(*map(_shown, row))
    return table


def effects_table(effects: Any) -> Table:
    """Every effect: what, how much, when, the words behind it, and whether it was applied."""
    table = Table()
    for name in ("effect", "value", "from", "to", "words of the text", "applied"):
        table.add_column(name)
    for effect in effects:
        value = "" if effect["value"] is None else f"{effect['value']:g} {effect['unit'] or ''}"
        applied = "yes" if effect["accepted"] else f"no: {effect['reason']}"
        words = effect["evidence"] or "(stated in the request)"
        bounds = [str(effect[side] if effect[side] is not None else "") for side in ("start", "end")]
        table.add_row(effect["type"], value, *bounds, words, applied)
    return table


def _shown(cell: Any) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.4g}"
    return "" if cell is None else str(cell)
