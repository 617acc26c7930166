"""The teacher's lesson: padding does not count, and the loss is zero where student and teacher agree."""

import torch

from divisi.specialists.embedded.meaning import MeaningHeads, encode_sentences, meaning_loss, sentence_batches
from divisi.specialists.embedded.recipe import Phase, Size
from divisi.specialists.embedded.run import new_model
from divisi.specialists.embedded.script import Script

TINY = Size(420, 32, 3, 4, 2, 8, 48, 512, 4000, 8, (Phase(1.0, 64, 2, {"lookups": 1.0}),))


def test_the_loss_does_not_see_padding(script: Script) -> None:
    torch.manual_seed(0)
    model, heads = new_model(TINY), MeaningHeads(32, 5)
    texts = ["get the weather", "a city"]
    known = encode_sentences(script, texts, torch.randn(2, 5).half().numpy(), frozenset())
    other = known.ids.clone()
    for row, size in enumerate(known.sizes.tolist()):
        other[row, size:] = 7
    arguments = (known.sizes, known.vectors.float())
    one, two = (
        meaning_loss(model.model, heads, model.model.embed_tokens(ids), *arguments) for ids in (known.ids, other)
    )
    torch.testing.assert_close(one, two)


def test_sentences_end_where_their_meaning_is_read_and_keep_their_vectors(script: Script) -> None:
    vectors = torch.arange(6.0).reshape(3, 2).half()
    texts = ["weather of a city in the list", "get: a", "names"]
    known = encode_sentences(script, texts, vectors.numpy(), frozenset(["get: a"]))
    last = {int(known.ids[row, size - 1]) for row, size in enumerate(known.sizes.tolist())}
    assert last == {script.encode("<|end|>")[0], script.encode("get")[0]}
    assert sorted(known.vectors[:, 0].tolist()) == [0.0, 2.0, 4.0]


def test_batches_hold_sentences_of_similar_length(script: Script) -> None:
    from random import Random

    texts = ["a " * (1 + number % 12) for number in range(1000)]
    known = encode_sentences(script, texts, torch.randn(1000, 4).half().numpy(), frozenset())
    _, sizes, _ = next(sentence_batches(known, Random(0)))
    assert int(sizes.max() - sizes.min()) < int(known.sizes.max() - known.sizes.min())
