"""A number becomes that of the unit that a parameter asks for, and stays where nothing is asked or known."""

import pytest

from divisi.tasks.calling.forms import value_of
from divisi.tasks.calling.reading import read
from divisi.tasks.calling.units import converted, unit_wanted


@pytest.mark.parametrize(
    ("name", "description", "unit"),
    [
        ("explosive_kg", "", "kilogram"),
        ("freeDays", "", "day"),
        ("months", "Term", "month"),
        ("length", "Length in centimetres", "centimetre"),
        ("amount", "How much", None),
        ("city", "The city", None),
    ],
)
def test_the_unit_that_is_asked_for(name, description, unit):
    assert unit_wanted(name, description) == unit


@pytest.mark.parametrize(
    ("number", "said", "wanted", "value"),
    [
        (20, "year", "month", 240),
        (5.2, "tonne", "kilogram", 5200),
        (1560, "kilometre", "metre", 1_560_000),
        (90, "minute", "hour", 1.5),
        (3, "month", "day", 3),
        (3, "kilogram", "metre", 3),
        (3, None, "metre", 3),
        (3, "metre", None, 3),
    ],
)
def test_numbers_are_converted_within_what_they_measure(number, said, wanted, value):
    assert converted(number, said, wanted) == value


def test_a_span_says_its_value_in_the_unit_of_the_parameter():
    spans = {span.text: span for span in read("185,000 over 20 years, radius 4.8e3 km").spans}
    assert value_of(spans["20"], {"type": "integer"}, "months") == 240
    assert value_of(spans["20"], {"type": "integer"}, "years") == 20
    assert value_of(spans["4.8e3"], {"type": "number"}, "radius_m") == 4_800_000
    assert value_of(spans["185,000"], {"type": "number"}, "months") == 185_000
