"""Performing a plan: every stage whose wait is over becomes a row at once; what it answers may add stages."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from divisi.router.lacking import OPEN, Settled, settled
from divisi.router.plan import Plan, Stage
from divisi.router.request import Request, StageTrace
from divisi.router.rules import CallLimits
from divisi.router.stages import grown
from divisi.services.errors import InvalidRequestError
from divisi.services.leanings import leaning_of
from divisi.services.narrow import narrowed
from divisi.services.player import Heard, Played, Reading, Row
from divisi.services.section import Section
from divisi.tasks.calling.answer_text import write_json
from divisi.tasks.calling.grounding import grounded_schema
from divisi.tasks.calling.lacking import lacking
from divisi.tasks.calling.links import links, probable
from divisi.tasks.calling.need import as_said
from divisi.tasks.calling.told import name_of, without
from divisi.tasks.subtask import AnswerError, Case, Schema, Subtask, ToolError

BASE_ALONE, CODE = "base", "code"
"""How a trace calls the base where no specialist answers a subtask, and code where it decides by itself."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What all rows of one request share.

    Attributes:
        request: with the tools that are shown.
        section: who plays.
        reading: the prefix.
        limits: how many calls the answer must and may have.
        reply_schema: JSON schema that a reply follows, or None.
        heard: takes the reply's text as it comes, or None.
        sure: whether it is decided that something is called, so that a list of names is not empty.
        several: the probability of several calls where one is made; None where nothing says it.
    """

    request: Request
    section: Section
    reading: Reading
    limits: CallLimits
    reply_schema: Schema | None = None
    heard: Heard | None = None
    sure: bool = False
    several: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one stage answered.

    Attributes:
        stage: which.
        value: the answer's value; None where it cannot be read.
        problems: what the checks found.
        played: the text and what it cost.
        specialist, version: who answered.
    """

    stage: Stage
    value: Any
    problems: tuple[str, ...]
    played: Played
    specialist: str
    version: str

    @property
    def trace(self) -> StageTrace:
        """The stage as the trace shows it."""
        return StageTrace(
            subtask=self.stage.subtask,
            focus=self.stage.focus,
            specialist=self.specialist,
            version=self.version,
            new_tokens=self.played.new_tokens,
            milliseconds=self.played.milliseconds,
            problems=self.problems,
        )


async def perform(plan: Plan, occasion: Occasion) -> tuple[Outcome, ...]:
    """Play a plan to its end.

    Returns:
        One outcome for each stage, in the order in which they ended.
    """
    request = occasion.request
    outcomes: list[Outcome] = []
    grants: dict[asyncio.Task[Outcome], int | None] = {}
    begun: set[str] = set()
    left = request.max_tokens
    try:
        while True:
            ended = [outcome.stage.name for outcome in outcomes]
            waiting = [stage for stage in plan.ready(ended) if stage.name not in begun]
            for stage, grant in zip(waiting, shares(left, len(waiting)), strict=True):
                grants[asyncio.create_task(play_stage(stage, occasion, grant))] = grant
                begun.add(stage.name)
                left = None if left is None or grant is None else left - grant
            if not grants:
                return tuple(outcomes)
            done, _ = await asyncio.wait(grants, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(done, key=list(grants).index):
                grant, outcome = grants.pop(task), task.result()
                left = None if left is None or grant is None else left + grant - outcome.played.new_tokens
                outcomes.append(outcome)
                usable = outcome.value is not None and not outcome.problems
                plan = _grown(plan, outcome, occasion, usable=usable)
    finally:
        for task in grants:
            task.cancel()
        await asyncio.gather(*grants, return_exceptions=True)


def _grown(plan: Plan, outcome: Outcome, occasion: Occasion, *, usable: bool) -> Plan:
    """The plan after a stage; names are linked by what code sees, unless results are in and say more than it knows."""
    request = occasion.request
    fitted = occasion.section.probe is not None
    linkable = fitted and outcome.stage.name == "names" and not with_results(request)
    found = probable(links(request.messages, request.tools), plan.kind) if linkable else ()
    most = occasion.limits.most
    return grown(plan, outcome.stage, outcome.value, usable=usable, at_most=most, found=found)


def with_results(request: Request) -> bool:
    """Whether a conversation has results of calls already."""
    return any(message.get("role") == "tool" for message in request.messages)


def shares(left: int | None, stages: int) -> list[int | None]:
    """What is left of the request's tokens, divided evenly among the stages that start together."""
    if left is None:
        return [None] * stages
    return [left // stages + (place < left % stages) for place in range(stages)]


async def play_stage(stage: Stage, occasion: Occasion, grant: int | None) -> Outcome:
    """Play one stage and check its answer.

    Args:
        stage: what is asked.
        occasion: of which request.
        grant: tokens that it may take, None for the section's own limit.

    Raises:
        InvalidRequestError: the request lacks what the stage's subtask needs.
    """
    section = occasion.section
    subtask = section.subtask(stage.subtask)
    case = case_of(stage, occasion.request)
    resident = _resident(stage, occasion)
    known = settled_by_code(stage, case, occasion)
    if known.lacking:
        asked = list(known.lacking)
        return Outcome(stage, asked, (), Played(write_json(asked), "stop"), CODE, "")
    try:
        row = _row(stage, occasion, subtask, case, grant, given=known.given)
    except ToolError as error:
        raise InvalidRequestError(str(error), "tools") from error
    if grant == 0:
        played = Played("", "length")
    else:
        played = await section.player.play(row, occasion.heard if stage.subtask == "reply" else None)
    value, problems = _checked(played, subtask, case, row.grammar)
    if stage.name == "names" and value and section.probe is not None and not with_results(occasion.request):
        value = as_said(value, case.messages, case.tools)
    name, version = (BASE_ALONE, "") if resident is None else (resident.name, resident.version)
    return Outcome(stage, value, problems, played, name, version)


def case_of(stage: Stage, request: Request) -> Case:
    """What a stage asks about; of the function in its focus only the parameters that no other call gives."""
    given = [parameter for parameter, _ in stage.linked]
    tools = tuple(without(tool, given) if given and name_of(tool) == stage.focus else tool for tool in request.tools)
    return Case(request.messages, tools, stage.focus, stage.occurrence, stage.occurrences, stage.beside)


def settled_by_code(stage: Stage, case: Case, occasion: Occasion) -> Settled:
    """What code decides of arguments before they are written.

    Nothing where a client or a result says more than it knows, where several calls of one function share what is said,
    and where no probe was fitted: whoever brings base and specialists then decides alone.
    """
    request, section = occasion.request, occasion.section
    alone = stage.subtask == "arguments" and stage.occurrences == 1 and not with_results(request)
    if not alone or section.probe is None or request.specialist is not None or occasion.limits.least > 0:
        return OPEN
    return settled(lacking(case.messages, case.tools, str(stage.focus)))


def _resident(stage: Stage, occasion: Occasion) -> Any:
    asked = occasion.request.specialist
    if asked is not None:
        return occasion.section.resident(asked)
    return occasion.section.resident_for(stage.subtask)


def _row(stage: Stage, occasion: Occasion, subtask: Subtask, case: Case, grant: int | None, *, given: bool) -> Row:
    resident = _resident(stage, occasion)
    request, limits = occasion.request, occasion.section.limits
    name = None if resident is None else resident.name
    invocation = subtask.render(case)
    if stage.subtask == "reply":
        tokens = limits.reply_tokens if grant is None else grant
        sampling = (request.stop, request.temperature, request.top_p, request.seed)
        free = occasion.reply_schema is None
        leaning = leaning_of("reply", case, occasion.section.probe) if free else None
        return Row(occasion.reading, name, invocation, occasion.reply_schema, tokens, *sampling, leaning)
    tokens = limits.call_tokens if grant is None else min(grant, limits.call_tokens)
    bounds = replace(occasion.limits, least=1) if occasion.sure and stage.subtask == "names" else occasion.limits
    grammar = narrowed(subtask.grammar(case), bounds, calls=given)
    if stage.subtask == "arguments" and occasion.section.grounded and grammar is not None:
        grammar = grounded_schema(grammar, case)
    leaning = leaning_of(stage.subtask, case, occasion.section.probe, several=occasion.several)
    return Row(occasion.reading, name, invocation, grammar, tokens, leaning=leaning)


def _checked(played: Played, subtask: Subtask, case: Case, grammar: Schema | None) -> tuple[Any, tuple[str, ...]]:
    if played.finish == "length" and grammar is not None:
        return None, (f"the answer was cut after {played.new_tokens} tokens",)
    try:
        value = subtask.parse(played.text, case)
    except AnswerError as error:
        return None, (str(error),)
    return value, subtask.verify(value, case).problems
