"""Leaning multiplies an answer's probability by what code knows of it, in whatever pieces it is written."""

import math

import pytest

from divisi.router.leaning import (
    LIMIT,
    NOT_FOUND,
    ONCE_FOUND,
    REST,
    ArgumentsLeaning,
    NamesLeaning,
    Parameter,
    Trust,
    read_object,
)
from divisi.tasks.calling.found import TOLD_FROM

NAMES = ("get_weather", "get_time", "send")
LOGITS = (2.0, -2.0, 0.5)


def need(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


NEEDS = tuple(map(need, LOGITS))


class InText:
    """A leaning that is asked in text."""

    def __init__(self, *given) -> None:
        self._leaning = NamesLeaning(*given)

    def __call__(self, text: str, piece: str) -> float:
        return self._leaning(text.encode(), piece.encode())


def leaning(**trust: float) -> InText:
    return InText(NAMES, NEEDS, Trust(**trust))


def written(one: InText, *pieces: str) -> float:
    """The weight of a text that is written in these pieces."""
    total, text = 0.0, ""
    for piece in pieces:
        total += one(text, piece)
        text += piece
    return total


def test_the_weight_of_a_name_is_its_share_of_all():
    one = leaning(choice=4.0)
    total = math.log(math.exp(8) + math.exp(-8) + math.exp(2))
    assert written(one, '["send"]') == pytest.approx(2 - total)
    assert written(one, '["get_weather"]') == pytest.approx(8 - total)


@pytest.mark.parametrize(
    "pieces", [('["', "get", "_weather", '"]'), ("[", '"get_w', 'eather"', "]"), tuple('["get_weather"]')]
)
def test_pieces_do_not_matter(pieces):
    one = leaning(choice=4.0)
    assert written(one, *pieces) == pytest.approx(written(one, '["get_weather"]'))


def test_names_that_begin_alike_share_their_weight_until_they_part():
    one = leaning(choice=4.0)
    assert one('["', "get_") == pytest.approx(
        math.log((math.exp(8) + math.exp(-8)) / (math.exp(8) + math.exp(-8) + math.exp(2)))
    )
    assert one('["get_', "w") > one('["get_', "t")


def test_what_is_named_already_leans_no_more():
    one = leaning(choice=4.0)
    assert one('["get_weather", "', "s") > one('["get_weather", "', "get_w")
    assert one('["', "s") < one('["', "get_w")


def test_another_name_is_wanted_as_far_as_one_is_needed_that_is_not_named():
    wanting = InText(("a", "b", "c"), tuple(map(need, (3.0, 0.8, -0.5))), Trust(another=3.0))
    assert wanting('["a', '", "') - wanting('["a', '"]') == pytest.approx(3 * 0.8)
    assert wanting('["a", "b', '", "') - wanting('["a", "b', '"]') == pytest.approx(3 * -0.5)


def test_a_function_may_be_needed_twice_though_no_other_is():
    least = InText(("a", "b"), (0.99, 0.001), Trust(another=2.0))
    assert least('["a', '", "') - least('["a', '"]') == pytest.approx(2 * REST)
    alone = InText(("a",), (0.99,), Trust(another=2.0))
    assert alone('["a', '", "') - alone('["a', '"]') == pytest.approx(2 * REST)


def test_an_empty_list_costs_what_the_most_needed_tool_is_needed():
    assert leaning(calling=2.0)("", "[]") == pytest.approx(-4.0)
    assert InText(("a", "b"), (0.1, need(-1.0)), Trust(calling=2.0))("", "[]") == pytest.approx(2.0)
    assert leaning(calling=2.0)("", '["') == 0.0


def test_certainty_has_a_limit():
    one = InText(("a", "b"), (1.0, 0.0), Trust(choice=1.0))
    assert one('["', "a") - one('["', "b") == pytest.approx(2 * LIMIT)


def test_without_trust_nothing_leans_anywhere():
    one = leaning()
    assert written(one, '["', "send", '", "', "get_time", '"]') == pytest.approx(
        written(one, '["', "get_time", '", "', "send", '"]')
    )


def test_names_with_quotes_are_found_as_json_spells_them():
    one = InText(('say "hi"', "x"), (1.0, 0.0), Trust(choice=5.0))
    assert one('["', 'say \\"h') > one('["', "x")


def test_equal_needs_choose_nothing():
    one = InText(("a", "b"), (0.3, 0.3), Trust(choice=5.0))
    assert one('["', "a") == pytest.approx(one('["', "b"))


def test_half_a_character_counts_as_half_a_name():
    one = NamesLeaning(("東京", "x"), (1.0, 0.0), Trust(choice=5.0))
    assert one(b'["', "東".encode()[:1]) == pytest.approx(one(b'["', "東京".encode()))


PARAMETERS = (
    Parameter("city", required=True, sayable=True, text='"New York"', probability=0.9),
    Parameter("days", required=False, sayable=True, text="3", probability=0.5),
    Parameter("unit", required=False, sayable=True),
    Parameter("rain", required=False, sayable=False),
)
VALUE = math.log(0.9 / TOLD_FROM)


def arguments(**trust: float) -> InText:
    one = InText((), (), Trust())
    one._leaning = ArgumentsLeaning(PARAMETERS, Trust(**trust))
    return one


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


def test_what_cannot_be_said_is_neither_wanted_nor_unwanted():
    one = arguments(given=1.0)
    begun = '{"city": "x", "days": 3'
    assert one(begun, ', "rain": true}') == pytest.approx(one(begun, "}"))


def test_half_a_key_weighs_as_the_best_that_it_may_become():
    one = arguments(given=1.0)
    begun = '{"city": "x", '
    assert one(begun, '"') == pytest.approx(one(begun, '"days"'))
    assert one(begun, '"u') == pytest.approx(one(begun, '"unit"'))


@pytest.mark.parametrize(
    ("text", "entries", "key", "closed"),
    [
        (b"", [], None, False),
        (b"{", [], None, False),
        (b'{"a', [], b"a", False),
        (b'{"a": ', [(b"a", b"", False)], None, False),
        (b'{"a": "x, }', [(b"a", b'"x, }', False)], None, False),
        (
            b'{"a": "\\"", "b": [1, {"c": 2}], "d": 1}',
            [(b"a", b'"\\""', True), (b"b", b'[1, {"c": 2}]', True), (b"d", b"1", True)],
            None,
            True,
        ),
        (b'{"a": 1, ', [(b"a", b"1", True)], None, False),
        (b"{}", [], None, True),
        (b'["x"]', [], None, False),
    ],
)
def test_objects_are_read_as_far_as_they_are_written(text, entries, key, closed):
    read = read_object(text)
    assert [(entry.name, entry.value, entry.closed) for entry in read.entries] == entries
    assert (read.key, read.closed) == (key, closed)
