"""Which sizes a text says, however they are written, and which it does not."""

import pytest

from divisi.tasks.forecasting.effect import effect_from_record
from divisi.tasks.forecasting.magnitudes import says_size


def says(text: str, value: float, unit: str) -> bool:
    kind = "add" if unit == "abs" else "multiply"
    return says_size(effect_from_record({"type": kind, "value": value, "unit": unit}), text)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("one in eight guests stays away", -12.5, "pct"),
        ("1 out of 5 buses", 0.2, "x"),
        ("every eighth visitor", -12.5, "pct"),
        ("a seventh less", -100 / 7, "pct"),
        ("two sevenths are left", 2 / 7, "x"),
        ("sevenfold", 7, "x"),
        ("rises 12-fold", 12, "x"),
        ("half a million visitors", 500_000, "abs"),
        ("three quarters of a million", 750_000, "abs"),
        ("two and a half million", 2.5e6, "abs"),
        ("two dozen", 24, "abs"),
        ("half a dozen more", 6, "abs"),
        ("2½ times", 2.5, "x"),
        ("½ of it", 0.5, "x"),
        ("2,4 Mio. t", 2_400_000, "abs"),
        ("3 Mrd", 3e9, "abs"),
        ("1.200 crates", 1200, "abs"),
        ("1.234.567 kWh", 1_234_567, "abs"),
        ("1'200 crates", 1200, "abs"),
        ("1’200 crates", 1200, "abs"),
        ("12\u00a0500 crates", 12_500, "abs"),
        ("1\u202f200 crates", 1200, "abs"),
        ("up 50 basis points", 0.5, "pct"),
        ("twenty-five basis points", 0.25, "pct"),
        ("2.0 times", 2, "x"),
        ("three times fewer", 1 / 3, "x"),
    ],
)
def test_a_size_is_said_in_many_ways(text: str, value: float, unit: str) -> None:
    assert says(text, value, unit)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("half a million visitors", 1_000_000, "abs"),
        ("half a million visitors", 0.5, "x"),
        ("two dozen", 12, "abs"),
        ("2½ times", 2, "x"),
        ("2,4 Mio. t", 2.4, "abs"),
        ("1'200 crates", 200, "abs"),
        ("2.5 t", 5, "abs"),
        ("from the seventh of March on", 1 / 7, "x"),
        ("on 7 March", 1 / 7, "x"),
        ("room 1 in 2025", 2, "x"),
        ("sevenfold", 70, "x"),
        ("a new hall", 2, "x"),
    ],
)
def test_a_part_of_a_size_or_a_date_is_not_the_size(text: str, value: float, unit: str) -> None:
    assert not says(text, value, unit)


@pytest.mark.parametrize(
    "text",
    [
        "the drivers are on strike",
        "the connection is withdrawn",
        "the ferry takes a break",
        "Tuesday will be a blank",
        "service is paused",
        "unloading impossible until 01:00",
        "the press stays off 10:00–12:00",
        "0 buses",
        "all down",
    ],
)
def test_zero_is_said_in_words(text: str) -> None:
    assert says(text, 0, "abs")


@pytest.mark.parametrize(
    "text",
    [
        "down 20%",
        "down by a third",
        "20% off the price",
        "no more than 180 tonnes",
        "not before May",
        "after the coffee break",
        "300 more",
    ],
)
def test_less_is_not_zero(text: str) -> None:
    assert not says(text, 0, "abs")
    assert not says(text, 0, "x")
