"""Which tools to show where not all fit: those that are most like what the user said last."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from divisi.router.request import Message, ToolRecord


@dataclass(frozen=True, slots=True)
class Ranked:
    """The tools that are shown, in their original order, and the names of those left out."""

    kept: tuple[ToolRecord, ...]
    left_out: tuple[str, ...] = ()


def rank_tools(
    tools: Sequence[ToolRecord],
    scores: Sequence[float],
    *,
    sizes: Sequence[int],
    budget: int,
    always: Collection[str] = (),
) -> Ranked:
    """The best tools that fit a budget.

    Args:
        tools: in the order of the request.
        scores: how like the request each is (tasks/calling/likeness.py).
        sizes: tokens of each tool as rendered.
        budget: tokens that all tools together may take.
        always: names that are kept whatever they score (called before, or named by the client).
    """
    if sum(sizes) <= budget:
        return Ranked(tuple(tools))
    order = sorted(range(len(tools)), key=lambda i: (_name(tools[i]) not in always, -scores[i], i))
    kept: set[int] = set()
    for i in order:
        if _name(tools[i]) in always or sum(sizes[j] for j in kept) + sizes[i] <= budget:
            kept.add(i)
    left_out = tuple(_name(tool) for i, tool in enumerate(tools) if i not in kept)
    return Ranked(tuple(tool for i, tool in enumerate(tools) if i in kept), left_out)


def called_before(messages: Sequence[Message]) -> frozenset[str]:
    """The names of the functions that a conversation has already called."""
    calls = (call for message in messages for call in message.get("tool_calls") or ())
    return frozenset(str(call["function"]["name"]) for call in calls)


def _name(tool: ToolRecord) -> str:
    return str(tool["function"]["name"])
