"""A wanted text is written in the tokens in which the model would read it."""

import pytest

from divisi.specialists.base import Base
from divisi.specialists.vocabulary import Vocabulary

TEXT = '{"city": "weather in köln", "days": 12}'


def test_a_text_goes_on_with_the_token_of_its_encoding(merging_base: Base) -> None:
    vocabulary = Vocabulary(merging_base)
    tokens = merging_base.encode(TEXT)
    assert len(tokens) < len(TEXT)  # some of them are longer than a letter
    written = b""
    for token in tokens:
        found = vocabulary.beginnings(written, TEXT.encode().removeprefix(written))
        assert token in found
        written += vocabulary.text_bytes(token)


def test_no_shorter_beginning_is_offered(merging_base: Base) -> None:
    vocabulary = Vocabulary(merging_base)
    first, *_ = merging_base.encode(TEXT)
    said = vocabulary.text_bytes(first)
    assert all(vocabulary.text_bytes(token) == said for token in vocabulary.beginnings(b"", TEXT.encode()))


def test_what_is_written_inside_a_token_goes_on_with_the_longest_that_fits(merging_base: Base) -> None:
    vocabulary = Vocabulary(merging_base)
    long = max(merging_base.encode(TEXT), key=lambda token: len(vocabulary.text_bytes(token)))
    at = TEXT.encode().index(vocabulary.text_bytes(long)) + 1
    rest = TEXT.encode()[at:]
    found = vocabulary.beginnings(TEXT.encode()[:at], rest)
    assert found
    assert all(rest.startswith(vocabulary.text_bytes(token)) for token in found)


@pytest.mark.parametrize("rest", [b'"', b"}"])
def test_near_the_end_tokens_that_say_more_are_as_good(merging_base: Base, rest: bytes) -> None:
    vocabulary = Vocabulary(merging_base)
    said = [vocabulary.text_bytes(token) for token in vocabulary.beginnings(b"", rest)]
    assert rest in said
    assert all(one.startswith(rest) for one in said)


def test_nothing_wanted_has_no_beginning(merging_base: Base) -> None:
    assert Vocabulary(merging_base).beginnings(b'{"city', b"") == []
