"""The rounds of work on calling accuracy: what changed in each, and the scores that it ended with.

    python benchmarks/rounds.py --change "pointing as a loss of its own" --tokens 20000000

Adds a row to results/calling-rounds.json from results/calling.json, or renews the row of the same change. Rows with the
same limit and seed compare: the same requests were then answered.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from errors import BenchmarkError
from results import FOLDER, read_results, write_results
from rich.console import Console
from rich.table import Table

WATCHED = (
    ("seal", "all", "name_f1"),
    ("seal", "all", "argument_f1"),
    ("seal", "all", "exact"),
    ("bfcl", "non_live_ast", "accuracy"),
    ("bfcl", "live", "accuracy"),
    ("bfcl", "irrelevance_all", "accuracy"),
    ("bfcl", "non_live_ast", "calls"),
    ("written", "all", "exact"),
    ("written", "all", "name_f1"),
    ("api_bank", "calls", "name_accuracy"),
    ("latency", "cost", "milliseconds_p50"),
)
ARMS = ("specialists", "base")

Row = Mapping[str, Any]


def row_of(results: Mapping[str, Any], *, change: str, tokens: int) -> dict[str, Any]:
    """The row of one round.

    Args:
        results: of benchmarks/calling.py.
        change: what is new since the round before.
        tokens: that the base has read in all.

    Raises:
        BenchmarkError: the results hold none of what is watched.
    """
    scores = [
        {"arm": section["arm"], "set": section["set"], **measure}
        for section in results.get("sections", [])
        if section["arm"] in ARMS and section["grammar"] == "on"
        for measure in section["measures"]
        if (section["set"], measure["group"], measure["metric"]) in WATCHED
    ]
    if not scores:
        raise BenchmarkError("no scores: run benchmarks/calling.py first")
    commands = sorted({section["command"] for section in results["sections"]})
    limits = sorted({f"{section['limit']} of seed {section['seed']}" for section in results["sections"]})
    base = results["base"]["fingerprint"]
    return {
        "change": change,
        "tokens": tokens,
        "date": results["date"],
        "base": base,
        "limits": limits,
        "commands": commands,
        "scores": scores,
    }


def with_row(rows: list[Row], row: Row) -> list[Row]:
    """The rows with one more, or in the place of one of the same change."""
    renewed = [row if old["change"] == row["change"] else old for old in rows]
    return renewed if row in renewed else [*renewed, row]


def table_of(rows: list[Row]) -> Table:
    """Rounds from left to right, the specialists' scores."""
    table = Table(title="rounds: specialists [95% interval], n", title_justify="left")
    for column in ("set", "group", "metric", *(f"{row['tokens'] / 1e6:.1f} M tokens" for row in rows)):
        table.add_column(column)
    for key in WATCHED:
        cells = [_cell(row, key) for row in rows]
        if any(cells):
            table.add_row(*key, *cells)
    return table


def _cell(row: Row, key: tuple[str, str, str]) -> str:
    for score in row["scores"]:
        if score["arm"] == "specialists" and (score["set"], score["group"], score["metric"]) == key:
            return f"{score['value']:.2f} [{score['low']:.2f}, {score['high']:.2f}] {score['count']}"
    return ""


def main(
    *,
    change: Annotated[str, typer.Option(help="What is new since the round before.")],
    tokens: Annotated[int, typer.Option(help="Tokens that the base has read in all.")],
    results: Annotated[Path, typer.Option(help="Of benchmarks/calling.py.")] = FOLDER / "calling.json",
    out: Annotated[Path, typer.Option(help="The rounds.")] = FOLDER / "calling-rounds.json",
) -> None:
    """Add a round."""
    console = Console()
    try:
        row = row_of(read_results(results), change=change, tokens=tokens)
    except BenchmarkError as error:
        console.print(f"rounds: {error}", style="red", markup=False)
        raise typer.Exit(1) from error
    rows = with_row(read_results(out).get("rounds", []), row)
    write_results(out, {"benchmark": "calling rounds", "rounds": rows})
    console.print(table_of(rows))


if __name__ == "__main__":
    typer.run(main)
