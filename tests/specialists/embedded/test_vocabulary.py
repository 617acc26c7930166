"""The embedded tokenizer: single digits, names in the same tokens wherever they stand, every byte readable."""

import pytest
from transformers import PreTrainedTokenizerFast

from divisi.specialists.embedded.vocabulary import SPECIAL_TOKENS, train_tokenizer

TEXTS = [
    "get film details of the film",
    "getFilmDetails",
    '{"name": "getFilmDetails", "arguments": {"city": "Paris"}}',
] * 40


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    return train_tokenizer(TEXTS, size=400, context_tokens=128)


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


def test_names_part_where_the_case_changes(tokenizer: PreTrainedTokenizerFast) -> None:
    assert "Film" in tokenizer.tokenize("getFilmDetails")


@pytest.mark.parametrize("text", ["Zoë's café — 12 €", "日本語", "a\n\n  b\t", '{"x": "\\u00e9"}'])
def test_every_text_comes_back(tokenizer: PreTrainedTokenizerFast, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text
