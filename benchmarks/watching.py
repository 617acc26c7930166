"""A player that watches another: what its rows wrote before any check; it plays without grammar if asked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from items import Rows

from divisi.services.player import Heard, Played, Player, Reading, Resident, Row
from divisi.tasks.calling.validation import schema_problems
from divisi.tasks.subtask import Message, Schema, ToolRecord


@dataclass(frozen=True, slots=True)
class Mode:
    """How a player is used.

    Attributes:
        grammar: False: rows that would follow one write freely.
        one_voice: the specialist that answers every subtask, or None where each has its own.
    """

    grammar: bool = True
    one_voice: Resident | None = None


class Watching:
    """Watches the rows of one request. Its methods are those of player.Player.

    Args:
        player: plays; other requests may use it at the same time.
        mode: how.
        subtasks: the names of all subtasks, for a single voice.
    """

    def __init__(self, player: Player, mode: Mode, subtasks: Sequence[str]) -> None:
        self._player, self._mode, self._subtasks = player, mode, subtasks
        self.seen = Rows()
        """What the rows wrote, so far."""

    @property
    def base_name(self) -> str:
        """How the base is called."""
        return self._player.base_name

    @property
    def base_fingerprint(self) -> str:
        """What the base is."""
        return self._player.base_fingerprint

    @property
    def context_tokens(self) -> int:
        """The most tokens that the base can read."""
        return self._player.context_tokens

    @property
    def residents(self) -> Sequence[Resident]:
        """The specialists; a single voice once for each subtask."""
        voice = self._mode.one_voice
        if voice is None:
            return self._player.residents
        return tuple(replace(voice, subtask=subtask) for subtask in self._subtasks)

    async def size(self, messages: Sequence[Message], tools: Sequence[ToolRecord]) -> int | None:
        """See Player."""
        return await self._player.size(messages, tools)

    async def check(self, schema: Schema) -> None:
        """See Player. Also without grammar, so that the same requests are answered."""
        await self._player.check(schema)

    async def read(self, messages: Sequence[Message], tools: Sequence[ToolRecord]) -> Reading:
        """See Player."""
        return await self._player.read(messages, tools)

    async def play(self, row: Row, heard: Heard | None = None) -> Played:
        """See Player."""
        asked = row if self._mode.grammar else replace(row, grammar=None)
        played = await self._player.play(asked, heard)
        if row.grammar is not None:
            self.seen = _counted(self.seen, played, row.grammar)
        return played

    async def close(self) -> None:
        """Leaves the other player open: it is not ours."""


def _counted(seen: Rows, played: Played, grammar: Schema) -> Rows:
    """The counts with one row more."""
    try:
        value = json.loads(played.text)
    except ValueError:
        parsed = followed = False
    else:
        parsed, followed = True, not schema_problems(value, grammar)
    return Rows(
        seen.written + 1, seen.parsed + parsed, seen.followed + followed, seen.cut + (played.finish == "length")
    )
