"""Fitting the router's probe on a base: the hidden states of labelled conversations learn to tell plans apart.

python -m divisi.services.probing --data DATA
"""

import argparse
import logging
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from divisi.router.calibrate import Chances, fit_probe
from divisi.router.probe import Probe
from divisi.router.rules import Kind
from divisi.services.conduct import seen, told_chances
from divisi.services.loading import EMBEDDED, save_probe
from divisi.specialists.attention import install
from divisi.specialists.base import Base
from divisi.specialists.embedded.library import Library, open_library
from divisi.specialists.embedded.train_skills import evenly, parted
from divisi.specialists.prefix import read_prefix
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.generation.generate import Settings, generate

LONGEST_TOKENS = 1024
log = logging.getLogger(__name__)


def kind_of(asked: Asked) -> Kind:
    """The kind of plan that answers a conversation: a missing value is found by the plan for one call.

    A further call is "continue" only behind a result: where the user speaks last, form asks for a plan of calls.
    """
    match asked.kind:
        case "missing":
            return "single"
        case "continue" if asked.messages[-1]["role"] != "tool":
            return "single"
        case "done":
            return "reply"
        case kind:
            return kind


def labelled(library: Library, *, count: int, seed: int) -> tuple[list[Asked], list[Asked]]:
    """Conversations to fit on, and held-back ones to calibrate on; two of three that are not generated are by hand.

    A quarter of those to fit on is generated.
    """
    random = Random(seed)
    made = (one for group in generate(library.entries, Settings(), random) for one in group)
    learned = [*_mixed(library.requests, count * 3 // 4, random), *islice(made, count // 4)]
    return learned, _mixed(library.held, count // 2, random)


def _mixed(requests: Sequence[Asked], count: int, random: Random) -> list[Asked]:
    """So many conversations, two of three written by hand, the others of all public sets and kinds."""
    written, public = parted(requests)
    random.shuffle(written)
    return [*written[: count * 2 // 3], *islice(evenly(public, random), count // 3)]


def features(base: Base, requests: Sequence[Asked]) -> tuple[NDArray[np.float32], list[Kind], list[Chances]]:
    """What the probe sees, float32 [requests that are short enough, features], their kinds, what code says of them."""
    install(base.model)
    rows, kinds = [], []
    told: list[Chances] = []
    for number, asked in enumerate(requests):
        ids = base.prefix_ids(asked.messages, asked.tools)
        if len(ids) > LONGEST_TOKENS:
            continue
        prefix = read_prefix(base.model, ids, fingerprint=base.fingerprint)
        rows.append(seen(prefix.features, asked.messages, asked.tools))
        kinds.append(kind_of(asked))
        told.append(told_chances(asked.messages, asked.tools))
        if number % 500 == 0:
            log.info("event=read requests=%d of=%d", number, len(requests))
    return np.stack(rows), kinds, told


def probe_for(base: Base, library: Library, *, count: int, calls_kept: float, seed: int) -> Probe:
    """A probe for a base: fitted, calibrated, with its threshold set on conversations that it was not fitted on."""
    learned, held = labelled(library, count=count, seed=seed)
    x, labels, _ = features(base, learned)
    held_x, held_labels, held_chances = features(base, held)
    return fit_probe(
        x,
        labels,
        calibration_features=held_x,
        calibration_labels=held_labels,
        calibration_chances=held_chances,
        base_fingerprint=base.fingerprint,
        calls_kept=calls_kept,
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Fit the router's probe on a base.")
    parser.add_argument("--data", type=Path, required=True, help="folder with text, tools, calling, written")
    parser.add_argument("--base", type=Path, default=EMBEDDED / "base")
    parser.add_argument("--folder", type=Path, default=EMBEDDED, help="where the probe's two files are written")
    parser.add_argument("--count", type=int, default=6000, help="conversations")
    parser.add_argument("--calls-kept", type=float, default=0.93, help="share of calls that must not be turned away")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    base = Base.load(options.base)
    library = open_library(options.data)
    probe = probe_for(base, library, count=options.count, calls_kept=options.calls_kept, seed=options.seed)
    save_probe(options.folder, probe)
    log.info("event=probe %s", " ".join(f"{name}={value:.3f}" for name, value in probe.metrics.items()))


if __name__ == "__main__":
    main()
