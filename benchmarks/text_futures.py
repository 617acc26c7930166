"""What a text is worth to the forecast: CRPS, WQL and MASE with the right text, another one, none, and the truth."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from measures import Measure, Part, mean, quantile, weighted
from text_items import Future, Item

from divisi.services.forecasting.adjust import scene_of, settle
from divisi.services.forecasting.matter import Matter, card_of
from divisi.services.forecasting.stages import Opinion
from divisi.tasks.forecasting.accuracy import crps, mase, naive_error
from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.forecasting.frequency import as_dates, future_dates, stepped
from divisi.tasks.forecasting.pool import Array

QUANTILES = tuple(place / 10 for place in range(1, 10))
"""Of the weighted quantile loss."""


@dataclass(frozen=True, slots=True)
class Scored:
    """How one forecast did.

    Attributes:
        crps, mase: in units of the naive forecast's error.
        loss: twice the pinball loss, summed over steps, mean over QUANTILES.
        size: sum of the absolute truth.
        applied: effects that were applied.
    """

    crps: float
    mase: float
    loss: float
    size: float
    applied: int


def with_text(matter: Matter, text: str, effects: Sequence[Effect] = ()) -> Matter:
    """The same series with another text, and with effects that the request states."""
    known = replace(matter.known, text=text)
    return replace(matter, known=known, wanted=replace(matter.wanted, effects=tuple(effects)))


def swapped(items: Sequence[Item], *, same_days: bool) -> list[Item]:
    """Every series with the text of the next one that has the same step, the first one after the last.

    Args:
        items: generated.
        same_days: whether the series is moved in time to the days of that text, so that dates cannot give it away.
    """
    found = []
    for place, item in enumerate(items):
        around = [*items[place + 1 :], *items[:place]]
        other = next((one for one in around if one.card.freq == item.card.freq), item)
        assert item.future is not None
        matter, ahead = with_text(item.future.matter, other.text), item.future.ahead
        if same_days:
            matter, ahead = moved(matter, as_dates(other.scene.history_dates)[-1:])
        future = Future(matter, ahead, item.future.truth)
        made = replace(item, card=card_of(matter), text=other.text, scene=scene_of(matter, ahead), future=future)
        found.append(made)
    return found


def moved(matter: Matter, last: Array) -> tuple[Matter, Array]:
    """The series as if its history ended on another day, and the dates ahead."""
    report, known = matter.wanted.report, matter.known
    scene = scene_of(matter, as_dates(known.dates))
    dates = stepped(last, scene.frequency, np.arange(1 - len(known.values), 1))
    ahead = future_dates(dates[-1], report.freq, matter.wanted.spec.horizon)
    return replace(matter, known=replace(known, dates=dates)), ahead


def score(item: Item, opinion: Opinion, *, effects: Sequence[Effect] = ()) -> Scored | None:
    """How the forecast did that an opinion leads to; None for a history that never changed.

    Args:
        item: generated.
        opinion: of its text.
        effects: that the request states.
    """
    future = item.future
    assert future is not None
    matter = with_text(future.matter, item.text, effects)
    history, season = matter.known.values, matter.wanted.season_length
    unit = naive_error(history, season)
    if not np.isfinite(unit):
        return None
    made = settle(matter, future.ahead, opinion)
    quantiles = np.quantile(made.paths, QUANTILES, axis=0)
    below = np.array(QUANTILES)[:, None]
    pinball = np.maximum(below * (future.truth - quantiles), (below - 1) * (future.truth - quantiles))
    return Scored(
        crps(future.truth, made.paths) / unit,
        mase(future.truth, made.final, history, season),
        float(2 * pinball.sum(axis=1).mean()),
        float(np.abs(future.truth).sum()),
        sum(outcome.accepted for outcome in made.outcomes),
    )


def future_measures(group: str, rows: Sequence[Scored], pool: Sequence[Scored], *, seed: int) -> list[Measure]:
    """Scores of forecasts, and their CRPS over that of the pool, texts drawn in pairs.

    Args:
        group: what the text was.
        rows: of each series.
        pool: of the same series without any text.
        seed: of the drawing.
    """
    ratio = Part(np.array([one.crps for one in rows]), np.array([one.crps for one in pool]))
    loss = Part(np.array([one.loss for one in rows]), np.array([one.size for one in rows]))
    return [
        weighted(group, "crps_over_pool", [ratio], seed=seed),
        quantile(group, "crps_over_pool_median", (ratio.tops / ratio.bottoms).tolist(), 0.5, seed=seed),
        mean(group, "crps", [one.crps for one in rows], seed=seed),
        mean(group, "mase", [one.mase for one in rows], seed=seed),
        weighted(group, "wql", [loss], seed=seed),
        mean(group, "better", [float(one.crps < other.crps) for one, other in zip(rows, pool, strict=True)], seed=seed),
        mean(group, "worse", [float(one.crps > other.crps) for one, other in zip(rows, pool, strict=True)], seed=seed),
        mean(group, "applied", [float(one.applied) for one in rows], seed=seed),
    ]
