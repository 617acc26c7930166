"""The answers of `context` that the readings of a text make likely, each as it is written, with its probability.

    p(answer) = product over its readings of p x product over the others of (1 - p)

A reading that lacks what only the specialist can say (whose reference, which states) ends its answer where that begins.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from divisi.tasks.calling.answer_text import write_json
from divisi.tasks.forecasting.card import card_of, has_card, text_of
from divisi.tasks.forecasting.effect import OWN_SLOT, Effect, compact
from divisi.tasks.forecasting.readings import Reading, readings
from divisi.tasks.subtask import Case

MOST_READINGS = 6
SUREST = 0.98
"""No reading is believed more than this, and none less than one minus this."""


@dataclass(frozen=True, slots=True)
class Likely:
    """An answer, or how it begins.

    Attributes:
        text: as it is written.
        log_probability: natural logarithm.
        whole: whether the answer ends with it.
    """

    text: bytes
    log_probability: float
    whole: bool


def likely_answers(case: Case) -> tuple[Likely, ...]:
    """Those of every choice among the likeliest readings of a case's text; none where it has no card."""
    if not has_card(case):
        return ()
    text = text_of(case)
    found = sorted(readings(card_of(case), text), key=lambda one: -one.probability)[:MOST_READINGS]
    ordered = sorted(found, key=lambda one: text.find(one.effect.evidence))
    return tuple(_answer(chosen, probability) for chosen, probability in _choices(ordered))


def _choices(found: Sequence[Reading]) -> Iterator[tuple[tuple[Effect, ...], float]]:
    """Every choice of readings with its log probability."""
    sure = [min(SUREST, max(1 - SUREST, one.probability)) for one in found]
    for number in range(2 ** len(found)):
        taken = [bool(number >> place & 1) for place in range(len(found))]
        chances = (math.log(p if one else 1 - p) for p, one in zip(sure, taken, strict=True))
        yield tuple(one.effect for one, kept in zip(found, taken, strict=True) if kept), sum(chances)


def _answer(effects: Sequence[Effect], log_probability: float) -> Likely:
    open_at = next((place for place, effect in enumerate(effects) if _lacks(effect)), None)
    records = [compact(effect) for effect in effects[: len(effects) if open_at is None else open_at + 1]]
    written = write_json({"effects": records})
    if open_at is not None:
        written = written.removesuffix("}]}")
    return Likely(written.encode(), log_probability, open_at is None)


def _lacks(effect: Effect) -> bool:
    """Whether an effect lacks the slot that its type needs."""
    return effect.type in OWN_SLOT and not getattr(effect, OWN_SLOT[effect.type])
