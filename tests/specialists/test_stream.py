"""Fragments are whole characters, show nothing of a stop text, and joined they are the text."""

import pytest

from divisi.specialists.stream import TextStream
from divisi.specialists.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def vocabulary(base) -> Vocabulary:
    """One token a byte."""
    return Vocabulary(base)


def fragments(base, vocabulary, text: str, stop: tuple[str, ...] = ()) -> list[str]:
    stream = TextStream(vocabulary, stop)
    return [*(stream.push(token) for token in base.encode(text)), stream.close()]


def test_a_character_comes_whole(base, vocabulary):
    assert fragments(base, vocabulary, "aé東🎻b") == ["a", "", "é", "", "", "東", "", "", "", "🎻", "b", ""]


def test_joined_fragments_are_what_the_base_decodes(base, vocabulary):
    # Broken on purpose: a lone continuation byte, a character that is cut, a control token in the middle.
    ids = [*base.encode("a東"), base.encode("東")[1], *base.encode("é")[:1], *base.encode("b<|user|>c🎻")][:-1]
    stream = TextStream(vocabulary)
    text = "".join(stream.push(token) for token in ids) + stream.close()
    assert text == base.decode(ids)
    assert text.count("\ufffd") == 3


def test_text_ends_before_a_stop_text(base, vocabulary):
    stream = TextStream(vocabulary, ("END", "\n\n"))
    text = [stream.push(token) for token in base.encode("one E two ENDING")]
    assert "".join(text) + stream.close() == "one E two "
    assert stream.stopped


def test_what_may_begin_a_stop_text_is_held_back(base, vocabulary):
    assert fragments(base, vocabulary, "aabx", ("aab!",)) == ["", "", "", "aabx", ""]
    assert fragments(base, vocabulary, "aaab", ("aab",)) == ["", "", "a", "", ""]


def test_what_was_held_back_comes_at_the_end(base, vocabulary):
    assert fragments(base, vocabulary, "say EN", ("END",))[-1] == "EN"


def test_padding_of_the_embedding_has_no_text(base, vocabulary):
    assert vocabulary.text_bytes(len(base.tokenizer) + 3) == b""
