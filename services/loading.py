"""Loading: from the settings to a section that can play: base, trunk, specialists, probe."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from divisi.services.config import Config
from divisi.services.errors import LoadError
from divisi.services.section import ROUTER_MODEL, Limits, Section

if TYPE_CHECKING:
    from divisi.router.probe import Probe
    from divisi.services.player import Resident
    from divisi.specialists.bank import Bank
    from divisi.specialists.base import Base
    from divisi.specialists.card import Card

EMBEDDED = Path(__file__).parent.parent / "specialists" / "embedded"
PROBE_RECORD, PROBE_TENSORS = "probe.json", "probe.safetensors"
TRUNK = "trunk"


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything is.

    Attributes:
        base: a folder or a hub name.
        specialists: folders that hold specialists' folders.
        probe: the folder of the probe, or None.
    """

    base: str
    specialists: tuple[Path, ...]
    probe: Path | None


def places(config: Config) -> Places:
    """Where everything is: what the settings say, and the embedded parts where they say nothing of another base."""
    if config.base is not None:
        return Places(config.base, config.specialists or (), config.probe)
    skills = tuple(folder for folder in (EMBEDDED / "skills",) if folder.is_dir())
    embedded_probe = EMBEDDED if (EMBEDDED / PROBE_RECORD).is_file() else None
    specialists = skills if config.specialists is None else config.specialists
    return Places(str(EMBEDDED / "base"), specialists, config.probe or embedded_probe)


def load_section(config: Config, *, serves_alone: bool = False) -> Section:
    """Load everything that a request is answered with.

    Args:
        config: says which base and specialists.
        serves_alone: whether this process does nothing else; then it may be spared more imports.

    Raises:
        LoadError: a part is missing or does not match the base; the message says which and what to do.
    """
    from divisi.specialists.spared import spare_shapes, spared_imports

    if serves_alone and config.base is None:
        spare_shapes()
    with collector_at_rest(), spared_imports(renamed=config.base is not None):
        return _load_section(config)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No search for garbage while much is made that stays: 0.8 s of 5.4 s until ready, measured on one core."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _load_section(config: Config) -> Section:
    from divisi.services.local import (
        LocalPlayer,  # here and below: these imports take seconds, and only loading needs them
    )
    from divisi.specialists.bank import Bank
    from divisi.specialists.engine import Engine
    from divisi.specialists.errors import SpecialistError
    from divisi.tasks.catalog import SUBTASKS

    found = places(config)
    base = load_base(config)
    try:
        bank = Bank(base.model)
        residents = load_specialists(find_played(config), base, bank)
        engine = Engine(base, bank, max_rows=config.most_rows, prefix_cache_bytes=config.prefix_cache_mb * 2**20)
    except (SpecialistError, OSError) as error:
        raise LoadError(str(error)) from error
    probe = None if found.probe is None else load_probe(found.probe, base.fingerprint)
    limits = Limits(config.tool_tokens, config.call_tokens, config.reply_tokens)
    return Section(LocalPlayer(engine, base, residents), probe, SUBTASKS, limits, config.grounded)


def load_base(config: Config) -> "Base":
    """The base of the settings, on its device.

    Raises:
        LoadError: it is not there or cannot be used.
    """
    from transformers.utils import logging

    from divisi.specialists.base import Base
    from divisi.specialists.errors import SpecialistError
    from divisi.specialists.machine import best_device, precision, use_threads

    logging.disable_progress_bar()
    if config.threads is not None:
        use_threads(config.threads)
    try:
        return Base.load(
            places(config).base,
            device=config.device or best_device(),
            dtype=precision(config.dtype),
            spectra=config.cache.expanduser() / "spectra",
        )
    except (SpecialistError, OSError, RuntimeError) as error:
        raise LoadError(str(error)) from error


def find_played(config: Config) -> "Mapping[Path, Card]":
    """The cards of all specialists that play, by their folders.

    A specialist that was trained beside the embedded trunk brings it along, with the embedded specialists: it stands in
    for the one of its name.

    Raises:
        LoadError: as of find_cards and find_trunk.
    """
    cards = find_cards(places(config).specialists)
    if config.base is not None or not cards or find_trunk(cards) is not None:
        return cards
    embedded = find_cards(places(Config()).specialists)
    trunk = find_trunk(embedded)
    if trunk is None or all(card.trunk != embedded[trunk].version for card in cards.values()):
        return cards
    own = {card.name for card in cards.values()}
    return {folder: card for folder, card in embedded.items() if card.name not in own} | dict(cards)


def load_specialists(cards: "Mapping[Path, Card]", base: "Base", bank: "Bank") -> "tuple[Resident, ...]":
    """Make specialists resident, the trunk first.

    Args:
        cards: by their folders.
        base: what they were trained on.
        bank: takes their slots.

    Raises:
        LoadError: two trunks are there.
        StoreError: one does not match the base or the trunk.
    """
    from divisi.services.player import Resident
    from divisi.specialists.store import load_specialist

    trunk = find_trunk(cards)
    if trunk is not None:
        bank.set_trunk(load_specialist(trunk, base).slots)
    beside = None if trunk is None else cards[trunk].version
    residents = []
    for folder, card in cards.items():
        if card.kind != TRUNK:
            bank.add(load_specialist(folder, base, trunk=beside).slots)
            helps = card.metrics["gain_low"] > 0 if "gain_low" in card.metrics else None
            residents.append(Resident(card.name, str(card.subtask), card.kind, card.version, helps))
    return tuple(residents)


def find_cards(roots: Sequence[Path]) -> "Mapping[Path, Card]":
    """The card of every specialist in some folders, by its folder.

    Raises:
        LoadError: a folder is not there, two specialists share a name, or one is of an unknown subtask.
    """
    from divisi.specialists.store import find_specialists
    from divisi.tasks.catalog import SUBTASKS

    cards: dict[Path, Card] = {}
    for root in roots:
        if not root.is_dir():
            raise LoadError(f"{root} is no folder; specialists must be folders inside it")
        cards |= find_specialists(root)
    names = [card.name for card in cards.values()]
    for folder, card in cards.items():
        if card.kind != TRUNK and card.subtask not in SUBTASKS:
            raise LoadError(f"{folder}: no subtask is named {card.subtask!r}; there are: {', '.join(SUBTASKS)}")
        if names.count(card.name) > 1 or card.name == ROUTER_MODEL:
            raise LoadError(f"{folder}: the name {card.name!r} is taken; give it another in its specialist.json")
    return cards


def find_trunk(cards: "Mapping[Path, Card]") -> Path | None:
    """The folder of the trunk among some specialists, or None.

    Raises:
        LoadError: there are two.
    """
    trunks = [folder for folder, card in cards.items() if card.kind == TRUNK]
    if len(trunks) > 1:
        raise LoadError(f"two trunks are there, {trunks[0]} and {trunks[1]}; only one can play")
    return trunks[0] if trunks else None


def load_probe(folder: Path, base_fingerprint: str) -> "Probe":
    """The probe of a folder.

    Raises:
        LoadError: its files are missing, or it belongs to another base.
    """
    from divisi.router.probe import ProbeError, from_bytes

    try:
        record, tensors = (folder / PROBE_RECORD).read_bytes(), (folder / PROBE_TENSORS).read_bytes()
        return from_bytes(record, tensors, base_fingerprint=base_fingerprint)
    except (OSError, ProbeError) as error:
        raise LoadError(f"the probe in {folder}: {error}") from error


def save_probe(folder: Path, probe: "Probe") -> None:
    """Write a probe's two files; each appears whole or not at all, the record last."""
    record, tensors = probe.to_bytes()
    for name, content in ((PROBE_TENSORS, tensors), (PROBE_RECORD, record)):
        temporary = folder / f"{name}.part"
        temporary.write_bytes(content)
        temporary.replace(folder / name)
