"""Quantities in words: how much, of which unit, or which place in an order."""

import pytest

from divisi.tasks.calling.forms import value_of
from divisi.tasks.calling.quantities import Quantity, quantities_of
from divisi.tasks.calling.reading import read


@pytest.mark.parametrize(
    ("text", "said", "quantity"),
    [
        ("late by an hour", "an hour", Quantity(1, "hour")),
        ("for an hour and a half", "an hour and a half", Quantity(1.5, "hour")),
        ("two hours and a quarter", "two hours and a quarter", Quantity(2.25, "hour")),
        ("hang half a metre apart", "half a metre", Quantity(0.5, "metre")),
        ("a quarter of a year to go", "a quarter of a year", Quantity(0.25, "year")),
        ("more than half an amp", "half an amp", Quantity(0.5)),
        ("costs one euro twenty", "one euro twenty", Quantity(1.2)),
        ("fourteen euros fifty", "fourteen euros fifty", Quantity(14.5)),
        ("on the third floor", "third", Quantity(None, None, 3)),
        ("the 10th Catalan number", "10th", Quantity(None, None, 10)),
    ],
)
def test_what_words_say(text: str, said: str, quantity: Quantity) -> None:
    found = {text[begin:end]: one for (begin, end), one in quantities_of(text).items()}
    assert found[said] == quantity


def test_words_without_a_quantity_say_none() -> None:
    assert quantities_of("What a mess, please call a friend and sort the list") == {}


@pytest.mark.parametrize(
    ("text", "said", "name", "schema", "value"),
    [
        ("for an hour and a half", "an hour and a half", "minutes", {"type": "integer"}, 90),
        ("buy a two-hour ticket", "two", "duration_minutes", {"type": "integer"}, 120),
        ("half a litre of tea", "half a litre", "millilitres", {"type": "integer"}, 500),
        ("on the third floor", "third", "floor", {"type": "integer"}, 3),
        ("on the third floor", "third", "height", {"type": "number"}, None),
        ("at 6% a year", "6%", "rate", {"type": "number", "description": "as a decimal fraction"}, 0.06),
        ("at 6 percent a year", "6", "rate", {"type": "number", "description": "0 to 1"}, 0.06),
        ("at 6 percent a year", "6", "rate", {"type": "number", "description": "percent, 0 to 100"}, 6),
        ("at 0.06 a year", "0.06", "rate", {"type": "number", "description": "as a decimal fraction"}, 0.06),
    ],
)
def test_a_quantity_becomes_what_the_parameter_asks_for(
    text: str, said: str, name: str, schema: dict[str, str], value: float | None
) -> None:
    (span,) = [span for span in read(text).spans if span.text == said]
    assert value_of(span, schema, name) == value
