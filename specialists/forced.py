"""Teacher forcing: what a base with its specialists predicts of true answers, all branches in one forward pass.

Logits are computed at the tokens before answer tokens alone: with a large vocabulary all others would cost more than
the rest of a small model. What the base alone reads is read first, without gradients: see halves.py.
"""

from dataclasses import dataclass
from itertools import chain
from typing import Any

import torch
from torch import Tensor, nn
from transformers import DynamicCache

from divisi.specialists import attention
from divisi.specialists.awake import PREFIX
from divisi.specialists.bank import Bank, Field
from divisi.specialists.base import Base
from divisi.specialists.errors import AttentionError, BaseModelError, TrainingError
from divisi.specialists.grammar import forbid
from divisi.specialists.halves import halves
from divisi.specialists.pack import Packed

TREE_ATTENTION = ("sdpa", attention.NAME)
"""Implementations of attention that take a mask of True and False as it is; eager adds it, flash ignores it."""


@dataclass(frozen=True, slots=True, eq=False)
class Forced:
    """Predictions of the answers' tokens, in the order of the batch.

    Attributes:
        specialists: those who have answers in the batch, each once.
        owner: whose each token is, int64 [answer tokens], an index into `specialists`.
        losses: cross-entropy in nats, float32 [answer tokens]; carries gradients.
        right: whether the true token is the likeliest, bool [answer tokens].
    """

    specialists: tuple[str, ...]
    owner: Tensor
    losses: Tensor
    right: Tensor

    def means(self) -> Tensor:
        """The mean loss of each specialist over its own tokens, [specialists]."""
        return self._means(self.losses)

    def focused(self, focus: float) -> Tensor:
        """The focal loss of each specialist, mean of (1 - p)^focus * loss, [specialists]; focus 0 gives `means`.

        Most answer tokens copy on or follow the form and are certain; those that decide which tool and which value are
        few, and a plain mean drowns them.

        Source: Lin et al. 2017, "Focal Loss for Dense Object Detection", equation 4.
        """
        return self._means(self.losses * (1 - torch.exp(-self.losses.detach())) ** focus)

    def _means(self, values: Tensor) -> Tensor:
        sums = values.new_zeros(len(self.specialists)).index_add(0, self.owner, values)
        return sums / torch.bincount(self.owner, minlength=len(self.specialists))


def force(
    base: Base, bank: Bank, packed: Packed, *, autocast: torch.dtype | None = None, allowed: Tensor | None = None
) -> Forced:
    """Predict every answer token of a batch from what precedes it.

    Args:
        base: frozen.
        bank: on the base's model.
        packed: trees, from `pack`.
        autocast: computes in this precision where that is safe; None is the base's own.
        allowed: the tokens that a grammar allows at each answer token, bits [answer tokens, words] as `grammar.forbid`
            takes them; None allows all.

    Raises:
        BankError: see `tree_field`.
        TrainingError: the batch has no answers, or answers of nobody.
        AttentionError: the base's attention does not take a mask, as trees need it.
        BaseModelError: the base computes its logits otherwise than by its output embedding.
    """
    _refuse_attention(base.model)
    before, packed = halves(packed) or (None, packed)
    known = None if before is None else _read(base, before, autocast)
    picked = (packed.weights > 0).flatten().nonzero().flatten()
    specialists, owner = _owners(packed, picked)
    with bank.playing(tree_field(bank, packed, device=base.device)):
        logits = _answer_logits(base, packed, picked, autocast, allowed=allowed, known=known)
    labels = packed.labels.flatten()[picked].to(base.device)
    losses = nn.functional.cross_entropy(logits, labels, reduction="none")
    return Forced(specialists, owner.to(base.device), losses, logits.detach().argmax(-1) == labels)


@torch.no_grad()
def losses_alone(
    base: Base, packed: Packed, *, autocast: torch.dtype | None = None, allowed: Tensor | None = None
) -> Tensor:
    """The cross-entropy of every answer token by the base alone, float32 [answer tokens]; takes no gradient.

    Args, Raises: as `force`.
    """
    picked = (packed.weights > 0).flatten().nonzero().flatten()
    logits = _answer_logits(base, packed, picked, autocast, allowed=allowed)
    labels = packed.labels.flatten()[picked].to(base.device)
    return nn.functional.cross_entropy(logits, labels, reduction="none")


def tree_field(bank: Bank, packed: Packed, *, device: torch.device) -> Field:
    """The field of packed trees: each branch plays its specialist, prefixes and padding are the base's alone.

    A branch whose specialist is not resident plays the trunk alone, as while the trunk is trained first.

    Raises:
        BankError: a specialist is not resident, and there is no trunk.
        TrainingError: a specialist that is awake on its prefix has a branch behind a prefix that it does not read.
    """
    index = {name: number for number, name in enumerate(bank.names)}
    if bank.trunk is None:
        for name in set(chain.from_iterable(packed.specialists)) - {None}:
            bank.index(str(name))
    readers = [name for name in bank.names if bank.slots(name).awake[PREFIX]]
    if wrong := sorted(packed.guests.intersection(readers)):
        raise TrainingError(
            f"{', '.join(wrong)}: awake everywhere, so their prefixes are their own; see branches.apart"
        )
    nobody = len(index)
    numbers = torch.tensor([[index.get(name or "", nobody) for name in row] for row in packed.specialists])
    plays = torch.tensor([[float(name is not None) for name in row] for row in packed.specialists])
    gate = nn.functional.one_hot(numbers, nobody + 1)[..., :nobody].float()
    awake = bank.awake(packed.parts) * plays.unsqueeze(-1)
    return Field(gate.to(device), awake.to(device))


def _owners(packed: Packed, picked: Tensor) -> tuple[tuple[str, ...], Tensor]:
    flat = tuple(chain.from_iterable(packed.specialists))
    names = [flat[place] for place in picked.tolist()]
    if None in names or not names:
        raise TrainingError("a batch has answers that belong to no specialist, or none; see branches.grow")
    numbers: dict[str, int] = {}
    owner = [numbers.setdefault(str(name), len(numbers)) for name in names]
    return tuple(numbers), torch.tensor(owner)


def _refuse_attention(model: Any) -> None:
    attention.refuse_architecture(model)
    given = model.config._attn_implementation
    if given not in TREE_ATTENTION:
        raise AttentionError(f"trees need attention by a mask, {' or '.join(TREE_ATTENTION)}, and the base has {given}")


@torch.no_grad()
def _read(base: Base, packed: Packed, autocast: torch.dtype | None) -> DynamicCache:
    """The keys and values of what the base alone reads."""
    known = DynamicCache(config=base.model.config)
    with torch.autocast(base.device.type, dtype=autocast, enabled=autocast is not None):
        base.model(
            input_ids=packed.ids.to(base.device),
            position_ids=packed.positions.to(base.device),
            attention_mask=packed.mask.to(base.device),
            past_key_values=known,
            use_cache=True,
            logits_to_keep=1,
        )
    return known


def _answer_logits(
    base: Base,
    packed: Packed,
    picked: Tensor,
    autocast: torch.dtype | None,
    *,
    allowed: Tensor | None,
    known: DynamicCache | None = None,
) -> Tensor:
    """Logits at some tokens of the flattened batch, float32 [picked, vocabulary], of what is allowed there."""
    _refuse_attention(base.model)
    with torch.autocast(base.device.type, dtype=autocast, enabled=autocast is not None):
        logits = _logits(base, packed, picked.to(base.device), known).float()
    if allowed is not None:
        logits = logits.clone()
        forbid(logits, allowed)
    return logits


def _logits(base: Base, packed: Packed, picked: Tensor, known: DynamicCache | None) -> Tensor:
    """Logits at some tokens of the flattened batch, [picked, vocabulary], behind what is known already."""

    # The model's own forward goes on after the selection, so that what it does to its logits (scale, cap) is done.
    def select(_head: nn.Module, args: tuple[Any, ...]) -> tuple[Tensor]:
        return (args[0].flatten(0, 1)[picked].unsqueeze(0),)

    hook = base.model.get_output_embeddings().register_forward_pre_hook(select)
    try:
        logits: Tensor = base.model(
            input_ids=packed.ids.to(base.device),
            position_ids=packed.positions.to(base.device),
            attention_mask=packed.mask.to(base.device),
            past_key_values=known,
            use_cache=known is not None,
        ).logits
    finally:
        hook.remove()
    if logits.shape[:2] != (1, len(picked)):
        raise BaseModelError(f"{base.name} does not compute its logits by calling its output embedding; use another")
    return logits[0]
