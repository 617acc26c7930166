"""One item of a benchmark: a request, what is true of it, and what an arm answered."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from divisi.router.request import Answer, Request

Record = Mapping[str, Any]
"""A call: {"name", "arguments"}, and "label" where later calls refer to it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One request of a set.

    Attributes:
        id: unique within its set.
        group: the part of the set that it is counted in ("nested", "live_simple").
        request: as the service gets it.
        truth: the set's own; nobody else looks inside.
    """

    id: str
    group: str
    request: Request
    truth: object

    @property
    def key(self) -> str:
        """Changes with what is asked, so that an answer that was kept is not taken for another request's."""
        asked = json.dumps([self.request.messages, self.request.tools], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(asked.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Rows:
    """What the rows of one request wrote, of those that a grammar was meant for, whether it was on or not.

    Attributes:
        written: how many there were.
        parsed: how many are JSON.
        followed: how many follow the grammar's schema.
        cut: how many used up their tokens.
    """

    written: int = 0
    parsed: int = 0
    followed: int = 0
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Prediction:
    """What an arm answered to one item.

    Attributes:
        id, key: of the item.
        calls: the whole plan in order, calls that wait for the results of others included.
        text: the reply, or None where the answer is calls.
        missing: function -> required values that the conversation does not give.
        route, decided_by: the kind of plan, and who chose it.
        rows: what was written, before anything was checked.
        tokens: written, over all rows.
        prefix_tokens, shared_prefix_tokens: read, and not read again.
        milliseconds: from request to answer.
        tools_left_out: how many tools did not fit.
        refused: why the request was not answered at all, or None.
    """

    id: str
    key: str
    calls: tuple[Record, ...] = ()
    text: str | None = None
    missing: Mapping[str, Sequence[str]] = field(default_factory=dict)
    route: str = ""
    decided_by: str = ""
    rows: Rows = Rows()
    tokens: int = 0
    prefix_tokens: int = 0
    shared_prefix_tokens: int = 0
    milliseconds: float = 0.0
    tools_left_out: int = 0
    refused: str | None = None

    @property
    def names(self) -> list[str]:
        """The functions that are called, in order."""
        return [call["name"] for call in self.calls]

    def to_record(self) -> dict[str, Any]:
        """The prediction as a plain JSON object."""
        return asdict(self)


Answered = tuple[Item, Prediction]


def predicted(item: Item, answer: Answer, rows: Rows) -> Prediction:
    """What an answer says to an item."""
    trace = answer.trace
    return Prediction(
        id=item.id,
        key=item.key,
        calls=tuple(
            {"name": call.name, "arguments": dict(call.arguments), **({"label": call.label} if call.label else {})}
            for call in answer.calls
        ),
        text=answer.text,
        missing={function: tuple(names) for function, names in answer.missing.items()},
        route=trace.route,
        decided_by=trace.decided_by,
        rows=rows,
        tokens=answer.completion_tokens,
        prefix_tokens=trace.prefix_tokens,
        shared_prefix_tokens=trace.shared_prefix_tokens,
        milliseconds=trace.milliseconds,
        tools_left_out=len(trace.tools_left_out),
    )


def from_record(record: Record) -> Prediction:
    """A prediction from a plain JSON object."""
    return Prediction(**{**record, "calls": tuple(record["calls"]), "rows": Rows(**record["rows"])})
