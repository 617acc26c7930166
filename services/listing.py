"""Whether whole lists of calls add anything to names and arguments: asked of held-back requests, kept with the probe.

python -m divisi.services.listing --data DATA      after trust was fitted
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from divisi.router.plan import Plan
from divisi.router.request import AnswerCall, Request
from divisi.router.rules import Kind
from divisi.router.select import overlap
from divisi.router.stages import LISTS, plan_by_parts
from divisi.services.compose import compose
from divisi.services.conduct import decide, occasion_of, seen_plan
from divisi.services.held_back import read_options
from divisi.services.loading import save_probe
from divisi.services.perform import Occasion, perform
from divisi.services.section import Section
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
    held = read_options("Find the kinds of requests for which a list of calls helps.", count=300)
    found = asyncio.run(_fitted(held.section, [one for one in held.asked if one.kind in CALLING]))
    for kind, (count, with_list, without) in found.items():
        log.info("event=listing kind=%s requests=%d with=%.3f without=%.3f", kind, count, with_list, without)
    helped = tuple(kind for kind in LISTS if _helps(kind, held.probe.lists, found))
    gains = {f"{kind}_list_gain": with_list - without for kind, (_, with_list, without) in found.items()}
    metrics = {name: value for name, value in held.probe.metrics.items() if not name.endswith("_list_gain")}
    save_probe(held.folder, replace(held.probe, lists=helped, metrics={**metrics, **gains}))


def _helps(kind: Kind, before: Sequence[Kind], found: Mapping[Kind, tuple[int, float, float]]) -> bool:
    """Whether a list made a kind's answers better; as before where no request was taken for it."""
    if kind not in found:
        return kind in before
    _, with_list, without = found[kind]
    return with_list > without


if __name__ == "__main__":
    main()
