"""How networks come about that have each left out a part of the texts (tasks/calling/members.py)."""

import logging
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.members import KEYS, LEFT_OUT

DECAY, WARM, STEEPEST = 3e-2, 50, 1.0
log = logging.getLogger(__name__)
Net = TypeVar("Net", bound=nn.Module)
Some = TypeVar("Some")


def fit_averaged(
    net: Net,
    batches: Callable[[], Sequence[Some]],
    loss_of: Callable[[Some], Tensor],
    *,
    epochs: int,
    averaged: int,
    rate: float,
) -> Net:
    """A network whose weights are the mean of those after each of its last epochs, ready to be asked.

    Args:
        net: with the weights that it begins with.
        batches: those of an epoch, in an order of its own each time.
        loss_of: the loss of one.
        epochs, averaged: how many, and how many of the last count.
        rate: of learning, the highest.
    """
    kept: list[dict[str, Tensor]] = []
    adam = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=DECAY)
    steps = epochs * len(batches())
    slower = torch.optim.lr_scheduler.LambdaLR(
        adam, lambda step: min(1.0, step / WARM, max(0.02, 1.3 * (1 - step / steps)))
    )
    net.train()
    for epoch in range(epochs):
        found = []
        for batch in batches():
            loss = loss_of(batch)
            adam.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(net.parameters(), STEEPEST)
            adam.step()
            slower.step()
            found.append(loss.item())
        log.info("event=fit epoch=%d loss=%.3f", epoch, sum(found) / len(found))
        if epoch >= epochs - averaged:
            kept.append({name: weight.clone() for name, weight in net.state_dict().items()})
    net.load_state_dict({name: torch.stack([one[name] for one in kept]).mean(0) for name in kept[0]})
    return net.eval()


def in_batches(
    asked: Sequence[Some], size: Callable[[Some], int], cost: Callable[[Sequence[Some]], int], most: int, random: Random
) -> list[list[Some]]:
    """Cases of about the same size beside each other, in random order.

    Args:
        asked: the cases.
        size: of one.
        cost: of several that are padded to each other.
        most: that a batch of two or more may cost.
        random: changes order and neighbours a little each time.
    """
    order = sorted(asked, key=lambda one: size(one) * random.uniform(1, 1.3))
    found: list[list[Some]] = [[]]
    for one in order:
        if found[-1] and cost([*found[-1], one]) > most:
            found.append([one])
        else:
            found[-1].append(one)
    random.shuffle(found)
    return found


def fold_of(asked: Asked, folds: int) -> int:
    """Which member leaves a request out; all of a group, so that it has seen none of their tools."""
    return zlib.crc32((asked.group or asked.id).encode()) % folds


def write_members(members: Sequence[nn.Module], left_out: Mapping[int, int], path: Path) -> None:
    """Write networks as tasks/calling/members.py reads them.

    Args:
        members: of one kind.
        left_out: key of each text that they were fitted on -> the member that has left it out.
        path: the file.
    """
    states = [member.state_dict() for member in members]
    tensors = {name: torch.stack([one[name] for one in states]).half().contiguous() for name in states[0]}
    keys = torch.tensor(sorted(left_out), dtype=torch.int64)
    folds = torch.tensor([left_out[key] for key in keys.tolist()], dtype=torch.uint8)
    save_file({**tensors, KEYS: keys, LEFT_OUT: folds}, path)
