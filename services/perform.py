"""Performing a plan: every stage whose wait is over becomes a row at once; what it answers may add stages."""

import asyncio
from dataclasses import dataclass
from typing import Any

from divisi.router.arguing import ArgumentsLeaning, Parameter
from divisi.router.leaning import NamesLeaning
from divisi.router.plan import Plan, Stage
from divisi.router.request import Request, StageTrace
from divisi.router.rules import CallLimits
from divisi.router.stages import grown
from divisi.services.errors import InvalidRequestError
from divisi.services.narrow import narrowed
from divisi.services.player import Heard, Played, Reading, Row
from divisi.services.section import Section
from divisi.tasks.calling.answer_text import write_json
from divisi.tasks.calling.call_list import read_focus
from divisi.tasks.calling.found import fillable, found
from divisi.tasks.calling.grounding import grounded_schema
from divisi.tasks.calling.need import needs
from divisi.tasks.leaning import Leaning
from divisi.tasks.subtask import AnswerError, Case, Schema, Subtask, ToolError

BASE_ALONE = "base"
"""How a trace calls the base where no specialist answers a subtask."""


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
    """

    request: Request
    section: Section
    reading: Reading
    limits: CallLimits
    reply_schema: Schema | None = None
    heard: Heard | None = None


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
                plan = grown(plan, outcome.stage, outcome.value, usable=usable, at_most=occasion.limits.most)
    finally:
        for task in grants:
            task.cancel()
        await asyncio.gather(*grants, return_exceptions=True)


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
    try:
        row = _row(stage, occasion, subtask, case, grant)
    except ToolError as error:
        raise InvalidRequestError(str(error), "tools") from error
    if grant == 0:
        played = Played("", "length")
    else:
        played = await section.player.play(row, occasion.heard if stage.subtask == "reply" else None)
    value, problems = _checked(played, subtask, case, row.grammar)
    name, version = (BASE_ALONE, "") if resident is None else (resident.name, resident.version)
    return Outcome(stage, value, problems, played, name, version)


def case_of(stage: Stage, request: Request) -> Case:
    """What a stage asks about."""
    return Case(request.messages, request.tools, stage.focus, stage.occurrence, stage.occurrences)


def _resident(stage: Stage, occasion: Occasion) -> Any:
    asked = occasion.request.specialist
    if asked is not None:
        return occasion.section.resident(asked)
    return occasion.section.resident_for(stage.subtask)


def _row(stage: Stage, occasion: Occasion, subtask: Subtask, case: Case, grant: int | None) -> Row:
    resident = _resident(stage, occasion)
    request, limits = occasion.request, occasion.section.limits
    name = None if resident is None else resident.name
    invocation = subtask.render(case)
    if stage.subtask == "reply":
        tokens = limits.reply_tokens if grant is None else grant
        sampling = (request.stop, request.temperature, request.top_p, request.seed)
        return Row(occasion.reading, name, invocation, occasion.reply_schema, tokens, *sampling)
    tokens = limits.call_tokens if grant is None else min(grant, limits.call_tokens)
    grammar = narrowed(subtask.grammar(case), occasion.limits)
    if stage.subtask == "arguments" and occasion.section.grounded and grammar is not None:
        grammar = grounded_schema(grammar, case)
    return Row(occasion.reading, name, invocation, grammar, tokens, leaning=_leaning(stage, case, occasion))


def _leaning(stage: Stage, case: Case, occasion: Occasion) -> Leaning | None:
    """What code knows of an answer, where it was found how far it can be trusted beside this base."""
    probe = occasion.section.probe
    if probe is None:
        return None
    if stage.subtask == "names":
        names = [str(tool["function"]["name"]) for tool in case.tools]
        return NamesLeaning(names, needs(case.messages, case.tools), probe.trust)
    return ArgumentsLeaning(known(case), probe.trust) if stage.subtask == "arguments" else None


def known(case: Case) -> list[Parameter]:
    """What is known of the parameters of the function in the focus."""
    (schema,) = read_focus(case).parameters.values()
    tool = next(tool for tool in case.tools if tool["function"]["name"] == case.focus)
    required, sayable = set(schema.get("required") or ()), fillable(tool)
    told = {name: (write_json(one.value), one.probability) for name, one in found(case).items()}
    names = schema.get("properties") or {}
    return [Parameter(name, name in required, name in sayable, *told.get(name, (None, 0.0))) for name in names]


def _checked(played: Played, subtask: Subtask, case: Case, grammar: Schema | None) -> tuple[Any, tuple[str, ...]]:
    if played.finish == "length" and grammar is not None:
        return None, (f"the answer was cut after {played.new_tokens} tokens",)
    try:
        value = subtask.parse(played.text, case)
    except AnswerError as error:
        return None, (str(error),)
    return value, subtask.verify(value, case).problems
