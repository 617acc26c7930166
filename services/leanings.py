"""What code knows of an answer beside the model that writes it, where it was found how far it can be trusted."""

from divisi.router.arguing import ArgumentsLeaning, Parameter
from divisi.router.leaning import NamesLeaning
from divisi.router.probe import Probe
from divisi.router.reading import ReadingLeaning
from divisi.router.replying import ReplyLeaning
from divisi.tasks.calling.answer_text import write_json
from divisi.tasks.calling.call_list import read_focus
from divisi.tasks.calling.counting import more_calls
from divisi.tasks.calling.filled import filled_needs
from divisi.tasks.calling.flag_sights import booleans
from divisi.tasks.calling.found import enumerated, fillable, found
from divisi.tasks.calling.spoken import spoken
from divisi.tasks.calling.told import name_of
from divisi.tasks.forecasting.likely import likely_answers
from divisi.tasks.leaning import Leaning
from divisi.tasks.subtask import Case

COUNTED_FROM = 0.1
"""The need from which on it is counted how often a tool may be called."""


def leaning_of(subtask: str, case: Case, probe: Probe | None, *, several: float | None = None) -> Leaning | None:
    """What is known of the answer of a subtask to a case; None without a probe, which says how far to trust it."""
    if probe is None:
        return None
    if subtask == "names":
        needed = filled_needs(case.messages, case.tools)
        more = [
            more_calls(case.messages, tool, case.tools) if need >= COUNTED_FROM else ()
            for tool, need in zip(case.tools, needed, strict=True)
        ]
        return NamesLeaning([name_of(tool) for tool in case.tools], needed, probe.trust, more, several)
    if subtask == "reply":
        return ReplyLeaning(spoken(case.messages), probe.trust) if probe.trust.reply else None
    if subtask == "context":
        return ReadingLeaning(likely_answers(case), probe.trust)
    return ArgumentsLeaning(known(case), probe.trust) if subtask == "arguments" else None


def known(case: Case) -> list[Parameter]:
    """What is known of the parameters of the function in the focus."""
    (schema,) = read_focus(case).parameters.values()
    tool = next(tool for tool in case.tools if tool["function"]["name"] == case.focus)
    required, sayable = set(schema.get("required") or ()), {*fillable(tool), *booleans(tool), *enumerated(tool)}
    told = {name: (write_json(one.value), one.probability, one.given) for name, one in found(case).items()}
    names = schema.get("properties") or {}
    return [Parameter(name, name in required, name in sayable, *told.get(name, (None, 0.0, None))) for name in names]
