"""Train the embedded specialists of forecasting on the embedded base and its trunk: context, macro, micro, synthesis.

    python -m divisi.services.forecasting.hindsight --out .work/hindsight.jsonl
    python -m divisi.specialists.embedded.train_forecasters --data DATA --hindsight .work/hindsight.jsonl \\
        --work .work/forecasters

It goes on where a killed run stopped.
"""

import argparse
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import torch

from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.embedded.train_skills import (
    FOLDER,
    RANK,
    TRUNK,
    Course,
    appraised,
    fit_slots,
    store_own,
    trees_of,
)
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.store import load_specialist
from divisi.tasks.catalog import FORECASTING
from divisi.tasks.example import Example, in_share, read_examples
from divisi.tasks.forecasting.generate import Told, generate_training, synthesis_example
from divisi.tasks.forecasting.ground import public_sources
from divisi.tasks.forecasting.misread import misread_example
from divisi.tasks.forecasting.read_effects import read_training

HELD_SHARE = 0.05
HELD_SALT = "divisi/forecasters"
TRUE_SHARE = 0.5
"""The share of texts with effects whose true ones, some of them misread on purpose, are put before the last look."""
LONGEST = 1280
"""Tokens of a sequence: card, text and four effects."""


@dataclass(frozen=True, slots=True)
class Reads:
    """How much is read.

    Attributes:
        generated: texts made by the generator.
        written_repeats: how often each text written by hand is read in an epoch.
        windows: of real series, for macro and micro.
    """

    generated: int = 1600
    written_repeats: int = 3
    windows: int = 500


def gathered(data: Path, hindsight: Path, reads: Reads, *, seed: int) -> tuple[list[Example], list[Example]]:
    """The examples to train on, and those held back to appraise by, parted by series and domain."""
    random = Random(seed)
    made = list(islice(generate_training(tuple(public_sources()), Random(f"{seed}/forecasters")), reads.generated))
    texts = [example for told in made for example in all_of(told, random)]
    views = list(read_examples(hindsight))[: 2 * reads.windows]
    written = list(read_training(data))
    learned = [one for one in [*texts, *views] if not is_held(one)]
    held = [one for one in [*texts, *views] if is_held(one)]
    learned += [one for text in written if not is_held(text) for one in with_misread(text)] * reads.written_repeats
    return learned, held + [one for text in written if is_held(text) for one in with_misread(text)]


def all_of(told: Told, random: Random) -> list[Example]:
    """A text as an example of context, and of synthesis where there are effects or something is read as one."""
    found = with_misread(told.example)
    if told.example.target["effects"] and random.random() < TRUE_SHARE:
        found.append(synthesis_example(told, random))
    return found


def with_misread(example: Example) -> list[Example]:
    """An example of context, and that of synthesis about what code reads of its text."""
    misread = misread_example(example)
    return [example] if misread is None else [example, misread]


def is_held(example: Example) -> bool:
    """Whether an example's series or domain is held back."""
    return in_share(example.group, share=HELD_SHARE, salt=HELD_SALT)


def train_forecasters(
    base: Base,
    learned: Sequence[Example],
    held: Sequence[Example],
    course: Course,
    *,
    work: Path,
    folder: Path,
    seed: int,
) -> None:
    """Train the four together in one mixed batch, on the trunk of the folder, and store them there."""
    bank = Bank(base.model)
    trunk = load_specialist(folder / TRUNK, base)
    bank.set_trunk(trunk.slots)
    generator = torch.Generator().manual_seed(seed)
    for name in FORECASTING:
        bank.add(lora_slots(base.model, name, LoraOptions(rank=RANK), generator=generator))
    own = {name: name for name in FORECASTING}
    trees = trees_of(base, learned, own, course)
    fit_slots(base, bank, trees, course.options(course.own_steps, seed), work)
    scores = appraised(base, bank, held, own, course)
    store_own(base, bank, trees, own, scores, trunk=trunk.card.version, folder=folder)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Train the embedded specialists of forecasting, resumable.")
    parser.add_argument("--data", type=Path, required=True, help="folder with written")
    parser.add_argument("--hindsight", type=Path, required=True, help="examples of macro and micro")
    parser.add_argument("--work", type=Path, required=True, help="folder of the checkpoints")
    parser.add_argument("--base", type=Path, default=Path(__file__).with_name("base"))
    parser.add_argument("--folder", type=Path, default=FOLDER, help="that holds the trunk; they are written beside it")
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    course = Course(own_steps=options.steps, rows=6, length=LONGEST)
    base = Base.load(options.base, device="cuda" if torch.cuda.is_available() else "cpu")
    learned, held = gathered(options.data, options.hindsight, Reads(), seed=options.seed)
    train_forecasters(base, learned, held, course, work=options.work, folder=options.folder, seed=options.seed)


if __name__ == "__main__":
    main()
