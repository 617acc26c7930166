"""Fit how probable it is that a request needs a tool (tasks/calling/need_net.py) on requests of the training data.

    python -m divisi.specialists.embedded.fit_need --data DATA

Takes half an hour on one core: several networks, most of them without one fold of the groups. Requests weigh the same
however many tools they are offered; some are also offered other tools than they were.
"""

import logging
from collections.abc import Mapping, Sequence
from itertools import islice
from random import Random

import numpy as np
import torch

from divisi.specialists.embedded.fit_members import fit_averaged, fold_of, in_batches, write_members
from divisi.specialists.embedded.fitting import fit_parser
from divisi.specialists.embedded.library import open_library
from divisi.specialists.embedded.near_misses import needed_names, variants
from divisi.specialists.embedded.need_layers import NeedNet, Posed, requests_of
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.likeness import user_texts
from divisi.tasks.calling.members import key_of
from divisi.tasks.calling.need import seen
from divisi.tasks.calling.need_net import FILE
from divisi.tasks.calling.told import name_of

DRAWN: Mapping[str, tuple[int, float]] = {
    "written": (6000, 1.0),
    "seal_tools": (1000, 2.0),
    "metatool": (2000, 0.7),
    "glaive": (300, 1.0),
    "api_bank": (300, 1.0),
    "snips": (300, 0.5),
    "hwu64": (400, 0.5),
}
"""Set -> how many requests at most, and how much each weighs; those for several things are few, and weigh more."""
KINDS = ("single", "parallel", "chain", "nested", "none", "missing")
TURNS_MOST = 2
"""Of the user: what is asked in a longer talk stands in several messages."""
CHANGED_SHARE, CHANGED_WEIGHT = 0.4, 0.6
"""Of the requests that are also offered other tools, and how much they then weigh."""
FOLDS, WHOLE = 3, 2
"""Members that leave out a fold each, and those that leave out nothing."""
EPOCHS, AVERAGED, RATE = 3, 2, 2e-3
BATCH = 4000
"""Tools times pieces of the requests of a step."""
log = logging.getLogger(__name__)


def drawn(requests: Sequence[Asked], seed: int) -> list[tuple[Asked, float]]:
    """Requests to fit on, with their weights."""
    random = Random(seed)
    chosen: list[tuple[Asked, float]] = []
    for name, (most, weight) in DRAWN.items():
        pile = [asked for asked in requests if asked.source.split("/")[0] == name and fits(asked)]
        chosen += ((asked, weight) for asked in random.sample(pile, min(most, len(pile))))
    others = list({name_of(tool): tool for asked, _ in chosen for tool in asked.tools}.values())
    changed = [
        (variant, weight * CHANGED_WEIGHT)
        for asked, weight in chosen
        if random.random() < CHANGED_SHARE
        for variant in islice(variants(asked, others, random), 1, None)
    ]
    return [*chosen, *changed]


def fits(asked: Asked) -> bool:
    """Whether a conversation asks, in few turns, and offers a choice."""
    return asked.kind in KINDS and len(asked.tools) > 1 and len(user_texts(asked.messages)) <= TURNS_MOST


def needed(asked: Asked) -> np.ndarray:
    """1 for each tool that a conversation needs, else 0; float64 [tools]."""
    names = needed_names(asked)
    return np.array([float(tool["function"]["name"] in names) for tool in asked.tools])


def posed(asked: Asked, weight: float = 1.0) -> Posed:
    """A conversation as the networks see it."""
    return Posed(*seen(asked.messages, asked.tools), needed(asked), weight)


def fit(asked: Sequence[Posed], seed: int) -> NeedNet:
    """Weights that make probable which tools are needed."""
    torch.manual_seed(seed)
    random, net = Random(seed), NeedNet(asked)
    return fit_averaged(
        net,
        lambda: batches(asked, random),
        lambda some: net.loss(requests_of(some)),
        epochs=EPOCHS,
        averaged=AVERAGED,
        rate=RATE,
    )


def batches(asked: Sequence[Posed], random: Random) -> list[list[Posed]]:
    """Requests of about the same size beside each other, in random order."""
    return in_batches(asked, lambda one: one.size, _cost, BATCH, random)


def _cost(together: Sequence[Posed]) -> int:
    tools, pieces = (max(sizes) for sizes in zip(*(each.sight.pieces.shape[:2] for each in together), strict=True))
    return len(together) * int(tools * pieces)


def fit_members(chosen: Sequence[tuple[Asked, Posed]], seed: int) -> list[NeedNet]:
    """Networks of all folds but one each, then of all."""
    members = []
    for place in range(FOLDS + WHOLE):
        known = [one for asked, one in chosen if fold_of(asked, FOLDS) != place]
        log.info("event=fit_need member=%d requests=%d", place, len(known))
        members.append(fit(known, seed + place))
    return members


def main() -> None:
    """The command."""
    options = fit_parser("Fit how probable it is that a request needs a tool.").parse_args()
    chosen = drawn(open_library(options.data).requests, options.seed)
    pairs = [(asked, one) for asked, weight in chosen if (one := posed(asked, weight)).size]
    members = fit_members(pairs, options.seed)
    write_members(members, {key_of(one.reading.text): fold_of(asked, FOLDS) for asked, one in pairs}, FILE)


if __name__ == "__main__":
    main()
