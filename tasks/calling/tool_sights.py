"""What a request looks like beside the tools that are offered, as one sees it who does not understand it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from divisi.tasks.calling.likeness import meaning_of, said_of, title_of
from divisi.tasks.calling.reading import Reading, unit
from divisi.tasks.calling.stems import stems
from divisi.tasks.subtask import ToolRecord


@dataclass(frozen=True, slots=True)
class ToolSight:
    """What a text looks like beside the tools.

    Attributes:
        pieces: float32 [tools, pieces, features], whether each piece is a word of a tool's name, of its description, of
            its parameters, how near it is to both and to the name alone; then how much more so than for any other tool.
        own: float32 [tools, features], what the tool, its name, its description, its parameters mean.
        traits: float32 [tools, features], what is known of the whole request beside it.
    """

    pieces: np.ndarray
    own: np.ndarray
    traits: np.ndarray


def tool_sight(reading: Reading, tools: Sequence[ToolRecord], traits: np.ndarray) -> ToolSight:
    """What is seen of a text beside at least one tool, with the traits that need.py computes."""
    units = unit(reading.vectors)
    plain = np.stack([_beside(reading, units, tool) for tool in tools])
    places = range(len(tools))
    others = [np.delete(plain, place, 0).max(0) if len(tools) > 1 else 0 * plain[place] for place in places]
    return ToolSight(
        pieces=np.concatenate([plain, plain - np.stack(others)], -1).astype(np.float32),
        own=np.stack([np.concatenate(_meanings(tool)) for tool in tools]).astype(np.float32),
        traits=traits.astype(np.float32),
    )


def _beside(reading: Reading, units: np.ndarray, tool: ToolRecord) -> np.ndarray:
    """Of one tool, [pieces, features]."""
    known = [_stems(text) for text in said_of(tool)]
    said = np.array([[not one.isdisjoint(piece) for one in known] for piece in reading.stems], dtype=np.float32)
    title, name = _meanings(tool)[:2]
    return np.concatenate([said.reshape(len(units), len(known)), units @ np.stack([title, name], 1)], 1)


@lru_cache(maxsize=8192)
def _stems(text: str) -> frozenset[str]:
    """Kept, as many requests are offered the same tools."""
    return frozenset(stems(text))


def _meanings(tool: ToolRecord) -> list[np.ndarray]:
    """Of the tool, of its name, of its description, of its parameters."""
    return [meaning_of(text) for text in (title_of(tool), *said_of(tool))]
