"""Sizes are found where a text says them, in digits and words, each with its kind; so are sentences and clauses."""

from itertools import pairwise

import pytest

from divisi.tasks.forecasting.clauses import clause_at, sentences_in
from divisi.tasks.forecasting.said_sizes import said_sizes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("40% fewer receipts", [(40.0, "percent")]),
        ("volume +35%, price -20 %", [(35.0, "percent"), (-20.0, "percent")]),
        ("x1.5, then 3x", [(1.5, "times"), (3.0, "times")]),
        ("2.5 times the boardings", [(2.5, "times")]),
        ("down by fifteen per cent", [(15.0, "percent")]),
        ("1,700 boardings higher", [(1700.0, "plain")]),
        ("1\u00a0200 boxes", [(1200.0, "plain")]),
        ("2,4 Mio. Stück", [(2.4e6, "plain")]),
        ("two thousand five hundred", [(2500.0, "plain")]),
        ("half of the usual", [(0.5, "part")]),
        ("two-thirds of it", [(2 / 3, "part")]),
        ("orders double", [(2.0, "multiple")]),
        ("half as many again", [(1.5, "multiple")]),
        ("the shop is closed", [(0.0, "nothing")]),
        ("as usual", []),
    ],
)
def test_a_size_is_found_with_its_kind(text: str, said: list[tuple[float, str]]) -> None:
    assert [(size.value, size.kind) for size in said_sizes(text)] == said


def test_what_is_a_time_is_no_size() -> None:
    text = "15 May: 30 more"
    assert [size.value for size in said_sizes(text, without=[(0, 6)])] == [30.0]


def test_sizes_do_not_lie_over_each_other() -> None:
    found = said_sizes("twenty-five percent, a third, 3x and 1,000; closed, not one of 12 k")
    assert all(one.last <= other.first for one, other in pairwise(found))
    assert len(found) == 8


def test_sentences_end_at_stops_rows_and_lines_but_not_at_short_words_or_days() -> None:
    text = "Shut from 3 Mar. to 5 Mar. Then open.\nrow one | row two\n10.11. off"
    found = [text[place.first : place.last] for place in sentences_in(text)]
    assert found == ["Shut from 3 Mar. to 5 Mar. Then open.", "row one", "row two", "10.11. off"]


def test_a_clause_is_what_stands_between_commas_and_joints() -> None:
    text = "13 feb: 3x, 14 feb: 6x and the rest as usual"
    (sentence,) = sentences_in(text)
    place = clause_at(text, sentence, text.index("6x"))
    assert text[place.first : place.last] == "6x"


def test_no_text_has_no_sentence() -> None:
    assert sentences_in(" \n ") == ()
    assert said_sizes("") == ()
