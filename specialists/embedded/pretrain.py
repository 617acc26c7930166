"""Train the embedded base from scratch, resumable at any moment.

    python -m divisi.specialists.embedded.pretrain --data DATA --size cpu --work .work/base

The working folder holds the tokenizer, the teacher's vectors and the last checkpoint. The same command goes on
where a killed run stopped; at most a minute is lost.
"""

import argparse
import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from divisi.specialists.embedded import teacher
from divisi.specialists.embedded.choices import Choices
from divisi.specialists.embedded.library import Library, open_library, sample_texts, sentences
from divisi.specialists.embedded.meaning import (
    Sentences,
    encode_sentences,
    sentence_batches,
)
from divisi.specialists.embedded.recipe import SIZES, Size, phase_at
from divisi.specialists.embedded.run import Run
from divisi.specialists.embedded.script import Script
from divisi.specialists.embedded.streams import Batches
from divisi.specialists.embedded.vocabulary import TEMPLATE, spellings, train_tokenizer
from divisi.specialists.pack import Packed

PROSE_WEIGHT = 0.1
CHECKPOINT_S = 60.0
log = logging.getLogger(__name__)


def prepare_tokenizer(library: Library, size: Size, work: Path, *, init: Path | None) -> PreTrainedTokenizerFast:
    """The tokenizer of the working folder; where there is none, that of the base to begin from, or a new one."""
    folder = work / "tokenizer"
    if not folder.exists() and init is not None:
        AutoTokenizer.from_pretrained(init).save_pretrained(folder)
    elif not folder.exists():
        trained = train_tokenizer(
            sample_texts(library, Random(0)), size=size.vocabulary, context_tokens=size.context_tokens
        )
        trained.save_pretrained(folder)
    tokenizer: PreTrainedTokenizerFast = AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = TEMPLATE.read_text(encoding="utf-8")
    return tokenizer


def embedded_sentences(library: Library, size: Size, work: Path) -> tuple[tuple[str, ...], np.ndarray]:
    """Sentences and the teacher's vectors of them [sentences, teacher.WIDTH], kept in the working folder."""
    texts_file, vectors_file = work / "sentences.json", work / "vectors.npy"
    if not vectors_file.exists():
        texts = sentences(library, Random(0), count=size.sentences)
        vectors = teacher.sentence_vectors(texts)
        texts_file.write_text(json.dumps(texts), encoding="utf-8")
        np.save(vectors_file, vectors)
    return tuple(json.loads(texts_file.read_text(encoding="utf-8"))), np.load(vectors_file)


def prepare_sentences(library: Library, size: Size, work: Path, script: Script) -> Sentences:
    """The sentences of the working folder as tokens, with their vectors."""
    texts, vectors = embedded_sentences(library, size, work)
    described = frozenset(f"{tool.name}: {tool.description}"[:240] for tool in library.tools)
    return encode_sentences(script, texts, vectors, described)


def train(
    library: Library, run: Run, script: Script, known: Callable[[], Sentences], *, seed: int, until: float
) -> None:
    """Train to a share of the recipe's tokens, with a checkpoint every minute; `known` is asked when first needed."""
    saved_at = time.monotonic()
    while run.progress.tokens < until * run.size.tokens:
        started, tokens = time.monotonic(), run.progress.tokens
        phase = phase_at(run.size, tokens / run.size.tokens)
        end = min(phase.until, until) * run.size.tokens
        batches = _batches(library, script, phase, seed=f"{seed}/{run.progress.step}")
        every = phase.meaning_every
        meanings = sentence_batches(known(), Random(f"{seed}/{run.progress.step}")) if every else iter(())
        while run.progress.tokens < end:
            run.step(*next(batches), next(meanings) if every and run.progress.step % every == 0 else None)
            if run.progress.step % 20 == 0:
                _report(run, (run.progress.tokens - tokens) / (time.monotonic() - started))
            if time.monotonic() - saved_at > CHECKPOINT_S:
                run.save()
                saved_at = time.monotonic()
        run.save()


def _batches(library: Library, script: Script, phase: Any, *, seed: str) -> Iterator[tuple[Packed, Choices]]:
    batches = Batches(library, script, phase, seed=seed, pad_id=0, prose_weight=PROSE_WEIGHT)
    return iter(DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=4))


def _report(run: Run, tokens_per_s: float) -> None:
    at = run.progress
    log.info(
        "event=step step=%d tokens=%d share=%.3f answer_loss=%.3f answer_right=%.3f meaning=%.3f tools=%.3f "
        "names=%.3f copies=%.3f tokens_per_s=%.0f",
        at.step, at.tokens, at.tokens / run.size.tokens, at.answer_loss, at.answer_exact, at.meaning, at.tools,
        at.names, at.copies, tokens_per_s,
    )  # fmt: skip


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Train the embedded base from scratch, resumable.")
    parser.add_argument("--data", type=Path, required=True, help="folder with text, tools, calling, written")
    parser.add_argument("--work", type=Path, required=True, help="folder of tokenizer, teacher vectors, checkpoint")
    parser.add_argument("--size", choices=sorted(SIZES), default="cpu")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--until", type=float, default=1.0, help="stop at this share of the recipe's tokens")
    parser.add_argument("--init", type=Path, help="an exported base to begin from, with its tokenizer")
    parser.add_argument("--start", type=float, default=0.0, help="with --init: the share of the recipe to begin at")
    parser.add_argument("--compile", action="store_true", help="torch.compile: slower start, faster steps")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(options.seed)
    options.work.mkdir(parents=True, exist_ok=True)
    size = SIZES[options.size]
    library = open_library(options.data)
    tokenizer = prepare_tokenizer(library, size, options.work, init=options.init)
    script = Script(tokenizer)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    run = Run(size, options.work, spellings(tokenizer, size.vocabulary), device=device, compiled=options.compile)
    if options.init is not None:
        run.begin_from(options.init, at=options.start)
    run.resume()

    def known() -> Sentences:
        return prepare_sentences(library, size, options.work, script)

    train(library, run, script, known, seed=options.seed, until=options.until)


if __name__ == "__main__":
    main()
