"""What code reads in plain texts: the effects that they say, none where nothing is said, and how it is told."""

import pytest

from divisi.tasks.example import Example
from divisi.tasks.forecasting.card import Card, forecast_case
from divisi.tasks.forecasting.context import Context
from divisi.tasks.forecasting.effect import Effect, effect_to_record
from divisi.tasks.forecasting.misread import misread_example
from divisi.tasks.forecasting.readings import effect_as, profile_in, readings, told
from divisi.tasks.forecasting.said_sizes import SaidSize

CARD = Card("Store 12 transactions", "transactions", "D", "2024-01-01", "2025-03-02", 42, last_values=(800.0, 820.0))


def size(value: float, kind: str) -> SaidSize:
    return SaidSize(0, 1, value, kind)


@pytest.mark.parametrize(
    ("kind", "said", "value", "unit"),
    [
        ("multiply x", size(1.5, "times"), 1.5, "x"),
        ("multiply x", size(80, "percent"), 0.8, "x"),
        ("multiply -%", size(1 / 3, "part"), -33.333333, "pct"),
        ("multiply +%", size(-20, "percent"), -20, "pct"),
        ("add -", size(50, "plain"), -50, "abs"),
        ("set =", size(0, "nothing"), 0, "abs"),
        ("level_shift -%", size(6, "percent"), -6, "pct"),
        ("ramp +", size(2.4, "plain"), 2.4, "abs"),
    ],
)
def test_a_size_becomes_the_value_that_its_kind_means(kind: str, said: SaidSize, value: float, unit: str) -> None:
    effect = effect_as(kind, said)
    assert effect is not None
    assert (effect.value, effect.unit) == (value, unit)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("set =", size(40, "percent")),
        ("multiply x", size(300, "plain")),
        ("add +", size(5, "percent")),
        ("ramp x", None),
    ],
)
def test_a_size_that_cannot_be_meant_so_is_no_effect(kind: str, said: SaidSize | None) -> None:
    assert effect_as(kind, said) is None


@pytest.mark.parametrize(
    ("text", "profile"),
    [
        ("let Friday behave like a Sunday", "Sunday"),
        ("use the Saturday pattern on Monday 3 March", "Saturday"),
        ("the mill works like a weekday", "weekday"),
        ("nothing of the kind", None),
    ],
)
def test_the_day_whose_pattern_is_borrowed_is_named(text: str, profile: str | None) -> None:
    assert profile_in(text) == profile


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        (
            "The shop is closed from 10 to 12 March 2025.",
            Effect("set", start="2025-03-10", end="2025-03-12", value=0.0, unit="abs"),
        ),
        (
            "From 17 March 2025 to 23 March 2025 we expect 30% more transactions than usual.",
            Effect("multiply", start="2025-03-17", end="2025-03-23", value=30.0, unit="pct"),
        ),
    ],
)
def test_a_plain_text_is_read_as_it_says(text: str, effect: Effect) -> None:
    found = [one.effect for one in readings(CARD, text) if one.probability >= 0.5]
    assert [(one.type, one.start, one.end, one.value, one.unit) for one in found] == [
        (effect.type, effect.start, effect.end, effect.value, effect.unit)
    ]
    assert all(one.evidence in text for one in found)


def test_a_text_without_an_effect_is_read_as_none() -> None:
    text = "The summer party was great, thanks to everybody who baked."
    assert not [one for one in readings(CARD, text) if one.probability >= 0.5]


def test_the_invocation_tells_what_is_read_and_ends_with_its_subtask() -> None:
    text = "The shop is closed from 10 to 12 March 2025."
    invocation = Context().render(forecast_case(CARD, text))
    assert invocation == f"context ({told(CARD, text)}) context"
    assert "2025-03-10 to 2025-03-12 0 abs" in invocation
    assert Context().render(forecast_case(CARD, "")) == "context"


def test_the_last_look_accepts_what_was_read_rightly_and_no_more() -> None:
    text = "The shop is closed from 10 to 12 March 2025."
    case = forecast_case(CARD, text)
    right = {
        **effect_to_record(Effect("set", start="2025-03-10", end="2025-03-12", value=0.0, unit="abs")),
        "evidence": "closed from 10 to 12 March 2025",
    }
    accepted = misread_example(Example("1", "context", "test", case, {"effects": [right], "irrelevant": []}, "g"))
    refused = misread_example(Example("2", "context", "test", case, {"effects": [], "irrelevant": []}, "g"))
    assert accepted is not None
    assert refused is not None
    assert accepted.target["accept"] == [True]
    assert refused.target["accept"] == [False]
    assert refused.target["conflict"] == "not_said"
