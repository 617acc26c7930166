"""Training specialists from one's own data: one mixed batch, one specialist for each subtask, judged by the gate."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from divisi.services.acceptance import Finding, admit, own_test
from divisi.services.beside import playing
from divisi.services.config import Config
from divisi.services.errors import ConfigError
from divisi.services.examining import manner_of
from divisi.services.loading import TRUNK, find_played, find_trunk, load_base
from divisi.services.own_data import read_own
from divisi.services.residents import find_residents, without
from divisi.services.rewarding import Manner, learn_by_rewards
from divisi.services.splits import TEST, held
from divisi.services.stopping import named
from divisi.services.training_plan import Rewards
from divisi.specialists.awake import PREFIX
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.branches import Omitted, apart, data_hash, grow
from divisi.specialists.card import Card
from divisi.specialists.fit import FitOptions, Progress, fit
from divisi.specialists.machine import chance
from divisi.specialists.pack import Node
from divisi.specialists.slots import Slots
from divisi.specialists.store import KINDS, find_kind, load_specialist, save_specialist
from divisi.tasks.example import Example, read_examples

WORK = ".training"
HELD_SHARE = 0.1
SPECIALIST_KINDS = tuple(kind for kind in KINDS if kind != TRUNK)


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training brought.

    Attributes:
        cards: by the folder of each specialist, in its place or kept aside.
        findings: what the gate said of each.
        omitted: examples that could not be trained on.
        progress: the last step's.
    """

    cards: Mapping[Path, Card]
    findings: Sequence[Finding]
    omitted: Sequence[Omitted]
    progress: Progress


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be trained, and how.

    Attributes:
        subtask: which, where the data has several; None is all.
        name: of the specialist, where there is one subtask; by default its subtask's.
        kind: of the specialists: a key of store.KINDS, but no trunk.
        rank: how large each specialist is; None is its kind's own default.
        options: how true answers are learned.
        rewards: how rewards are learned by, after that.
        held_share: of the examples that are held back for the gate.
    """

    subtask: str | None = None
    name: str | None = None
    kind: str = "lora"
    rank: int | None = None
    options: FitOptions = FitOptions()  # noqa: RUF009
    rewards: Rewards = Rewards()  # noqa: RUF009
    held_share: float = HELD_SHARE


@dataclass(frozen=True, slots=True)
class _Lesson:
    """What is taught to whom.

    Attributes:
        wish: how.
        base: frozen.
        examples: without those that anyone will be judged by.
        names: subtask -> the specialist that learns it.
        work: for checkpoints, and for what is trained until it is judged.
    """

    wish: Wish
    base: Base
    examples: Sequence[Example]
    names: Mapping[str, str]
    work: Path


def train(
    config: Config, sources: Sequence[Path | str], folder: Path, wish: Wish, *, report: Callable[[Progress], None]
) -> Trained:
    """Train a specialist for each subtask of some examples, and store those in a folder that are not worse than before.

    A training that was killed goes on where its last checkpoint stands, when it is started again in the same way.

    Args:
        config: says which base; a trunk among its specialists plays beside the new ones, and stays as it is.
        sources: JSON lines with examples or conversations, or data sets of the hub; see own_data.
        folder: gets one folder for each specialist; one of the same name is replaced by a better one.
        wish: what is trained, and how.
        report: told after each step.

    Raises:
        ConfigError: a name for several subtasks, or a kind that no specialist is of.
        DataError: a line cannot be used, or there are none.
        LoadError: the base cannot be used.
        StoppedError: training cannot go on; the message says why.
    """
    refuse_kind(wish.kind)
    every = read_own(list(map(str, sources)), subtask=wish.subtask).examples
    examples, test = held(every, share=wish.held_share, salt=TEST)
    names = name_specialists(examples, wish.name)
    base = load_base(config)
    residents = find_residents(config, folder, names.values(), base)
    examples = without(examples, [one for resident in residents.values() for one in own_test(resident)])
    lesson = _Lesson(wish, base, examples, names, folder / WORK)
    with named("training", folder / WORK):
        new, omitted, progress = _taught(config, lesson, report)
        judged = _judged(config, base, new, folder, residents=residents, test=test)
    shutil.rmtree(folder / WORK, ignore_errors=True)
    cards = {place: card for (_, place), card in zip(judged, new.values(), strict=True)}
    return Trained(cards, [finding for finding, _ in judged], omitted, progress)


def _taught(
    config: Config, lesson: _Lesson, report: Callable[[Progress], None]
) -> tuple[Mapping[Path, Card], Sequence[Omitted], Progress]:
    """The new specialists by their folders, not judged yet; what was omitted, and the last step of true answers."""
    base, names, wish = lesson.base, lesson.names, lesson.wish
    kind, options = find_kind(wish.kind), wish.options
    trunk, beside = _trunk(config, base)
    generator = chance(options.seed)
    begun = [kind.new(base, one, wish.rank, generator) for one in names.values()]
    forest = grow(base, lesson.examples, specialists=names, length=options.length)
    readers = names.values() if kind.awake[PREFIX] else ()
    trees = apart(forest.trees, tuple(readers))
    with playing(base, trunk, *begun) as bank:
        progress = fit(base, bank, trees, options, folder=lesson.work, report=report)
        if wish.rewards.steps:
            _reward(lesson, bank, report)
        metrics = {
            subtask: first_metrics(subtask, lesson.examples, progress.losses.get(specialist))
            for subtask, specialist in names.items()
        }
        new = stored(bank, names, lesson.work / "new", base=base, trees=trees, metrics=metrics, trunk=beside)
    return new, forest.omitted, progress


def _reward(lesson: _Lesson, bank: Bank, report: Callable[[Progress], None]) -> None:
    wish, options = lesson.wish, lesson.wish.options
    learn_by_rewards(
        lesson.base,
        bank,
        lesson.examples,
        lesson.names,
        rewards=wish.rewards,
        manner=Manner(find_kind(wish.kind).rate, options.length, options.seed, options.checkpoint_s),
        folder=lesson.work / "rewards",
        report=report,
    )


def _judged(
    config: Config,
    base: Base,
    new: Mapping[Path, Card],
    folder: Path,
    *,
    residents: Mapping[str, Path],
    test: Sequence[Example],
) -> list[tuple[Finding, Path]]:
    """What the gate says of each new specialist, and where that is now."""
    trunk = find_trunk(find_played(config))
    return [
        admit(
            base,
            path,
            folder,
            card.name,
            resident=residents.get(card.name),
            trunk=trunk,
            test=[one for one in test if one.subtask == card.subtask],
            manner=manner_of(config),
        )
        for path, card in new.items()
    ]


def refuse_kind(kind: str) -> None:
    """Refuse a kind of which no specialist can be trained.

    Raises:
        ConfigError: it is unknown, or the trunk's.
    """
    if kind not in SPECIALIST_KINDS:
        raise ConfigError(f"no specialist is of the kind {kind!r}; there are {', '.join(SPECIALIST_KINDS)}")


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


def _trunk(config: Config, base: Base) -> tuple[Slots | None, str | None]:
    """The trunk that the settings have play beside, and its version."""
    cards = find_played(config)
    trunk = find_trunk(cards)
    if trunk is None:
        return None, None
    return load_specialist(trunk, base).slots, cards[trunk].version


def first_metrics(subtask: str, examples: Sequence[Example], loss: float | None) -> dict[str, float]:
    """What is known of a specialist before it is evaluated."""
    count = sum(example.subtask == subtask for example in examples)
    return {"examples": float(count), **({} if loss is None else {"training_loss": loss})}
