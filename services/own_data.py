"""A user's own data: JSON lines, or a data set of the Hugging Face hub; each line checked, its number in the error.

A line is an example of divisi ({"messages", "tools", "target", ...}) or a conversation in OpenAI's form. It is refused
unless its answer can be written under the subtask's grammar: what the grammar forbids could never be learned.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match

from divisi.services.chat_logs import examples_of_log, is_log
from divisi.services.errors import DataError
from divisi.tasks.catalog import find_subtask
from divisi.tasks.example import Example, from_record
from divisi.tasks.subtask import TaskError

HUB = "hf:"
"""Before the name of a data set on the hub: hf:owner/name, or hf:owner/name:split."""

Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Own:
    """What a user brought.

    Attributes:
        examples: in the order of their lines.
        passed_over: subtask -> examples of it that were read and not asked for.
    """

    examples: tuple[Example, ...]
    passed_over: Mapping[str, int]


def read_own(
    sources: Sequence[str], *, subtask: str | None = None, load: Callable[[str, str], Rows] | None = None
) -> Own:
    """The examples of some files or data sets.

    Args:
        sources: paths of JSON lines, or hf:owner/name for the hub.
        subtask: keeps its examples alone, and is meant where a line does not say; None keeps all.
        load: name, split -> rows of a data set; by default `datasets.load_dataset`.

    Raises:
        DataError: a source cannot be read, a line cannot be used, or nothing is left; the message names the line.
    """
    found: list[Example] = []
    passed: dict[str, int] = {}
    for source in sources:
        rows = _hub_rows(source, load or _load_dataset) if source.startswith(HUB) else _file_rows(Path(source))
        for place, row in rows:
            for example in _examples(row, place, source, subtask):
                if subtask in (None, example.subtask):
                    found.append(example)
                else:
                    passed[example.subtask] = passed.get(example.subtask, 0) + 1
    if not found:
        others = ", ".join(f"{count} of {name}" for name, count in passed.items()) or "none at all"
        raise DataError(f"no examples{f' of {subtask}' if subtask else ''} in {', '.join(sources)}; read were {others}")
    return Own(tuple(found), passed)


def _file_rows(file: Path) -> Iterator[tuple[str, Any]]:
    """Each line with its place."""
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{file}:{number}", _json(line, f"{file}:{number}")
    except (OSError, UnicodeDecodeError) as error:
        hint = f"; a data set of the hub is written {HUB}{file}" if not file.exists() else ""
        raise DataError(f"{file} cannot be read: {error}{hint}") from error


def _json(line: str, place: str) -> Any:
    try:
        return json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError(f"{place}: no JSON: {error}; each line must be one JSON object") from error


def _hub_rows(source: str, load: Callable[[str, str], Rows]) -> Iterator[tuple[str, Any]]:
    name, _, split = source.removeprefix(HUB).partition(":")
    for number, row in enumerate(load(name, split or "train"), 1):
        # A table has all columns in every row, empty where a row has nothing to say.
        yield f"{source} row {number}", {key: value for key, value in row.items() if value is not None}


def _load_dataset(name: str, split: str) -> Rows:
    try:
        import datasets
    except ModuleNotFoundError as error:
        raise DataError(f"{HUB}{name} needs the library datasets; install divisi[data]") from error
    try:
        rows: Rows = datasets.load_dataset(name, split=split)
    except (OSError, ValueError) as error:
        raise DataError(f"the data set {name} (split {split}) cannot be had: {error}") from error
    return rows


def _examples(row: Any, place: str, source: str, subtask: str | None) -> Iterator[Example]:
    if not isinstance(row, Mapping):
        raise DataError(f"{place}: each line must be a JSON object, this is {type(row).__name__}")
    name = Path(source).stem if not source.startswith(HUB) else source
    try:
        found = list(_read(row, name, place, subtask))
        for example in found:
            check_example(example)
    except (DataError, TaskError, TypeError, KeyError, AttributeError) as error:
        said = str(error) if isinstance(error, DataError | TaskError) else repr(error)
        raise DataError(f"{place}: {said}") from error
    yield from found


def _read(row: Mapping[str, Any], name: str, place: str, subtask: str | None) -> Iterator[Example]:
    number = place.rsplit(":", 1)[-1].rsplit(" ", 1)[-1]
    if is_log(row):
        yield from examples_of_log(row, source=name, name=f"{name}-{number}")
        return
    told = {"id": f"{name}-{number}", "source": name, **({"subtask": subtask} if subtask else {}), **row}
    yield from_record(told)


def check_example(example: Example) -> None:
    """Refuse an example that no training could use.

    Raises:
        DataError: its answer cannot be written, or not under the grammar that it will be served with.
        TaskError: its subtask, a tool or its focus is not known.
    """
    subtask, case = find_subtask(example.subtask), example.case
    if not case.messages:
        raise DataError('"messages" is empty; a conversation has at least one turn')
    subtask.render(case)
    text = subtask.write(example.target, case)
    subtask.parse(text, case)
    grammar = subtask.grammar(case)
    if grammar is None:
        return
    try:
        wrong = best_match(Draft202012Validator(grammar).iter_errors(json.loads(text)))
    except SchemaError as error:
        raise DataError(f"a tool's schema is no JSON schema: {error.message}") from error
    if wrong is not None:
        raise DataError(f"the target {text[:200]} is not what {example.subtask} may answer here: {wrong.message[:200]}")
