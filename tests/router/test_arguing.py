"""Arguments lean to what was found, in whatever pieces they are written."""

import math
from collections.abc import Callable

import pytest

from divisi.router.arguing import NOT_FOUND, ONCE_FOUND, ArgumentsLeaning, Parameter
from divisi.router.leaning import Trust
from divisi.tasks.calling.found import TOLD_FROM

PARAMETERS = (
    Parameter("city", required=True, sayable=True, text='"New York"', probability=0.9),
    Parameter("days", required=False, sayable=True, text="3", probability=0.5),
    Parameter("unit", required=False, sayable=True),
    Parameter("rain", required=False, sayable=False),
)
VALUE = math.log(0.9 / TOLD_FROM)


def written(one: Callable[[str, str], float], *pieces: str) -> float:
    """The weight of a text that is written in these pieces."""
    total, text = 0.0, ""
    for piece in pieces:
        total += one(text, piece)
        text += piece
    return total


def arguments(**trust: float) -> Callable[[str, str], float]:
    """A leaning that is asked in text."""
    leaning = ArgumentsLeaning(PARAMETERS, Trust(**trust))
    return lambda text, piece: leaning(text.encode(), piece.encode())


@pytest.mark.parametrize("pieces", [('{"city": "', "New Y", 'ork"', "}"), ("{", '"ci', 'ty": "New York"}')])
def test_a_found_value_costs_nothing_in_whatever_pieces(pieces):
    assert written(arguments(value=2.0), *pieces) == pytest.approx(0)


@pytest.mark.parametrize(
    "pieces", [('{"city": "', "New Or", 'leans"}'), ('{"city": "Ro', 'me"}'), ('{"city": "New"}',)]
)
def test_another_value_costs_what_the_found_one_is_trusted(pieces):
    assert written(arguments(value=2.0), *pieces) == pytest.approx(-2 * VALUE)


def test_the_cost_falls_on_the_piece_that_departs():
    one = arguments(value=2.0)
    assert one('{"city": "New ', "York") == 0
    assert one('{"city": "New ', "Or") == pytest.approx(-2 * VALUE)
    assert one('{"city": "New Or', "leans") == 0
    assert one('{"city": "New York', '"') == 0
    assert one('{"city": "New York', "er") == pytest.approx(-2 * VALUE)


def test_what_is_wanted_is_the_rest_of_the_value_that_was_found():
    one = ArgumentsLeaning(PARAMETERS, Trust(value=2.0))
    assert one.wanted(b'{"city": ') == (b'"New York"', pytest.approx(2 * VALUE))
    assert one.wanted(b'{"city": "New') == (b' York"', pytest.approx(2 * VALUE))
    assert one.wanted(b'{"city": "Rome')[0] == b""
    assert one.wanted(b'{"city": "New York", ')[0] == b""
    assert one.wanted(b'{"unit": "')[0] == b""
    assert one.wanted(b"")[0] == b""


def test_optional_parameters_are_given_where_they_were_found():
    one = arguments(given=1.0)
    begun = '{"city": "x"'
    with_days = written(one, begun, ', "days": 3', "}")
    assert with_days - written(one, begun, "}") == pytest.approx(ONCE_FOUND)
    assert written(one, begun, ', "days": 3, "unit": "c"', "}") - with_days == pytest.approx(NOT_FOUND)


def test_nothing_is_gained_by_ending_a_value_early():
    one = arguments(value=1.0, given=9.0)
    begun = '{"city": "New York'
    assert one(begun, '", ') == one(begun, '"') == 0
    assert one('{"city": "Ro', '", ') == one('{"city": "Ro', "me") == 0


def test_a_key_costs_what_it_passes_by_and_so_does_the_end():
    one = arguments(given=1.0)
    begun = '{"city": "New York"'
    passed = pytest.approx(-ONCE_FOUND)
    assert one(begun, "}") == one(begun, ', "rain') == passed
    assert one(begun, ", ") == one(begun, ', "days') == 0
    assert one(begun, ', "unit') == pytest.approx(-ONCE_FOUND + NOT_FOUND)


def test_what_cannot_be_said_is_neither_wanted_nor_unwanted():
    one = arguments(given=1.0)
    begun = '{"city": "x", "days": 3'
    assert one(begun, ', "rain": true}') == pytest.approx(one(begun, "}"))


def test_a_boolean_is_given_as_probably_as_it_is_given_at_all():
    for given in (0.3, 0.9):
        flag = Parameter("on", required=False, sayable=True, text="true", probability=given / 2, given=given)
        leaning = ArgumentsLeaning([flag], Trust(given=1.0))
        with_flag = leaning(b"{", b'"on": true}') - leaning(b"{", b"}")
        assert with_flag == pytest.approx(math.log(given / (1 - given)))


def test_half_a_key_weighs_as_the_best_that_it_may_become():
    one = arguments(given=1.0)
    begun = '{"city": "x", '
    assert one(begun, '"') == pytest.approx(max(one(begun, f'"{name}"') for name in ("days", "unit", "rain")))
    assert one(begun, '"u') == pytest.approx(one(begun, '"unit"'))
