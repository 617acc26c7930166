"""A call: a function's name and arguments, references between calls, and when two calls are equal.

A reference is NESTFUL's v2 spelling: a call labelled "$var_1" gives its result's fields as "$var_1.field$".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from divisi.tasks.subtask import AnswerError

LABEL = re.compile(r"\$var_(\d+)")
REFERENCE = re.compile(r"\$var_(\d+)(?:\.([^$]+))?\$")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one function.

    Attributes:
        name: the function.
        arguments: parameter -> value; a value may be or contain a reference.
        label: "$var_1" where later calls refer to this one's result, else None.
    """

    name: str
    arguments: Mapping[str, Any]
    label: str | None = None

    def to_record(self) -> dict[str, Any]:
        """The call as a JSON object: name, label where there is one, arguments."""
        label = {} if self.label is None else {"label": self.label}
        return {"name": self.name, **label, "arguments": dict(self.arguments)}


def from_record(record: Any) -> Call:
    """A call from a JSON object.

    Raises:
        AnswerError: it is not {"name": str, "arguments": object}.
    """
    if not isinstance(record, Mapping) or not isinstance(record.get("name"), str):
        raise AnswerError(f'a call must be {{"name": ..., "arguments": {{...}}}}, not {record!r}')
    arguments = record.get("arguments", {})
    if not isinstance(arguments, Mapping):
        raise AnswerError(f"call of {record['name']!r}: arguments must be an object, not {arguments!r}")
    return Call(record["name"], arguments, record.get("label"))


def references(value: Any) -> Iterator[tuple[int, str | None]]:
    """Every reference inside a value: the number of the call it refers to, and the field or None."""
    if isinstance(value, str):
        for match in REFERENCE.finditer(value):
            yield int(match.group(1)), match.group(2)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from references(part)
    elif isinstance(value, Sequence):
        for part in value:
            yield from references(part)


def canonical(value: Any) -> Any:
    """A value in the form in which equal values are equal: strings case-folded and trimmed, 2.0 as 2."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, Mapping):
        return {key: canonical(part) for key, part in value.items()}
    if isinstance(value, Sequence):
        return [canonical(part) for part in value]
    return value


def equal_calls(one: Call, other: Call) -> bool:
    """Whether two calls name the same function with the same arguments; labels do not count."""
    return one.name == other.name and canonical(dict(one.arguments)) == canonical(dict(other.arguments))
