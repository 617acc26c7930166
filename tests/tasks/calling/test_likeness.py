"""Likeness: shared words count by how rare they are and where they stand, and meaning without shared words."""

import pytest

from divisi.tasks.calling.likeness import likeness, request_stems
from divisi.tasks.calling.stems import lexicon, stem_of, stems, words


def tool(name: str, description: str = "", **parameters: str) -> dict:
    properties = {key: {"type": "string", "description": text} for key, text in parameters.items()}
    function = {"name": name, "description": description, "parameters": {"type": "object", "properties": properties}}
    return {"type": "function", "function": function}


def said(*texts: str) -> tuple[dict, ...]:
    return tuple({"role": "user", "content": text} for text in texts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cancelling", "cancel"),
        ("bookings", "book"),
        ("reserved", "reserve"),
        ("cities", "city"),
        ("translation", "translate"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem_of(one) == stem_of(other)


def test_names_are_taken_apart() -> None:
    assert list(stems("getUserName find_big-HTTPServer")) == ["get", "user", "nam", "find", "big", "http", "serv"]


def test_only_the_last_three_user_messages_count() -> None:
    messages = [*said("volcano"), {"role": "assistant", "content": "glacier"}, *said("river", "lake", "lake sea")]
    assert request_stems(messages) == ("riv", "lak", "sea")


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    rare, common = likeness(said("get the volcano"), [tool("volcano"), tool("get")])
    assert rare > 2 * common > 0


def test_a_word_in_the_name_counts_more_than_in_the_description_or_in_a_parameter() -> None:
    tools = [tool("volcano", "volcano", x="volcano"), tool("a", "volcano"), tool("b", x="volcano"), tool("c")]
    in_name, described, parameter, nowhere = likeness(said("volcano"), tools)
    assert in_name > described > parameter > nowhere


def test_what_means_the_same_is_alike_without_a_word_in_common() -> None:
    tools = [tool("play_music", "Play a song"), tool("book_flight", "Reserve a seat on an aeroplane"), tool("lamp")]
    for text, right in (("travel by air to Lisbon", 1), ("put on some jazz", 0), ("it is too dark to read", 2)):
        scores = likeness(said(text), tools)
        assert scores.index(max(scores)) == right


def test_a_text_of_unknown_stems_means_nothing() -> None:
    assert not lexicon().meaning(("qqzzqq",)).any()
    assert not lexicon().meaning(()).any()
    assert likeness(said("qqzzqq"), [tool("volcano")]) == [0]


def test_the_table_of_stems_is_whole() -> None:
    table = lexicon()
    assert len(table.rows) == len(table.counts) == len(table.vectors) == len(table.scales)
    assert table.count("get") > table.count("volcano") > 0
    assert max(table.counts) < table.documents


def test_words_keep_their_endings() -> None:
    assert list(words("cancellingBookings")) == ["cancelling", "bookings"]


def test_a_tool_without_parameters_or_description_has_a_likeness() -> None:
    assert likeness(said("ping"), [{"type": "function", "function": {"name": "ping"}}])[0] > 0


def test_messages_in_parts_or_without_text_do_no_harm() -> None:
    assert likeness([{"role": "user", "content": None}], [tool("x")]) == [0]
    parts = [{"type": "text", "text": "a volcano"}, {"type": "image_url"}]
    assert request_stems([{"role": "user", "content": parts}]) == ("a", "volcano")


@pytest.mark.parametrize("parameters", [[], "x", {"properties": []}, {"properties": {"a": "volcano"}}, None])
def test_malformed_parameters_do_no_harm(parameters: object) -> None:
    function = {"name": "volcano", "parameters": parameters}
    assert likeness(said("volcano"), [{"type": "function", "function": function}])[0] > 0
