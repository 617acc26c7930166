"""Replies lean to what the conversation says, in whatever pieces they are written."""

import pytest

from divisi.router.leaning import Trust
from divisi.router.replying import AGAIN, BARE, BEGUN, LONG, RUNNING_ON, UNKNOWN, UNKNOWN_NAME, UNSAID, ReplyLeaning
from divisi.tasks.calling.spoken import Spoken

WORDS = frozenset(("order", "maria", "lopez", "o-7781", "shipped", "c-1042", "7.4"))
SPOKEN = Spoken(WORDS, (("O-7781",), ("shipped",)))
ENOUGH = Spoken(WORDS)


def written(spoken: Spoken, *pieces: str, trust: float = 1.0) -> float:
    """The weight of a text that is written in these pieces."""
    leaning, total, text = ReplyLeaning(spoken, Trust(reply=trust)), 0.0, b""
    for piece in pieces:
        total += leaning(text, piece.encode())
        text += piece.encode()
    return total


@pytest.mark.parametrize("pieces", [("I have", " 1", "."), ("I have 1.",), ("I ", "have 1", ".")])
def test_a_number_that_nothing_says_costs_whatever_the_pieces(pieces):
    assert written(ENOUGH, *pieces, " And") == pytest.approx(-UNKNOWN)


def test_a_word_that_begins_like_a_known_one_must_go_on_like_it():
    leaning = ReplyLeaning(ENOUGH, Trust(reply=2.0))
    assert leaning(b"The pH is", b" 7") == 0
    assert leaning(b"The pH is 7", b".4") == 0
    assert leaning(b"The pH is 7", b".5") == pytest.approx(-2 * UNKNOWN)


def test_a_name_that_nothing_says_costs_inside_a_sentence_only():
    assert written(ENOUGH, "It is for Maria.", " Boris") == 0
    assert written(ENOUGH, "It is for", " Boris") == pytest.approx(-UNKNOWN_NAME)


def test_signs_of_programs_cost():
    assert written(ENOUGH, "The order.", '[{"name') <= -UNKNOWN


def test_a_value_gains_where_it_is_begun_and_loses_it_where_the_text_departs():
    leaning = ReplyLeaning(SPOKEN, Trust(reply=1.0))
    assert leaning(b"The order is", b" O-") == pytest.approx(BEGUN)
    assert leaning(b"The order is O-", b"7781") == 0
    assert leaning(b"The order is O-", b"9") == pytest.approx(-BEGUN - UNKNOWN)


def test_an_end_costs_what_is_left_out():
    none, one = written(SPOKEN, "All is well.", ""), written(SPOKEN, "All is shipped.", "")
    assert none == pytest.approx(-UNSAID * (1 - 3 / LONG))
    assert one == pytest.approx(BEGUN - UNSAID / 2 * (1 - 3 / LONG))


def test_a_number_costs_where_it_is_said_again_or_stands_bare():
    assert written(ENOUGH, "The order is O-7781", " and the order") == 0
    assert written(ENOUGH, "It is O-7781 and it's O-7781 ") == pytest.approx(-AGAIN)
    assert written(ENOUGH, "It is O-7781 C-1042 ") == pytest.approx(-BARE)


def test_a_sentence_after_all_is_said_costs():
    assert written(SPOKEN, "Order O-7781 is shipped.", " Now") == pytest.approx(2 * BEGUN - RUNNING_ON)


def test_words_that_go_round_cost():
    assert written(ENOUGH, "to go and to go and to ") == pytest.approx(-2 * AGAIN)


@pytest.mark.parametrize(
    ("text", "rest"),
    [("The order is", " O-7781"), ("The order is O", "-7781"), ("O-7781 is", " shipped"), ("O-7781 is shipped", "")],
)
def test_what_is_wanted_is_the_next_value_or_the_rest_of_a_begun_one(text, rest):
    assert ReplyLeaning(SPOKEN, Trust(reply=1.0)).wanted(text.encode())[0] == rest.encode()


def test_a_half_written_character_goes_on_as_a_known_word():
    spoken = Spoken(frozenset(("köln",)))
    half = "ö".encode()[:1]
    leaning = ReplyLeaning(spoken, Trust(reply=1.0))
    assert leaning(b"It is in ", b"K" + half) == 0
    assert leaning(b"It is in ", b"B" + half) < 0
