"""Forms of answers by a string rule, and the alarm when one form wins for nothing."""

import pytest

from divisi.scheduler.formats import format_of, format_shares, listen
from divisi.scheduler.learner import Behaviour

JSON, CALL, PROSE = '{"a": 1}', "f(a=1)", "I would call f."


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (JSON, "json"),
        ('["f",\n "g"]', "json"),
        ('"done"', "json"),
        (CALL, "call"),
        ("<call>f</call>", "xml"),
        (PROSE, "prose"),
        ('{"a": 1', "prose"),
        ("", "prose"),
    ],
)
def test_the_form_of_a_text(text, form):
    assert format_of(text) == form


def behaviour(texts, score):
    return Behaviour((1.0,) * len(texts), (1.0,) * len(texts), tuple(texts), (score,) * len(texts))


MANY = [JSON, JSON, CALL, PROSE]


@pytest.mark.parametrize(
    ("texts", "score", "alarm"),
    [([JSON] * 4, 0.5, True), ([JSON] * 4, 0.4, True), ([JSON] * 4, 0.6, False), (MANY, 0.4, False)],
    ids=["one form, no better", "one form, worse", "one form, but better", "as many forms"],
)
def test_the_alarm_sounds_when_one_form_wins_without_gain(texts, score, alarm):
    echo = listen("task", behaviour(MANY, 0.5), behaviour(texts, score))
    assert echo.survivor == "json"
    assert echo.alarm is alarm


def test_one_form_from_the_beginning_is_no_alarm():
    assert not listen("task", behaviour([JSON] * 4, 0.5), behaviour([JSON] * 4, 0.1)).alarm


def test_shares_have_the_commonest_form_first():
    assert format_shares(MANY) == {"json": 0.5, "call": 0.25, "prose": 0.25}
