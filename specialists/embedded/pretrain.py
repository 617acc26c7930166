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
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from transformers import AutoTokenizer, PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from divisi.specialists.embedded import teacher
from divisi.specialists.embedded.library import Library, open_library, sample_texts, sentences
from divisi.specialists.embedded.meaning import (
    MeaningHeads,
    Sentences,
    encode_sentences,
    meaning_loss,
    sentence_batches,
)
from divisi.specialists.embedded.muon import Muon
from divisi.specialists.embedded.recipe import SIZES, Size, phase_at, rate
from divisi.specialists.embedded.script import Script
from divisi.specialists.embedded.streams import Batches
from divisi.specialists.embedded.vocabulary import train_tokenizer
from divisi.specialists.errors import TrainingError
from divisi.specialists.pack import IGNORED, Packed

PROSE_WEIGHT = 0.1
HEAD_SHARE = 0.4
MUON_RATE = 0.02
ADAM_RATE = 3e-3
CHECKPOINT_S = 60.0
log = logging.getLogger(__name__)


def new_model(size: Size) -> Qwen3ForCausalLM:
    """A stock Qwen3 model of that size with random weights."""
    return Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=size.vocabulary,
            hidden_size=size.width,
            num_hidden_layers=size.layers,
            num_attention_heads=size.heads,
            num_key_value_heads=size.kv_heads,
            head_dim=size.head_width,
            intermediate_size=size.feed_forward,
            max_position_embeddings=size.context_tokens,
            tie_word_embeddings=True,
            rope_parameters={"rope_type": "default", "rope_theta": 100_000.0},
            pad_token_id=0,
            eos_token_id=1,
            bos_token_id=None,
        )
    )


def select_labels(packed: Packed, count: int, generator: torch.Generator) -> Tensor:
    """The `count` positions whose next token is predicted: all answers first, then prose drawn at random.

    Returns:
        int64 [count], into the flattened batch.
    """
    weights = packed.weights.flatten().clone()
    weights[packed.labels.flatten() == IGNORED] = -1
    order = weights + 0.05 * torch.rand(len(weights), generator=generator)
    return order.topk(count).indices


@dataclass(slots=True)
class Progress:
    """Where a run is."""

    step: int = 0
    tokens: int = 0
    answer_loss: float = float("nan")
    answer_exact: float = float("nan")
    meaning: float = float("nan")


class Run:
    """One training run: model, optimisers, and where it is."""

    def __init__(self, size: Size, work: Path, *, device: str, compiled: bool) -> None:
        self.size = size
        self.work = work
        self.device = device
        self.model = new_model(size).to(device).train()
        self.heads = MeaningHeads(size.width, teacher.WIDTH).to(device)
        self.muon, self.adam = _optimisers(self.model, self.heads)
        self.progress = Progress()
        self.language = torch.compile(self._language, dynamic=False) if compiled else self._language
        self.half = device == "cuda"

    def step(self, packed: Packed, meaning: tuple[Tensor, Tensor, Tensor] | None) -> None:
        """One step over a batch, and over sentences where there are some."""
        generator = torch.Generator().manual_seed(self.progress.step)
        picked = select_labels(packed, int(packed.ids.numel() * HEAD_SHARE), generator)
        tensors = [packed.ids, packed.positions, packed.mask, packed.labels.flatten()[picked]]
        weights = packed.weights.flatten()[picked].to(self.device)
        ids, positions, mask, labels = (tensor.to(self.device) for tensor in tensors)
        losses, right = self.language(ids, positions, mask, labels, picked.to(self.device))
        loss = (losses * weights).sum() / weights.sum()
        if meaning is not None:
            distance = self._meaning(*(tensor.to(self.device) for tensor in meaning))
            self.progress.meaning = _smooth(self.progress.meaning, float(distance.detach()))
            loss = loss + 0.5 * distance
        torch.autograd.backward(loss)
        self._update(loss)
        answers = weights == 1
        self.progress.answer_loss = _smooth(self.progress.answer_loss, float(losses[answers].detach().mean()))
        self.progress.answer_exact = _smooth(self.progress.answer_exact, float(right[answers].float().mean()))
        self.progress.step += 1
        self.progress.tokens += packed.ids.numel()

    def _update(self, loss: Tensor) -> None:
        if not torch.isfinite(loss):
            raise TrainingError(
                f"the loss is {float(loss.detach())} at step {self.progress.step}; nothing was changed by it, and the "
                "last checkpoint is from before"
            )
        parameters = [*self.model.parameters(), *self.heads.parameters()]
        nn.utils.clip_grad_norm_(parameters, 1.0)
        share = rate(self.progress.tokens / self.size.tokens)
        self.muon.step(MUON_RATE * share)
        for group in self.adam.param_groups:
            group["lr"] = ADAM_RATE * share
        self.adam.step()
        self.adam.zero_grad(set_to_none=True)

    def _language(
        self, ids: Tensor, positions: Tensor, mask: Tensor, labels: Tensor, picked: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Loss and whether the best guess is right, both [picked]."""
        with torch.autocast(ids.device.type, dtype=torch.bfloat16, enabled=self.half):
            hidden = self.model.model(
                input_ids=ids, position_ids=positions, attention_mask=mask, use_cache=False
            ).last_hidden_state
            logits = self.model.lm_head(hidden.flatten(0, 1)[picked]).float()
        losses = nn.functional.cross_entropy(logits, labels, reduction="none", ignore_index=IGNORED)
        return losses, logits.argmax(-1) == labels

    def _meaning(self, ids: Tensor, sizes: Tensor, vectors: Tensor) -> Tensor:
        with torch.autocast(ids.device.type, dtype=torch.bfloat16, enabled=self.half):
            return meaning_loss(self.model.model, self.heads, ids, sizes, vectors)

    def save(self) -> None:
        """Write the checkpoint; the old one stays until the new one is whole."""
        state = {
            "model": self.model.state_dict(),
            "heads": self.heads.state_dict(),
            "muon": self.muon.state_dict(),
            "adam": self.adam.state_dict(),
            "step": self.progress.step,
            "tokens": self.progress.tokens,
        }
        temporary = self.work / "checkpoint.part"
        torch.save(state, temporary)
        temporary.replace(self.work / "checkpoint.pt")

    def begin_from(self, folder: Path, *, at: float) -> None:
        """Take the weights of an exported base, where there is no checkpoint; velocities begin anew.

        Args:
            folder: of the base.
            at: the share of the recipe to begin at.

        Raises:
            TrainingError: the base is of another size.
        """
        if (self.work / "checkpoint.pt").exists():
            return
        weights = Qwen3ForCausalLM.from_pretrained(folder, dtype=torch.float32).state_dict()
        try:
            self.model.load_state_dict(weights)
        except RuntimeError as error:
            raise TrainingError(f"{folder} is a base of another size: {error}") from error
        self.progress.tokens = int(at * self.size.tokens)
        log.info("event=begun_from folder=%s at=%.2f", folder, at)

    def resume(self) -> None:
        """Go on from the checkpoint, where there is one."""
        path = self.work / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.heads.load_state_dict(state["heads"])
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])
        self.progress.step, self.progress.tokens = state["step"], state["tokens"]
        log.info("event=resumed step=%d tokens=%d", self.progress.step, self.progress.tokens)


def _optimisers(model: Qwen3ForCausalLM, heads: MeaningHeads) -> tuple[Muon, torch.optim.AdamW]:
    """Muon for the matrices inside the layers, AdamW for embedding, norms and heads."""
    matrices = [part for part in model.model.layers.parameters() if part.ndim == 2]
    chosen = {id(part) for part in matrices}
    others = [part for part in (*model.parameters(), *heads.parameters()) if id(part) not in chosen]
    return Muon(matrices, momentum=0.95, decay=0.01), torch.optim.AdamW(others, betas=(0.9, 0.95), weight_decay=0.0)


def _smooth(old: float, new: float) -> float:
    return new if isnan(old) else 0.95 * old + 0.05 * new


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
    return tokenizer


def prepare_sentences(library: Library, size: Size, work: Path, script: Script) -> Sentences:
    """The teacher's sentences of the working folder, embedded first where there are none."""
    texts_file, vectors_file = work / "sentences.json", work / "vectors.npy"
    if not vectors_file.exists():
        texts = sentences(library, Random(0), count=size.sentences)
        vectors = teacher.sentence_vectors(texts)
        texts_file.write_text(json.dumps(texts), encoding="utf-8")
        np.save(vectors_file, vectors)
    texts = tuple(json.loads(texts_file.read_text(encoding="utf-8")))
    described = frozenset(f"{tool.name}: {tool.description}"[:240] for tool in library.tools)
    return encode_sentences(script, texts, np.load(vectors_file), described)


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
            run.step(next(batches), next(meanings) if every and run.progress.step % every == 0 else None)
            if run.progress.step % 20 == 0:
                _report(run, (run.progress.tokens - tokens) / (time.monotonic() - started))
            if time.monotonic() - saved_at > CHECKPOINT_S:
                run.save()
                saved_at = time.monotonic()
        run.save()


def _batches(library: Library, script: Script, phase: Any, *, seed: str) -> Iterator[Packed]:
    batches = Batches(library, script, phase, seed=seed, pad_id=0, prose_weight=PROSE_WEIGHT)
    return iter(DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=4))


def _report(run: Run, tokens_per_s: float) -> None:
    at = run.progress
    log.info(
        "event=step step=%d tokens=%d share=%.3f answer_loss=%.3f answer_right=%.3f meaning=%.3f tokens_per_s=%.0f",
        at.step, at.tokens, at.tokens / run.size.tokens, at.answer_loss, at.answer_exact, at.meaning, tokens_per_s,
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
    run = Run(size, options.work, device=device, compiled=options.compile)
    if options.init is not None:
        run.begin_from(options.init, at=options.start)
    run.resume()

    def known() -> Sentences:
        return prepare_sentences(library, size, options.work, script)

    train(library, run, script, known, seed=options.seed, until=options.until)


if __name__ == "__main__":
    main()
