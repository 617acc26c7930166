"""Reader of Seal-Tools: generated requests, each with five candidate tools and its calls.

Source: Wu et al., "Seal-Tools: Self-Instruct Tool Learning Dataset for Agent Tuning and Detailed Benchmark",
arXiv 2405.08355. Candidate lists are only in the finetune_*.json.gz files, as Python literals inside the prompt.
"""

import ast
import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from divisi.tasks.calling.call import Call, references
from divisi.tasks.calling.dialogue import Asked, Kind
from divisi.tasks.calling.evidence import grounded, read_conversation
from divisi.tasks.calling.tool import Tool
from divisi.tasks.calling.turns import says
from divisi.tasks.corpora.report import LeftOut
from divisi.tasks.subtask import Case, ToolRecord

PROMPT = re.compile(r'\napi_list = (?P<apis>.*)\ntask_instruction = "(?P<query>.*)"\nOutput:\n', re.DOTALL)
RESPONSE = re.compile(r"API_call_(\d+)(?: response)?")
ORDERED = re.compile(r"\b(then|next|after(wards?)?|finally|lastly|once|first(ly)?|subsequently)\b", re.IGNORECASE)
TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}

Api = Mapping[str, Any]
"""A tool as the set writes it: api_name, api_description, field, parameters, required, responses."""


@dataclass(frozen=True, slots=True)
class Record:
    """One request as the set writes it: its candidates, and its calls {"api", "parameters", "responses"}."""

    id: str
    query: str
    apis: tuple[Api, ...]
    calls: tuple[Api, ...]


def read_training(data: Path, rng: Random) -> Iterator[Asked | LeftOut]:
    """The splits dev and test_in_domain, without the tools of the test split and without guessed values."""
    folder = data / "calling" / "seal_tools"
    reserved = tool_names(data)
    spare = [api for api in _json_lines(folder / "tool.jsonl") if api["api_name"] not in reserved]
    for split in ("dev", "test_in_domain"):
        for record in _read_split(folder, split):
            reason = reason_against(record, reserved)
            if reason:
                yield LeftOut(record.id, reason)
            else:
                yield asked_from(without_reserved(record, reserved, spare, rng), f"seal_tools/{split}")


def read_test(data: Path, _rng: Random) -> Iterator[Asked | LeftOut]:
    """The split test_out_domain, whole and as it was published."""
    for record in _read_split(data / "calling" / "seal_tools", "test_out_domain"):
        yield asked_from(record, "seal_tools/test_out_domain")


def tool_names(data: Path) -> set[str]:
    """Every tool that the test split offers or calls."""
    records = tuple(_read_split(data / "calling" / "seal_tools", "test_out_domain"))
    offered = {api["api_name"] for record in records for api in record.apis}
    return offered | {call["api"] for record in records for call in record.calls}


def _json_lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _read_split(folder: Path, split: str) -> Iterator[Record]:
    calls = {record["id"]: record["calling"] for record in _json_lines(folder / f"{split}.jsonl")}
    with gzip.open(folder / f"finetune_{split}.json.gz", "rt", encoding="utf-8") as text:
        prompts = json.load(text)
    for prompt in prompts:
        yield record_from(prompt, calls[prompt["id"]])


def record_from(prompt: Mapping[str, Any], calls: Sequence[Api]) -> Record:
    """A record from its fine-tuning prompt, which has the candidates, and its calls."""
    match = PROMPT.search(prompt["conversations"][0]["value"])
    assert match is not None, f"{prompt['id']} has no api_list"
    return Record(prompt["id"], match["query"], tuple(ast.literal_eval(match["apis"])), tuple(calls))


def asked_from(record: Record, source: str) -> Asked:
    """One request; several calls are a chain where the words order them."""
    apis = {api["api_name"]: api for api in record.apis}
    fields = _fields_by_response(record.calls, apis)
    calls = tuple(Call(call["api"], _arguments(call, apis, fields)) for call in record.calls)
    kind = _kind(calls, record.query)
    if kind == "nested":
        calls = tuple(replace(call, label=f"$var_{number}") for number, call in enumerate(calls, 1))
    return Asked(
        id=record.id,
        source=source,
        messages=(says("user", record.query),),
        tools=tuple(_tool(api) for api in record.apis),
        kind=kind,
        calls=calls,
        group=f"seal_tools/{calls[0].name}",
    )


def _kind(calls: tuple[Call, ...], query: str) -> Kind:
    if len(calls) == 1:
        return "single"
    if any(references([dict(call.arguments) for call in calls])):
        return "nested"
    return "chain" if ORDERED.search(query) else "parallel"


def _tool(api: Api) -> ToolRecord:
    properties = {
        name: {"type": TYPES[schema["type"]], "description": schema["description"]}
        for name, schema in api["parameters"].items()
    }
    parameters = {"type": "object", "properties": properties, "required": list(api["required"])}
    returns = {
        _field_name(name): f"{TYPES[field['type']]}, {field['description']}" for name, field in api["responses"].items()
    }
    return Tool(api["api_name"], api["api_description"], parameters, returns).to_record()


def _field_name(name: str) -> str:
    """The field as `returns` names it: one called "properties" would be read as the start of a JSON schema."""
    return "property_list" if name == "properties" else name


def _fields_by_response(calls: Sequence[Api], apis: Mapping[str, Api]) -> dict[str, str]:
    """ "3" -> "$var_2.city$": which field of which call the response API_call_3 is, by its position."""
    found = {}
    for number, call in enumerate(calls, 1):
        names = list(apis[call["api"]]["responses"]) if call["api"] in apis else []
        for position, response in enumerate(call["responses"]):
            field = _field_name(names[position]) if position < len(names) else "result"
            found[response.removeprefix("API_call_")] = f"$var_{number}.{field}$"
    return found


def _arguments(call: Api, apis: Mapping[str, Api], fields: Mapping[str, str]) -> dict[str, Any]:
    schemas = apis[call["api"]]["parameters"] if call["api"] in apis else {}
    return {name: _value(value, schemas.get(name, {}), fields) for name, value in call["parameters"].items()}


def _value(value: Any, schema: Api, fields: Mapping[str, str]) -> Any:
    """A value with references in our spelling, and with the type that the schema demands where nothing is lost."""
    if isinstance(value, str) and (match := RESPONSE.fullmatch(value)):
        return fields.get(match[1], value)
    kind = schema.get("type")
    if kind == "str" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if kind == "int" and isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    if kind == "float" and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    return value


def reason_against(record: Record, reserved: set[str]) -> str | None:
    """Why a record does not serve training, or None."""
    apis = {api["api_name"]: api for api in record.apis}
    if not reserved.isdisjoint(call["api"] for call in record.calls):
        return "calls a tool of the test split"
    if any(call["api"] not in apis for call in record.calls):
        return "calls a tool that is not offered"
    fields = _fields_by_response(record.calls, apis)
    said = read_conversation(Case((says("user", record.query),)))
    for call in record.calls:
        for name, value in call["parameters"].items():
            match = RESPONSE.search(str(value))
            if match and not _plausible(name, fields.get(match[1], "")):
                return "implausible reference"
            if not match and not grounded(value, {}, said):
                return "value without evidence"
    return None


def _plausible(parameter: str, reference: str) -> bool:
    """Whether a parameter and the field that it is given share a word; many references of the set are arbitrary."""
    words = {word for word in re.split(r"[_.$]|var|\d+", reference.casefold()) if len(word) > 1}
    return any(word in words for word in parameter.casefold().split("_") if len(word) > 1)


def without_reserved(record: Record, reserved: set[str], spare: Sequence[Api], rng: Random) -> Record:
    """A record whose reserved candidates are replaced by tools of the same broad field, or by any."""
    names = {api["api_name"] for api in record.apis}
    apis = []
    for api in record.apis:
        kept = _other(api, names, spare, rng) if api["api_name"] in reserved else api
        names.add(kept["api_name"])
        apis.append(kept)
    return replace(record, apis=tuple(apis))


def _other(api: Api, taken: set[str], spare: Sequence[Api], rng: Random) -> Api:
    broad = api["field"].split("/")[0]
    free = [other for other in spare if other["api_name"] not in taken]
    return rng.choice([other for other in free if other["field"].split("/")[0] == broad] or free)
