"""Steps by their number, for series without dates: "from step 40 to 45", "the next three steps"."""

import re
from collections.abc import Iterator
from dataclasses import replace

from divisi.tasks.forecasting.card import Card
from divisi.tasks.forecasting.effect import Span
from divisi.tasks.forecasting.time_told import SaidTime
from divisi.tasks.forecasting.time_words import CARDINALS, NUMBER_WORD

STEPS = re.compile(
    r"(?P<open>\bfrom\s+)?\bsteps?\s+(?:number\s+)?(?P<from>\d{1,9})\b"
    r"(?:\s*(?:-|–|to|through|until|and)\s*(?:step\s+)?(?P<to>\d{1,9})\b)?"
    rf"|\b(?:next|coming|first)\s+(?P<count>\d{{1,4}}|{NUMBER_WORD})\s+(?:steps|periods|points)\b",
    re.IGNORECASE,
)


def step_times(text: str, card: Card) -> Iterator[SaidTime]:
    """The steps that a text names, in order of place."""
    step = card.frequency.count
    for match in STEPS.finditer(text):
        read = SaidTime(match.start(), match.end())
        if match["count"]:
            count = CARDINALS.get(match["count"].lower()) or int(match["count"])
            first = int(card.history_end) + step
            yield replace(read, start=first, end=first + (count - 1) * step, duration=Span(count, "step"))
        else:
            start = int(match["from"])
            yield replace(read, start=start, end=int(match["to"]) if match["to"] else None if match["open"] else start)
