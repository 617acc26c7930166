"""How well specialists predict true answers: the cheap measure that is taken while they are trained, and after."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.forced import force
from divisi.specialists.pack import Packed


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What teacher forcing says of one specialist.

    Attributes:
        loss: mean cross-entropy of the answers' tokens, in nats.
        exact: the share of answers of which every token is the likeliest. Greedy decoding without a grammar would
            write exactly these answers rightly.
        answers, tokens: how many were seen.
    """

    loss: float
    exact: float
    answers: int
    tokens: int


@dataclass(slots=True)
class _Sums:
    """What has been seen of one specialist so far."""

    loss: float = 0.0
    exact: int = 0
    answers: int = 0
    tokens: int = 0


def answer_loss(
    base: Base, bank: Bank, batches: Iterable[Packed], *, autocast: torch.dtype | None = None
) -> dict[str, Appraisal]:
    """Appraise every specialist that has answers in some batches.

    Args:
        base: frozen.
        bank: on the base's model; nothing in it changes.
        batches: packed with prose_weight 0, for example by `course.in_order`.
        autocast: as in `force`.

    Returns:
        By specialist, in the order of their first answers.

    Raises:
        SpecialistError: as `force`.
    """
    sums: dict[str, _Sums] = {}
    for packed in batches:
        with torch.no_grad():
            forced = force(base, bank, packed, autocast=autocast)
        answer = answer_numbers(packed)
        wrong = torch.zeros(int(answer[-1]) + 1).index_add(0, answer, (~forced.right).float().cpu())
        owner = forced.owner.cpu()
        first = torch.cat([answer.new_ones(1), answer.diff()]).bool()
        for number, name in enumerate(forced.specialists):
            own = sums.setdefault(name, _Sums())
            own.loss += float(forced.losses[forced.owner == number].sum(dtype=torch.float64))
            own.tokens += int((owner == number).sum())
            own.answers += int((owner[first] == number).sum())
            own.exact += int((wrong[owner[first] == number] == 0).sum())
    return {
        name: Appraisal(own.loss / own.tokens, own.exact / own.answers, own.answers, own.tokens)
        for name, own in sums.items()
    }


def answer_numbers(packed: Packed) -> Tensor:
    """Which answer each answer token of a batch belongs to, int64 [answer tokens], counted from 0.

    The last token of a node predicts nothing, so that the tokens of two answers never lie side by side.
    """
    counts = (packed.weights > 0).flatten()
    starts = counts & ~torch.cat([counts.new_zeros(1), counts[:-1]])
    return starts.cumsum(0)[counts] - 1
