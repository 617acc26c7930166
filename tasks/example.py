"""An example: one case of one subtask with its true answer, kept as a JSON line."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divisi.tasks.subtask import Case, ExampleError, TaskError

REQUIRED_KEYS = ("id", "subtask", "source", "messages", "target")


@dataclass(frozen=True, slots=True)
class Example:
    """One case of one subtask, with its true answer.

    Attributes:
        id: unique within its source.
        subtask: the subtask's name in the catalog.
        source: the data set that it comes from, with its split where it has one ("seal_tools/dev").
        case: what is asked.
        target: the true value, in the form that the subtask's `write` takes.
        group: what must not be divided between training and testing (a tool, an API, a dialogue).
    """

    id: str
    subtask: str
    source: str
    case: Case
    target: Any
    group: str

    def to_record(self) -> dict[str, Any]:
        """The example as a plain JSON object."""
        return {
            "id": self.id,
            "subtask": self.subtask,
            "source": self.source,
            "group": self.group,
            "messages": list(self.case.messages),
            "tools": list(self.case.tools),
            "focus": self.case.focus,
            "occurrence": self.case.occurrence,
            "occurrences": self.case.occurrences,
            "beside": list(self.case.beside),
            "target": self.target,
        }


def from_record(record: dict[str, Any]) -> Example:
    """An example from a plain JSON object.

    Raises:
        ExampleError: a key is missing, or messages or tools do not have OpenAI's form; the message names it.
    """
    missing = [key for key in REQUIRED_KEYS if key not in record]
    if missing:
        raise ExampleError(f"an example lacks {', '.join(missing)}; it needs {', '.join(REQUIRED_KEYS)}")
    messages, tools = _mappings(record, "messages"), _mappings(record, "tools")
    if not all("role" in message for message in messages):
        raise ExampleError('each of "messages" must have a "role"')
    if not all(map(_is_tool, tools)):
        raise ExampleError('each of "tools" must be {"type": "function", "function": {"name": ...}}')
    case = Case(
        messages=messages,
        tools=tools,
        focus=record.get("focus"),
        occurrence=record.get("occurrence") or 1,
        occurrences=record.get("occurrences") or 1,
        beside=tuple(record.get("beside") or ()),
    )
    group = record.get("group") or record["id"]
    return Example(str(record["id"]), record["subtask"], record["source"], case, record["target"], group)


def _mappings(record: Mapping[str, Any], key: str) -> tuple[Mapping[str, Any], ...]:
    """The objects that an example lists under a key; none where it says nothing."""
    given = record.get(key) or ()
    if not isinstance(given, list | tuple) or not all(isinstance(part, Mapping) for part in given):
        raise ExampleError(f'"{key}" must be a list of objects')
    return tuple(given)


def _is_tool(record: Mapping[str, Any]) -> bool:
    function = record.get("function")
    return isinstance(function, Mapping) and isinstance(function.get("name"), str)


def read_examples(path: Path) -> Iterator[Example]:
    """The examples of a JSON lines file, in order.

    Raises:
        ExampleError: a line is not JSON or not an example; the message names file and line.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield from_record(json.loads(line))
            except (json.JSONDecodeError, TaskError, TypeError) as error:
                raise ExampleError(f"{path}:{number}: {error}") from error


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """Write examples as JSON lines; the file appears whole or not at all. Returns how many."""
    count = 0
    temporary = path.with_name(path.name + ".part")
    with temporary.open("w", encoding="utf-8") as lines:
        for example in examples:
            lines.write(json.dumps(example.to_record(), ensure_ascii=False) + "\n")
            count += 1
    temporary.replace(path)
    return count


def in_share(key: str, *, share: float, salt: str) -> bool:
    """Whether a key falls into a share of all keys: a split that every machine makes alike.

    Args:
        key: what must stay together (a group, a tool's name).
        share: in [0, 1], the part of all keys that is chosen.
        salt: names the split, so that two splits are independent.
    """
    digest = hashlib.sha256(f"{salt}\0{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64
