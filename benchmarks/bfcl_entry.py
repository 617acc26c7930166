"""One entry of BFCL, and its tools in OpenAI's form.

Types become JSON schema's (dict -> object, at the root too), a type that is unknown or "any" becomes string, as in the
official handlers of function-calling models; names keep their dots. Java and JavaScript values are strings that spell
the value in that language, and the description says of which type, in the official words. We leave out the sentence
that says of every Python function that it is one.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from items import Item

from divisi.router.request import Request
from divisi.tasks.calling.spelling import TYPES
from divisi.tasks.subtask import ToolRecord

LANGUAGES = {"simple_java": "Java", "simple_javascript": "JavaScript"}
SYNTAX = {"Java": "Java 8 SDK", "JavaScript": "JavaScript"}
LISTS = ("Array", "ArrayList", "array")

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One question.

    Attributes:
        id: as published.
        category: the file that it comes from ("live_multiple").
        messages: the one turn, system message included.
        functions: as published; the checker reads them.
        truth: the answers that are accepted, None where nothing is to be called.
    """

    id: str
    category: str
    messages: tuple[Record, ...]
    functions: tuple[Record, ...]
    truth: list[dict[str, Any]] | None


def read_entries(folder: Path, category: str) -> Iterator[Entry]:
    """The entries of one category."""
    answers = folder / "possible_answer" / f"BFCL_v4_{category}.json"
    truths = {record["id"]: record["ground_truth"] for record in _lines(answers)} if answers.is_file() else {}
    for record in _lines(folder / f"BFCL_v4_{category}.json"):
        yield entry_from(record, truths.get(record["id"]), category)


def entry_from(record: Record, truth: list[dict[str, Any]] | None, category: str) -> Entry:
    """An entry from a question and its accepted answers, as published."""
    (turn,) = record["question"]
    return Entry(record["id"], category, tuple(turn), tuple(record["function"]), truth)


def to_item(entry: Entry) -> Item:
    """What the service is asked."""
    tools = tuple(to_tool(function, LANGUAGES.get(entry.category)) for function in entry.functions)
    return Item(entry.id, entry.category, Request(entry.messages, tools), entry)


def to_tool(function: Record, language: str | None = None) -> ToolRecord:
    """A function in OpenAI's form.

    Args:
        function: as published; not changed.
        language: "Java" or "JavaScript", None for Python.
    """
    parameters = schema_of(function["parameters"])
    description = function["description"]
    if language is not None:
        given = function["parameters"]["properties"]
        parameters["properties"] = {name: _spelled(schema, language) for name, schema in given.items()}
        description += f" Note that the provided function is in {SYNTAX[language]} syntax."
    record = {"name": function["name"], "description": description, "parameters": parameters}
    return {"type": "function", "function": record}


def schema_of(schema: Record) -> dict[str, Any]:
    """A schema with JSON schema's types, at every depth."""
    new = {**schema, "type": TYPES.get(str(schema.get("type")).casefold()) or "string"}
    if "properties" in schema:
        new["properties"] = {name: schema_of(inner) for name, inner in schema["properties"].items()}
    if "items" in schema:
        new["items"] = schema_of(schema["items"])
    return new


def _spelled(schema: Record, language: str) -> dict[str, Any]:
    """A parameter whose value is written as that language spells it."""
    kind = schema["type"]
    said = f" This is {language} {kind} type parameter in string representation."
    if kind == "any":
        said = f" This parameter can be of any type of {language} object in string representation."
    if kind in LISTS:
        said += f" The list elements are of type {schema['items']['type']}; they are not in string representation."
    if language == "JavaScript" and kind == "dict" and "properties" in schema:
        shown = json.dumps(schema["properties"])
        said += " The dictionary entries have the following schema; they are not in string representation. " + shown
    kept = {key: value for key, value in schema.items() if key not in ("items", "properties")}
    return {**kept, "type": "string", "description": schema["description"] + said}


def _lines(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
