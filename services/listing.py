"""Whether whole lists of calls add anything to names and arguments: asked of held-back requests, kept with the probe.

python -m divisi.services.listing --data DATA      after trust was fitted
"""

import argparse
import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from divisi.router.plan import Plan
from divisi.router.request import AnswerCall, Request
from divisi.router.rules import Kind
from divisi.router.select import overlap
from divisi.router.stages import LISTS, plan_by_parts
from divisi.services.compose import compose
from divisi.services.conduct import decide, occasion_of, seen_plan
from divisi.services.config import Config
from divisi.services.loading import EMBEDDED, load_section, save_probe
from divisi.services.perform import Occasion, perform
from divisi.services.section import Section
from divisi.services.trusting import drawn
from divisi.specialists.embedded.library import open_library
from divisi.tasks.calling.call_list import read_offer
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.subtask import Case

CALLING = ("single", "parallel", "chain", "nested", "missing")
TOGETHER = 16
log = logging.getLogger(__name__)


async def lists_that_help(section: Section, held: Sequence[Asked]) -> dict[Kind, tuple[int, float, float]]:
    """What lists add to the answers of the kinds that can have one.

    Args:
        section: with a probe, whose own choice of lists is left aside.
        held: conversations that nothing was trained on.

    Returns:
        Kind -> how many requests were taken for it, the mean overlap of their calls with the right ones
        (`select.overlap`) with lists, and without them.
    """
    found: dict[Kind, list[tuple[float, float]]] = {kind: [] for kind in LISTS}
    for start in range(0, len(held), TOGETHER):
        some = held[start : start + TOGETHER]
        for kind, both in filter(None, await asyncio.gather(*(_compared(one, section) for one in some))):
            found[kind].append(both)
    return {kind: (len(each), *np.mean(each, axis=0).tolist()) for kind, each in found.items() if each}


async def _compared(asked: Asked, section: Section) -> tuple[Kind, tuple[float, float]] | None:
    """The kind that a request is taken for and its overlap with and without lists; None where no list is asked for."""
    assert section.probe is not None
    request = Request(asked.messages, asked.tools)
    reading = await section.player.read(asked.messages, asked.tools)
    decision = decide(request, reading, section)
    if decision.kind not in LISTS:
        return None
    occasion = occasion_of(request, section, reading, decision)
    listed = seen_plan(request, decision, replace(section.probe, lists=tuple(LISTS)))
    plans = (listed, plan_by_parts(decision.kind))
    with_list, without = await asyncio.gather(*(_overlap(plan, occasion, asked) for plan in plans))
    return decision.kind, (with_list, without)


async def _overlap(plan: Plan, occasion: Occasion, asked: Asked) -> float:
    outcomes = await perform(plan, occasion)
    answered = compose(outcomes, read_offer(Case(asked.messages, asked.tools)))
    return overlap(answered.calls, [AnswerCall(call.name, call.arguments, call.label) for call in asked.calls])


async def _fitted(section: Section, held: Sequence[Asked]) -> dict[Kind, tuple[int, float, float]]:
    try:
        return await lists_that_help(section, held)
    finally:
        await section.player.close()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Find the kinds of requests for which a list of calls helps.")
    parser.add_argument("--data", type=Path, required=True, help="folder with text, tools, calling, written")
    parser.add_argument("--base", type=Path, help="the embedded base by default")
    parser.add_argument("--specialists", type=Path, help="a folder of specialists' folders")
    parser.add_argument("--folder", type=Path, default=EMBEDDED, help="where the probe's two files are")
    parser.add_argument("--count", type=int, default=300, help="conversations")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    roots = None if options.specialists is None else (options.specialists,)
    base = None if options.base is None else str(options.base)
    section = load_section(Config(base=base, specialists=roots, probe=options.folder))
    if section.probe is None:
        parser.error(f"{options.folder} holds no probe: fit one with python -m divisi.services.probing")
    held = [one for one in drawn(open_library(options.data).held, options.count, options.seed) if one.kind in CALLING]
    found = asyncio.run(_fitted(section, held))
    for kind, (count, with_list, without) in found.items():
        log.info("event=listing kind=%s requests=%d with=%.3f without=%.3f", kind, count, with_list, without)
    helped = tuple(kind for kind in LISTS if _helps(kind, section.probe.lists, found))
    gains = {f"{kind}_list_gain": with_list - without for kind, (_, with_list, without) in found.items()}
    metrics = {name: value for name, value in section.probe.metrics.items() if not name.endswith("_list_gain")}
    save_probe(options.folder, replace(section.probe, lists=helped, metrics={**metrics, **gains}))


def _helps(kind: Kind, before: Sequence[Kind], found: Mapping[Kind, tuple[int, float, float]]) -> bool:
    """Whether a list made a kind's answers better; as before where no request was taken for it."""
    if kind not in found:
        return kind in before
    _, with_list, without = found[kind]
    return with_list > without


if __name__ == "__main__":
    main()
