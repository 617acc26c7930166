"""What the training data share with BFCL: function names, descriptions and sequences of eight words.

    python benchmarks/overlap.py --data data              counts, into results/overlap.json
    python benchmarks/overlap.py --data data --leave-out  also puts what shares words on the list of what is left out

Nothing of BFCL is for training. Data made elsewhere may contain its items, so every tool offered in training is
compared with every function of BFCL, every request and description with its questions and descriptions; running text
and texts about series are not. What is on the list already is not read any more, so it is not found again. Shared
names of plain functions ("calculate_area") are no leak; shared word sequences may be one, and tasks/corpora/quoted.py
keeps them out of the training.
"""

import json
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from bfcl import CATEGORIES
from bfcl_entry import read_entries
from bfcl_official import data_folder
from machine import now
from results import FOLDER, write_results
from rich.console import Console

from divisi.specialists.embedded.library import Library, open_library
from divisi.tasks.corpora.quoted import FILE, digest, quoted

WORDS = 8
WORD = re.compile(r"[^\W_]+")
EXAMPLES = 20

Sequences = Set[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Texts:
    """What is compared: names of functions, their descriptions, and what users say."""

    names: frozenset[str]
    descriptions: frozenset[str]
    requests: frozenset[str]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two sets of texts share.

    Attributes:
        names: of functions that both have.
        described: names and descriptions that are the same in both.
        requests: requests of the one that share a sequence of eight words with a request of the other.
        descriptions: the same of descriptions.
    """

    names: tuple[str, ...]
    described: tuple[str, ...]
    requests: tuple[str, ...]
    descriptions: tuple[str, ...]


def sequences(text: str) -> Iterator[tuple[str, ...]]:
    """All runs of eight words, in lower case."""
    words = [match.group().lower() for match in WORD.finditer(text)]
    return (tuple(words[start : start + WORDS]) for start in range(len(words) - WORDS + 1))


def overlap_of(training: Texts, testing: Texts) -> Overlap:
    """What training shares with testing; the texts shown are those of training."""
    return Overlap(
        names=tuple(sorted(training.names & testing.names)),
        described=tuple(sorted(training.descriptions & testing.descriptions)),
        requests=sharing(training.requests, runs_of(testing.requests)),
        descriptions=sharing(training.descriptions, runs_of(testing.descriptions)),
    )


def runs_of(texts: Iterable[str]) -> Sequences:
    """The sequences of all texts."""
    return {run for text in texts for run in sequences(text)}


def sharing(texts: Iterable[str], runs: Sequences) -> tuple[str, ...]:
    """The texts that have one of these sequences."""
    return tuple(sorted(text for text in texts if any(run in runs for run in sequences(text))))


def training_texts(library: Library) -> Texts:
    """Every tool that is offered in training, and everything that a user says."""
    tools = {(tool.name, tool.description) for tool in library.tools}
    said: set[str] = set(library.intents)
    for asked in (*library.requests, *library.held):
        said.update(str(message["content"]) for message in asked.messages if message["role"] == "user")
        functions = (tool["function"] for tool in asked.tools)
        tools.update((function["name"], str(function.get("description") or "")) for function in functions)
    described = frozenset(f"{name}: {description}" for name, description in tools if description)
    return Texts(frozenset(name for name, _ in tools), described, frozenset(said))


def leave_out(found: Overlap) -> None:
    """Put the texts that share words on the list of what is not trained on, beside what is there already."""
    descriptions = (text.partition(": ")[2] for text in found.descriptions)
    digests = quoted() | {digest(text) for text in (*found.requests, *descriptions)}
    FILE.write_text(json.dumps(sorted(digests), indent=0) + "\n", encoding="utf-8")


def bfcl_texts() -> Texts:
    """Every function and question of BFCL's single-turn categories."""
    names: set[str] = set()
    described: set[str] = set()
    said: set[str] = set()
    folder = data_folder()
    for category in CATEGORIES:
        for entry in read_entries(folder, category):
            said.update(str(message["content"]) for message in entry.messages if message["role"] == "user")
            names.update(function["name"] for function in entry.functions)
            described.update(f"{function['name']}: {function['description']}" for function in entry.functions)
    return Texts(frozenset(names), frozenset(described), frozenset(said))


def section(found: Overlap, training: Texts, testing: Texts) -> dict[str, Any]:
    """The overlap as plain JSON, with counts and the first examples."""
    shared = {part: getattr(found, part) for part in Overlap.__slots__}
    return {
        "benchmark": "overlap",
        "date": now(),
        "sequence_words": WORDS,
        "training": {part: len(getattr(training, part)) for part in Texts.__slots__},
        "bfcl": {part: len(getattr(testing, part)) for part in Texts.__slots__},
        "left_out_before": len(quoted()),
        "shared": {part: len(texts) for part, texts in shared.items()},
        "examples": {part: list(texts[:EXAMPLES]) for part, texts in shared.items()},
    }


def main(
    *,
    data: Annotated[Path, typer.Option(help="A folder with text, tools, calling and written.")],
    leaving_out: Annotated[
        bool, typer.Option("--leave-out", help="Keep what shares words out of the training.")
    ] = False,
    out: Annotated[Path, typer.Option(help="The results.")] = FOLDER / "overlap.json",
) -> None:
    """Count what the training data share with BFCL, and print it."""
    training, testing = training_texts(open_library(data)), bfcl_texts()
    found = overlap_of(training, testing)
    if leaving_out:
        leave_out(found)
    result = section(found, training, testing)
    write_results(out, result)
    console = Console()
    for part, count in result["shared"].items():
        console.print(f"{part}: {count} shared")
        for text in result["examples"][part]:
            console.print(f"    {text[:120]}", markup=False)


if __name__ == "__main__":
    typer.run(main)
