"""The services of the Schema-Guided Dialogue set as tools: each method is one, each slot a typed parameter."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divisi.tasks.calling.tool import Tool
from divisi.tasks.subtask import Schema, ToolRecord

BOOLEANS = {"True": True, "False": False}
FORMATS = {"date": " (YYYY-MM-DD)", "time": " (HH:MM, 24 hours)"}


@dataclass(frozen=True, slots=True)
class Method:
    """One method of one service.

    Attributes:
        service: "Hotels_2".
        name: "SearchHouse".
        tool: with its dates and times as the user says them.
        dated_tool: the same tool with dates and times in ISO form.
        required: slots that a call must give.
        slots: all slots of the service, by name, with their schemas.
    """

    service: str
    name: str
    tool: ToolRecord
    dated_tool: ToolRecord
    required: tuple[str, ...]
    slots: Mapping[str, Schema]

    @property
    def family(self) -> str:
        """Services of one family do the same: "Hotels"; films are watched and seen in cinemas."""
        family = self.service.split("_")[0]
        return "Movies" if family == "Media" else family


Methods = Mapping[tuple[str, str], Method]
"""(service, method) -> the method."""


def read_methods(path: Path) -> Methods:
    """The methods of a schema.json.gz."""
    with gzip.open(path, "rt", encoding="utf-8") as text:
        services = json.load(text)
    methods = [_method(service, intent) for service in services for intent in service["intents"]]
    return {(method.service, method.name): method for method in methods}


def typed(value: str, schema: Schema) -> Any:
    """A slot's value with the type of its schema."""
    if schema.get("type") == "boolean":
        return BOOLEANS.get(value, value)
    return int(value) if schema.get("type") == "integer" and value.isdigit() else value


def is_moment(slot: str) -> bool:
    """Whether a slot is a date or a time of day."""
    return format_of(slot) != ""


def format_of(slot: str) -> str:
    """How a description asks for a date or a time in ISO form; "" for other slots."""
    return next((text for word, text in FORMATS.items() if word in slot.split("_")), "")


def _method(service: Mapping[str, Any], intent: Mapping[str, Any]) -> Method:
    slots = {slot["name"]: _slot_schema(slot) for slot in service["slots"]}
    names = [*intent["required_slots"], *intent["optional_slots"]]
    plain = {name: slots[name] for name in names}
    dated = {name: {**schema, "description": schema["description"] + format_of(name)} for name, schema in plain.items()}
    returns = {name: f"{slots[name]['type']}, {slots[name]['description']}" for name in intent["result_slots"]}
    return Method(
        service=service["service_name"],
        name=intent["name"],
        tool=_tool(intent, plain, returns),
        dated_tool=_tool(intent, dated, returns),
        required=tuple(intent["required_slots"]),
        slots=slots,
    )


def _tool(intent: Mapping[str, Any], properties: Mapping[str, Schema], returns: Mapping[str, str]) -> ToolRecord:
    parameters = {"type": "object", "properties": properties, "required": list(intent["required_slots"])}
    return Tool(intent["name"], intent["description"], parameters, returns).to_record()


def _slot_schema(slot: Mapping[str, Any]) -> dict[str, Any]:
    values = slot["possible_values"] if slot["is_categorical"] else []
    description = {"description": slot["description"]}
    if values and all(value in BOOLEANS for value in values):
        return {"type": "boolean", **description}
    if values and all(value.isdigit() for value in values):
        return {"type": "integer", **description, "enum": [int(value) for value in values]}
    return {"type": "string", **description, **({"enum": values} if values else {})}
