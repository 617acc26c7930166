"""A row: what is asked of the engine, and what comes back."""

from dataclasses import dataclass
from typing import Literal

from divisi.specialists.errors import EngineError, InvocationError
from divisi.specialists.prefix import Prefix
from divisi.tasks.leaning import Leaning
from divisi.tasks.subtask import Schema

Finish = Literal["stop", "length", "cancelled", "failed"]
"""Why a row ended: the text was complete, its tokens were used up, somebody cancelled it, or see `problem`."""


@dataclass(frozen=True, slots=True, eq=False)
class RowRequest:
    """One answer to be written after a prefix.

    Attributes:
        prefix: what `Engine.read` has read.
        specialist: whose slots act from the first token of the invocation on; None for the base alone.
        invocation: the tokens that ask, at least one.
        grammar: the JSON schema that the answer follows, or None for free text.
        max_tokens: the most tokens that the answer may take, those that the grammar forces included.
        stop: texts before which the answer ends.
        temperature: 0 takes the most probable token, without chance.
        top_p: share of the probability that is drawn from.
        seed: replays the drawing.
        leaning: added to the logits of the tokens that a grammar allows, of free text to the likeliest; or None.

    Raises:
        InvocationError: there is no invocation.
        EngineError: a number is out of range, or a stop text is empty.
    """

    prefix: Prefix
    specialist: str | None
    invocation: tuple[int, ...]
    grammar: Schema | None
    max_tokens: int
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    leaning: Leaning | None = None

    def __post_init__(self) -> None:
        if not self.invocation:
            raise InvocationError("a row needs an invocation of at least one token after its prefix")
        if self.max_tokens < 1:
            raise EngineError(f"max_tokens is {self.max_tokens}, it must be at least 1")
        if not 0.0 <= self.temperature < float("inf"):
            raise EngineError(f"temperature is {self.temperature}, it must be 0 or more")
        if not 0.0 < self.top_p <= 1.0:
            raise EngineError(f"top_p is {self.top_p}, it must be above 0 and at most 1")
        if "" in self.stop:
            raise EngineError("a stop text is empty: the answer would end before it begins")

    @property
    def most_tokens(self) -> int:
        """Tokens of the row at its longest."""
        return len(self.prefix.ids) + len(self.invocation) + self.max_tokens


@dataclass(frozen=True, slots=True)
class RowHandle:
    """Names a row of one engine."""

    number: int


@dataclass(frozen=True, slots=True)
class RowResult:
    """What a row has written.

    Attributes:
        ids: the tokens of the answer, without the one that ended it.
        text: their text, up to a stop text.
        finish: why it ended.
        mean_logprob: mean logarithm of the probabilities, among the tokens that the grammar allowed, of the tokens that
            were chosen, the end among them; 0 where none was.
        milliseconds: from `start` to the end, waiting included.
        forced_tokens: tokens of the answer that the grammar left no choice about; the model did not choose them.
        problem: what went wrong, where `finish` is "failed".
        by_grammar: whether that is the fault of the grammar, so that it would fail again.
    """

    ids: tuple[int, ...]
    text: str
    finish: Finish
    mean_logprob: float
    milliseconds: float
    forced_tokens: int = 0
    problem: str | None = None
    by_grammar: bool = False


@dataclass(frozen=True, slots=True)
class RowEvent:
    """What one step brought to one row.

    Attributes:
        handle: the row.
        ids: new tokens.
        text: new text, whole characters; all fragments joined are the result's text.
        result: given with the row's last event.
    """

    handle: RowHandle
    ids: tuple[int, ...]
    text: str
    result: RowResult | None = None
