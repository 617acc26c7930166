"""Tools from files, grouped by API, cut to what a short context can hold."""

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from divisi.tasks.calling.tool import Tool
from divisi.tasks.generation.meanings import Parameter, parameter
from divisi.tasks.generation.wordings import Intent, imperative_intent, intent
from divisi.tasks.generation.words import STOP_WORDS, split_name
from divisi.tasks.subtask import ExampleError, Schema

PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}")
PLACEHOLDER_NAME = re.compile(r"[a-z][a-z_]{2,24}")
KEPT_KEYS = (
    "type",
    "enum",
    "format",
    "items",
    "properties",
    "required",
    "description",
    "minimum",
    "maximum",
    "example",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A tool with the API that it belongs to: tools of one API are each other's near misses.

    Attributes:
        tool: as its source has it.
        api: its API, its domain, or the program that the command belongs to.
        source: the file that it comes from.
        command: whether its description is a command in the imperative.
    """

    tool: Tool
    api: str
    source: str
    command: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool as it is offered in one conversation, and what is known of it for asking.

    Attributes:
        tool: as the conversation shows it: cut, perhaps renamed.
        intent: what it does, from its full description and true name.
        parameters: those shown, under the names shown, with the words of their true names.
        entry: where it comes from.
    """

    tool: Tool
    intent: Intent
    parameters: tuple[Parameter, ...]
    entry: Entry

    @property
    def required(self) -> frozenset[str]:
        """The parameters that must be given, under the names shown."""
        return frozenset(self.tool.required)


@dataclass(frozen=True, slots=True)
class Shortening:
    """What an offer shows of a tool: the most optional parameters, the longest descriptions."""

    optional_max: int
    description_characters: int
    parameter_characters: int


def load_tools(path: Path, *, excluded_names: frozenset[str] = frozenset()) -> tuple[Entry, ...]:
    """The tools of a JSON lines file: API schemas (`api`), written tools (`domain`), or commands (`intent`).

    Args:
        path: .jsonl or .jsonl.gz.
        excluded_names: tools of these names are left out.

    Raises:
        ExampleError: a line is none of the three; the message names file and line.
    """
    entries = []
    for number, line in enumerate(_text(path).rstrip("\n").split("\n"), 1):
        try:
            entry = _entry(json.loads(line), path.name.split(".")[0])
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ExampleError(f"{path}:{number}: not a tool or a command: {error!r}") from error
        if entry is not None and entry.tool.name not in excluded_names:
            entries.append(entry)
    return tuple(entries)


def _text(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


def _entry(record: Mapping[str, Any], source: str) -> Entry | None:
    if "command" in record:
        return _from_command(record, source)
    tool = Tool(record["name"], record["description"], record["parameters"], record.get("returns") or {})
    return Entry(tool, record.get("api") or record["domain"], source)


def _from_command(record: Mapping[str, Any], source: str) -> Entry | None:
    """A tool made of a command: its parameters are the placeholders; None where one cannot be named."""
    properties: dict[str, Schema] = {}
    if record["invocation"].startswith("<") or '"' in record["intent"] or record["intent"].startswith("Do not"):
        return None
    for found in PLACEHOLDER.findall(record["invocation"]):
        named = _placeholder(found)
        if named is None or named[0] in properties:
            return None
        properties[named[0]] = named[1]
    words = [word for word in split_name(record["intent"]) if word not in STOP_WORDS][:4]
    if not words or len(properties) > 4:
        return None
    name = "_".join([re.sub(r"\W+", "_", record["command"].split()[0]).strip("_"), *words])
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    about = str(record["about"]).split(". ")[0].rstrip(".")
    return Entry(
        Tool(name, f"{record['intent']}. ({about})", schema), record["command"].split()[0], source, command=True
    )


def _placeholder(text: str) -> tuple[str, Schema] | None:
    if text.startswith(("path/to/", "path\\to\\")):
        words = re.split(r"[/\\]", text)[-1].split()
        name = words[0].split(".")[0].rstrip("0123456789") if words else ""
        if not PLACEHOLDER_NAME.fullmatch(name):
            name = "file"
        several = text.endswith("...")
        return (name + "s", {"type": "array", "items": {"type": "string"}}) if several else (name, {"type": "string"})
    if "|" in text:
        options = [option for option in text.split("|") if re.fullmatch(r"[A-Za-z0-9_-]+", option)]
        return ("mode", {"type": "string", "enum": options}) if len(options) > 1 else None
    if not PLACEHOLDER_NAME.fullmatch(text):
        return None
    number = text in {"number", "count", "port", "width", "height", "seconds", "pid", "n"}
    return text, {"type": "integer" if number else "string"}


def by_api(entries: Sequence[Entry]) -> dict[str, tuple[Entry, ...]]:
    """The entries of each API, in their order."""
    grouped: dict[str, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault(f"{entry.source}/{entry.api}", []).append(entry)
    return {api: tuple(group) for api, group in grouped.items()}


def known(entry: Entry) -> Offer:
    """An entry with its intent and the meanings of all its parameters, uncut: what every offer of it is made from."""
    parameters = tuple(parameter(name, _kept(schema)) for name, schema in entry.tool.properties.items())
    means = imperative_intent(entry.tool) if entry.command else intent(entry.tool)
    return Offer(entry.tool, means, parameters, entry)


def _kept(schema: Schema) -> Schema:
    return {key: schema[key] for key in KEPT_KEYS if key in schema}


def cut(given: Offer, shortening: Shortening, random: Random) -> Offer:
    """The offer with fewer optional parameters and shorter descriptions."""
    required = given.required
    optional = [one.name for one in given.parameters if one.name not in required]
    kept = set(random.sample(optional, min(len(optional), random.randint(0, shortening.optional_max))))
    parameters = tuple(
        _short(one, shortening.parameter_characters)
        for one in given.parameters
        if one.name in required or one.name in kept
    )
    schema = {
        "type": "object",
        "properties": {one.name: _shown(one.schema) for one in parameters},
        "required": list(given.tool.required),
    }
    description = shortened(given.tool.description, shortening.description_characters)
    tool = Tool(given.tool.name, description, schema, given.tool.returns)
    return Offer(tool, given.intent, parameters, given.entry)


def _short(given: Parameter, characters: int) -> Parameter:
    if len(given.description) <= characters:
        return given
    return Parameter(
        given.name,
        given.words,
        given.meaning,
        {**given.schema, "description": shortened(given.description, characters)},
    )


def _shown(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "example"}


def shortened(text: str, characters: int) -> str:
    """The first sentences that fit, or the first words of the first one."""
    if len(text) <= characters:
        return text
    fitting = ""
    for sentence in _sentences(text):
        if len(fitting) + len(sentence) > characters:
            break
        fitting += sentence
    return (fitting or text[:characters].rsplit(" ", 1)[0]).strip()


def _sentences(text: str) -> Iterator[str]:
    yield from re.findall(r".+?(?:\. |$)", text)
