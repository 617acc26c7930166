"""The umbrella's plan: one row a request, which writes all calls at once; by one adapter that knows every subtask.

The kind of plan is decided as for the specialists. What it means differs: the list of calls comes from one row, without
names and arguments apart and without a second opinion. A reply follows where the next call is none. So the umbrella
cannot say which values are missing; the specialists' `arguments` can.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from divisi.router.plan import Plan, Stage
from divisi.router.request import Answer, Request
from divisi.router.rules import Kind, call_limits
from divisi.services.compose import compose
from divisi.services.conduct import decide, offered_tools, show, trace_of
from divisi.services.perform import Occasion, perform
from divisi.services.section import Section
from divisi.tasks.calling.next_best import DONE

REPLY = Stage("reply", "reply")

ROWS: Mapping[Kind, tuple[Stage, ...]] = {
    "single": (Stage("calls", "parallel"),),
    "parallel": (Stage("calls", "parallel"),),
    "chain": (Stage("calls", "chaining"),),
    "nested": (Stage("calls", "nested"),),
    "continue": (Stage("calls", "next_best"),),
    "reply": (REPLY,),
    "none": (),
}
"""Kind -> the one row. Lists of one call were trained as `parallel` and as `chaining`."""


async def conduct_umbrella(
    request: Request, section: Section, *, clock: Callable[[], float] = time.perf_counter
) -> Answer:
    """Answer one request by one row.

    Raises:
        InvalidRequestError: the request cannot be answered as it is.
    """
    began = clock()
    shown = await show(request, section)
    request = replace(request, tools=shown.kept)
    offer = await offered_tools(request, section)
    reading = await section.player.read(request.messages, request.tools)
    decision = decide(request, reading, section)
    occasion = Occasion(request, section, reading, call_limits(request))
    outcomes = await perform(Plan("umbrella", ROWS[decision.kind]), occasion)
    if [outcome.value for outcome in outcomes] == [DONE]:
        outcomes += await perform(Plan("umbrella", (REPLY,)), occasion)
    composed = compose(outcomes, offer)
    trace = trace_of(decision, outcomes, reading, shown, (clock() - began) * 1000)
    tokens = sum(outcome.played.new_tokens for outcome in outcomes)
    return Answer(composed.calls, composed.text, composed.finish, trace, tokens, composed.missing)
