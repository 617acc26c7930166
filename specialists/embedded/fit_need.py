"""Fit how probable it is that a request needs a tool (tasks/calling/need.py) on requests of the training data.

    python -m divisi.specialists.embedded.fit_need --data DATA

Logistic regression over tools; requests weigh the same however many tools they are offered.
"""

import logging
from collections.abc import Mapping, Sequence
from random import Random

import numpy as np

from divisi.specialists.embedded.fitting import fit_parser
from divisi.specialists.embedded.library import open_library
from divisi.specialists.embedded.logistic import Logistic, fit_logistic
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.likeness import user_texts
from divisi.tasks.calling.need import FEATURES, FILE, features

DRAWN: Mapping[str, tuple[int, float]] = {
    "written": (3000, 1.0),
    "seal_tools": (1000, 3.0),
    "metatool": (800, 1.0),
    "glaive": (200, 1.0),
}
"""Set -> how many requests at most, and how much each weighs; those for several things are few, and weigh more."""
KINDS = ("single", "parallel", "chain", "nested", "none", "missing")
TURNS_MOST = 2
"""Of the user: what is asked in a longer talk stands in several messages."""
log = logging.getLogger(__name__)


def drawn(requests: Sequence[Asked], seed: int) -> list[tuple[Asked, float]]:
    """Requests to fit on, with their weights."""
    random = Random(seed)
    chosen: list[tuple[Asked, float]] = []
    for name, (most, weight) in DRAWN.items():
        pile = [asked for asked in requests if asked.source.split("/")[0] == name and fits(asked)]
        chosen += ((asked, weight) for asked in random.sample(pile, min(most, len(pile))))
    return chosen


def fits(asked: Asked) -> bool:
    """Whether a conversation asks, in few turns, and offers a choice."""
    return asked.kind in KINDS and len(asked.tools) > 1 and len(user_texts(asked.messages)) <= TURNS_MOST


def needed(asked: Asked) -> np.ndarray:
    """1 for each tool that a conversation needs, else 0; float64 [tools]."""
    names = {asked.tool} if asked.kind == "missing" else {call.name for call in asked.calls}
    return np.array([float(tool["function"]["name"] in names) for tool in asked.tools])


def fit(chosen: Sequence[tuple[Asked, float]]) -> Logistic:
    """The regression over tools."""
    rows = [features(asked.messages, asked.tools) for asked, _ in chosen]
    x = np.concatenate(rows)
    y = np.concatenate([needed(asked) for asked, _ in chosen])
    share = np.concatenate(
        [np.full(len(row), weight / len(row)) for row, (_, weight) in zip(rows, chosen, strict=True)]
    )
    fitted = fit_logistic(x, y, share)
    log.info("event=fit_need requests=%d tools=%d loss=%.3f", len(chosen), len(x), fitted.loss)
    return fitted


def main() -> None:
    """The command."""
    options = fit_parser("Fit how probable it is that a request needs a tool.").parse_args()
    fit(drawn(open_library(options.data).requests, options.seed)).save(FILE, FEATURES)


if __name__ == "__main__":
    main()
