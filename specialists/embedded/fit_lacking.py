"""Fit how probable it is that a required parameter is not given (tasks/calling/lacking.py) on the training data.

    python -m divisi.specialists.embedded.fit_lacking --data DATA

What held-back requests reach is logged: of those that lack something the share in which exactly that is asked for, of
the others the share in which nothing is.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from divisi.specialists.embedded.fitting import fit_parser
from divisi.specialists.embedded.library import open_library
from divisi.specialists.embedded.logistic import Logistic, fit_logistic
from divisi.specialists.embedded.near_misses import needed_names
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.lacking import FEATURES, FILE, LACKS_FROM, features
from divisi.tasks.calling.likeness import user_texts
from divisi.tasks.calling.need import needs
from divisi.tasks.calling.told import name_of, required

CALLED = ("single", "parallel", "chain")
CALLS_MOST, PUBLIC_MOST = 1500, 200
PUBLIC, PUBLIC_WEIGHT = "sgd", 0.3
"""Its requests lack values far more often than others do, and say so more briefly."""
TURNS_MOST = 2
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """One tool that a conversation needs: what is seen of its required parameters, and which are not given."""

    asked: Asked
    x: np.ndarray
    truth: np.ndarray


def drawn(requests: Sequence[Asked], random: Random) -> list[Asked]:
    """Requests by hand: all that lack a value, and some that do not; as many of each of the public set."""
    asking = [one for one in requests if one.messages[-1]["role"] == "user"]
    fits = [one for one in asking if len(user_texts(one.messages)) <= TURNS_MOST]
    lacks = [one for one in fits if one.kind == "missing"]
    gives = [one for one in fits if one.kind in CALLED]
    chosen = [one for one in lacks if one.source.startswith("written")]
    chosen += _some([one for one in gives if one.source.startswith("written")], CALLS_MOST, random)
    for pile in (lacks, gives):
        chosen += _some([one for one in pile if one.source.startswith(PUBLIC)], PUBLIC_MOST, random)
    return chosen


def _some(requests: Sequence[Asked], most: int, random: Random) -> list[Asked]:
    return random.sample(requests, min(most, len(requests)))


def seen(requests: Sequence[Asked]) -> Iterator[Seen]:
    """What is seen of each tool that each conversation needs."""
    for asked in requests:
        found = needs(asked.messages, asked.tools)
        for tool, need in zip(asked.tools, found, strict=True):
            must = required(tool)
            if name_of(tool) in needed_names(asked) and must:
                truth = [float(asked.kind == "missing" and name in asked.missing) for name in must]
                yield Seen(asked, features(asked.messages, tool, need), np.array(truth))


def measured(held: Sequence[Seen], fitted: Logistic) -> dict[str, float]:
    """What is reached on held-back requests by hand."""
    exact, silent = [], []
    for one in held:
        asks = fitted(one.x) >= LACKS_FROM
        if one.asked.kind == "missing":
            exact.append(bool((asks == (one.truth > 0)).all()))
        else:
            silent.append(not asks.any())
    return {"lacking": len(exact), "asked_rightly": float(np.mean(exact)), "others": len(silent),
            "not_asked": float(np.mean(silent))}  # fmt: skip


def fit(learned: Sequence[Seen]) -> Logistic:
    """The regression over parameters; those of requests by hand weigh more."""
    weights = [1.0 if one.asked.source.startswith("written") else PUBLIC_WEIGHT for one in learned]
    share = np.concatenate([np.full(len(one.truth), weight) for one, weight in zip(learned, weights, strict=True)])
    truth = np.concatenate([one.truth for one in learned])
    return fit_logistic(np.concatenate([one.x for one in learned]), truth, share)


def main() -> None:
    """The command."""
    options = fit_parser("Fit how probable it is that a required parameter is not given.").parse_args()
    library = open_library(options.data)
    fitted = fit(list(seen(drawn(library.requests, Random(options.seed)))))
    by_hand = [one for one in library.held if one.source.startswith("written")]
    log.info("event=fit_lacking %s", measured(list(seen(drawn(by_hand, Random(options.seed)))), fitted))
    fitted.save(FILE, FEATURES)


if __name__ == "__main__":
    main()
