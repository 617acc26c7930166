"""Fit how far values that are found for a tool speak for it (tasks/calling/filled.py) on training requests by hand.

    python -m divisi.specialists.embedded.fit_filled --data DATA

Logistic regression over tools. Its texts are read by the networks that have not learned them
(tasks/calling/members.py); what is logged is measured on held-back requests.
"""

import logging
from collections.abc import Sequence
from random import Random

import numpy as np

from divisi.specialists.embedded.fit_need import fits, needed
from divisi.specialists.embedded.fitting import fit_parser
from divisi.specialists.embedded.library import open_library
from divisi.specialists.embedded.logistic import Logistic, fit_logistic
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.filled import FEATURES, FILE, features

MOST = 2000
"""Requests that are fitted on."""
Rows = Sequence[tuple[np.ndarray, np.ndarray]]
"""Of each request the features of its tools and which of them it needs."""
log = logging.getLogger(__name__)


def drawn(requests: Sequence[Asked], seed: int) -> list[Asked]:
    """Requests by hand that offer a choice."""
    fitting = [asked for asked in requests if asked.source.startswith("written") and fits(asked)]
    return Random(seed).sample(fitting, min(MOST, len(fitting)))


def rows_of(requests: Sequence[Asked]) -> Rows:
    """What is seen of the tools of each request."""
    return [(features(asked.messages, asked.tools), needed(asked)) for asked in requests]


def fit(rows: Rows) -> Logistic:
    """The regression over tools; requests weigh the same however many tools they are offered."""
    share = np.concatenate([np.full(len(y), 1 / len(y)) for _, y in rows])
    return fit_logistic(np.concatenate([x for x, _ in rows]), np.concatenate([y for _, y in rows]), share)


def measured(fitted: Logistic, rows: Rows) -> tuple[float, float]:
    """How often the tools with at least 1/2, or else the likeliest, are those needed: by words alone, by both."""
    chosen = [(x, y) for x, y in rows if y.any()]
    words = [_right(x[:, FEATURES.index("need")], y, 0.0) for x, y in chosen]
    both = [_right(fitted(x), y, 1 / 2) for x, y in chosen]
    return sum(words) / len(words), sum(both) / len(both)


def _right(scores: np.ndarray, truth: np.ndarray, limit: float) -> bool:
    chosen = scores >= limit
    chosen[scores.argmax()] = True
    return bool((chosen == (truth > 0)).all())


def main() -> None:
    """The command."""
    options = fit_parser("Fit how far values that are found for a tool speak for it.").parse_args()
    library = open_library(options.data)
    rows = rows_of(drawn(library.requests, options.seed))
    fitted = fit(rows)
    words, both = measured(fitted, rows_of(drawn(library.held, options.seed)))
    log.info("event=fit_filled requests=%d held_back right_by_words=%.3f right=%.3f", len(rows), words, both)
    fitted.save(FILE, FEATURES)


if __name__ == "__main__":
    main()
