"""Leaning multiplies a list's probability by what needs make of it, in whatever pieces it is written."""

import math

import pytest

from divisi.router.leaning import LIMIT, NamesLeaning, Trust

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


def test_a_function_is_named_again_as_far_as_one_more_call_of_it_is_probable():
    one = InText(("a", "b"), (0.99, 0.001), Trust(another=2.0), ((need(1.5), need(-3.0)), ()))
    assert one('["a', '", "') - one('["a', '"]') == pytest.approx(2 * 1.5)
    assert one('["a", "a', '", "') - one('["a", "a', '"]') == pytest.approx(2 * -3.0)
    choosing = InText(("a", "b"), (0.99, need(1.0)), Trust(choice=1.0), ((need(1.5),), ()))
    assert choosing('["a", "', "a") - choosing('["a", "', "b") == pytest.approx(0.5)


def test_of_a_function_that_was_not_counted_no_second_call_is_expected():
    one = InText(("a", "b"), (0.99, need(-2.0)), Trust(another=2.0))
    assert one('["a', '", "') - one('["a', '"]') == pytest.approx(2 * -2.0)
    alone = InText(("a",), (0.99,), Trust(another=2.0))
    assert alone('["a', '", "') - alone('["a', '"]') == pytest.approx(2 * -LIMIT)


def test_a_second_name_is_wanted_as_far_as_several_calls_are_probable():
    one = InText(("a", "b", "c"), (0.99, need(1.0), need(0.5)), Trust(another=2.0), (), need(3.0))
    assert one('["a', '", "') - one('["a', '"]') == pytest.approx(2 * (1.0 + 3.0 / 2))
    assert one('["a", "b', '", "') - one('["a", "b', '"]') == pytest.approx(2 * 0.5)


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
