"""Effects that were read as certain, and the words beside them that take them back."""

import pytest

from divisi.tasks.forecasting.doubt import doubt
from divisi.tasks.forecasting.effect import effect_from_record

MORE = "20% more guests"


def beside(text: str, evidence: str = MORE, kind: str = "multiply") -> str | None:
    return doubt(effect_from_record({"type": kind, "value": 20, "unit": "pct", "evidence": evidence}), text)


@pytest.mark.parametrize(
    "text",
    [
        "If the fair comes, 20% more guests on Sunday.",
        "The fair could bring 20% more guests.",
        "Should the board agree, 20% more guests.",
        "20% more guests, unless it rains.",
        "Nobody knows whether there will be 20% more guests.",
        "The rumour of 20% more guests is not true.",
        "Contrary to what you read, no 20% more guests.",
        "The fair is called off, so no 20% more guests.",
    ],
)
def test_what_is_only_possible_or_withdrawn_is_seen(text: str) -> None:
    assert beside(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "The fair brings 20% more guests. If it rains, nothing changes.",
        "Sun 8 June | 20% more guests | ok || Sun 15 June | fair | perhaps, if approved",
        "hey, 20% more guests on friday, also the hall might be painted",
        "Plan on 20% more guests even if it rains.",
        "Treat it as if it were a Sunday with 20% more guests.",
        "20% more guests, if not 30%.",
        "20% more guests on 3 Dec. The rumour of a strike is not true.",
    ],
)
def test_words_of_another_clause_take_nothing_back(text: str) -> None:
    assert beside(text) is None


def test_a_fault_of_the_history_is_no_doubt_about_its_mask() -> None:
    text = "What the scales sent in March is wrong, forget it."
    mask = effect_from_record({"type": "mask_history", "evidence": "forget it"})
    assert doubt(mask, text) is None
    assert beside(text, "forget it") is not None
