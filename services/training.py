"""Training specialists from JSON lines: one mixed batch, one specialist for each subtask, stored beside each other."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from divisi.services.config import Config
from divisi.services.errors import ConfigError, LoadError
from divisi.services.loading import find_cards, find_trunk, load_base, places
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.branches import Omitted, data_hash, grow
from divisi.specialists.card import Card
from divisi.specialists.errors import SpecialistError
from divisi.specialists.fit import FitOptions, Progress, fit
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.machine import chance
from divisi.specialists.pack import Node
from divisi.specialists.store import load_specialist, save_specialist
from divisi.tasks.example import Example, read_examples
from divisi.tasks.subtask import TaskError

WORK = ".training"


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training brought.

    Attributes:
        cards: by the folder of each specialist.
        omitted: examples that could not be trained on.
        progress: the last step's.
    """

    cards: Mapping[Path, Card]
    omitted: Sequence[Omitted]
    progress: Progress


def train(
    config: Config,
    files: Sequence[Path],
    folder: Path,
    *,
    name: str | None = None,
    slots: LoraOptions,
    options: FitOptions,
    report: Callable[[Progress], None],
) -> Trained:
    """Train a specialist for each subtask of some examples, and store them in a folder.

    A training that was killed goes on where its last checkpoint stands, when it is started again in the same way.

    Args:
        config: says which base; a trunk among its specialists plays beside the new ones, and stays as it is.
        files: examples as JSON lines.
        folder: gets one folder for each specialist; one of the same name is replaced.
        name: of the specialist, where there is one subtask; by default its subtask's.
        slots: how large each specialist is.
        options: how the training goes.
        report: told after each step.

    Raises:
        ConfigError: no examples, or a name for several subtasks.
        LoadError: the base or an example cannot be used, or training cannot go on; the message says why.
    """
    try:
        examples = read_all(files)
        names = name_specialists(examples, name)
        base = load_base(config)
        bank = Bank(base.model)
        beside = add_trunk(config, base, bank)
        generator = chance(options.seed)
        for specialist in names.values():
            bank.add(lora_slots(base.model, specialist, slots, generator=generator))
        forest = grow(base, examples, specialists=names, length=options.length)
        progress = fit(base, bank, forest.trees, options, folder=folder / WORK, report=report)
        metrics = {
            subtask: first_metrics(subtask, examples, progress.losses.get(specialist))
            for subtask, specialist in names.items()
        }
        cards = stored(bank, names, folder, base=base, trees=forest.trees, metrics=metrics, trunk=beside)
    except (SpecialistError, TaskError) as error:
        raise LoadError(str(error)) from error
    shutil.rmtree(folder / WORK, ignore_errors=True)
    return Trained(cards, forest.omitted, progress)


def stored(
    bank: Bank,
    names: Mapping[str, str],
    folder: Path,
    *,
    base: Base,
    trees: Sequence[Node],
    metrics: Mapping[str, Mapping[str, float]],
    trunk: str | None,
) -> dict[Path, Card]:
    """Store the trained specialists, each in a folder of its own; returns their cards by these folders."""
    return {
        folder / specialist: save_specialist(
            folder / specialist,
            bank.slots(specialist).frozen(),
            base=base,
            subtask=subtask,
            data_hash=data_hash(trees, specialist),
            metrics=metrics[subtask],
            trunk=trunk,
        )
        for subtask, specialist in names.items()
    }


def read_all(files: Iterable[Path]) -> tuple[Example, ...]:
    """The examples of some files.

    Raises:
        ConfigError: a file cannot be read, or there are none.
        ExampleError: a line is not an example.
    """
    try:
        examples = tuple(example for file in files for example in read_examples(file))
    except OSError as error:
        raise ConfigError(f"{error.filename} cannot be read: {error.strerror}") from error
    if not examples:
        raise ConfigError("there are no examples; give files with one JSON object a line")
    return examples


def name_specialists(examples: Iterable[Example], name: str | None) -> dict[str, str]:
    """Subtask -> the specialist that is trained on it, in the order in which they come.

    Raises:
        ConfigError: one name for several subtasks.
    """
    subtasks = list(dict.fromkeys(example.subtask for example in examples))
    if name is not None and len(subtasks) > 1:
        raise ConfigError(f"one name for several subtasks ({', '.join(subtasks)}); leave the name out, or train one")
    return {subtask: name or subtask for subtask in subtasks}


def add_trunk(config: Config, base: Base, bank: Bank) -> str | None:
    """Let the trunk that the settings have play beside; returns its version."""
    cards = find_cards(places(config).specialists)
    trunk = find_trunk(cards)
    if trunk is None:
        return None
    bank.set_trunk(load_specialist(trunk, base).slots)
    return cards[trunk].version


def first_metrics(subtask: str, examples: Sequence[Example], loss: float | None) -> dict[str, float]:
    """What is known of a specialist before it is evaluated."""
    count = sum(example.subtask == subtask for example in examples)
    return {"examples": float(count), **({} if loss is None else {"training_loss": loss})}
