"""Importing: what PEFT or pyreft has trained becomes a specialist in safetensors, if it passes the gate.

PEFT's folder: adapter_config.json and adapter_model.safetensors, an aLoRA, or a plain LoRA where it is asked for as
`lora_everywhere`. pyreft's folder: config.json and intkey_*.bin, read without running any code in them.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from divisi.services.acceptance import Finding, admit
from divisi.services.config import Config
from divisi.services.errors import ConfigError
from divisi.services.examining import manner_of
from divisi.services.loading import find_cards, find_trunk, load_base, places
from divisi.services.own_data import read_own
from divisi.services.residents import find_residents
from divisi.services.stopping import named
from divisi.specialists.base import Base
from divisi.specialists.pyreft_file import import_pyreft
from divisi.specialists.slots import Slots
from divisi.specialists.store import CONFIG, import_peft, save_specialist
from divisi.tasks.catalog import SUBTASKS

WORK = ".importing"
KINDS_OF = {"PEFT": ("lora", "lora_everywhere"), "pyreft": ("loreft",)}
"""Program -> the kinds that its folders can become; the first by default."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """As what something is imported.

    Attributes:
        subtask: that it was trained for; nothing in its files says so.
        name: of the specialist; its subtask's by default.
        kind: one that its program's folders can become; the first of them by default.
        test: JSON lines or data sets of the hub; the gate compares on them.
    """

    subtask: str
    name: str | None = None
    kind: str | None = None
    test: tuple[str, ...] = ()


def import_specialist(config: Config, theirs: Path, folder: Path, wanted: Wanted) -> tuple[Finding, Path]:
    """Store what another program has trained as a specialist, in its place or aside, as the gate says.

    Args:
        config: says which base; that it was trained on this one is taken on trust, but for shapes.
        theirs: the folder that was written.
        folder: gets one folder for it.
        wanted: as what.

    Returns:
        What the gate says, and where it is.

    Raises:
        ConfigError: an unknown subtask or kind, a folder of no program that we know, or a trunk where it would play.
        DataError: a line of the test cannot be used.
        LoadError: the base cannot be used.
        SpecialistError: it cannot be read, or does not fit the base.
        StoppedError: it cannot be stored or examined; the message says why.
    """
    kind, name = _kind(theirs, wanted), wanted.name or wanted.subtask
    _refuse_trunk(config, folder)
    test = read_own(wanted.test, subtask=wanted.subtask).examples if wanted.test else ()
    base = load_base(config)
    resident = find_residents(config, folder, [name], base).get(name)
    new = folder / WORK / name
    slots = _slots(theirs, base, name, wanted.subtask, kind)
    with named(f"importing {theirs}", folder / WORK):
        save_specialist(new, slots.frozen(), base=base, subtask=wanted.subtask, data_hash=None, metrics={})
        told = admit(base, new, folder, name, resident=resident, trunk=None, test=test, manner=manner_of(config))
    shutil.rmtree(folder / WORK, ignore_errors=True)
    return told


def _kind(theirs: Path, wanted: Wanted) -> str:
    if wanted.subtask not in SUBTASKS:
        raise ConfigError(f"no subtask is called {wanted.subtask!r}; there are {', '.join(SUBTASKS)}")
    kinds: Sequence[str] = KINDS_OF[_program(theirs)]
    kind = wanted.kind or kinds[0]
    if kind not in kinds:
        raise ConfigError(
            f"{theirs} was written by {_program(theirs)} and cannot become {kind}, but {', '.join(kinds)}"
        )
    return kind


def _program(theirs: Path) -> str:
    """Who has written a folder."""
    if (theirs / CONFIG).is_file():
        return "PEFT"
    if (theirs / "intervenable_model").is_dir() or any(theirs.glob("intkey_*.bin")):
        return "pyreft"
    raise ConfigError(f"{theirs} has neither {CONFIG}, as PEFT writes it, nor intkey_*.bin, as pyreft does")


def _refuse_trunk(config: Config, folder: Path) -> None:
    roots = [*places(config).specialists, *([folder] if folder.is_dir() else ())]
    if trunk := next(filter(None, (find_trunk(find_cards([root])) for root in roots)), None):
        raise ConfigError(
            f"{trunk} plays beside all that is served with it, and what is imported was trained without it; give a "
            "folder without a trunk to --out, and to --specialists"
        )


def _slots(theirs: Path, base: Base, name: str, subtask: str, kind: str) -> Slots:
    if kind == "loreft":
        return import_pyreft(theirs, base, name=name)
    return import_peft(theirs, base, name=name, subtask=subtask, kind=kind).slots
