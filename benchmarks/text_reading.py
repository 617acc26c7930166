"""Reading texts as the service does, by the specialists, by the base alone, or not at all.

specialists    context and synthesis as `divisi serve` asks them; macro and micro are off, so that only the text differs
unaided        the same rows, not leaning to what code reads
base           the same rows, not leaning, played by the base without any adapter
code           what code tells specialists of a text, taken at its word where it is more likely than not
nothing        no text is read: the pool's own forecast
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from errors import BenchmarkError
from text_items import Item

from divisi.services.errors import RequestError
from divisi.services.forecasting.adjust import after_checks
from divisi.services.forecasting.stages import Asked, Opinion, decide
from divisi.services.player import Heard, Played, Player, Reading, Resident, Row
from divisi.services.section import Section
from divisi.tasks.forecasting.context import effects_of
from divisi.tasks.forecasting.effect import Effect, effect_to_record
from divisi.tasks.forecasting.readings import readings
from divisi.tasks.subtask import Message, Schema, ToolRecord

ARMS = ("specialists", "unaided", "base", "code", "nothing")
LIKELY = 0.5
READING = ("context", "synthesis")
OFF = dict.fromkeys(("macro", "micro"), "this benchmark is about the text")
"""Stages that do not look at the text."""


@dataclass(frozen=True, slots=True)
class Read:
    """What became of one text.

    Attributes:
        opinion: of the stages.
        said: the effects that context alone would apply.
        applied: those that checks and synthesis leave.
        milliseconds: from text to opinion, the reading of the prefix included.
        refused: why the service did not take it, or "".
    """

    opinion: Opinion
    said: tuple[Effect, ...]
    applied: tuple[Effect, ...]
    milliseconds: float
    refused: str = ""


class Alone:
    """A player whose every row is the base's own. Its methods are those of player.Player."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self.residents = tuple(Resident("base", subtask, "none", player.base_fingerprint) for subtask in READING)
        self.base_name, self.base_fingerprint = player.base_name, player.base_fingerprint
        self.context_tokens = player.context_tokens

    async def size(self, messages: Sequence[Message], tools: Sequence[ToolRecord]) -> int | None:
        """See Player."""
        return await self._player.size(messages, tools)

    async def check(self, schema: Schema) -> None:
        """See Player."""
        await self._player.check(schema)

    async def read(self, messages: Sequence[Message], tools: Sequence[ToolRecord]) -> Reading:
        """See Player."""
        return await self._player.read(messages, tools)

    async def play(self, row: Row, heard: Heard | None = None) -> Played:
        """See Player."""
        return await self._player.play(replace(row, specialist=None), heard)

    async def close(self) -> None:
        """Leaves the other player open: it is not ours."""


Reader = Callable[[Item], Awaitable[Read]]


@dataclass(frozen=True, slots=True)
class Arm:
    """One of ARMS, and how it reads a text."""

    name: str
    read: Reader


def load_arm(name: str, section: Section) -> Arm:
    """An arm by name.

    Raises:
        BenchmarkError: the arm is unknown, or something that it needs is not there.
    """
    if name not in ARMS:
        raise BenchmarkError(f"no arm is called {name!r}; there are {', '.join(ARMS)}")
    if name in ("specialists", "unaided") and section.resident_for("context") is None:
        raise BenchmarkError("no specialist for context is loaded: train one, or ask for --arms base,code,nothing")
    unaided = replace(section, probe=None)
    readers: Mapping[str, Reader] = {
        "specialists": partial(read_one, section=section),
        "unaided": partial(read_one, section=unaided),
        "base": partial(read_one, section=replace(unaided, player=Alone(section.player))),
        "code": read_by_code,
        "nothing": read_nothing,
    }
    return Arm(name, readers[name])


async def read_all(
    items: Sequence[Item], reader: Reader, *, together: int, done: Callable[[], None] = lambda: None
) -> list[Read]:
    """Every text read, so many at once."""
    places = asyncio.Semaphore(together)

    async def one(item: Item) -> Read:
        async with places:
            read = await reader(item)
        done()
        return read

    return await asyncio.gather(*map(one, items))


def off_in(section: Section | None) -> dict[str, str]:
    """What a request leaves out that says nothing of synthesis: that too, where it was measured not to help."""
    synthesis = None if section is None else section.resident_for("synthesis")
    if synthesis is None or synthesis.helps is not False:
        return dict(OFF)
    return {**OFF, "synthesis": "it made nothing better on data held back"}


async def read_nothing(item: Item) -> Read:
    """No text read."""
    return await read_one(item, None)


async def read_one(item: Item, section: Section | None) -> Read:
    """One text read; what the service refuses is read as nothing."""
    began = time.perf_counter()
    refused = ""
    try:
        opinion = await decide(Asked(item.card, item.text, off_in(section)), section)
    except RequestError as error:
        refused, opinion = error.message, await decide(Asked(item.card, item.text, OFF), None)
    spent = (time.perf_counter() - began) * 1000
    said = tuple(effect for effect in effects_of(opinion.value("context")) if effect.applicable)
    applied, _ = after_checks(opinion, item.text, item.scene)
    return Read(opinion, said, applied, spent, refused)


async def read_by_code(item: Item) -> Read:
    """One text read without any model but the small network behind `readings`."""
    began = time.perf_counter()
    found = [one.effect for one in readings(item.card, item.text) if one.probability >= LIKELY]
    spent = (time.perf_counter() - began) * 1000
    silent = await decide(Asked(item.card, item.text, OFF), None)
    value = {"effects": list(map(effect_to_record, found)), "irrelevant": []}
    context = replace(silent.decided[0], value=value, neutral=None, milliseconds=spent)
    opinion = replace(silent, decided=(context, *silent.decided[1:]))
    applied, _ = after_checks(opinion, item.text, item.scene)
    return Read(opinion, tuple(effect for effect in found if effect.applicable), applied, spent)


def context_ms(read: Read) -> float:
    """Milliseconds of the row of context alone."""
    return next(one.milliseconds for one in read.opinion.decided if one.subtask == "context")
