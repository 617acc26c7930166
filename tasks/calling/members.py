"""Small networks of one kind in one file, each of which has left out a part of the texts that they were fitted on.

Their mean reads what is new. A text that they were fitted on is read by the one that left it out, so that what is
fitted on such readings sees them as good as those of new texts are.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

KEYS, LEFT_OUT = "texts.keys", "texts.left_out"
"""Which texts one member has left out, and which member; beside the weights, which have the members as first axis."""
Weights = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Members:
    """The networks that read.

    Attributes:
        weights: of each.
        left_out: key of a text that they were fitted on -> which of them has left it out.
    """

    weights: Sequence[Weights]
    left_out: Mapping[int, int]

    def of(self, text: str) -> Sequence[Weights]:
        """Those that have not learned a text."""
        member = self.left_out.get(key_of(text))
        return self.weights if member is None else self.weights[member : member + 1]


def key_of(text: str) -> int:
    """What a text is known by."""
    return zlib.crc32(text.encode())


@cache
def members_of(file: Path) -> Members:
    """The networks of a file of the package, read once."""
    stored = load_file(file)
    keys, member = stored.pop(KEYS), stored.pop(LEFT_OUT)
    count = len(next(iter(stored.values())))
    weights = [{name: each[place].astype(np.float32) for name, each in stored.items()} for place in range(count)]
    return Members(weights, dict(zip(keys.tolist(), member.tolist(), strict=True)))
