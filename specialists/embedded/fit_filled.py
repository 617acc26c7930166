"""Fit how far values that are found for a tool speak for it (tasks/calling/filled.py) on held-back requests by hand.

    python -m divisi.specialists.embedded.fit_filled --data DATA

Logistic regression with four weights over tools; what is logged is measured on fifths that were left out.
"""

import logging
from collections.abc import Sequence

import numpy as np

from divisi.specialists.embedded.fit_need import fits, needed
from divisi.specialists.embedded.fitting import fit_parser
from divisi.specialists.embedded.library import open_library
from divisi.specialists.embedded.logistic import Logistic, fit_logistic
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.filled import FEATURES, FILE, features

FOLDS = 5
Rows = Sequence[tuple[np.ndarray, np.ndarray]]
"""Of each request the features of its tools and which of them it needs."""
log = logging.getLogger(__name__)


def rows_of(held: Sequence[Asked]) -> Rows:
    """What is fitted on: requests by hand that offer a choice."""
    chosen = [asked for asked in held if asked.source.startswith("written") and fits(asked)]
    return [(features(asked.messages, asked.tools), needed(asked)) for asked in chosen]


def fit(rows: Rows) -> Logistic:
    """The regression over tools; requests weigh the same however many tools they are offered."""
    share = np.concatenate([np.full(len(y), 1 / len(y)) for _, y in rows])
    return fit_logistic(np.concatenate([x for x, _ in rows]), np.concatenate([y for _, y in rows]), share)


def measured(rows: Rows) -> tuple[float, float]:
    """How often the tools with at least 1/2, or else the likeliest, are those needed: by words alone, by both."""
    words, both = [], []
    for fold in range(FOLDS):
        fitted = fit([row for place, row in enumerate(rows) if place % FOLDS != fold])
        for x, y in rows[fold::FOLDS]:
            if y.any():
                words.append(_right(x[:, FEATURES.index("need")], y, 0.0))
                both.append(_right(fitted(x), y, 1 / 2))
    return sum(words) / len(words), sum(both) / len(both)


def _right(scores: np.ndarray, truth: np.ndarray, limit: float) -> bool:
    chosen = scores >= limit
    chosen[scores.argmax()] = True
    return bool((chosen == (truth > 0)).all())


def main() -> None:
    """The command."""
    options = fit_parser("Fit how far values that are found for a tool speak for it.", seed=False).parse_args()
    rows = rows_of(open_library(options.data).held)
    words, both = measured(rows)
    fitted = fit(rows)
    log.info("event=fit_filled requests=%d right_by_words=%.3f right=%.3f", len(rows), words, both)
    fitted.save(FILE, FEATURES)


if __name__ == "__main__":
    main()
