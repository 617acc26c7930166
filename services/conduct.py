"""Conducting one request: prefix, decision, plan, stages, choice, answer with its trace."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from divisi.router.awaited import Awaited, awaited, before_calls, chances_behind_results
from divisi.router.plan import Plan
from divisi.router.probe import Probe, sight
from divisi.router.rank import Ranked, called_before, rank_tools
from divisi.router.request import Answer, Request, Trace
from divisi.router.rules import Decision, call_limits, decided_by_form, implied, without_probe
from divisi.router.stages import LISTS, first_plan, going_on, plan_by_parts
from divisi.services.compose import Composed, compose, compose_alone
from divisi.services.errors import InvalidRequestError, PromptTooLongError, SchemaRefusedError
from divisi.services.perform import Occasion, Outcome, perform
from divisi.services.player import Heard, Reading
from divisi.services.section import Section
from divisi.tasks.calling.call_list import Offer, read_offer
from divisi.tasks.calling.chances import chances
from divisi.tasks.calling.likeness import likeness, request_stems
from divisi.tasks.calling.links import links, probable
from divisi.tasks.calling.need import last_text, needs, parts_of
from divisi.tasks.calling.schema import with_definitions
from divisi.tasks.calling.told import name_of
from divisi.tasks.subtask import Case, Message, Schema, ToolError, ToolRecord

SURE_BELOW = 0.3
"""The probability of no call below which something is called: of 559 held-back conversations 0.59 of those with calls
were below it, and 0.01 of those that no tool fits."""
SHORTEST = ({"role": "user", "content": "-"},)
"""A conversation to measure tools beside."""


async def conduct(
    request: Request,
    section: Section,
    *,
    reply_schema: Schema | None = None,
    heard: Heard | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Answer:
    """Answer one request.

    Args:
        request: as the client means it.
        section: who plays.
        reply_schema: JSON schema that a reply in text follows, or None.
        heard: takes a reply's text as it comes. What code says is not heard; it is in the answer.
        clock: seconds that only grow.

    Raises:
        InvalidRequestError: the request cannot be answered as it is; the message says what to change.
    """
    began = clock()
    shown = await show(request, section)
    request = replace(request, tools=shown.kept)
    offer = await offered_tools(request, section)
    if reply_schema is not None:
        await check_schema(reply_schema, section, of="response_format", param="response_format")
    reading = await section.player.read(request.messages, request.tools)
    decision = decide(request, reading, section)
    occasion = replace(occasion_of(request, section, reading, decision), reply_schema=reply_schema, heard=heard)
    outcomes = await perform(opening(request, decision, section), occasion)
    composed = _composed(outcomes, offer, occasion)
    if composed.by_code and reply_schema is not None:
        outcomes += await perform(Plan("reply", first_plan("reply", request).stages), occasion)
        composed = replace(_composed(outcomes, offer, occasion), missing=composed.missing)
    trace = trace_of(decision, outcomes, reading, shown, (clock() - began) * 1000)
    tokens = sum(outcome.played.new_tokens for outcome in outcomes)
    return Answer(composed.calls, composed.text, composed.finish, trace, tokens, composed.missing)


async def show(request: Request, section: Section) -> Ranked:
    """The tools that the prefix shows: all, or the best that fit.

    Raises:
        PromptTooLongError: not one fits.
    """
    player, tools = section.player, request.tools
    if not tools:
        return Ranked(tools)
    alone = await player.size(request.messages, ())
    if alone is None:
        return Ranked(tools)
    whole = await player.size(request.messages, tools)
    budget = max(0, min(section.limits.tool_tokens, player.context_tokens - alone - section.limits.call_tokens))
    if whole is not None and whole - alone <= budget:
        return Ranked(tools)
    nothing = await player.size(SHORTEST, ()) or 0
    sizes = [await player.size(SHORTEST, (tool,)) for tool in tools]
    costs = [player.context_tokens if size is None else size - nothing for size in sizes]
    always = called_before(request.messages) | ({request.named_tool} if request.named_tool else set())
    ranked = rank_tools(tools, likeness(request.messages, tools), sizes=costs, budget=budget, always=always)
    if not ranked.kept:
        message = f"the smallest tool takes {min(costs)} tokens and {budget} are left for tools; shorten descriptions"
        raise PromptTooLongError(message, "tools")
    return ranked


async def offered_tools(request: Request, section: Section) -> Offer:
    """The tools in their normal form; each schema is known to be enforceable.

    Raises:
        InvalidRequestError: a tool's schema cannot be read, or has a keyword that cannot be enforced.
    """
    try:
        offer = read_offer(Case(request.messages, request.tools))
    except ToolError as error:
        raise InvalidRequestError(str(error), "tools") from error
    for name, parameters in offer.parameters.items():
        await check_schema(with_definitions(parameters, offer.definitions), section, of=f"tool {name!r}", param="tools")
    return offer


async def check_schema(schema: Schema, section: Section, *, of: str, param: str) -> None:
    """Refuse a schema that cannot be enforced, with the words of whoever sent it.

    Raises:
        SchemaRefusedError: it has a keyword that the grammar does not know.
    """
    try:
        await section.player.check(schema)
    except SchemaRefusedError as error:
        raise SchemaRefusedError(f"{of}: {error.message}", param) from error


def occasion_of(request: Request, section: Section, reading: Reading, decision: Decision) -> Occasion:
    """What the stages of a decided plan share."""
    sure = decision.silent is not None and decision.silent < SURE_BELOW
    return Occasion(request, section, reading, call_limits(request), sure=sure, several=decision.several)


def decide(request: Request, reading: Reading, section: Section) -> Decision:
    """The kind of plan: by form where it leaves one, else by the probe."""
    allowed = implied(request)
    by_form = decided_by_form(allowed)
    if by_form is not None:
        return by_form
    if section.probe is None:
        return without_probe(allowed)
    features = seen(reading.features, request.messages, request.tools)
    return section.probe.decide(features, allowed, told_chances(request.messages, request.tools))


def told_chances(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> Mapping[str, float]:
    """What code alone says of the kinds of answer."""
    if messages[-1].get("role") == "tool":
        return chances_behind_results(next_call(messages, tools))
    return chances(messages, tools)


def next_call(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> Awaited | None:
    """The call that code sees to be next behind results."""
    asked = before_calls(messages)
    needed = zip((name_of(tool) for tool in tools), needs(asked, tools), strict=True)
    return awaited(messages, links(asked, tools), dict(needed))


def seen(
    state: NDArray[np.floating[Any]], messages: Sequence[Message], tools: Sequence[ToolRecord]
) -> NDArray[np.float32]:
    """What the probe sees of a request whose prefix has these features."""
    scores, found = likeness(messages, tools), needs(messages, tools)
    return sight(state, scores, found, len(request_stems(messages)), len(parts_of(last_text(messages))))


def opening(request: Request, decision: Decision, section: Section) -> Plan:
    """The plan that a decision begins with.

    Raises:
        InvalidRequestError: a specialist asked for by name needs a function's name, and several are offered.
    """
    resident, probe = section.resident(request.specialist or ""), section.probe
    if resident is None:
        return first_plan(decision.kind, request) if probe is None else seen_plan(request, decision, probe)
    if resident.subtask == "arguments" and request.named_tool is None:
        if len(request.tools) != 1:
            message = f"the specialist {resident.name!r} fills one function: name it in tool_choice, or offer one tool"
            raise InvalidRequestError(message, "tool_choice")
        request = replace(request, named_tool=request.tools[0]["function"]["name"])
    return first_plan(decision.kind, request, subtask=resident.subtask)


def seen_plan(request: Request, decision: Decision, probe: Probe) -> Plan:
    """The plan that a decision begins with: without a list where none helps, and where code sees more than its kind."""
    if decision.kind in LISTS and decision.kind not in probe.lists:
        return plan_by_parts(decision.kind)
    if decision.kind == "nested" and probable(links(request.messages, request.tools), "nested"):
        return plan_by_parts(decision.kind)
    behind_results = decision.kind == "continue" and request.messages[-1].get("role") == "tool"
    following = next_call(request.messages, request.tools) if behind_results else None
    return first_plan(decision.kind, request) if following is None else going_on(following)


def trace_of(
    decision: Decision, outcomes: Sequence[Outcome], reading: Reading, shown: Ranked, milliseconds: float
) -> Trace:
    """How the answer came about."""
    again = max(0, len(outcomes) - 1) * reading.tokens
    return Trace(
        route=decision.kind,
        decided_by=decision.by,
        confidence=decision.confidence,
        stages=tuple(outcome.trace for outcome in outcomes),
        prefix_tokens=reading.tokens,
        shared_prefix_tokens=again + reading.cached_tokens,
        milliseconds=milliseconds,
        tools_left_out=shown.left_out,
    )


def _composed(outcomes: Sequence[Outcome], offer: Offer, occasion: Occasion) -> Composed:
    if occasion.request.specialist is not None:
        return compose_alone(outcomes[0], offer)
    return compose(outcomes, offer, most=occasion.limits.most)
