"""The four stages that specialists answer; one that nobody answers, or that is off, is neutral and says why."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from divisi.services.forecasting.answer import Decided
from divisi.services.leanings import leaning_of
from divisi.services.player import Reading, Row
from divisi.services.section import Section
from divisi.tasks.forecasting.card import Card, forecast_case
from divisi.tasks.forecasting.macro import NEUTRAL as MACRO
from divisi.tasks.forecasting.micro import NEUTRAL as MICRO
from divisi.tasks.subtask import AnswerError, Case, ToolError

NEUTRAL: Mapping[str, Any] = {
    "context": {"effects": [], "irrelevant": []},
    "macro": MACRO,
    "micro": MICRO,
    "synthesis": None,
}
"""What each stage comes to where it does not act. None of synthesis: what the checks accept is accepted."""

STAGES = tuple(NEUTRAL)
ROW_TOKENS = 1024
"""The most tokens of one stage; ten effects take about 900."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the specialists are asked about one series.

    Attributes:
        card: the series as they read it.
        text: what is known of it, cleaned; "" where nothing is.
        off: stage -> why it must not act.
    """

    card: Card
    text: str
    off: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the specialists said of one series.

    Attributes:
        decided: one for each of STAGES, in order.
        prefix_tokens, shared_prefix_tokens: what was read, and what was not read again.
    """

    decided: tuple[Decided, ...]
    prefix_tokens: int = 0
    shared_prefix_tokens: int = 0

    def value(self, stage: str) -> Any:
        """What a stage came to."""
        return next(one.value for one in self.decided if one.subtask == stage)


def reason_against(stage: str, section: Section | None) -> str | None:
    """Why nobody can answer a stage, or None."""
    if section is None:
        return "no base is loaded"
    if stage not in section.subtasks or section.resident_for(stage) is None:
        return f"no specialist for {stage} is loaded"
    return None


async def decide(asked: Asked, section: Section | None) -> Opinion:
    """Ask every stage that may act: context, macro and micro in one batch over one prefix, then synthesis.

    Raises:
        PromptTooLongError: card and text are more than the base can read.
    """
    against = {stage: asked.off.get(stage) or reason_against(stage, section) for stage in STAGES}
    first = [stage for stage in STAGES[:3] if against[stage] is None]
    if section is None or not first:
        return Opinion(tuple(_neutral(stage, against[stage] or "there are no effects") for stage in STAGES))
    case = forecast_case(asked.card, asked.text)
    reading = await section.player.read(case.messages, case.tools)
    answers = await asyncio.gather(*(_play(stage, case, reading, section) for stage in first))
    found = dict(zip(first, answers, strict=True))
    decided = {stage: found.get(stage) or _neutral(stage, against[stage] or "") for stage in STAGES[:3]}
    decided["synthesis"] = await _synthesise(decided["context"], against["synthesis"], asked, reading, section)
    rows = sum(one.neutral is None or one.new_tokens > 0 for one in decided.values())
    shared = max(0, rows - 1) * reading.tokens + reading.cached_tokens
    return Opinion(tuple(decided.values()), reading.tokens, shared)


async def _synthesise(
    context: Decided, against: str | None, asked: Asked, reading: Reading, section: Section
) -> Decided:
    if against is not None:
        return _neutral("synthesis", against)
    if not context.value["effects"]:
        return _neutral("synthesis", "there are no effects")
    focus = section.subtask("context").write(context.value, forecast_case(asked.card, asked.text))
    count = len(context.value["effects"])
    case = forecast_case(asked.card, asked.text, focus=focus, occurrences=count)
    return await _play("synthesis", case, reading, section)


async def _play(stage: str, case: Case, reading: Reading, section: Section) -> Decided:
    subtask, resident = section.subtask(stage), section.resident_for(stage)
    assert resident is not None
    try:
        leaning = leaning_of(stage, case, section.probe)
        row = Row(reading, resident.name, subtask.render(case), subtask.grammar(case), ROW_TOKENS, leaning=leaning)
    except ToolError as error:
        return _neutral(stage, str(error))
    played = await section.player.play(row)
    cost = (played.new_tokens, played.milliseconds)
    who = (resident.name, resident.version)
    if played.finish == "length":
        return Decided(stage, NEUTRAL[stage], f"its answer was cut after {played.new_tokens} tokens", *who, (), *cost)
    try:
        value = subtask.parse(played.text, case)
    except AnswerError as error:
        return Decided(stage, NEUTRAL[stage], f"its answer cannot be read: {error}", *who, (), *cost)
    return _checked(stage, value, subtask.verify(value, case).problems, who, cost)


def _checked(stage: str, value: Any, problems: Sequence[str], who: tuple[str, str], cost: tuple[int, float]) -> Decided:
    """An answer that its checks do not pass is not used, but for context: there each effect is checked by itself."""
    if problems and stage != "context":
        return Decided(stage, NEUTRAL[stage], f"its answer fails a check: {problems[0]}", *who, tuple(problems), *cost)
    return Decided(stage, value, None, *who, tuple(problems), *cost)


def _neutral(stage: str, reason: str) -> Decided:
    return Decided(stage, NEUTRAL[stage], reason)
