"""The sentences around a span: one before, one after, abbreviations inside."""

import pytest

from divisi.tasks.forecasting.sentences import around

TEXT = "One is far. Two is near. The hall is full. Three is near. Four is far."


def test_a_span_has_a_sentence_on_each_side() -> None:
    assert around("hall", TEXT).strip() == "Two is near. The hall is full. Three is near."


@pytest.mark.parametrize(
    "sentence",
    [
        "Line no. 7 brings 20 more",
        "From 3 Mar. on there are 20 more",
        "J. Berg counts on 20 more",
        "That is approx. 20 more",
        "At 9 a.m. there are 20 more",
    ],
)
def test_an_abbreviation_ends_no_sentence(sentence: str) -> None:
    text = f"A. First one. {sentence}. The hall is full. Last one. Far away."
    assert sentence in around("The hall is full", text)


@pytest.mark.parametrize("end", [".", "!", "?", "\n"])
def test_what_is_two_sentences_away_is_not_around(end: str) -> None:
    text = f"We need 70{end} Nobody came{end} The hall is full{end} Thanks{end} See 80{end}"
    assert "70" not in around("The hall is full", text)
    assert "80" not in around("The hall is full", text)


def test_a_span_that_is_not_there_stands_for_itself() -> None:
    assert around("nowhere", TEXT) == "nowhere"
