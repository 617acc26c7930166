"""Numbers in digits and in words."""

import time

import pytest

from divisi.tasks.calling.numerals import numbers_in


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2,500 euros", 2500),
        ("6 800 at 9%", 6800),
        ("costs 3.75", 3.75),
        ("3,5 kilos", 3.5),
        ("-12 degrees", 12),
        ("1.5k views", 1500),
        ("2 million", 2_000_000),
        ("20% off", 0.2),
        ("20% off", 20),
        ("12.5 percent", 0.125),
        ("room b12", 12),
        ("on 2025-03-14", 14),
        ("1/4 cup", 0.25),
        ("1 1/2 cups", 1.5),
        ("twenty-five", 25),
        ("one hundred and fifty", 150),
        ("between one hundred and one hundred and fifty", 150),
        ("between ten and twenty", 10),
        ("two thousand five hundred ten", 2510),
        ("thirty grand", 30_000),
        ("two and a half kilos", 2.5),
        ("sixty-eight and a half", 68.5),
        ("an hour and a half", 1.5),
        ("three quarters of an hour", 0.75),
        ("three and a quarter", 3.25),
        ("half an hour", 0.5),
        ("a dozen eggs", 12),
        ("the twenty-ninth", 29),
        ("in february", 2),
        ("eighteen ninety-two", 1892),
        ("compounded monthly", 12),
        ("just a ticket", 1),
        ("call me twice", 2),
    ],
)
def test_a_number_is_found(text: str, number: float) -> None:
    assert number in numbers_in(text)


@pytest.mark.parametrize(("text", "number"), [("someone", 1), ("tenant", 10), ("2,500", 2.5), ("twenty-five", 520)])
def test_a_number_that_is_not_said_is_not_found(text: str, number: float) -> None:
    assert number not in numbers_in(text)


@pytest.mark.parametrize("text", ["one and " * 5000, "9" * 100_000, "1/0", "1,000" * 5000, "and " * 5000])
def test_hostile_text_takes_no_time(text: str) -> None:
    start = time.perf_counter()
    numbers_in(text)
    assert time.perf_counter() - start < 2.0
