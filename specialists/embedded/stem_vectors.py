"""Make the table of stems that likeness reads: how many tools say each, and a vector that a sentence encoder taught.

    python -m divisi.specialists.embedded.stem_vectors --data DATA --work .work/base

The vector of a stem begins as the teacher's vector of its commonest word, on the teacher's main axes. Then the vectors
learn that the sum over a sentence's stems points where the teacher's vector of the sentence points, and that sentences
are as far from each other as the teacher says (arXiv 1503.02531 for teaching by a teacher's answers). The working
folder is that of pretrain.py, which keeps the teacher's sentences there.
"""

import argparse
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from divisi.specialists.embedded import teacher
from divisi.specialists.embedded.library import Library, open_library
from divisi.specialists.embedded.pretrain import embedded_sentences
from divisi.specialists.embedded.recipe import SIZES
from divisi.tasks.calling.stems import FILE, stem_of, words
from divisi.tasks.calling.tool import Tool

STEMS = 20_000
WIDTH = 96
STEPS = 500
BATCH = 2048
RATE = 3e-3
SPREAD_WEIGHT = 5.0
"""Of how far sentences are from each other, beside where each points."""
log = logging.getLogger(__name__)


class Meanings(nn.Module):
    """Vectors of stems, and how much each counts."""

    def __init__(self, vectors: Tensor, counts: Tensor) -> None:
        """Begin with given vectors [stems, width]; a stem counts the more, the fewer sentences say it [stems]."""
        super().__init__()
        self.vectors = nn.Parameter(nn.functional.normalize(vectors, dim=-1))
        self.weights = nn.Parameter((counts.sum() / (1 + counts)).log().clamp(min=0.1).log())

    def forward(self, sentences: Sequence[Sequence[int]]) -> Tensor:
        """The directions of sentences, each at least one stem's number; [sentences, width]."""
        flat = torch.tensor([number for sentence in sentences for number in sentence])
        begins = torch.tensor([0, *(len(sentence) for sentence in sentences[:-1])]).cumsum(0)
        return nn.functional.normalize(nn.functional.embedding_bag(flat, self.table(), begins, mode="sum"), dim=-1)

    def table(self) -> Tensor:
        """What is summed, [stems, width]."""
        return self.vectors * self.weights.exp()[:, None]


def texts_of(library: Library) -> Iterator[str]:
    """All that is said of tools and asked of them."""
    for tool in library.tools:
        yield _text(tool)
    yield from library.intents
    for asked in library.requests:
        yield from (str(message.get("content") or "") for message in asked.messages if message["role"] == "user")


def _text(tool: Tool) -> str:
    described = (f"{name} {part.get('description') or ''}" for name, part in tool.properties.items())
    return " ".join((tool.name, tool.description, *described))


def common_words(texts: Iterator[str], count: int) -> dict[str, str]:
    """The most frequent stems that are no numbers, each with its commonest word."""
    spelled: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for word in words(text):
            spelled[stem_of(word)][word] += 1
    frequent = sorted(spelled, key=lambda stem: (-spelled[stem].total(), stem))
    kept = [stem for stem in frequent if not stem.isdigit()][:count]
    return {stem: spelled[stem].most_common(1)[0][0] for stem in kept}


def learned(words_of: dict[str, str], texts: Sequence[str], vectors: np.ndarray, *, seed: int) -> Tensor:
    """The table of the stems, [stems, WIDTH], from sentences and the teacher's vectors of them."""
    torch.manual_seed(seed)
    number_of = {stem: number for number, stem in enumerate(words_of)}
    sentences = [tuple(dict.fromkeys(number_of[stem] for stem in map(stem_of, words(text)) if stem in number_of))
                 for text in texts]  # fmt: skip
    kept = [place for place, sentence in enumerate(sentences) if sentence]
    taught = torch.from_numpy(vectors).float()
    middle = taught.mean(0)
    _, _, axes = torch.linalg.svd((taught - middle)[torch.randperm(len(taught))[:8000]], full_matrices=False)
    targets = nn.functional.normalize((taught - middle) @ axes[:WIDTH].T, dim=-1)
    begun = torch.from_numpy(teacher.sentence_vectors(list(words_of.values()))).float()
    counts = torch.bincount(torch.tensor([one for sentence in sentences for one in sentence]), minlength=len(words_of))
    model = Meanings((begun - middle) @ axes[:WIDTH].T, counts)
    groups: list[dict[str, Any]] = [{"params": [model.vectors]}, {"params": [model.weights], "lr": 3 * RATE}]
    adam = torch.optim.Adam(groups, lr=RATE)
    slower = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: min(1.0, 2 * (1 - step / STEPS)))
    random = Random(seed)
    for step in range(STEPS):
        chosen = random.sample(kept, min(BATCH, len(kept)))
        made, right = model([sentences[place] for place in chosen]), targets[chosen]
        loss = (1 - (made * right).sum(-1)).mean() + SPREAD_WEIGHT * ((made @ made.T - right @ right.T) ** 2).mean()
        adam.zero_grad()
        torch.autograd.backward(loss)
        adam.step()
        slower.step()
        if step % 50 == 0:
            log.info("event=stem_vectors step=%d loss=%.3f", step, loss.item())
    return model.table().detach()


def write(stems: Sequence[str], table: Tensor, tools: Sequence[Tool], path: Path) -> None:
    """Write the file: a byte a number, and how many tools say each stem."""
    found: Counter[str] = Counter()
    for tool in tools:
        found.update({stem_of(word) for word in words(_text(tool))})
    scales = table.abs().amax(1).clamp(min=1e-8) / 127
    tensors = {
        "counts": torch.tensor([found[stem] for stem in stems], dtype=torch.int32),
        "vectors": (table / scales[:, None]).round().to(torch.int8),
        "scales": scales,
    }
    metadata = {"documents": str(len(tools)), "stems": json.dumps(list(stems), ensure_ascii=False)}
    save_file(tensors, path, metadata)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Make the table of stems that likeness reads.")
    parser.add_argument("--data", type=Path, required=True, help="folder with text, tools, calling, written")
    parser.add_argument("--work", type=Path, required=True, help="folder of the teacher's sentences, as of pretrain")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    library = open_library(options.data)
    words_of = common_words(texts_of(library), STEMS)
    texts, vectors = embedded_sentences(library, SIZES["cpu"], options.work)
    write(list(words_of), learned(words_of, texts, vectors, seed=options.seed), library.tools, FILE)


if __name__ == "__main__":
    main()
