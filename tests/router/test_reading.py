"""Readings of a text lean the answer that is written: likely answers keep their weight until they part."""

import math

import pytest

from divisi.router.leaning import NO_TRUST, Trust
from divisi.router.reading import OTHER, ReadingLeaning
from divisi.tasks.forecasting.card import Card, forecast_case
from divisi.tasks.forecasting.context import Context
from divisi.tasks.forecasting.likely import Likely, likely_answers
from divisi.tasks.subtask import Case

NONE, ONE = b'{"effects": []}', b'{"effects": [{"evidence": "shut"}]}'
TRUST = Trust(reading=2.0)
CARD = Card("Store", "visits", "D", "2024-01-01", "2025-03-02", 42, last_values=(800.0,))
CLOSED = "The shop is closed from 10 to 12 March 2025."


def leaning(trust: Trust = TRUST) -> ReadingLeaning:
    return ReadingLeaning([Likely(NONE, math.log(0.1), True), Likely(ONE, math.log(0.9), True)], trust)


def test_what_two_answers_begin_with_costs_nothing_and_parting_costs_their_odds() -> None:
    assert leaning()(b"", b'{"effects": [') == 0.0
    assert leaning()(b'{"effects": [', b"]") == pytest.approx(2 * math.log(0.1 / 0.9))
    assert leaning()(b'{"effects": [', b"{") == 0.0


def test_what_no_likely_answer_says_has_the_weight_of_the_others() -> None:
    assert leaning()(b'{"effects": [', b'{"evidence": "open') == pytest.approx(2 * math.log(OTHER / 0.9))
    assert leaning()(b"departed", b" further") == 0.0


def test_the_likeliest_answer_says_how_a_text_goes_on() -> None:
    rest, weight = leaning().wanted(b'{"effects": [{"evidence": "sh')
    assert rest == b'ut"}]}'
    assert weight == pytest.approx(2 * math.log(0.9 / OTHER))
    assert leaning().wanted(b'{"effects": [{"evidence": "op') == (b"", 0.0)
    assert leaning().wanted(ONE) == (b"", 0.0)


def test_an_open_answer_may_go_on_as_the_specialist_likes() -> None:
    begun = b'{"effects": [{"type": "follow_reference"'
    open_one = ReadingLeaning([Likely(begun, math.log(0.8), False)], TRUST)
    assert open_one(begun, b', "reference": "the index"}]}') == 0.0


def test_without_trust_nothing_leans() -> None:
    assert leaning(NO_TRUST)(b'{"effects": [', b'{"other') == 0.0


def test_the_likeliest_answer_of_a_plain_text_is_right_and_readable() -> None:
    case = forecast_case(CARD, CLOSED)
    found = likely_answers(case)
    assert sum(math.exp(one.log_probability) for one in found) == pytest.approx(1.0)
    best = max(found, key=lambda one: one.log_probability)
    assert best.whole
    (effect,) = Context().parse(best.text.decode(), case)["effects"]
    assert (effect["type"], effect["start"], effect["end"], effect["value"]) == ("set", "2025-03-10", "2025-03-12", 0)


def test_an_answer_ends_where_only_the_specialist_can_go_on() -> None:
    text = "From 10 March to 16 March 2025 visits will follow the port traffic index."
    opened = [one for one in likely_answers(forecast_case(CARD, text)) if not one.whole]
    assert opened
    assert all(b'"type": "follow_reference"' in one.text and not one.text.endswith(b"}") for one in opened)


def test_a_case_without_a_card_has_no_likely_answer() -> None:
    assert likely_answers(Case(({"role": "user", "content": CLOSED},))) == ()
