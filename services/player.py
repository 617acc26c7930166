"""What answering a request needs of whoever runs the base: prefixes are read, rows are played."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from divisi.tasks.leaning import Leaning
from divisi.tasks.subtask import Message, Schema, ToolRecord

Heard = Callable[[str], None]
"""Takes a row's text as it comes, piece by piece."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A specialist that is loaded.

    Attributes:
        name, subtask, kind, version: as its card says.
        helps: whether results were better with it than without on data held back, where that was measured.
    """

    name: str
    subtask: str
    kind: str
    version: str
    helps: bool | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A prefix that was read.

    Attributes:
        messages, tools: what it shows.
        tokens: its length.
        cached_tokens: how many of them did not have to be read again.
        features: [features] for the probe: the last hidden state, then the mean over tokens.
        prefix: the player's own; nobody else looks inside.
    """

    messages: tuple[Message, ...]
    tools: tuple[ToolRecord, ...]
    tokens: int
    cached_tokens: int
    features: NDArray[np.floating[Any]]
    prefix: object


@dataclass(frozen=True, slots=True)
class Row:
    """One answer to be written after a prefix.

    Attributes:
        reading: the prefix.
        specialist: the resident that writes, or None for the base alone.
        invocation: what it is asked.
        grammar: JSON schema that the answer follows, or None for free text.
        max_tokens: the most tokens that it may take; the end of the context may come sooner.
        stop: texts before which it ends.
        temperature, top_p, seed: how free text is sampled; temperature 0 is greedy.
        leaning: what is known beside the model, (text so far, next piece) -> log weight; or None.
    """

    reading: Reading
    specialist: str | None
    invocation: str
    grammar: Schema | None
    max_tokens: int
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    leaning: Leaning | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """What a row wrote.

    Attributes:
        text: without the end token and the stop text.
        finish: "length" where tokens or context ran out.
        mean_logprob: mean log probability of its tokens, natural logarithm.
        new_tokens: how many were written.
        milliseconds: from the row's start to its end.
    """

    text: str
    finish: Literal["stop", "length"]
    mean_logprob: float = 0.0
    new_tokens: int = 0
    milliseconds: float = 0.0


class Player(Protocol):
    """One base with its resident specialists. Rows that are awaited together are played in one batch."""

    @property
    def base_name(self) -> str:
        """How the base is called."""

    @property
    def base_fingerprint(self) -> str:
        """What the base is."""

    @property
    def context_tokens(self) -> int:
        """The most tokens that the base can read."""

    @property
    def residents(self) -> Sequence[Resident]:
        """The specialists that are loaded."""

    async def size(self, messages: Sequence[Message], tools: Sequence[ToolRecord]) -> int | None:
        """Tokens of a prefix, or None where they are more than the base can read.

        Raises:
            InvalidRequestError: the template cannot show the messages.
        """

    async def check(self, schema: Schema) -> None:
        """Whether a schema can be enforced.

        Raises:
            SchemaRefusedError: it cannot; the message names the keyword.
        """

    async def read(self, messages: Sequence[Message], tools: Sequence[ToolRecord]) -> Reading:
        """Read a prefix once.

        Raises:
            InvalidRequestError: the template cannot show the messages.
            PromptTooLongError: it leaves no room for an answer.
        """

    async def play(self, row: Row, heard: Heard | None = None) -> Played:
        """Write one answer. When the awaiting task is cancelled, so is the row.

        Raises:
            SchemaRefusedError: the row's grammar cannot be enforced.
            PromptTooLongError: the invocation leaves no room for an answer.
            RowFailedError: the row could not be played to its end.
        """

    async def close(self) -> None:
        """End all rows and give the base back."""
