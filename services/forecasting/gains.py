"""Whether macro, micro and synthesis make anything better: measured on data held back, kept on their cards.

    python -m divisi.services.forecasting.gains --windows 200

Macro and micro by the error of forecasts of series that nothing was trained on, synthesis by the F1 of the effects that
are applied, on generated texts. A stage that did not help is off where a request does not ask for it
(`conduct.switched_off`).
"""

import argparse
import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from divisi.services.config import process_config
from divisi.services.forecasting.adjust import KINDS, UNPROVEN, changes
from divisi.services.forecasting.hindsight import matter_of, window_of
from divisi.services.forecasting.matter import Matter, card_of
from divisi.services.forecasting.numbers import Failure, Job, compute
from divisi.services.forecasting.stages import Asked, decide
from divisi.services.forecasting.workers import Processes
from divisi.services.loading import load_section, places
from divisi.services.section import Section
from divisi.specialists.card import read_card, write_card
from divisi.specialists.store import find_specialists
from divisi.tasks.example import Example
from divisi.tasks.forecasting.accuracy import naive_error
from divisi.tasks.forecasting.card import card_of as card_in
from divisi.tasks.forecasting.card import text_of
from divisi.tasks.forecasting.checks import check_effects
from divisi.tasks.forecasting.context import effects_of, times_of_card
from divisi.tasks.forecasting.effect_score import effect_scores
from divisi.tasks.forecasting.generate import generate_training
from divisi.tasks.forecasting.ground import Source, is_test, public_sources
from divisi.tasks.forecasting.pool import Array, combine

RESAMPLES = 1000
SILENT = {"context": "there is no text", "synthesis": "there is no text"}
log = logging.getLogger(__name__)

Trial = tuple[Matter, Array]
"""A window of a series with its numbers, and what came."""


def trials(sources: Sequence[Source], count: int, *, seed: int) -> list[Trial]:
    """Windows of the series that are kept for testing; of their training parts, so that no benchmark is touched."""
    random = Random(seed)
    kept = [one for one in sources if is_test(one)]
    drawn = [window for one in random.sample(kept, len(kept)) if (window := window_of(one, random)) is not None][:count]
    found = []
    for place, numbers in Processes().map(compute, [Job(past, len(came), one.season) for one, past, came in drawn]):
        source, past, came = drawn[place]
        if not isinstance(numbers, Failure) and 0 < naive_error(past, source.season) < np.inf:
            found.append((matter_of(source, past, numbers, random), came))
    return found


async def savings(tested: Sequence[Trial], section: Section) -> dict[str, list[float]]:
    """Kind -> what it takes off the error of each window, in units of a naive forecast's error."""
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for matter, came in tested:
        opinion = await decide(Asked(card_of(matter), "", SILENT), section)
        pool = combine(matter.numbers.forecast).point
        job = matter.numbers.job
        unit = naive_error(job.values, job.season_length)
        added = changes(pool, matter.numbers, matter, opinion).added
        for kind in KINDS:
            changed = pool + UNPROVEN[kind] * added.get(kind, 0.0)
            found[kind].append(float(np.abs(pool - came).mean() - np.abs(changed - came).mean()) / unit)
    return found


async def texts_saved(examples: Sequence[Example], section: Section) -> list[float]:
    """What synthesis adds to the F1 of the effects of each text, beside the checks alone."""
    return list(await asyncio.gather(*(_text_saved(one, section) for one in examples)))


async def _text_saved(example: Example, section: Section) -> float:
    card, text = card_in(example.case), text_of(example.case)
    times, truth = times_of_card(card), effects_of(example.target)
    opinion = await decide(Asked(card, text, dict.fromkeys(KINDS, "only the text is read")), section)
    read, decision = effects_of(opinion.value("context")), opinion.value("synthesis")
    passed = [verdict.valid for verdict in check_effects(read, text, times)]
    accepted = [True] * len(read) if decision is None else decision["accept"]
    without = [effect for effect, valid in zip(read, passed, strict=True) if valid]
    kept = [effect for effect, valid, good in zip(read, passed, accepted, strict=True) if valid and good]
    return effect_scores(kept, truth, times)["effect_f1"] - effect_scores(without, truth, times)["effect_f1"]


def gain(saved: Sequence[float], *, seed: int) -> dict[str, float]:
    """The mean saving with its 95% bootstrap interval."""
    values = np.array(saved)
    random = np.random.default_rng(seed)
    means = values[random.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return {"gain": float(values.mean()), "gain_low": float(low), "gain_high": float(high), "windows": len(values)}


def write_gains(roots: Sequence[Path], gains: Mapping[str, Mapping[str, Any]]) -> None:
    """Put gains on the cards of the specialists of their subtasks."""
    for root in roots:
        for folder in find_specialists(root):
            card = read_card(folder)
            if card.subtask is not None and card.subtask in gains:
                write_card(folder, replace(card, metrics={**card.metrics, **gains[card.subtask]}))


async def _measured(tested: Sequence[Trial], texts: Sequence[Example], section: Section) -> dict[str, list[float]]:
    try:
        return {**await savings(tested, section), "synthesis": await texts_saved(texts, section)}
    finally:
        await section.player.close()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Measure which stages help, and write it on their cards.")
    parser.add_argument("--windows", type=int, default=200)
    parser.add_argument("--texts", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    config = process_config(None, {})
    tested = trials(tuple(public_sources()), options.windows, seed=options.seed)
    made = generate_training(tuple(public_sources()), Random(f"{options.seed}/gains"))
    saved = asyncio.run(_measured(tested, [told.example for told in islice(made, options.texts)], load_section(config)))
    gains = {kind: gain(values, seed=options.seed) for kind, values in saved.items()}
    for kind, measured in gains.items():
        log.info("event=gain kind=%s %s", kind, " ".join(f"{name}={value:.4g}" for name, value in measured.items()))
    write_gains(places(config).specialists, gains)


if __name__ == "__main__":
    main()
