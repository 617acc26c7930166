"""Effects that a text says of another series, told by the names, numbers and sides beside them."""

from dataclasses import replace

import numpy as np
import pytest

from divisi.tasks.forecasting.checks import NOT_OURS, screened
from divisi.tasks.forecasting.effect import effect_from_record
from divisi.tasks.forecasting.elsewhere import elsewhere
from divisi.tasks.forecasting.frequency import following, moment, read_frequency
from divisi.tasks.forecasting.scene import Scene

MORE = "20% more loans"
LIBRARY = "Library Ashford, loans"


def beside(text: str, name: str = LIBRARY, evidence: str = MORE, kind: str = "multiply") -> str | None:
    return elsewhere(effect_from_record({"type": kind, "value": 20, "unit": "pct", "evidence": evidence}), text, name)


@pytest.mark.parametrize(
    ("text", "name", "word"),
    [
        ("In Millbrook the fair means 20% more loans on Friday.", LIBRARY, "In Millbrook"),
        ("Our colleagues in Millbrook report 20% more loans.", LIBRARY, "in Millbrook"),
        ("In Millbrook 20% more loans in May, nothing of that with us.", LIBRARY, "In Millbrook"),
        ("Store 9 has 20% more loans on Friday.", "Store 114", "Store 9"),
        ("store_9 has 20% more loans on Friday.", "store_114", "store 9"),
        ("The northern branch sees 20% more loans.", "Southern branch", "northern branch"),
        ("The other branch sees 20% more loans.", "Branch 7", "other branch"),
        ("Millbrook expects 20% more loans, not here.", "Loans", "not here"),
        ("Millbrook expects 20% more loans, but that is their series.", "Loans", "that is their series"),
        ("Millbrook counts on 20% more loans; we are not touched.", "Loans", "we are not touched"),
    ],
)
def test_what_is_said_of_another_series_is_seen(text: str, name: str, word: str) -> None:
    assert beside(text, name) == word


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("In May 20% more loans.", LIBRARY),
        ("Because of the fair at Millbrook we expect 20% more loans.", LIBRARY),
        ("The fair in Millbrook brings Ashford 20% more loans.", LIBRARY),
        ("In Millbrook they paint the hall. 20% more loans on Friday.", LIBRARY),
        ("20% more loans on Friday; in Millbrook they paint the hall.", LIBRARY),
        ("hey, in millbrook they paint the hall, also 20% more loans on friday", LIBRARY),
        ("Put in twenty: at thirty places 20% more loans.", LIBRARY),
        ("The lock at Millbrook gets 20% more loans.", "Ship lock passages"),
        ("hey, in millbrook they paint the hall, also because of the fair 20% more loans", LIBRARY),
        ("Store 9 is shut, so store 114 has 20% more loans.", "Store 114"),
        ("The northern branch sends its readers, 20% more loans here.", "Southern branch"),
        ("We are not open longer, yet 20% more loans.", "Loans"),
    ],
)
def test_what_is_said_of_the_series_itself_is_left(text: str, name: str) -> None:
    assert beside(text, name) is None


def test_a_reference_is_another_series_by_its_nature() -> None:
    assert beside("Follow 20% more loans in Millbrook.", kind="follow_reference") is None


def test_an_effect_on_another_series_is_not_applied_and_the_reason_is_given() -> None:
    text = "In Millbrook there will be 20% more loans on 11 March 2025."
    frequency, past = read_frequency("D"), np.array([moment("2025-03-08"), moment("2025-03-09")])
    scene = Scene(following(past, frequency, 7), "D", np.array([10.0, 11.0]), past, name=LIBRARY)
    effect = effect_from_record(
        {"type": "multiply", "value": 20, "unit": "pct", "start": "2025-03-11", "end": "2025-03-11", "evidence": MORE}
    )
    kept, rejected = screened([effect], text, scene)
    assert kept == ()
    assert rejected[0].reason == f"{NOT_OURS}: 'In Millbrook' stands beside it"
    kept, rejected = screened([effect], text, replace(scene, name="Library Millbrook, loans"))
    assert len(kept) == 1


def test_the_word_that_joins_two_clauses_does_not_bring_in_the_one_before() -> None:
    text = "hey, the hall in millbrook is painted, also owing to the fair 20% more loans"
    assert beside(text, evidence="also owing to the fair 20% more loans") is None
