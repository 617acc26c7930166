"""Evaluation: every example is answered by its subtask's specialist, as it is served, and scored against its truth."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from divisi.router.plan import Stage
from divisi.router.request import Request
from divisi.router.rules import CallLimits
from divisi.services.errors import ConfigError, InvalidRequestError
from divisi.services.perform import Occasion, case_of, play_stage
from divisi.services.section import Section
from divisi.tasks.example import Example

AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Scores:
    """How good one subtask's specialist is.

    Attributes:
        specialist: its name, "base" for the base alone.
        version: its version.
        count: examples that were answered.
        unreadable: how many of them had an answer that could not be read; all their metrics are 0.
        refused: examples that could not be asked, such as a prompt over the context. They do not count.
        reason: why the first of them was refused, or None.
        metrics: means over the answered examples.
    """

    specialist: str
    version: str
    count: int
    unreadable: int
    refused: int
    reason: str | None
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scored:
    """One example that was answered; no metrics, but a reason, where it could not be asked."""

    specialist: str
    version: str
    readable: bool
    metrics: Mapping[str, float] | None
    reason: str | None = None


async def evaluate(
    section: Section, examples: Sequence[Example], *, specialist: str | None = None, done: Callable[[], None]
) -> dict[str, Scores]:
    """Scores by subtask, in the order in which the subtasks come.

    Args:
        section: who plays.
        examples: with their truth.
        specialist: who answers them all; by default whom the router would ask.
        done: called after each example.

    Raises:
        ConfigError: no specialist has that name, or an example is of another subtask than its.
    """
    if specialist is not None:
        check_specialist(section, examples, specialist)
    places = asyncio.Semaphore(AT_ONCE)

    async def one(example: Example) -> Scored:
        async with places:
            scored = await score(section, example, specialist)
        done()
        return scored

    found: dict[str, list[Scored]] = defaultdict(list)
    for example, scored in zip(examples, await asyncio.gather(*map(one, examples)), strict=True):
        found[example.subtask].append(scored)
    return {subtask: summary(several) for subtask, several in found.items()}


def check_specialist(section: Section, examples: Sequence[Example], name: str) -> None:
    """Refuse a specialist that cannot answer the examples.

    Raises:
        ConfigError: no specialist has that name, or an example is of another subtask than its.
    """
    resident = section.resident(name)
    if resident is None:
        known = ", ".join(one.name for one in section.player.residents) or "none"
        raise ConfigError(f"no specialist is named {name!r}; loaded: {known}")
    other = next((one for one in examples if one.subtask != resident.subtask), None)
    if other is not None:
        raise ConfigError(f"{name!r} answers {resident.subtask}, and example {other.id} is of {other.subtask}")


async def score(section: Section, example: Example, specialist: str | None = None) -> Scored:
    """Answer one example and score it."""
    case, subtask = example.case, section.subtask(example.subtask)
    request = Request(case.messages, case.tools, specialist=specialist)
    stage = Stage("evaluated", example.subtask, case.focus, case.occurrence, case.occurrences, case.beside)
    try:
        reading = await section.player.read(case.messages, case.tools)
        outcome = await play_stage(stage, Occasion(request, section, reading, CallLimits()), None)
    except InvalidRequestError as error:
        return Scored("", "", False, None, error.message)
    if outcome.value is None:
        nothing = dict.fromkeys(subtask.score(example.target, example.target, case), 0.0)
        return Scored(outcome.specialist, outcome.version, False, nothing)
    metrics = subtask.score(outcome.value, example.target, case_of(stage, request))
    return Scored(outcome.specialist, outcome.version, True, metrics)


def summary(several: Sequence[Scored]) -> Scores:
    """Means over the examples of one subtask; of a metric that some do not have, over those that do."""
    answered = [one for one in several if one.metrics is not None]
    names = dict.fromkeys(name for one in answered for name in one.metrics or ())
    values = {name: [one.metrics[name] for one in answered if one.metrics and name in one.metrics] for name in names}
    first = answered[0] if answered else several[0]
    return Scores(
        specialist=first.specialist,
        version=first.version,
        count=len(answered),
        unreadable=sum(not one.readable for one in answered),
        refused=len(several) - len(answered),
        reason=next((one.reason for one in several if one.reason is not None), None),
        metrics={name: sum(numbers) / len(numbers) for name, numbers in values.items()},
    )
