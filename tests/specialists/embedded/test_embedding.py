"""The shared embedding: spellings of one word have one stem, and a given table comes back."""

import pytest
import torch

from divisi.specialists.embedded.embedding import SharedEmbedding, taken_apart

SPELLINGS = ("<|end|>", "paris", "Paris", "Ġparis", "ĠParis", "ĠPARIS", "PARIS", "Ġ", "Ã", "ã", "A", "Ġ(")


@pytest.mark.parametrize(
    ("spelling", "stem", "form"),
    [
        ("ĠParis", "paris", (True, "Capital")),
        ("PARIS", "paris", (False, "UPPER")),
        ("A", "a", (False, "Capital")),
        ("Ġ", "Ġ", (False, "none")),
        ("Ġ(", "(", (True, "none")),
        ("Ã", "Ã", (False, "none")),
    ],
)
def test_a_token_is_taken_apart(spelling, stem, form):
    assert taken_apart(spelling) == (stem, form)


def test_what_one_spelling_learns_all_spellings_of_the_word_have():
    torch.manual_seed(0)
    embedding = SharedEmbedding(SPELLINGS, 8)
    embedding()[4].sum().backward()
    with torch.no_grad():
        before = embedding()
        embedding.stems -= embedding.stems.grad
        changed = (embedding() != before).any(1)
    assert [SPELLINGS[row] for row in changed.nonzero().flatten().tolist()] == [
        "paris", "Paris", "Ġparis", "ĠParis", "ĠPARIS", "PARIS",
    ]  # fmt: skip


def test_a_given_table_comes_back():
    table = torch.randn(len(SPELLINGS), 8)
    embedding = SharedEmbedding(SPELLINGS, 8)
    embedding.take(table)
    torch.testing.assert_close(embedding(), table)
