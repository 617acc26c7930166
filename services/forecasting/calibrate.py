"""How much of macro and micro is kept: they are asked at earlier origins of the request's own series.

What then came decides. A stage that does not improve the last origin, which is hidden from the choice, is off.

Source: the calibration stage of Nexus (arXiv 2605.14389), whose guidelines are prose; ours are factors.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from divisi.services.forecasting.adjust import KINDS, changes
from divisi.services.forecasting.matter import Matter, card_of
from divisi.services.forecasting.numbers import Failure, Job, Numbers
from divisi.services.forecasting.stages import Asked, Opinion, decide, reason_against
from divisi.services.forecasting.workers import Workers
from divisi.services.section import Section
from divisi.tasks.forecasting.accuracy import naive_error
from divisi.tasks.forecasting.backtest import Backtest, backtest_at, origins_of
from divisi.tasks.forecasting.calibration import Calibration, Fold, fit_factors, unproven
from divisi.tasks.forecasting.errors import ForecastError
from divisi.tasks.forecasting.pool import LEAST_POINTS, PoolForecast, combine

FOLDS = 3
MOST_SERIES = 8
"""Series that are asked about their past: each is read FOLDS times more."""

LEAST_SHARE = 1 / 3
"""A fold has at least this share of the horizon; shorter ones say nothing about it."""


async def calibrated(
    matters: Sequence[Matter], off: Mapping[str, str], section: Section | None, workers: Workers
) -> Calibration | None:
    """What the past of some series says of macro and micro; None where neither would act.

    Args:
        matters: all series of a request.
        off: stage -> why the request leaves it out.
        section: who plays.
        workers: who computes the pool at earlier origins.
    """
    acting = [kind for kind in KINDS if kind not in off and reason_against(kind, section) is None]
    if not acting:
        return None
    chosen = _spread([one for one in matters if fold_steps(one) > 0 and np.isfinite(_unit(one))])
    jobs = [replace(one.numbers.job, horizon=fold_steps(one)) for one in chosen]
    ran = await asyncio.to_thread(lambda: dict(workers.map(backtested, jobs)))
    pasts = [past_of(chosen[place], one) for place, one in sorted(ran.items()) if isinstance(one, Backtest)]
    if not pasts:
        reason = f"no series is long enough for {FOLDS} folds, so nothing shows that it helps"
        return Calibration(0, 0, {kind: unproven(kind, reason) for kind in acting})
    silent = dict.fromkeys(("context", "synthesis"), "calibration asks for macro and micro alone") | dict(off)
    asked = [await asyncio.gather(*(_asked(past[place], silent, section) for past in pasts)) for place in range(FOLDS)]
    fitted = fit_factors([_pooled([fold_of(*one) for one in folds]) for folds in asked])
    opinions = [opinion for folds in asked for _, _, opinion in folds]
    return Calibration(
        series=len(pasts),
        folds=FOLDS,
        factors={kind: fitted[kind] for kind in acting},
        read_tokens=sum(opinion.prefix_tokens for opinion in opinions),
        new_tokens=sum(one.new_tokens for opinion in opinions for one in opinion.decided),
    )


def fold_steps(matter: Matter) -> int:
    """Steps of each fold that a series has room for; 0 where they would be too few."""
    job = matter.numbers.job
    room = (len(job.values) - max(2 * job.season_length, LEAST_POINTS)) // FOLDS
    steps = min(job.horizon, room)
    return steps if steps >= max(1.0, LEAST_SHARE * job.horizon) else 0


def backtested(job: Job) -> Backtest | Failure:
    """What the pool would have said at the folds' origins; a job's horizon is a fold's."""
    try:
        origins = origins_of(len(job.values), job.horizon, FOLDS)
        return backtest_at(job.values, origins, job.horizon, job.season_length, models=job.models)
    except ForecastError as error:
        return Failure(error.code, str(error))


def past_of(matter: Matter, ran: Backtest) -> list[tuple[Matter, np.ndarray]]:
    """A series as it was known at each origin, oldest first, with what came."""
    steps = ran.truth.shape[1]
    spec = matter.wanted.spec.model_copy(update={"horizon": steps})
    wanted = replace(matter.wanted, spec=spec, effects=())
    found = []
    for window, origin in enumerate(ran.origins):
        there = ~np.isnan(ran.points[:, window, 0])
        said = PoolForecast(
            tuple(name for name, answered in zip(ran.models, there, strict=True) if answered),
            ran.points[there, window],
            {},
        )
        before = Backtest(ran.models, ran.origins[:window], ran.points[:, :window], ran.truth[:window])
        known = matter.known
        job = Job(known.values[:origin], steps, matter.numbers.job.season_length, matter.numbers.job.models)
        known = replace(known, dates=known.dates[:origin], values=known.values[:origin], text="")
        found.append((Matter(wanted, known, Numbers(job, said, before), matter.spread), ran.truth[window]))
    return found


async def _asked(
    past: tuple[Matter, np.ndarray], off: Mapping[str, str], section: Section | None
) -> tuple[Matter, np.ndarray, Opinion]:
    return *past, await decide(Asked(card_of(past[0]), "", off), section)


def fold_of(matter: Matter, truth: np.ndarray, opinion: Opinion) -> Fold:
    """One series at one origin, in units of its naive forecast's error."""
    base = combine(matter.numbers.forecast).point
    unit = _unit(matter)
    unit = unit if np.isfinite(unit) else 1.0
    added = changes(base, matter.numbers, matter, opinion).added
    return Fold(truth / unit, base / unit, {kind: change / unit for kind, change in added.items()})


def _pooled(folds: Sequence[Fold]) -> Fold:
    """The folds of several series at one origin as one."""
    kinds = {kind for fold in folds for kind in fold.changes}
    return Fold(
        np.concatenate([fold.actual for fold in folds]),
        np.concatenate([fold.base for fold in folds]),
        {kind: np.concatenate([fold.changes.get(kind, 0 * fold.base) for fold in folds]) for kind in kinds},
    )


def _spread(matters: Sequence[Matter]) -> list[Matter]:
    """At most MOST_SERIES of them, evenly over the whole."""
    places = np.linspace(0, len(matters) - 1, min(MOST_SERIES, len(matters))).round().astype(int)
    return [matters[place] for place in places]


def _unit(matter: Matter) -> float:
    return naive_error(matter.known.values, matter.numbers.job.season_length)
