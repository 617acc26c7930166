"""Which tools a corpus's request offers: the ones it needs, near misses and strangers, in any order."""

from collections.abc import Iterable, Sequence
from random import Random

from divisi.tasks.subtask import ToolRecord

FEWEST = 2
MOST = 8
NEAR_SHARE = 0.6


def offer(
    needed: Iterable[ToolRecord], near: Sequence[ToolRecord], far: Sequence[ToolRecord], rng: Random
) -> tuple[ToolRecord, ...]:
    """Two to eight tools with different names, and all that are needed.

    Args:
        needed: always offered; two of one name count once.
        near: near misses, which take about NEAR_SHARE of the places that are left.
        far: any other tools.
        rng: chooses how many, which, and their order.
    """
    chosen = {name_of(tool): tool for tool in needed}
    count = max(len(chosen), rng.randint(FEWEST, MOST))
    near_count = len(chosen) + round(NEAR_SHARE * (count - len(chosen)))
    _fill(chosen, near, near_count, rng)
    _fill(chosen, far, count, rng)
    tools = list(chosen.values())
    rng.shuffle(tools)
    return tuple(tools)


def name_of(tool: ToolRecord) -> str:
    """A tool's name."""
    name: str = tool["function"]["name"]
    return name


def without(tools: Iterable[ToolRecord], names: Iterable[str]) -> tuple[ToolRecord, ...]:
    """The tools that have none of the names."""
    left_out = set(names)
    return tuple(tool for tool in tools if name_of(tool) not in left_out)


def _fill(chosen: dict[str, ToolRecord], pool: Sequence[ToolRecord], count: int, rng: Random) -> None:
    """Add tools of the pool until there are `count`, or none is left."""
    for tool in rng.sample(pool, min(len(pool), 3 * MOST)):
        if len(chosen) >= count:
            return
        chosen.setdefault(name_of(tool), tool)
