"""Composing the answer: the chosen calls, a reply, or what code says where no call can be made.

A model never writes that no tool fits or that a value is missing: these sentences are facts about the decision, and
code states them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from divisi.router.request import AnswerCall
from divisi.router.select import Candidate, choose
from divisi.services.opinions import opinions
from divisi.services.perform import Outcome
from divisi.tasks.calling.answer_text import write_json
from divisi.tasks.calling.call import references
from divisi.tasks.calling.call_list import Offer

MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer before its trace.

    Attributes:
        calls: in order.
        text: the reply, or None where the answer is calls.
        finish: why it ended.
        missing: function -> required values that the conversation does not give.
        by_code: whether code wrote the text.
    """

    calls: tuple[AnswerCall, ...] = ()
    text: str | None = None
    finish: Literal["stop", "tool_calls", "length"] = "stop"
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_code: bool = False


def compose(outcomes: Sequence[Outcome], offer: Offer, *, most: int | None = None) -> Composed:
    """The answer that the outcomes of a plan come to.

    Args:
        outcomes: of all its stages, in the order in which they ended.
        offer: the tools offered.
        most: the most calls that the answer may have.
    """
    replies = [one for one in outcomes if one.stage.subtask == "reply"]
    if replies:
        return Composed(text=replies[-1].played.text, finish=replies[-1].played.finish)
    found = opinions(outcomes, offer)
    if not found:
        return Composed(text=abstention(offer), by_code=True)
    chosen = choose(found)
    cut = any(one.played.finish == "length" for one in outcomes)
    calls = chosen.calls[:most]
    if any(not any(references(call.arguments)) for call in calls):  # else a client could execute none of them
        return Composed(calls, finish="length" if cut and chosen.problems else "tool_calls", missing=chosen.missing)
    return _without_calls(chosen, offer, cut=cut)


def compose_alone(outcome: Outcome, offer: Offer) -> Composed:
    """The answer of one specialist asked for by name: calls where its value is calls, else its text."""
    subtask = outcome.stage.subtask
    if subtask == "reply" or outcome.value is None:
        return Composed(text=outcome.played.text, finish=outcome.played.finish)
    if subtask == "names" or not isinstance(outcome.value, list | dict):
        return Composed(text=write_json(outcome.value))
    return compose([outcome], offer)


def _without_calls(chosen: Candidate, offer: Offer, *, cut: bool) -> Composed:
    if chosen.missing:
        return Composed(text=question(chosen.missing, offer), missing=chosen.missing, by_code=True)
    if cut:
        return Composed(finish="length")
    if chosen.problems:
        return Composed(text=failure(chosen.problems), by_code=True)
    return Composed(text=abstention(offer), by_code=True)


def abstention(offer: Offer) -> str:
    """That no tool fits."""
    names = list(offer.tools)
    shown = ", ".join(names[:MOST_NAMES]) + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")
    return f"None of these tools fits the request: {shown}."


def question(missing: Mapping[str, tuple[str, ...]], offer: Offer) -> str:
    """What the user must say before the functions can be called."""
    return " ".join(
        f"To call {function}, I still need {_listed([_described(name, function, offer) for name in names])}."
        f" What should I use?"
        for function, names in missing.items()
    )


def failure(problems: Sequence[str]) -> str:
    """That no call could be made, and why."""
    return f"No valid call could be made: {problems[0]}."


def _described(name: str, function: str, offer: Offer) -> str:
    schema = offer.tools[function].properties.get(name)
    description = str(schema.get("description") or "").strip().rstrip(".") if isinstance(schema, Mapping) else ""
    return f"{name} ({description})" if description else name


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
