"""Answers that were drawn, as trees to learn from: packed behind their prefixes, each with its advantage."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from divisi.specialists.appraise import answer_numbers
from divisi.specialists.awake import PREFIX
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.forced import force, losses_alone
from divisi.specialists.grammar import empty_bits
from divisi.specialists.pack import Node, Packed, pack
from divisi.specialists.rollout import Rollout, Trial


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """An answer to learn from.

    Attributes:
        trial: what it answers.
        rollout: the answer.
        advantage: how much better it is than others to the same trial.
        share: its weight in the loss of its specialist; all together are 1.
    """

    trial: Trial
    rollout: Rollout
    advantage: float
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """One packed sequence, and the answers in the order in which they lie in it."""

    packed: Packed
    answers: Sequence[Drawn]


def batches(bank: Bank, groups: Sequence[Sequence[Drawn]], *, length: int, pad_id: int) -> Iterator[Batch]:
    """Pack answers into sequences.

    Args:
        bank: knows who reads a prefix.
        groups: the answers to each trial; one answer with its prefix fits into a sequence.
        length: the most tokens of a sequence.
        pad_id: fills up.
    """
    few: list[tuple[Node, Sequence[Drawn]]] = []
    for tree in (tree for group in groups for tree in _trees(bank, group, length)):
        if few and sum(one.size_tokens for one, _ in few) + tree[0].size_tokens > length:
            yield _packed(few, pad_id)
            few = []
        few.append(tree)
    yield _packed(few, pad_id)


def loss_of(
    base: Base, bank: Bank, batch: Batch, *, kl: float, autocast: torch.dtype | None
) -> tuple[Tensor, dict[str, float]]:
    """The loss of a batch, a scalar that carries gradients, and each specialist's part of its divergence, in nats.

    Args:
        base: frozen; alone it is what divergence is measured from.
        bank: on the base's model.
        batch: from `batches`.
        kl: weight of the divergence.
        autocast: as in `force`.
    """
    allowed = _allowed(base, batch.answers)
    forced = force(base, bank, batch.packed, autocast=autocast, allowed=allowed)
    alone = losses_alone(base, batch.packed, autocast=autocast, allowed=allowed)
    answer = answer_numbers(batch.packed)
    choices = torch.tensor([choice for one in batch.answers for choice in one.rollout.drawn])
    shares = torch.tensor([one.share / max(1, sum(one.rollout.drawn)) for one in batch.answers])
    advantages = torch.tensor([one.advantage for one in batch.answers])[answer].to(alone)
    weights = (shares[answer] * choices).to(alone)
    # log q - log p; a token without a choice may not even be among those allowed by itself
    difference = torch.where(choices.to(alone.device), forced.losses - alone, 0.0)
    divergence = torch.expm1(difference) - difference
    losses = torch.where(choices.to(alone.device), forced.losses, 0.0)
    loss = (weights * (advantages * losses + kl * divergence)).sum()
    sums = alone.new_zeros(len(forced.specialists)).index_add(0, forced.owner, (weights * divergence).detach())
    return loss, dict(zip(forced.specialists, sums.tolist(), strict=True))


def shares(trials: Sequence[Trial], samples: int) -> Mapping[str, float]:
    """The weight of one answer of each specialist, so that all of its answers together have 1."""
    names = [trial.specialist for trial in trials]
    return {name: 1 / (names.count(name) * samples) for name in names}


def _trees(bank: Bank, group: Sequence[Drawn], length: int) -> Iterator[tuple[Node, Sequence[Drawn]]]:
    """A trial's answers behind its prefix, as often as they do not all fit behind one."""
    trial = group[0].trial
    reader = trial.specialist if bank.slots(trial.specialist).awake[PREFIX] else None
    branches: list[Node] = []
    room = length - len(trial.prefix)
    done = 0
    for one in group:
        branch = Node((*trial.invocation, *one.rollout.ids), len(trial.invocation), trial.specialist)
        if branches and sum(each.size_tokens for each in branches) + branch.size_tokens > room:
            yield Node(trial.prefix, specialist=reader, children=tuple(branches)), group[done : done + len(branches)]
            done += len(branches)
            branches = []
        branches.append(branch)
    yield Node(trial.prefix, specialist=reader, children=tuple(branches)), group[done:]


def _packed(few: Sequence[tuple[Node, Sequence[Drawn]]], pad_id: int) -> Batch:
    trees = [tree for tree, _ in few]
    # A multiple of 8 spares the attention kernels a padding of their own.
    length = -(-sum(tree.size_tokens for tree in trees) // 8) * 8
    packed = pack([trees], length=length, pad_id=pad_id, prose_weight=0.0)
    return Batch(packed, [one for _, answers in few for one in answers])


def _allowed(base: Base, answers: Sequence[Drawn]) -> Tensor | None:
    """What grammars allow at each answer token of a batch, or None where there are none."""
    if all(one.rollout.allowed is None for one in answers):
        return None
    size: int = base.model.get_output_embeddings().weight.shape[0]
    return torch.cat(
        [
            empty_bits(len(one.rollout.ids), size) if one.rollout.allowed is None else one.rollout.allowed
            for one in answers
        ]
    )
