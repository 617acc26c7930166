"""Loading a base with one adapter that answers every subtask; the service itself wants a specialist for each."""

from pathlib import Path

from errors import BenchmarkError

from divisi.services.config import Config
from divisi.services.errors import LoadError
from divisi.services.loading import load_base, load_probe, places
from divisi.services.local import LocalPlayer
from divisi.services.player import Resident
from divisi.services.section import Limits, Section
from divisi.specialists.bank import Bank
from divisi.specialists.engine import Engine
from divisi.specialists.errors import SpecialistError
from divisi.specialists.store import find_specialists, load_specialist
from divisi.tasks.catalog import SUBTASKS

EVERY = "every"
"""What its subtask is called."""


def load_one_adapter(config: Config, root: Path) -> Section:
    """A section whose only specialist is the one in a folder of folders.

    Raises:
        BenchmarkError: the folder holds none, or several, or one that does not match the base.
    """
    found = find_specialists(root)
    if len(found) != 1:
        raise BenchmarkError(
            f"{root} holds {len(found)} specialists, it must hold the one adapter for everything: train it "
            "(divisi.specialists.embedded.train_skills --umbrella), or leave it out by --arms specialists,base"
        )
    ((folder, card),) = found.items()
    try:
        base = load_base(config)
        bank = Bank(base.model)
        bank.add(load_specialist(folder, base).slots)
        engine = Engine(base, bank, max_rows=config.most_rows, prefix_cache_bytes=config.prefix_cache_mb * 2**20)
        probe_folder = places(config).probe
        probe = None if probe_folder is None else load_probe(probe_folder, base.fingerprint)
    except (SpecialistError, LoadError, OSError) as error:
        raise BenchmarkError(f"{folder} cannot be loaded: {error}") from error
    resident = Resident(card.name, EVERY, card.kind, card.version)
    limits = Limits(config.tool_tokens, config.call_tokens, config.reply_tokens)
    return Section(LocalPlayer(engine, base, (resident,)), probe, SUBTASKS, limits)
