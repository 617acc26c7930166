"""Examining a stored specialist: it answers examples as it would be served, and each answer gets one number."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from divisi.services.beside import playing
from divisi.services.config import Config
from divisi.services.evaluation import score
from divisi.services.judging import main_metric
from divisi.services.local import LocalPlayer
from divisi.services.player import Resident
from divisi.services.section import Limits, Section
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.engine import Engine
from divisi.specialists.store import load_specialist
from divisi.tasks.catalog import SUBTASKS
from divisi.tasks.example import Example

ROWS = 16


@dataclass(frozen=True, slots=True)
class Manner:
    """In which manner answers are served: see section.Section."""

    limits: Limits
    grounded: bool


def manner_of(config: Config) -> Manner:
    """The manner that the settings have."""
    grounded = config.base is None if config.grounded is None else config.grounded
    return Manner(Limits(config.tool_tokens, config.call_tokens, config.reply_tokens), grounded)


def examine(
    base: Base, folder: Path | None, trunk: Path | None, examples: Sequence[Example], manner: Manner
) -> list[float | None]:
    """The score of each answer; None where an example cannot be asked.

    Args:
        base: that the specialist was trained on.
        folder: of the specialist; None is the base alone.
        trunk: of the trunk beside which it was trained, or None.
        examples: of its subtask.
        manner: in which it will be served.

    Raises:
        StoreError: specialist and trunk do not match each other and the base.
    """
    stored = None if trunk is None else load_specialist(trunk, base)
    with playing(base, None if stored is None else stored.slots) as bank:
        version = None if stored is None else stored.card.version
        residents = () if folder is None else (_resident(base, bank, folder, version),)
        return asyncio.run(_answer(base, bank, residents, examples, manner))


def _resident(base: Base, bank: Bank, folder: Path, trunk: str | None) -> Resident:
    specialist = load_specialist(folder, base, trunk=trunk)
    bank.add(specialist.slots)
    card = specialist.card
    return Resident(card.name, str(card.subtask), card.kind, card.version)


async def _answer(
    base: Base, bank: Bank, residents: tuple[Resident, ...], examples: Sequence[Example], manner: Manner
) -> list[float | None]:
    player = LocalPlayer(Engine(base, bank, max_rows=ROWS), base, residents)
    name = residents[0].name if residents else None
    section = Section(player, None, SUBTASKS, manner.limits, manner.grounded)
    try:
        scored = await asyncio.gather(*(score(section, one, name) for one in examples))
    finally:
        await player.close()
    return [None if one.metrics is None else main_metric(one.metrics) for one in scored]
