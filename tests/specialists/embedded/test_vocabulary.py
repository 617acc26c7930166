"""The embedded tokenizer: single digits, names in the same tokens wherever they stand, every byte readable."""

import pytest
from transformers import PreTrainedTokenizerFast

from divisi.specialists.embedded.vocabulary import SPECIAL_TOKENS, spellings, train_tokenizer

TEXTS = [
    "get film details of the film",
    "getFilmDetails",
    "the river Drina, from Drina to Lake Drina; a lake",
    '{"name": "getFilmDetails", "arguments": {"city": "Paris"}}',
] * 40


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    return train_tokenizer(TEXTS, size=480, context_tokens=128)


def test_special_tokens_come_first_and_are_one_token_each(tokenizer: PreTrainedTokenizerFast) -> None:
    ids = [tokenizer.encode(token) for token in SPECIAL_TOKENS]
    assert ids == [[number] for number in range(len(SPECIAL_TOKENS))]


def test_digits_are_single_tokens(tokenizer: PreTrainedTokenizerFast) -> None:
    assert tokenizer.tokenize("2024") == ["2", "0", "2", "4"]


def test_a_name_has_the_same_tokens_in_a_tool_and_in_json(tokenizer: PreTrainedTokenizerFast) -> None:
    name = tokenizer.encode("getFilmDetails")
    in_json = tokenizer.encode('["getFilmDetails"]')
    starts = [at for at in range(len(in_json)) if in_json[at : at + len(name)] == name]
    assert len(starts) == 1


@pytest.mark.parametrize("word", ["film", "details", "paris", "lake"])
def test_a_word_is_divided_alike_with_a_capital_and_with_a_space(tokenizer: PreTrainedTokenizerFast, word: str) -> None:
    capital = word[0].upper() + word[1:]
    written = [tokenizer.tokenize(text) for text in (word, capital, f"a {word}", f"a {capital}")]
    plain, capitals, spaced, both = ("".join(f"{token}|" for token in tokens) for tokens in written)
    assert capitals.lower() == plain
    assert spaced.split("Ġ")[1].removeprefix("|") == plain
    assert both.split("Ġ")[1].removeprefix("|").lower() == plain


def test_frequent_words_are_one_token_with_their_space(tokenizer: PreTrainedTokenizerFast) -> None:
    assert tokenizer.tokenize("a film")[-1] == "Ġfilm"


def test_names_part_where_the_case_changes(tokenizer: PreTrainedTokenizerFast) -> None:
    assert "Film" in tokenizer.tokenize("getFilmDetails")


@pytest.mark.parametrize("text", ["Zoë's café — 12 €", "日本語", "a\n\n  b\t", '{"x": "\\u00e9"}'])
def test_every_text_comes_back(tokenizer: PreTrainedTokenizerFast, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_every_id_has_a_spelling_of_its_own(tokenizer: PreTrainedTokenizerFast) -> None:
    found = spellings(tokenizer, len(tokenizer) + 3)
    assert len(set(found)) == len(tokenizer) + 3
