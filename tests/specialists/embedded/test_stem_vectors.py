"""Stems learn to point where the teacher says, and the file gives them back."""

from pathlib import Path

import numpy as np
import pytest
import torch

from divisi.specialists.embedded import stem_vectors, teacher
from divisi.specialists.embedded.stem_vectors import Meanings, common_words, learned, write
from divisi.tasks.calling import stems
from divisi.tasks.calling.tool import Tool


def test_the_commonest_words_of_the_commonest_stems_are_kept() -> None:
    texts = ("booking bookings", "bookings 2024 flights", "bookings", "flights", "rare")
    assert common_words(iter(texts), 2) == {"book": "bookings", "flight": "flights"}


def test_a_sentence_points_where_the_sum_of_its_stems_points() -> None:
    model = Meanings(torch.eye(3), torch.tensor([1, 1, 1]))
    torch.testing.assert_close(model([(0,), (0, 2)]), torch.tensor([[1, 0, 0], [0.5**0.5, 0, 0.5**0.5]]))


def test_a_rare_stem_counts_more() -> None:
    common, rare = Meanings(torch.eye(2), torch.tensor([100, 1])).table().norm(dim=1)
    assert rare > 2 * common


def test_what_is_learned_and_written_says_what_the_teacher_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The teacher here: sentences about animals point one way, about money another, words say nothing."""
    noise = np.random.default_rng(0)
    animals, money = ["cat", "dog", "horse", "bird"], ["bank", "coin", "loan", "cash"]
    sentences = [f"{one} {other}" for group in (animals, money) for one in group for other in group] * 6
    ways = np.repeat(np.eye(2), len(sentences) // 2, axis=0)
    sentences = sorted(sentences, key=lambda text: text.split()[0] in money)
    vectors = np.concatenate([ways, np.zeros((len(ways), teacher.WIDTH - 2))], axis=1)
    vectors = (vectors + 0.002 * noise.standard_normal(vectors.shape)).astype(np.float16)
    monkeypatch.setattr(stem_vectors, "STEPS", 400)
    monkeypatch.setattr(
        teacher, "sentence_vectors", lambda said: noise.standard_normal((len(said), teacher.WIDTH)).astype(np.float16)
    )
    words_of = {stems.stem_of(word): word for word in (*animals, *money)}
    table = learned(words_of, sentences, vectors, seed=0)
    path = tmp_path / "stems.safetensors"
    write(list(words_of), table, [Tool("cat_dog", "a cat"), Tool("bank", "the bank of a cat")], path)
    monkeypatch.setattr(stems, "FILE", path)
    stems.lexicon.cache_clear()
    try:
        read = stems.lexicon()
    finally:
        stems.lexicon.cache_clear()
    assert (read.documents, read.count("cat"), read.count("dog"), read.count("loan")) == (2, 2, 1, 0)
    meaning = {stem: read.meaning((stem,)) for stem in words_of}
    assert meaning["cat"] @ meaning["dog"] > 0.8 > 0.3 > meaning["cat"] @ meaning["loan"]
