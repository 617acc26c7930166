"""Readers of the sets in which each utterance has one intent: SNIPS, HWU64, CLINC150."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.corpora import clinc150_tools, hwu64_tools, snips_tools
from divisi.tasks.corpora.intents import Catalogue, Utterance, ask
from divisi.tasks.corpora.report import LeftOut
from divisi.tasks.subtask import Schema, ToolRecord


def read_snips(data: Path, rng: Random) -> Iterator[Asked | LeftOut]:
    """Source: Coucke et al., arXiv 1805.10190; seven intents with slots."""
    folder = data / "calling" / "snips"
    records = [
        snips_utterance(f"{path.stem}/{number}", record["data"], intent)
        for path in sorted(folder.glob("*.json"))
        for intent, intent_records in _json(path).items()
        for number, record in enumerate(intent_records)
    ]
    tools = snips_tools.tools()
    yield from _asked(records, Catalogue("snips", tools, dict.fromkeys(tools, "home"), snips_tools.OVERLAPS), rng)


def read_hwu64(data: Path, rng: Random) -> Iterator[Asked | LeftOut]:
    """Source: Liu et al., arXiv 1903.05566; intents with entities, spoken to a home assistant."""
    content = _json(data / "calling" / "nlu_eval_hwu64" / "RasaNlu_Merged_KFold_1.json")
    tools = hwu64_tools.tools()
    examples = content["rasa_nlu_data"]["common_examples"]
    records = [hwu64_utterance(str(number), record, tools) for number, record in enumerate(examples)]
    yield from _asked(records, Catalogue("hwu64", tools, {intent: intent.split("_")[0] for intent in tools}), rng)


def read_clinc150(data: Path, rng: Random) -> Iterator[Asked | LeftOut]:
    """Source: Larson et al., arXiv 1909.02027; intents without slots. The split oos_test is not read."""
    content = _json(data / "calling" / "clinc150_oos" / "data_full.json")
    tools = clinc150_tools.tools()
    records = [
        clinc150_utterance(f"{split}/{number}", text, intent, tools)
        for split in ("train", "val", "oos_train", "oos_val")
        for number, (text, intent) in enumerate(content[split])
    ]
    yield from _asked(records, Catalogue("clinc150", tools, clinc150_tools.domains()), rng)


def _asked(records: Sequence[Utterance | LeftOut], catalogue: Catalogue, rng: Random) -> Iterator[Asked | LeftOut]:
    yield from (record for record in records if isinstance(record, LeftOut))
    yield from ask([record for record in records if isinstance(record, Utterance)], catalogue, rng)


def _json(path: Path) -> Any:
    content = path.read_bytes()
    try:
        return json.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        return json.loads(content.decode("latin-1"))


def snips_utterance(key: str, parts: Sequence[Mapping[str, str]], intent: str) -> Utterance | LeftOut:
    """An utterance that is cut into parts, some of which are slots."""
    arguments: dict[str, str] = {}
    for part in parts:
        if part.get("entity") in arguments:
            return LeftOut(key, "slot given twice")
        if "entity" in part:
            arguments[part["entity"]] = repaired(part["text"]).strip()
    text = " ".join("".join(repaired(part["text"]) for part in parts).split())
    return Utterance(key, text, intent, arguments)


def repaired(text: str) -> str:
    """Text that was UTF-8 read as latin-1, as it was meant; other text as it is."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def hwu64_utterance(key: str, record: Mapping[str, Any], tools: Mapping[str, ToolRecord]) -> Utterance | LeftOut:
    """An utterance with spans; entities that its tool does not take are dropped."""
    intent = record["intent"]
    if intent in hwu64_tools.CHATTER:
        return Utterance(key, record["text"], None, {})
    if intent not in tools:
        return LeftOut(key, "intent has no clear function")
    properties: Mapping[str, Schema] = tools[intent]["function"]["parameters"]["properties"]
    arguments: dict[str, Any] = {}
    for entity in record["entities"]:
        name = entity["entity"]
        if name in properties and properties[name]["type"] == "array":
            arguments.setdefault(name, []).append(entity["value"])
        elif name in arguments:
            return LeftOut(key, "entity given twice")
        elif name in properties:
            arguments[name] = entity["value"]
    return Utterance(key, record["text"], intent, arguments)


def clinc150_utterance(key: str, text: str, intent: str, tools: Mapping[str, ToolRecord]) -> Utterance | LeftOut:
    """An utterance; "oos" and talk have no function."""
    if intent == "oos" or intent in clinc150_tools.CHATTER:
        return Utterance(key, text, None, {})
    if intent not in tools:
        return LeftOut(key, "intent has no clear function")
    return Utterance(key, text, intent, {})
