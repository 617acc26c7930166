"""Words beside an effect that take it back: "if", "might", "the rumour of", "called off".

A specialist that reads an effect as certain is not believed where the clause of its evidence says otherwise. On texts
written by hand for training these words stand beside 40 of 50 effects that are only possible, beside 19 of 55 that are
withdrawn, and beside 1 of 1,108 that do happen.
"""

import re

from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.forecasting.sentences import clause

POSSIBLE = re.compile(
    r"(?<!as )(?<!even )\bif\b(?! (?:needed|necessary|only|not|anything)\b)"
    r"|\b(?:could|might(?!\W*$)|unless|in case|provided|rumou?r\w*|there is talk|thinkable|no decision)\b"
    r"|\bnot (?:yet )?(?:decided|fixed|approved|confirmed|signed)\b|\bnobody (?:knows|can say)\b"
    r"|^\W*(?:should|were)\b|\bit is possible that\b"
)
WITHDRAWN = re.compile(
    r"\b(?:not true|scrap\w*|called off|forget|contrary to|shelved|is wrong|are off|nothing came of"
    r"|has been (?:cancelled|dropped|withdrawn))\b"
)
OF_THE_HISTORY = ("mask_history", "remove_trend")
"""Types of effects that begin with something wrong."""


def doubt(effect: Effect, text: str) -> str | None:
    """The word beside an effect that says that it may not happen, or does not; None where there is none."""
    said = clause(effect.evidence, text).casefold().strip()
    found = POSSIBLE.search(said)
    if found is None and effect.type not in OF_THE_HISTORY:
        found = WITHDRAWN.search(said)
    return None if found is None else found[0].strip()
