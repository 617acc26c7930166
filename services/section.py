"""The section: the players' side of the service, everything that a request is answered with."""

from collections.abc import Mapping
from dataclasses import dataclass

from divisi.router.probe import Probe
from divisi.services.errors import InvalidRequestError
from divisi.services.player import Player, Resident
from divisi.tasks.subtask import Subtask

ROUTER_MODEL = "divisi"
"""The model's name under which the router answers; every specialist answers under its own."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a request may take.

    Attributes:
        tool_tokens: tokens that the tools of a prefix may take; beyond, they are ranked.
        call_tokens: the most tokens of one stage that decides calls.
        reply_tokens: the most tokens of a reply where the client does not say.
    """

    tool_tokens: int = 2048
    call_tokens: int = 512
    reply_tokens: int = 512


@dataclass(frozen=True, slots=True)
class Section:
    """Who plays and by what rules.

    Attributes:
        player: the base with its specialists.
        probe: decides between kinds of plans, or None where none was fitted on this base.
        subtasks: by name.
        limits: how much a request may take.
        grounded: whether arguments are chosen among what the user said.
    """

    player: Player
    probe: Probe | None
    subtasks: Mapping[str, Subtask]
    limits: Limits = Limits()
    grounded: bool = False

    def resident(self, name: str) -> Resident | None:
        """The specialist of that name, or None."""
        return next((one for one in self.player.residents if one.name == name), None)

    def resident_for(self, subtask: str) -> Resident | None:
        """The specialist that answers a subtask: the one of that name, else the first; None for the base alone."""
        able = [one for one in self.player.residents if one.subtask == subtask]
        return next((one for one in able if one.name == subtask), able[0] if able else None)

    def subtask(self, name: str) -> Subtask:
        """A subtask by name.

        Raises:
            InvalidRequestError: a specialist was trained for a subtask that this installation does not know.
        """
        if name not in self.subtasks:
            raise InvalidRequestError(f"no subtask is named {name!r}; known: {', '.join(self.subtasks)}", "model")
        return self.subtasks[name]
