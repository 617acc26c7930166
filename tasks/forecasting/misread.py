"""What the last look should say of a text as code reads it: right readings are accepted, wrong ones are not.

Beside `generate.synthesis_example`, whose effects are the true ones, misread on purpose, these are the mistakes that
really happen.
"""

from divisi.tasks.example import Example
from divisi.tasks.forecasting import synthesis
from divisi.tasks.forecasting.card import card_of, text_of
from divisi.tasks.forecasting.checks import check_effects
from divisi.tasks.forecasting.context import MOST_EFFECTS, effects_of, times_of_card
from divisi.tasks.forecasting.effect import effect_to_record
from divisi.tasks.forecasting.effect_score import act_of
from divisi.tasks.forecasting.readings import readings

TAKEN_FROM = 0.45
"""The probability from which on a reading is put before the last look."""


def misread_example(example: Example) -> Example | None:
    """An example of `synthesis` about the readings of an example of `context`; None where nothing is read."""
    card, text = card_of(example.case), text_of(example.case)
    times = times_of_card(card)
    found = [one.effect for one in readings(card, text) if one.probability >= TAKEN_FROM][:MOST_EFFECTS]
    if not found:
        return None
    true = [act_of(effect, times) for effect in effects_of(example.target) if effect.applicable]
    reasons = []
    for effect, verdict in zip(found, check_effects(found, text, times), strict=True):
        reason = synthesis.conflict_of(effect, verdict)
        if reason == "none" and act_of(effect, times) not in true:
            reason = "not_said"
        reasons.append(reason)
    value = synthesis.decision([reason == "none" for reason in reasons], reasons)
    case = synthesis.synthesis_case(card, text, [effect_to_record(effect) for effect in found])
    return Example(f"{example.id}/misread", "synthesis", example.source, case, value, example.group)
