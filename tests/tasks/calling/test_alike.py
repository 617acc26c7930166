"""Members of an enumeration are found around the likeliest span, and nothing else is one."""

import numpy as np
import pytest

from divisi.tasks.calling.alike import enumeration, form_of, like_the_first
from divisi.tasks.calling.reading import read


def chances(reading, **shares):
    """Shares by text; a little for all others."""
    return np.array([shares.get(span.text, 0.001) for span in reading.spans])


def texts(reading, places):
    return [reading.spans[place].text for place in places]


@pytest.mark.parametrize(
    ("text", "first", "members"),
    [
        ("Facts on Malta, Cyprus and Crete please", "Cyprus", ["Malta", "Cyprus", "Crete"]),
        ("Orders 10077, 10078 and 10081 for Samira", "10077", ["10077", "10078", "10081"]),
        ("Rules in Canada, in China and in Peru", "China", ["Canada", "China", "Peru"]),
        ("Wake 201 early", "201", ["201"]),
    ],
)
def test_an_enumeration_has_all_its_members(text, first, members):
    reading = read(text)
    shares = np.where([span.text in members for span in reading.spans], 0.2, 0.0)
    shares[[span.text for span in reading.spans].index(first)] = 0.3
    assert texts(reading, enumeration(reading, shares)) == members


def test_words_in_between_end_an_enumeration():
    reading = read("Malta is small but Crete is large")
    assert texts(reading, enumeration(reading, chances(reading, Malta=0.5, Crete=0.4))) == ["Malta"]


def test_other_forms_and_improbable_ones_are_not_alike():
    reading = read("Oslo, Rome, 20 and paris")
    shares = chances(reading, Oslo=0.5, Rome=0.05, paris=0.5)
    assert texts(reading, like_the_first(reading, shares, 0.2)) == ["Oslo"]
    assert texts(reading, like_the_first(reading, shares, 0.0001))[:2] == ["Oslo", "Rome"]


def test_forms():
    reading = read("Rome 20 on 2025-03-04 at 10:30 by KD-051 train")
    forms = {span.text: form_of(span) for span in reading.spans}
    assert [forms[text] for text in ("Rome", "20", "2025-03-04", "10:30", "KD-051", "train")] == [
        *("name", "number", "day", "clock", "code", "words"),
    ]
