"""Fit how often a request asks for a function (tasks/calling/counting.py) on requests of the training data.

    python -m divisi.specialists.embedded.fit_counts --data DATA

Logistic regression over the calls of each function: does one more follow? Held-back requests measure what is logged.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

import numpy as np

from divisi.specialists.embedded.fitting import fit_parser
from divisi.specialists.embedded.library import open_library
from divisi.specialists.embedded.logistic import Logistic, fit_logistic
from divisi.tasks.calling.counting import CALLS_MOST, FEATURES, FILE, Counted, counted, features
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.told import name_of

SETS = ("written", "seal_tools")
KINDS = ("single", "parallel", "chain", "nested")
OTHERS_MOST = 2200
"""Requests that are not parallel, of which there are more than of those that are."""
log = logging.getLogger(__name__)


def fits(asked: Asked) -> bool:
    """Whether a conversation shows how often its functions are called."""
    return asked.kind in KINDS and asked.source.split("/")[0] in SETS


def drawn(requests: Sequence[Asked], seed: int) -> list[Asked]:
    """Requests to fit on."""
    fitting = [asked for asked in requests if fits(asked)]
    several = [asked for asked in fitting if asked.kind == "parallel"]
    others = [asked for asked in fitting if asked.kind != "parallel"]
    return [*several, *Random(seed).sample(others, min(OTHERS_MOST, len(others)))]


def seen_in(asked: Asked) -> Iterator[tuple[Counted, int]]:
    """What is counted of each function that a conversation calls, and how often it is called."""
    calls = Counter(call.name for call in asked.calls)
    for tool in asked.tools:
        if name_of(tool) in calls:
            yield counted(asked.messages, tool, asked.tools), calls[name_of(tool)]


def fit(chosen: Sequence[Asked]) -> Logistic:
    """The regression over calls."""
    x, y = cases([case for asked in chosen for case in seen_in(asked)])
    fitted = fit_logistic(x, y, np.ones(len(y)))
    log.info("event=fit_counts requests=%d calls=%d loss=%.3f", len(chosen), len(y), fitted.loss)
    return fitted


def cases(seen: Sequence[tuple[Counted, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Features [cases, FEATURES] and whether one more call follows [cases]."""
    asked = [(one, calls, count) for one, count in seen for calls in range(1, min(count, CALLS_MOST - 1) + 1)]
    x = np.stack([features(one, calls) for one, calls, _ in asked])
    return x, np.array([float(count > calls) for _, calls, count in asked])


def measured(fitted: Logistic, held: Sequence[Asked]) -> dict[str, float]:
    """On how many functions the likeliest count is right: of those called once, of those called more often."""
    right: dict[str, list[bool]] = {"once": [], "more": []}
    for asked in held:
        for one, count in seen_in(asked):
            more = fitted(np.stack([features(one, calls) for calls in range(1, CALLS_MOST)]))
            told = 1 + next((place for place, chance in enumerate(more) if chance <= 1 / 2), len(more))
            right["once" if count == 1 else "more"].append(told == count)
    return {name: sum(those) / max(1, len(those)) for name, those in right.items()}


def main() -> None:
    """The command."""
    options = fit_parser("Fit how often a request asks for a function.").parse_args()
    library = open_library(options.data)
    fitted = fit(drawn(library.requests, options.seed))
    told = measured(fitted, [asked for asked in library.held if fits(asked)])
    log.info("event=fit_counts held_back once_right=%.3f more_right=%.3f", told["once"], told["more"])
    fitted.save(FILE, FEATURES)


if __name__ == "__main__":
    main()
