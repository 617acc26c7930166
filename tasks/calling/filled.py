"""How probable it is that a request needs a tool, seen by its words and by what it says for the tool's parameters.

    need' = 1 / (1 + exp(-(bias + w0 logit(need) + w1 filled + w2 beside + w3 said)))

    filled   the mean probability of the values found for its required parameters, 1/2 where it has none
    said     the sum of the probabilities of all values found for it
    beside   said, by the highest of the tools

What a request says fits the tool that it means: a file and a number of copies are told to one that prints. The weights
are those of a logistic regression, which `python -m divisi.specialists.embedded.fit_filled` fits.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from divisi.tasks.calling.need import needs
from divisi.tasks.calling.regression import stored
from divisi.tasks.calling.told import required, told
from divisi.tasks.subtask import Message, ToolRecord

FILE = Path(__file__).with_name("filled.json")
FEATURES = ("need", "filled", "beside", "said")
NOTHING_REQUIRED, LEAST = 0.5, 1e-9


def filled_needs(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> list[float]:
    """The probability that each tool is needed, in (0, 1)."""
    if not tools:
        return []
    found: list[float] = stored(FILE, FEATURES)(features(messages, tools)).tolist()
    return found


def features(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> np.ndarray:
    """What a need is computed from, float64 [tools, FEATURES]; at least one tool."""
    need = np.clip(np.array(needs(messages, tools)), LEAST, 1 - LEAST)
    found = [told(messages, tool) for tool in tools]
    chances = [
        [values[name].probability if name in values else 0.0 for name in required(tool)]
        for values, tool in zip(found, tools, strict=True)
    ]
    filled = np.array([sum(each) / len(each) if each else NOTHING_REQUIRED for each in chances])
    said = np.array([sum(one.probability for one in values.values()) for values in found])
    return np.stack([np.log(need / (1 - need)), filled, said / max(LEAST, said.max()), said], axis=1)
