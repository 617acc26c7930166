"""Conversations offered other tools than they were: without those that they need, or with few beside them.

What separates a request that a tool fits from one that none fits is often a single tool: taking it away makes a near
miss of any request, and offering little beside it keeps the number of tools from telling the answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.told import name_of
from divisi.tasks.subtask import ToolRecord

STRANGERS_SHARE = 0.2
"""Of the conversations whose offer gets tools of others."""
FEW, STRANGERS = 2, 3


def variants(asked: Asked, others: Sequence[ToolRecord], random: Random) -> Iterator[Asked]:
    """A conversation as it is; without what it needs; and with few of the other tools.

    Args:
        asked: a conversation with tools.
        others: tools of other conversations, to offer beside it.
        random: chooses.
    """
    yield asked
    needs = needed_names(asked)
    beside = [tool for tool in asked.tools if name_of(tool) not in needs]
    if asked.kind == "none":
        yield replace(asked, tools=tuple(random.sample(beside, random.randint(1, min(FEW, len(beside))))))
        return
    strangers = [tool for tool in random.sample(others, min(STRANGERS, len(others))) if name_of(tool) not in needs]
    mixed = random.random() < STRANGERS_SHARE
    left = [*_some(beside, 1, len(beside), random), *(strangers if mixed or not beside else ())]
    if left:
        yield replace(asked, kind="none", calls=(), tool=None, missing=(), tools=_distinct(left))
    few = strangers if mixed else _some(beside, 0, FEW, random)
    kept = [*(tool for tool in asked.tools if name_of(tool) in needs), *few]
    random.shuffle(kept)
    yield replace(asked, tools=_distinct(kept))


def needed_names(asked: Asked) -> set[str]:
    """The tools that a conversation calls, or would call if nothing were missing."""
    return {asked.tool or ""} if asked.kind == "missing" else {call.name for call in asked.calls}


def _some(tools: Sequence[ToolRecord], fewest: int, most: int, random: Random) -> list[ToolRecord]:
    most = min(most, len(tools))
    return random.sample(tools, random.randint(min(fewest, most), most))


def _distinct(tools: Sequence[ToolRecord]) -> tuple[ToolRecord, ...]:
    return tuple({name_of(tool): tool for tool in tools}.values())
