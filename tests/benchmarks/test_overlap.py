"""Leaks into the training data are found; and of the real data, how many there are."""

import os
from pathlib import Path

import pytest
from overlap import Texts, bfcl_texts, overlap_of, section, sequences, training_texts

from divisi.specialists.embedded.library import open_library

ASKED = "Find me the fastest train from Lyon to Turin on a Sunday"


def test_sequences_are_eight_words_whatever_their_case_and_marks() -> None:
    assert list(sequences("One, two three; four five six SEVEN eight nine")) == [
        ("one", "two", "three", "four", "five", "six", "seven", "eight"),
        ("two", "three", "four", "five", "six", "seven", "eight", "nine"),
    ]
    assert list(sequences("only seven words are in this text")) == []


def test_a_request_that_is_quoted_in_training_is_found() -> None:
    testing = Texts(frozenset({"train.find"}), frozenset({"train.find: Finds trains."}), frozenset({ASKED}))
    training = Texts(
        frozenset({"train.find", "other"}),
        frozenset({"other: Finds trains."}),
        frozenset({f"please {ASKED.lower()}!", "something else that has at least as many words as that one"}),
    )
    found = overlap_of(training, testing)
    assert found.names == ("train.find",)
    assert found.described == ()
    assert found.requests == (f"please {ASKED.lower()}!",)
    assert section(found, training, testing)["shared"] == {
        "names": 1, "described": 0, "requests": 1, "descriptions": 0,
    }  # fmt: skip


@pytest.mark.skipif("DIVISI_DATA" not in os.environ, reason="needs the training data")
def test_the_training_data_quote_no_question_of_bfcl() -> None:
    pytest.importorskip("bfcl_eval")
    training, testing = training_texts(open_library(Path(os.environ["DIVISI_DATA"]))), bfcl_texts()
    found = overlap_of(training, testing)
    assert not found.requests, section(found, training, testing)["examples"]
