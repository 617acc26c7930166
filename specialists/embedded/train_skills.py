"""Train the embedded specialists on the embedded base: the trunk over all subtasks, then each subtask's own on top.

    python -m divisi.specialists.embedded.train_skills --data DATA --work .work/skills
    python -m divisi.specialists.embedded.train_skills --data DATA --work .work/umbrella --umbrella

The second command trains one adapter over all subtasks with as many parameters, on the same examples for as many
steps: the arm that the specialists are compared with. Both go on where a killed run stopped.
"""

import argparse
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from random import Random

import torch

from divisi.specialists.appraise import answer_loss
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.branches import data_hash, grow
from divisi.specialists.course import in_order
from divisi.specialists.embedded.library import Library, open_library
from divisi.specialists.fit import FitOptions, Progress, fit
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.pack import Node
from divisi.specialists.store import load_specialist, save_specialist
from divisi.tasks.calling.dialogue import Asked, examples
from divisi.tasks.catalog import CALLING
from divisi.tasks.example import Example
from divisi.tasks.generation.generate import Settings, generate

FOLDER = Path(__file__).with_name("skills")
TRUNK, UMBRELLA = "trunk", "umbrella"
RANK = 16
STORED = torch.bfloat16
"""Precision of the stored slots, as of the base: half the size; they play in the base's precision."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Course:
    """How much is trained.

    Attributes:
        requests: conversations of the public sets.
        groups: generated groups of conversations.
        held: held-back conversations of the public sets to appraise by, beside those written by hand.
        written_repeats: how often each conversation written by hand is read in an epoch.
        none_share: the most that conversations without a fitting tool may be of all; short and easy as they are, more
            of them teach a specialist to abstain.
        trunk_steps, own_steps: steps of the trunk, 0 to keep the one that is stored, and of the specialists together.
        rows, length: sequences of a step, and tokens of each.
        rate: the learning rate at its peak.
        focus: exponent of the focal loss.
    """

    requests: int = 1500
    groups: int = 700
    held: int = 200
    written_repeats: int = 1
    none_share: float = 0.12
    trunk_steps: int = 30
    own_steps: int = 140
    rows: int = 10
    length: int = 768
    rate: float = 2e-3
    focus: float = 1.0

    def options(self, steps: int, seed: int) -> FitOptions:
        """How so many steps of it go."""
        return FitOptions(rate=self.rate, steps=steps, rows=self.rows, length=self.length, focus=self.focus, seed=seed)


def gathered(library: Library, course: Course, *, seed: int) -> tuple[list[Example], list[Example]]:
    """The examples to train on, and those held back to appraise by."""
    random = Random(seed)
    written, others = parted(library.requests)
    made = islice(generate(library.entries, Settings(), Random(f"{seed}/generated")), course.groups)
    asked = [*islice(evenly(others, random), course.requests), *(one for group in made for one in group)]
    learned = fewer_none(asked, course.none_share) + written * course.written_repeats
    held_written, held_others = parted(library.held)
    return flattened(learned), flattened([*held_written, *islice(evenly(held_others, random), course.held)])


def parted(requests: Sequence[Asked]) -> tuple[list[Asked], list[Asked]]:
    """Those written by hand, and the others."""
    written = [asked for asked in requests if asked.source.startswith("written")]
    return written, [asked for asked in requests if not asked.source.startswith("written")]


def evenly(requests: Sequence[Asked], random: Random) -> list[Asked]:
    """Requests in an order in which every set and kind comes equally often until it is used up."""
    piles: dict[tuple[str, str], list[Asked]] = {}
    for asked in requests:
        piles.setdefault((asked.source.split("/")[0], asked.kind), []).append(asked)
    for pile in piles.values():
        random.shuffle(pile)
    return [
        pile[turn]
        for turn in range(max(map(len, piles.values()), default=0))
        for pile in piles.values()
        if turn < len(pile)
    ]


def fewer_none(requests: Sequence[Asked], share: float) -> list[Asked]:
    """The conversations without those of kind "none" that come after their share is full."""
    room = int(share / (1 - share) * sum(one.kind != "none" for one in requests))
    kept = []
    for one in requests:
        if one.kind == "none":
            room -= 1
        if one.kind != "none" or room >= 0:
            kept.append(one)
    return kept


def flattened(requests: Sequence[Asked]) -> list[Example]:
    """All examples of some conversations."""
    return [example for asked in requests for example in examples(asked)]


def train_skills(base: Base, library: Library, course: Course, work: Path, folder: Path, *, seed: int) -> None:
    """Train and store the trunk, then the specialists together in one mixed batch."""
    learned, held = gathered(library, course, seed=seed)
    bank = Bank(base.model)
    generator = torch.Generator().manual_seed(seed)
    own = {name: name for name in CALLING}
    trees = trees_of(base, learned, own, course)
    if course.trunk_steps:
        bank.set_trunk(lora_slots(base.model, TRUNK, LoraOptions(rank=RANK), generator=generator, kind=TRUNK))
        fit_slots(base, bank, trees, course.options(course.trunk_steps, seed), work / TRUNK)
        store_trunk(base, bank, trees, course, folder)
    trunk = load_specialist(folder / TRUNK, base)
    bank.set_trunk(trunk.slots)
    for name in CALLING:
        bank.add(lora_slots(base.model, name, LoraOptions(rank=RANK), generator=generator))
    fit_slots(base, bank, trees, course.options(course.own_steps, seed), work / "own")
    scores = appraised(base, bank, held, own, course)
    store_own(base, bank, trees, own, scores, trunk=trunk.card.version, folder=folder)


def store_trunk(base: Base, bank: Bank, trees: Sequence[Node], course: Course, folder: Path) -> None:
    """Store the trunk with the hash of all data."""
    assert bank.trunk is not None
    save_specialist(
        folder / TRUNK,
        bank.trunk,
        base=base,
        subtask=None,
        data_hash=data_hash(trees),
        metrics={"steps": course.trunk_steps},
        stored=STORED,
    )


def store_own(
    base: Base,
    bank: Bank,
    trees: Sequence[Node],
    names: Iterable[str],
    scores: Mapping[str, Mapping[str, float]],
    *,
    trunk: str,
    folder: Path,
) -> None:
    """Store the specialists of some subtasks that were trained beside a trunk, each with the hash of its own data."""
    for name in names:
        save_specialist(
            folder / name,
            bank.slots(name),
            base=base,
            subtask=name,
            data_hash=data_hash(trees, name),
            metrics=scores.get(name, {}),
            trunk=trunk,
            stored=STORED,
        )


def train_umbrella(base: Base, library: Library, course: Course, work: Path, folder: Path, *, seed: int) -> None:
    """Train and store one adapter over all subtasks, of the rank of trunk and specialists together."""
    learned, held = gathered(library, course, seed=seed)
    bank = Bank(base.model)
    all_one = dict.fromkeys(CALLING, UMBRELLA)
    options = LoraOptions(rank=RANK * (len(CALLING) + 1), alpha=2.0 * RANK * (len(CALLING) + 1))
    bank.add(lora_slots(base.model, UMBRELLA, options, generator=torch.Generator().manual_seed(seed)))
    trees = trees_of(base, learned, all_one, course)
    fit_slots(base, bank, trees, course.options(course.trunk_steps + course.own_steps, seed), work)
    scores = appraised(base, bank, held, all_one, course)
    save_specialist(
        folder / UMBRELLA,
        bank.slots(UMBRELLA),
        base=base,
        subtask=None,
        data_hash=data_hash(trees),
        metrics=scores[UMBRELLA],
        stored=STORED,
    )


def trees_of(base: Base, learned: Sequence[Example], specialists: dict[str, str], course: Course) -> tuple[Node, ...]:
    forest = grow(base, learned, specialists=specialists, length=course.length)
    log.info("event=grown examples=%d trees=%d omitted=%d", len(learned), len(forest.trees), len(forest.omitted))
    return forest.trees


def fit_slots(base: Base, bank: Bank, trees: Sequence[Node], options: FitOptions, work: Path) -> None:
    fit(base, bank, trees, options, folder=work, report=_report)


def _report(progress: Progress) -> None:
    if progress.step % 10 == 0 or progress.step == progress.steps:
        losses = " ".join(f"{name}={loss:.3f}" for name, loss in progress.losses.items())
        log.info(
            "event=fit step=%d of=%d tokens=%d tokens_per_s=%.0f %s",
            progress.step, progress.steps, progress.tokens, progress.tokens_per_s, losses,
        )  # fmt: skip


def appraised(
    base: Base, bank: Bank, held: Sequence[Example], specialists: dict[str, str], course: Course
) -> dict[str, dict[str, float]]:
    trees = grow(base, held, specialists=specialists, length=course.length).trees
    batches = in_order(trees, rows=course.rows, length=course.length, pad_id=base.end_id)
    return {name: asdict(appraisal) for name, appraisal in answer_loss(base, bank, batches).items()}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Train the embedded specialists, resumable.")
    parser.add_argument("--data", type=Path, required=True, help="folder with text, tools, calling, written")
    parser.add_argument("--work", type=Path, required=True, help="folder of the checkpoints")
    parser.add_argument("--base", type=Path, default=Path(__file__).with_name("base"))
    parser.add_argument(
        "--folder", type=Path, help="where they are written: the package, or the working folder of --umbrella"
    )
    parser.add_argument("--umbrella", action="store_true", help="one adapter over all subtasks, to compare with")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trunk-steps", type=int, default=Course().trunk_steps)
    parser.add_argument("--own-steps", type=int, default=Course().own_steps)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    course = Course(trunk_steps=options.trunk_steps, own_steps=options.own_steps)
    base = Base.load(options.base, device="cuda" if torch.cuda.is_available() else "cpu")
    train = train_umbrella if options.umbrella else train_skills
    folder = options.folder or (options.work if options.umbrella else FOLDER)
    train(base, open_library(options.data), course, options.work, folder, seed=options.seed)


if __name__ == "__main__":
    main()
