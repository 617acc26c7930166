"""Fit which parameters take another tool's result (tasks/calling/links.py) on requests of the training data by hand.

    python -m divisi.specialists.embedded.fit_links --data DATA

What held-back requests reach is logged: of nested ones the share with exactly the true links, of the others the share
without any.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from divisi.specialists.embedded.fitting import fit_parser
from divisi.specialists.embedded.library import open_library
from divisi.specialists.embedded.logistic import Logistic, fit_logistic
from divisi.tasks.calling.call import references
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.links import FEATURES, FILE, OTHERWISE, Names, candidates

OTHER = ("single", "parallel", "chain", "missing")
OTHERS_MOST = 1000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """One conversation: its candidates with their features, and which of them are true links."""

    asked: Asked
    names: tuple[Names, ...]
    x: np.ndarray
    truth: np.ndarray


def drawn(requests: Sequence[Asked], random: Random) -> list[Asked]:
    """All nested requests by hand, and some of the others that offer a choice."""
    written = [one for one in requests if one.source.startswith("written") and one.messages[-1]["role"] == "user"]
    others = [one for one in written if one.kind in OTHER and len(one.tools) > 1]
    nested = [one for one in written if one.kind == "nested"]
    return [*nested, *random.sample(others, min(OTHERS_MOST, len(others)))]


def true_links(asked: Asked) -> set[Names]:
    """The links of a conversation's calls, by the names of functions, parameters and fields."""
    makers = {call.label: call.name for call in asked.calls}
    return {
        (call.name, parameter, makers[f"$var_{number}"], (field or "").split(".")[0].split("[")[0])
        for call in asked.calls
        for parameter, value in call.arguments.items()
        for number, field in references(value)
    }


def seen(requests: Sequence[Asked]) -> list[Seen]:
    """What is seen of each conversation that has a candidate."""
    rows = []
    for asked in requests:
        found, true = list(candidates(asked.messages, asked.tools)), true_links(asked)
        if found:
            truth = np.array([float(names in true) for names, _ in found])
            rows.append(Seen(asked, tuple(names for names, _ in found), np.array([row for _, row in found]), truth))
    return rows


def fit(learned: Sequence[Seen]) -> Logistic:
    """The regression over candidates."""
    truth = np.concatenate([one.truth for one in learned])
    return fit_logistic(np.concatenate([one.x for one in learned]), truth, np.ones(len(truth)))


def measured(held: Sequence[Seen], fitted: Logistic) -> dict[str, float]:
    """What is reached on held-back requests."""
    right, quiet = [], []
    for one in held:
        chances = fitted(one.x)
        best: dict[tuple[str, str], Names] = {}
        for place in np.argsort(-chances):
            if chances[place] >= OTHERWISE:
                best.setdefault(one.names[place][:2], one.names[place])
        if one.asked.kind == "nested":
            right.append(set(best.values()) == true_links(one.asked))
        else:
            quiet.append(not best)
    return {"nested": len(right), "linked_rightly": float(np.mean(right)), "others": len(quiet),
            "not_linked": float(np.mean(quiet))}  # fmt: skip


def main() -> None:
    """The command."""
    options = fit_parser("Fit which parameters take another tool's result.").parse_args()
    library = open_library(options.data)
    fitted = fit(seen(drawn(library.requests, Random(options.seed))))
    log.info("event=fit_links %s", measured(seen(drawn(library.held, Random(options.seed))), fitted))
    fitted.save(FILE, FEATURES)


if __name__ == "__main__":
    main()
