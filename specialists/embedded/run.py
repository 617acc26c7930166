"""One training run of the base: model, optimisers, what a step changes, and its checkpoint."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import Qwen3Config, Qwen3ForCausalLM

from divisi.specialists.embedded import teacher
from divisi.specialists.embedded.choices import Choices
from divisi.specialists.embedded.embedding import SharedEmbedding
from divisi.specialists.embedded.meaning import MeaningHeads, meaning_loss
from divisi.specialists.embedded.muon import Muon
from divisi.specialists.embedded.pointing import Pointers, States, two_heads
from divisi.specialists.embedded.recipe import Size, rate
from divisi.specialists.errors import TrainingError
from divisi.specialists.pack import IGNORED, Packed

HEAD_SHARE = 0.28
MUON_RATE = 0.02
ADAM_RATE = 3e-3
POINTING_WEIGHT = 0.5
OWN_SHARE = 0.3
"""The rate of what is a token's own in its embedding, as a share of the rate of what it has in common."""
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
    tools: float = float("nan")
    names: float = float("nan")
    copies: float = float("nan")


class Run:
    """One training run: model, optimisers, and where it is."""

    def __init__(self, size: Size, work: Path, spellings: Sequence[str], *, device: str, compiled: bool) -> None:
        self.size = size
        self.work = work
        self.device = device
        self.model = new_model(size).to(device).train()
        self.embedding = SharedEmbedding(spellings, size.width).to(device)
        self.heads = MeaningHeads(size.width, teacher.WIDTH).to(device)
        self.pointers = Pointers(size.width, self.heads.middle).to(device)
        self.muon, self.adam = _optimisers(self.model, [self.heads, self.pointers], self.embedding)
        self.progress = Progress()
        self.language = torch.compile(self._language, dynamic=False) if compiled else self._language
        self.half = device == "cuda"

    def step(self, packed: Packed, choices: Choices, meaning: tuple[Tensor, Tensor, Tensor] | None) -> None:
        """One step over a batch, the choices of tools in it, and over sentences where there are some."""
        generator = torch.Generator().manual_seed(self.progress.step)
        picked = select_labels(packed, int(packed.ids.numel() * HEAD_SHARE), generator)
        tensors = [packed.ids, packed.positions, packed.mask, packed.labels.flatten()[picked]]
        weights = packed.weights.flatten()[picked].to(self.device)
        ids, positions, mask, labels = (tensor.to(self.device) for tensor in tensors)
        losses, right, *made = self.language(ids, positions, mask, labels, picked.to(self.device))
        middle, later, last = made
        queries, keys = self._heads(later.view(*ids.shape, -1), positions)
        loss = (losses * weights).sum() / weights.sum()
        pointed = self.pointers(States(middle, later, last, queries, keys, mask), choices.to(self.device))
        loss = loss + POINTING_WEIGHT * pointed.loss
        self.progress.tools = _smooth(self.progress.tools, pointed.tools)
        self.progress.names = _smooth(self.progress.names, pointed.names)
        self.progress.copies = _smooth(self.progress.copies, pointed.copies)
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
        modules = (self.model, self.heads, self.pointers, self.embedding)
        parameters = [parameter for module in modules for parameter in module.parameters()]
        nn.utils.clip_grad_norm_(parameters, 1.0)
        share = rate(self.progress.tokens / self.size.tokens)
        self.muon.step(MUON_RATE * share)
        for group in self.adam.param_groups:
            group["lr"] = group["peak"] * share
        self.adam.step()
        self.adam.zero_grad(set_to_none=True)

    def _language(
        self, ids: Tensor, positions: Tensor, mask: Tensor, labels: Tensor, picked: Tensor
    ) -> tuple[Tensor, ...]:
        """Loss and whether the best guess is right, both [picked]; states of three layers, each [tokens, width]."""
        with torch.autocast(ids.device.type, dtype=torch.bfloat16, enabled=self.half):
            table = self.embedding()
            states = self._states(table[ids], positions, mask)
            hidden = self.model.model.norm(states[-1])
            logits = (hidden.flatten(0, 1)[picked] @ table.T).float()
        losses = nn.functional.cross_entropy(logits, labels, reduction="none", ignore_index=IGNORED)
        layers = len(states) - 1
        middle, later = (states[at].flatten(0, 1) for at in (2 * layers // 3, layers - 1))
        return losses, logits.argmax(-1) == labels, middle, later, hidden.flatten(0, 1)

    def _heads(self, states: Tensor, positions: Tensor) -> tuple[Tensor, Tensor]:
        """The queries and keys by which the last layer looks at its states [rows, tokens, width]."""
        with torch.autocast(states.device.type, dtype=torch.bfloat16, enabled=self.half):
            return two_heads(self.model.model.layers[-1], states, self.model.model.rotary_emb(states, positions))

    def _states(self, embedded: Tensor, positions: Tensor, mask: Tensor) -> list[Tensor]:
        """What the embedding and each layer give, before the last norm; each [rows, tokens, width]."""
        rotary = self.model.model.rotary_emb(embedded, positions)
        states = [embedded]
        for layer in self.model.model.layers:
            states.append(layer(states[-1], attention_mask=mask, position_embeddings=rotary))
        return states

    def _meaning(self, ids: Tensor, sizes: Tensor, vectors: Tensor) -> Tensor:
        with torch.autocast(ids.device.type, dtype=torch.bfloat16, enabled=self.half):
            return meaning_loss(self.model.model, self.heads, self.embedding()[ids], sizes, vectors)

    @torch.no_grad()
    def fold(self) -> None:
        """Write the shared embedding's table into the model, which is then a stock one."""
        self.model.model.embed_tokens.weight.copy_(self.embedding())

    def save(self) -> None:
        """Write the checkpoint; the old one stays until the new one is whole."""
        self.fold()
        state = {
            "model": self.model.state_dict(),
            "embedding": self.embedding.state_dict(),
            "heads": self.heads.state_dict(),
            "pointers": self.pointers.state_dict(),
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
        self.embedding.take(self.model.model.embed_tokens.weight)
        self.progress.tokens = int(at * self.size.tokens)
        log.info("event=begun_from folder=%s at=%.2f", folder, at)

    def resume(self) -> None:
        """Go on from the checkpoint, where there is one."""
        path = self.work / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.embedding.load_state_dict(state["embedding"])
        self.heads.load_state_dict(state["heads"])
        self.pointers.load_state_dict(state["pointers"])
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])
        self.progress.step, self.progress.tokens = state["step"], state["tokens"]
        log.info("event=resumed step=%d tokens=%d", self.progress.step, self.progress.tokens)


def _optimisers(
    model: Qwen3ForCausalLM, heads: Sequence[nn.Module], embedding: SharedEmbedding
) -> tuple[Muon, torch.optim.AdamW]:
    """Muon for the matrices inside the layers, AdamW for embedding, norms and heads."""
    model.model.embed_tokens.weight.requires_grad_(False)
    matrices = [part for part in model.model.layers.parameters() if part.ndim == 2]
    norms = [part for part in model.model.parameters() if part.ndim == 1]
    matching = [parameter for head in heads for parameter in head.parameters()]
    common = [*norms, *matching, embedding.stems, embedding.forms]
    groups = [
        {"params": common, "peak": ADAM_RATE},
        {"params": [embedding.own], "peak": ADAM_RATE * OWN_SHARE},
    ]
    return Muon(matrices, momentum=0.95, decay=0.01), torch.optim.AdamW(groups, betas=(0.9, 0.95), weight_decay=0.0)


def _smooth(old: float, new: float) -> float:
    return new if isnan(old) else 0.95 * old + 0.05 * new
