"""How far words are met by others."""

import pytest

from divisi.tasks.calling.soft import cover, rarity, words_of
from divisi.tasks.calling.stems import stems


def share(one, other):
    return cover(words_of(stems(one)), words_of(stems(other))).share


def test_the_same_words_are_met_and_leave_nothing_open():
    both = words_of(stems("weather in Paris"))
    assert cover(both, both).share == pytest.approx(1)
    assert cover(both, both).open == pytest.approx(0, abs=1e-5)


def test_words_alike_are_met_more_than_strange_ones():
    assert share("meeting", "appointment calendar") > share("meeting", "potato recipe")


def test_more_words_meet_no_less():
    assert share("weather forecast", "weather and forecast") >= share("weather forecast", "weather")


def test_nothing_is_met_by_nothing():
    some, none = words_of(stems("weather")), words_of(())
    assert cover(none, some).share == 0
    assert cover(some, none).open == pytest.approx(float(some.rarity.sum()))


def test_rare_stems_count_more():
    assert rarity("zugzwang") > rarity("get") >= 0.1
