"""The second lesson of a training step: hidden states that say what a public sentence encoder says.

The state of a sentence's closing token in a middle layer, and the mean of the last layer's states, are each
mapped by one matrix to the teacher's vector. loss = 1 - cosine + 5 x mean squared difference of the similarities
within the batch. A tool and a request that mean the same so close with states that one attention head can match.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor, nn

from divisi.specialists.embedded.script import Script

LENGTH = 32
ROWS = 64


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences with the teacher's vectors, sorted by length.

    Attributes:
        ids: int64 [sentences, LENGTH], padded.
        sizes: int64 [sentences], tokens of each, its <|end|> included.
        vectors: float16 [sentences, teacher width].
    """

    ids: Tensor
    sizes: Tensor
    vectors: Tensor


def encode_sentences(
    script: Script, texts: Sequence[str], vectors: np.ndarray, tool_starts: frozenset[str]
) -> Sentences:
    """Sentences as turns: descriptions of tools as tools, everything else as a user's words.

    A tool's row ends with the first token of its name behind <|call|>, the one that an answer copies first; a user's
    row ends with <|end|>.
    """
    end = script.encode("<|end|>")
    rows = []
    for text in texts:
        if text in tool_starts:
            closing = script.encode(f"<|call|>{text.split(':')[0]}")[:2]
            rows.append(script.encode(f"<|tool|>{text}")[: LENGTH - 2] + closing)
        else:
            rows.append(script.encode(f"<|user|>{text}")[: LENGTH - 1] + end)
    order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    ids = torch.zeros(len(rows), LENGTH, dtype=torch.int64)
    for place, index in enumerate(order):
        ids[place, : len(rows[index])] = torch.tensor(rows[index])
    sizes = torch.tensor([len(rows[index]) for index in order])
    return Sentences(ids, sizes, torch.from_numpy(vectors)[order])


def sentence_batches(sentences: Sentences, random: Random) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Batches of sentences of similar length, without end: ids [ROWS, longest], sizes [ROWS], vectors [ROWS, width]."""
    window = ROWS * 8
    while True:
        start = random.randrange(len(sentences.ids) - window)
        chosen = torch.tensor(random.sample(range(start, start + window), ROWS))
        sizes = sentences.sizes[chosen]
        yield sentences.ids[chosen, : int(sizes.max())], sizes, sentences.vectors[chosen].float()


class MeaningHeads(nn.Module):
    """The two maps from hidden states to the teacher's vectors; thrown away after the training."""

    def __init__(self, width: int, teacher_width: int) -> None:
        super().__init__()
        self.middle = nn.Linear(width, teacher_width)
        self.last = nn.Linear(width, teacher_width)


def meaning_loss(model: nn.Module, heads: MeaningHeads, embedded: Tensor, sizes: Tensor, vectors: Tensor) -> Tensor:
    """How far the student's sentence vectors are from the teacher's.

    Args:
        model: a decoder without its language-modelling head.
        heads: the maps to the teacher's width.
        embedded: the tokens' vectors, [rows, tokens, width].
        sizes: int64 [rows].
        vectors: float [rows, teacher width].

    Returns:
        A scalar.
    """
    states = model(inputs_embeds=embedded, use_cache=False, output_hidden_states=True).hidden_states
    middle = states[2 * (len(states) - 1) // 3]
    rows = torch.arange(len(embedded), device=embedded.device)
    closing = heads.middle(middle[rows, sizes - 1].float())
    seen = (torch.arange(embedded.shape[1], device=embedded.device) < sizes[:, None]).unsqueeze(-1)
    mean = heads.last((states[-1].float() * seen).sum(1) / sizes[:, None])
    return _distance(closing, vectors) + _distance(mean, vectors)


def _distance(student: Tensor, teacher: Tensor) -> Tensor:
    student = nn.functional.normalize(student, dim=-1)
    teacher = nn.functional.normalize(teacher, dim=-1)
    similarity = ((student @ student.T - teacher @ teacher.T) ** 2).mean()
    return 1 - (student * teacher).sum(-1).mean() + 5 * similarity
