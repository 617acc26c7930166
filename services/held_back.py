"""What the commands share that ask held-back conversations and keep what they find with the probe."""

import argparse
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from divisi.router.probe import Probe
from divisi.services.config import Config
from divisi.services.errors import LoadError
from divisi.services.loading import EMBEDDED, load_section
from divisi.services.section import Section
from divisi.specialists.embedded.fit_need import fits
from divisi.specialists.embedded.library import open_library
from divisi.specialists.embedded.train_skills import evenly, parted
from divisi.tasks.calling.dialogue import Asked

TOGETHER = 32
"""Rows that are played in one batch."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What a command works on.

    Attributes:
        section: plays.
        probe: the section's.
        folder: where the probe's files are.
        asked: conversations that nothing was trained on.
    """

    section: Section
    probe: Probe
    folder: Path
    asked: Sequence[Asked]


def read_options(description: str, *, count: int) -> HeldBack:
    """What the command line asks for; the command ends with what to do where it cannot be loaded.

    Args:
        description: of the command.
        count: of conversations, where the command line does not say.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder with text, tools, calling, written")
    parser.add_argument("--base", type=Path, help="the embedded base by default")
    parser.add_argument("--specialists", type=Path, help="a folder of specialists' folders")
    parser.add_argument("--folder", type=Path, default=EMBEDDED, help="where the probe's two files are")
    parser.add_argument("--count", type=int, default=count, help="conversations")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    roots = None if options.specialists is None else (options.specialists,)
    base = None if options.base is None else str(options.base)
    try:
        section = load_section(Config(base=base, specialists=roots, probe=options.folder, most_rows=TOGETHER))
    except LoadError as error:
        parser.error(f"{error}; a probe is fitted with python -m divisi.services.probing")
    assert section.probe is not None  # its folder was given
    held = drawn(open_library(options.data).held, options.count, options.seed)
    return HeldBack(section, section.probe, options.folder, held)


def drawn(held: Sequence[Asked], count: int, seed: int) -> list[Asked]:
    """So many held-back conversations of few turns, two of three written by hand, the others of all sets and kinds."""
    random = Random(seed)
    written, others = parted([asked for asked in held if fits(asked)])
    chosen = random.sample(written, min(count * 2 // 3, len(written)))
    return [*chosen, *islice(evenly(others, random), count - len(chosen))]
