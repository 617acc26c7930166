"""Conducting one forecast: guard, pool, calibration, specialists, operators, intervals, explanation, in this order.

The model never writes a number of the forecast: it writes small decisions, and code computes (`adjust.py`).
"""

import asyncio
import time
from collections.abc import Callable, Mapping

from divisi.services.errors import InvalidRequestError
from divisi.services.forecasting.adjust import UNPROVEN, Settled, settle
from divisi.services.forecasting.answer import Forecast, SeriesForecast
from divisi.services.forecasting.calibrate import calibrated
from divisi.services.forecasting.crossval import cross_validate
from divisi.services.forecasting.intake import intake
from divisi.services.forecasting.matter import Matter, card_of, name_of
from divisi.services.forecasting.numbers import Job, compute_all, spread_among
from divisi.services.forecasting.stages import STAGES, Asked, Opinion, decide
from divisi.services.forecasting.tell import tell
from divisi.services.forecasting.wire import ForecastSpec
from divisi.services.forecasting.workers import Workers
from divisi.services.section import Section
from divisi.tasks.forecasting.calibration import Calibration
from divisi.tasks.forecasting.errors import ForecastError
from divisi.tasks.forecasting.frequency import Dates, future_dates

TOGETHER = 8
"""Series whose specialists are asked at once, so that their rows share the engine's batch."""

FOUND = ("frequency_found", "frequency_respelled", "ignored_columns")
"""Kinds of what the guard reports that change nothing in the history."""

UNREAD = "the text was not read"
"""How a note begins that says why."""

MOST_READ = 64
"""Beyond so many series macro and micro act only where the request says so: each series is a prompt to be read."""


async def conduct(
    spec: ForecastSpec,
    context: str | None,
    section: Section | None,
    workers: Workers,
    *,
    done: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = time.perf_counter,
) -> Forecast:
    """Forecast every series of a request.

    Args:
        spec: what to forecast.
        context: what is known of all series, or None.
        section: who plays; None where there is no base, so that every specialist's stage is neutral.
        workers: who computes the pool.
        done: called once for each series when its numbers are there.
        clock: seconds that only grow.

    Raises:
        InvalidRequestError: it cannot be forecast as it is; the message says what to change.
    """
    began = clock()
    wanted = await asyncio.to_thread(intake, spec, context)
    jobs = [Job(one.values, spec.horizon, wanted.season_length, wanted.models) for one in wanted.series]
    try:
        numbers = await asyncio.to_thread(compute_all, jobs, workers, done=done)
    except ForecastError as error:
        raise InvalidRequestError(str(error), "series") from error
    folds = spec.cross_validation
    past = None if folds is None else await asyncio.to_thread(cross_validate, wanted, folds, workers)
    spread = await asyncio.to_thread(spread_among, numbers)
    matters = [Matter(wanted, *each, spread) for each in zip(wanted.series, numbers, strict=True)]
    off = switched_off(matters[0], section)
    proven = await calibrated(matters, off, section, workers) if spec.calibrate else None
    series = [
        forecast
        for start in range(0, len(matters), TOGETHER)
        for forecast in await asyncio.gather(
            *(conduct_one(one, section, proven) for one in matters[start : start + TOGETHER])
        )
    ]
    return Forecast(wanted.report, tuple(series), (clock() - began) * 1000, proven, past)


async def conduct_one(matter: Matter, section: Section | None, proven: Calibration | None) -> SeriesForecast:
    """Forecast one series whose numbers are there, with as much of each adjustment as is proven to help."""
    known, spec = matter.known, matter.wanted.spec
    ahead = future_dates(known.dates[-1], matter.wanted.report.freq, spec.horizon)
    off = {**(proven.off if proven else {}), **switched_off(matter, section)}
    opinion = await decide(Asked(card_of(matter), known.text, off), section)
    settled = await asyncio.to_thread(settle, matter, ahead, opinion, proven.kept if proven else UNPROVEN)
    return told(matter, ahead, opinion, settled)


def told(matter: Matter, ahead: Dates, opinion: Opinion, settled: Settled) -> SeriesForecast:
    """The forecast of a series with its explanation."""
    known, facts = matter.known, matter.wanted.spec.facts
    name = name_of(matter)
    report = matter.wanted.report
    repairs = sum(one.unique_id in (None, known.unique_id) and one.kind not in FOUND for one in report.repairs)
    explanation, problems = tell(settled, ahead, report.freq, name=name, unit=facts.unit, repairs=repairs)
    return SeriesForecast(
        unique_id=known.unique_id,
        name=name,
        unit=facts.unit,
        dates=known.dates,
        history=known.values,
        ahead=ahead,
        pool=settled.pool,
        final=settled.final,
        bands=settled.bands,
        models=settled.models,
        weights=settled.weights,
        outcomes=settled.outcomes,
        decided=opinion.decided,
        notes=(*unread(known.text, opinion), *settled.notes, *problems),
        spread=matter.spread.origin,
        explanation=explanation,
        prefix_tokens=opinion.prefix_tokens,
        shared_prefix_tokens=opinion.shared_prefix_tokens,
    )


def unread(text: str, opinion: Opinion) -> tuple[str, ...]:
    """That a text was sent and not read, which must not go unseen."""
    reason = next(one.neutral for one in opinion.decided if one.subtask == "context")
    return (f"{UNREAD}: {reason}",) if text and reason is not None else ()


def switched_off(matter: Matter, section: Section | None) -> dict[str, str]:
    """Stage -> why the request leaves it out, or why it acts only where a request asks for it."""
    spec, count = matter.wanted.spec, len(matter.wanted.series)
    asked: Mapping[str, bool | None] = spec.stages.model_dump()
    off = {stage: "the request switches it off" for stage in STAGES if asked[stage] is False}
    if not matter.known.text:
        off.setdefault("context", "there is no text")
    for stage in ("macro", "micro"):
        if asked[stage] is None and count > MOST_READ:
            off[stage] = (
                f"it acts by itself on at most {MOST_READ} series, and {count} were sent; switch it on in stages"
            )
    for stage in ("macro", "micro", "synthesis"):
        resident = None if section is None else section.resident_for(stage)
        if asked[stage] is None and resident is not None and resident.helps is False:
            off.setdefault(stage, "it made nothing better on data held back; switch it on in stages")
    return off
