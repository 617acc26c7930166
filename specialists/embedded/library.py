"""What the embedded base reads while it is trained: prose, tools, conversations, sentences."""

import gzip
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from divisi.specialists.errors import TrainingError
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.tool import Tool
from divisi.tasks.corpora.quoted import is_quoted
from divisi.tasks.corpora.read_written import OWN, OWN_PARTS
from divisi.tasks.corpora.registry import read_requests, reserved_names
from divisi.tasks.example import Example, in_share
from divisi.tasks.forecasting import read_effects
from divisi.tasks.generation.offers import Entry, load_tools

HELD_SHARE = 0.05
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that is read, in memory.

    Attributes:
        prose: documents.
        tools: schemas of real APIs, those of one API next to each other, none of a test set.
        entries: the same tools with where they come from, for the generator.
        requests: conversations of the public sets and of those written by hand, for training.
        held: others of the same sets, of other groups, to choose and to calibrate by; nothing is trained on them.
        intents: what command lines are for, one sentence each.
        effects: texts about series written by hand, for training.
    """

    prose: tuple[str, ...]
    tools: tuple[Tool, ...]
    entries: tuple[Entry, ...]
    requests: tuple[Asked, ...]
    held: tuple[Asked, ...]
    intents: tuple[str, ...]
    effects: tuple[Example, ...]


def open_library(data: Path) -> Library:
    """Read the data folder.

    Raises:
        TrainingError: a part of it is not there; the message says which.
    """
    for part in ("text/text.jsonl.gz", "tools/tools.jsonl.gz", "tools/tldr.jsonl.gz", "calling", "written"):
        if not (data / part).exists():
            raise TrainingError(f"{data / part} is missing: --data must be a folder with text, tools, calling, written")
    every, _ = read_requests(data)
    requests, held = divided(every)
    entries = _entries(data)
    return Library(
        prose=tuple(record["text"] for record in _lines(data / "text/text.jsonl.gz")),
        tools=tuple(entry.tool for entry in entries if entry.tool.description),
        entries=entries,
        requests=requests,
        held=held,
        intents=tuple(
            record["intent"] for record in _lines(data / "tools/tldr.jsonl.gz") if not is_quoted(record["intent"])
        ),
        effects=tuple(read_effects.read_training(data)),
    )


def divided(every: Iterable[Asked]) -> tuple[tuple[Asked, ...], tuple[Asked, ...]]:
    """Conversations for training, and those held back; no group is in both."""
    parts: tuple[list[Asked], list[Asked]] = ([], [])
    for asked in every:
        parts[in_share(asked.group or asked.id, share=HELD_SHARE, salt="divisi/held")].append(asked)
    return tuple(parts[0]), tuple(parts[1])


def _entries(data: Path) -> tuple[Entry, ...]:
    reserved = frozenset(reserved_names(data))
    files = [data / "tools/tools.jsonl.gz", data / "tools/tldr.jsonl.gz"]
    files += [data / f"written/calling_{part}.tools.jsonl" for part in "abc"]
    files += [OWN / f"calling_{part}.tools.jsonl" for part in OWN_PARTS]
    entries = (entry for file in files for entry in load_tools(file, excluded_names=reserved))
    return tuple(entry for entry in entries if not is_quoted(entry.tool.description))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def sample_texts(library: Library, random: Random) -> Iterator[str]:
    """Texts in about the shares in which they are read, to learn a vocabulary from (some 15 MB)."""
    yield from random.sample(library.prose, min(len(library.prose), 2500))
    for tool in random.sample(library.tools, min(len(library.tools), 8000)):
        fields = "\n".join(f"- {name} (string) {part.get('description', '')}" for name, part in tool.properties.items())
        yield f"{tool.name}: {tool.description}\n{fields}"
        yield json.dumps([{"name": tool.name, "arguments": {name: name for name in tool.properties}}])
    yield from library.intents
    for asked in random.sample(library.requests, min(len(library.requests), 60_000)):
        repeats = 6 if asked.source.startswith("written") else 1
        for message in asked.messages:
            yield from [str(message.get("content") or "")] * repeats
        yield from [json.dumps([call.to_record() for call in asked.calls], ensure_ascii=False)] * repeats


def sentences(library: Library, random: Random, *, count: int) -> tuple[str, ...]:
    """Different short sentences for the teacher: tools, requests, intents, and the rest from prose."""
    found = dict.fromkeys(f"{tool.name}: {tool.description}"[:240] for tool in library.tools)
    for asked in library.requests:
        found.update(dict.fromkeys(_last_words(asked)))
    found.update(dict.fromkeys(library.intents))
    documents = list(library.prose)
    random.shuffle(documents)
    for document in documents:
        if len(found) >= count:
            break
        parts = [part.strip() for part in SENTENCE_END.split(document)]
        fitting = [part for part in parts if 20 <= len(part) <= 160]
        found.update(dict.fromkeys(random.sample(fitting, min(len(fitting), 6))))
    chosen = list(found)
    random.shuffle(chosen)
    return tuple(chosen[:count])


def _last_words(asked: Asked) -> Sequence[str]:
    spoken = [str(message["content"]) for message in asked.messages if message["role"] == "user"]
    return [spoken[-1][:240]] if spoken and len(spoken[-1]) > 8 else []
