"""The next call behind results: one that takes a field of them, or one that is needed and was not made yet.

A client that does not know of plans sends results back as it always does. What is still to be called is seen again in
what the user said (tasks/calling/links.py, need.py), so nothing is remembered between requests.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from divisi.router.request import Message
from divisi.tasks.calling.chances import CALLED
from divisi.tasks.calling.links import Link

TAKES_FROM = 0.25
"""The probability of a link from which on a result that is there is taken; less than where it has to be called for."""
NEEDED_FROM = 0.5
GOES_ON_SEEN, GOES_ON_UNSEEN = 0.85, 0.15
"""How often a conversation goes on with a call where one is seen, and where none is: of 202 by hand, 62 of 68 and 27 of
134 (by needs alone), of 150 of API-Bank 19 of 30 and 16 of 120; all are of the training data."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A function that can be called now, with the parameters that results give it."""

    name: str
    given: tuple[tuple[str, Any], ...]


def awaited(messages: Sequence[Message], found: Sequence[Link], needs: Mapping[str, float]) -> Awaited | None:
    """The function that is to be called next, of those that were not called since the user spoke; None where none is.

    Args:
        messages: the conversation, with results.
        found: links, the likeliest first, that the conversation up to the first call shows.
        needs: tool -> how probably it is needed, seen there too.
    """
    done, results = _called(messages), results_of(messages)
    probable = [one for one in found if one.probability >= TAKES_FROM and one.tool not in done]
    ready = [one for one in probable if one.field in results.get(one.giver, {})]
    left = {name: need for name, need in needs.items() if name not in done and need >= NEEDED_FROM}
    if not ready and not left:
        return None
    name = ready[0].tool if ready else max(left, key=left.__getitem__)
    given = {one.parameter: results[one.giver][one.field] for one in reversed(ready) if one.tool == name}
    return Awaited(name, tuple(given.items()))


def chances_behind_results(next_call: Awaited | None) -> dict[str, float]:
    """How probable it is that the conversation goes on with a call, or with a reply, in the form of chances.py."""
    goes_on = GOES_ON_UNSEEN if next_call is None else GOES_ON_SEEN
    return {**dict.fromkeys(CALLED, 0.0), "none": 0.0, "continue": goes_on, "reply": 1 - goes_on}


def before_calls(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The conversation up to the last thing that the user said."""
    last = max((place for place, turn in enumerate(messages) if turn.get("role") == "user"), default=-1)
    return tuple(messages[: last + 1])


def results_of(messages: Sequence[Message]) -> dict[str, Mapping[str, Any]]:
    """Function -> the fields of its last result, of those that are JSON objects."""
    names = {call["id"]: str(call["function"]["name"]) for call in _calls(messages)}
    found: dict[str, Mapping[str, Any]] = {}
    for turn in messages:
        result = _read(turn.get("content")) if turn.get("role") == "tool" else None
        if isinstance(result, Mapping) and turn.get("tool_call_id") in names:
            found[names[turn["tool_call_id"]]] = result
    return found


def _called(messages: Sequence[Message]) -> set[str]:
    since = messages[len(before_calls(messages)) :]
    return {str(call["function"]["name"]) for call in _calls(since)}


def _calls(messages: Sequence[Message]) -> list[Mapping[str, Any]]:
    return [call for turn in messages for call in turn.get("tool_calls") or ()]


def _read(content: Any) -> Any:
    try:
        return json.loads(content)
    except (TypeError, ValueError):
        return None
