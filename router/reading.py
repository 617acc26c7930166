"""Reading: what a text about a series seems to say, put beside what the base thinks while it writes the effects.

    weight(answer) = p(answer)^reading where the readings make it likely, else OTHER^reading

As in leaning.py the weight is given token by token: answers that begin alike share their weight until they part.
"""

import math
from collections.abc import Sequence

from divisi.router.leaning import Trust
from divisi.tasks.forecasting.likely import Likely

OTHER = 0.01
"""The weight of an answer that no choice among the readings makes."""


class ReadingLeaning:
    """The weight of an answer of `context` while it is written."""

    def __init__(self, likely: Sequence[Likely], trust: Trust) -> None:
        """What leans how far."""
        self._likely = sorted(likely, key=lambda one: -one.log_probability)
        self._trust = trust.reading

    def __call__(self, text: bytes, piece: bytes) -> float:
        """As of NamesLeaning."""
        return self._weight(text + piece) - self._weight(text)

    def wanted(self, text: bytes) -> tuple[bytes, float]:
        """How the likeliest answer goes on that begins with a text."""
        best = next((one for one in self._likely if one.text.startswith(text)), None)
        if best is None or len(best.text) == len(text):
            return b"", 0.0
        return best.text[len(text) :], self._trust * (best.log_probability - math.log(OTHER))

    def _weight(self, text: bytes) -> float:
        """Of the likeliest answer that a text begins, or that it goes on from."""
        fits = (
            one.log_probability
            for one in self._likely
            if one.text.startswith(text) or (not one.whole and text.startswith(one.text))
        )
        return self._trust * max(next(fits, math.log(OTHER)), math.log(OTHER))
