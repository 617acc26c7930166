"""How sure slots are of true answers: a number for each example in one forward pass, finer than right or wrong.

The geometric mean of the probabilities of an answer's tokens, behind the true ones, over the whole vocabulary.
"""

from collections.abc import Sequence

import torch

from divisi.specialists.appraise import answer_numbers
from divisi.specialists.awake import PREFIX
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.behaviour import Question, chunks
from divisi.specialists.forced import force, losses_alone
from divisi.specialists.pack import Node, pack
from divisi.specialists.slots import Slots

MOST_TOKENS = 1024
"""Of a forward pass, where one question alone is not longer."""
NOBODY = "nobody"


def sureties(base: Base, own: Slots | None, trunk: Slots | None, questions: Sequence[Question]) -> list[float]:
    """How sure some slots are of the reference of each question.

    Args:
        base: frozen.
        own: a specialist's; None asks the base alone.
        trunk: beside it, or None.
        questions: what is asked.
    """
    bank = Bank(base.model)
    bank.set_trunk(trunk)
    if own is not None:
        bank.add(own)
    try:
        trees = [_tree(own, one) for one in questions]
        return [value for few in chunks(trees, MOST_TOKENS) for value in _read(base, bank, few)]
    finally:
        bank.set_trunk(None)
        for name in bank.names:
            bank.remove(name)


def _tree(own: Slots | None, one: Question) -> Node:
    name = NOBODY if own is None else own.name
    reader = name if own is not None and own.awake[PREFIX] else None
    branch = Node((*one.invocation, *one.reference), len(one.invocation), name)
    return Node(one.prefix, specialist=reader, children=(branch,))


@torch.no_grad()
def _read(base: Base, bank: Bank, trees: Sequence[Node]) -> list[float]:
    packed = pack([trees], length=sum(tree.size_tokens for tree in trees), pad_id=base.end_id, prose_weight=0.0)
    losses = force(base, bank, packed).losses if bank.names else losses_alone(base, packed)
    answers = answer_numbers(packed)
    sums = torch.zeros(len(trees)).index_add(0, answers, losses.float().cpu())
    means: list[float] = torch.exp(-sums / torch.bincount(answers)).tolist()
    return means
