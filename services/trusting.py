"""How far what code knows is trusted beside a base and its specialists: the trust with which most answers are right.

python -m divisi.services.trusting --data DATA      after the probe was fitted, which keeps it

Trust in needs is fitted on lists of names, trust in found values on the arguments of calls whose function is given,
trust in readings on generated texts about series. Trust in what a reply may say is kept as it is: it was chosen by hand
(router/leaning.py).
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random

from divisi.router.leaning import Trust
from divisi.router.plan import Stage
from divisi.router.probe import SILENT
from divisi.router.request import Request
from divisi.router.rules import CallLimits
from divisi.services.conduct import decide, occasion_of
from divisi.services.held_back import TOGETHER, read_options
from divisi.services.loading import save_probe
from divisi.services.perform import Occasion, play_stage
from divisi.services.section import Section
from divisi.tasks.calling.dialogue import Asked, examples
from divisi.tasks.example import Example
from divisi.tasks.forecasting.generate import generate_training
from divisi.tasks.forecasting.ground import public_sources
from divisi.tasks.subtask import Case

NAMES_TRIED = (("choice", (4.0, 8.0, 16.0)), ("another", (2.0, 4.0)), ("calling", (0.5, 2.0, 4.0)))
ARGUMENTS_TRIED = (("value", (4.0, 8.0, 16.0)), ("given", (2.0, 4.0, 8.0)))
TEXTS_TRIED = (("reading", (2.0, 4.0, 8.0)),)
"""What is varied, one after the other, each beside the best of what was tried before."""
TEXTS = 24
NAMING = ("single", "parallel", "chain", "nested", "none", "missing")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Posed:
    """One stage of a conversation with what was decided of it, and the example that it answers."""

    occasion: Occasion
    stage: Stage
    example: Example


async def fit_trust(
    section: Section, held: Sequence[Asked], texts: Sequence[Example] = ()
) -> tuple[Trust, dict[str, float]]:
    """The best trust of what is tried, and what is then reached.

    That is names_right (all names, in any order, of what the probe does not turn away), arguments_f1 and effects_f1.

    Args:
        section: with a probe.
        held: conversations that nothing was trained on.
        texts: examples of context; what is read in them was fitted on others.
    """
    assert section.probe is not None
    names: list[Posed] = []
    arguments: list[Posed] = []
    for asked in held:
        if asked.kind in NAMING:
            request = Request(asked.messages, asked.tools)
            reading = await section.player.read(asked.messages, asked.tools)
            decision = decide(request, reading, section)
            occasion = occasion_of(request, section, reading, decision)
            for example in examples(asked):
                posed = Posed(occasion, Stage(example.subtask, example.subtask, *_focus(example.case)), example)
                if example.subtask == "names" and decision.kind not in SILENT:
                    names.append(posed)
                if example.subtask == "arguments":
                    arguments.append(posed)
    trust, names_right = await _best(names, section, Trust(reply=section.probe.trust.reply), NAMES_TRIED)
    trust, arguments_f1 = await _best(arguments, section, trust, ARGUMENTS_TRIED)
    reached = {"names_right": names_right, "arguments_f1": arguments_f1}
    if texts:
        trust, reached["effects_f1"] = await _best(await _read(texts, section), section, trust, TEXTS_TRIED)
    return trust, reached


async def _read(texts: Sequence[Example], section: Section) -> list[Posed]:
    found = []
    for example in texts:
        messages = example.case.messages
        reading = await section.player.read(messages, ())
        occasion = Occasion(Request(messages, ()), section, reading, CallLimits())
        found.append(Posed(occasion, Stage(example.subtask, example.subtask), example))
    return found


def _focus(case: Case) -> tuple[str | None, int, int, tuple[str, ...]]:
    return case.focus, case.occurrence, case.occurrences, case.beside


async def _best(
    posed: Sequence[Posed], section: Section, begun: Trust, tried: Sequence[tuple[str, Sequence[float]]]
) -> tuple[Trust, float]:
    best, reached = begun, await mean_score(posed, section, begun)
    log.info("event=trust stages=%d right=%.3f %s", len(posed), reached, best)
    for part, values in tried:
        beside = best
        for value in values:
            trust = replace(beside, **{part: value})
            right = await mean_score(posed, section, trust)
            log.info("event=trust right=%.3f %s", right, trust)
            if right > reached:
                best, reached = trust, right
    return best, reached


async def mean_score(posed: Sequence[Posed], section: Section, trust: Trust) -> float:
    """The mean score of the stages' answers."""
    assert section.probe is not None
    leaning = replace(section, probe=replace(section.probe, trust=trust))
    total = 0.0
    for start in range(0, len(posed), TOGETHER):
        part = posed[start : start + TOGETHER]
        total += sum(await asyncio.gather(*(_score(one, leaning) for one in part)))
    return total / max(1, len(posed))


async def _score(one: Posed, section: Section) -> float:
    """Of names, whether they are all right, in any order; of arguments, what is missing and effects their F1."""
    outcome = await play_stage(one.stage, replace(one.occasion, section=section), None)
    if outcome.value is None:
        return 0.0
    if one.stage.subtask == "names":
        return float(sorted(outcome.value) == sorted(one.example.target))
    subtask = section.subtasks[one.stage.subtask]
    scores = subtask.score(outcome.value, one.example.target, one.example.case)
    return next((scores[name] for name in ("effect_f1", "argument_f1", "missing_f1") if name in scores), 0.0)


async def _fitted(section: Section, held: Sequence[Asked]) -> tuple[Trust, dict[str, float]]:
    made = generate_training(tuple(public_sources()), Random("trusting"))
    try:
        return await fit_trust(section, held, [told.example for told in islice(made, TEXTS)])
    finally:
        await section.player.close()


def main() -> None:
    """The command."""
    held = read_options("Fit how far what code knows is trusted beside a base.", count=150)
    trust, right = asyncio.run(_fitted(held.section, held.asked))
    save_probe(held.folder, replace(held.probe, trust=trust, metrics={**held.probe.metrics, **right}))


if __name__ == "__main__":
    main()
