"""What the subtasks that answer with whole calls share: the tools on offer, the grammar of calls, their text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from divisi.tasks.calling.answer_text import read_json, write_json
from divisi.tasks.calling.call import from_record as call_from
from divisi.tasks.calling.ordering import ordered
from divisi.tasks.calling.schema import (
    ANY_REFERENCE,
    allow_references,
    parameters_schema,
    reference_before,
    with_definitions,
)
from divisi.tasks.calling.tool import Tool
from divisi.tasks.calling.tool import from_record as tool_from
from divisi.tasks.subtask import AnswerError, Case, Schema, ToolError

ANY_LABEL: Schema = {"type": "string", "pattern": r"^\$var_[0-9]+$"}
EXACT_PLACES = 3
"""For so many calls the grammar fixes the label, and the calls that a reference may lead to where a parameter is not
free text; it grows by as many times. Later calls take any label and any reference; checks find what is wrong."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The tools of a case, with their parameters in the normal form.

    Attributes:
        tools: name -> tool, in the order of the case.
        parameters: name -> schema of its arguments.
        definitions: what the references of those schemas point to.
    """

    tools: Mapping[str, Tool]
    parameters: Mapping[str, Schema]
    definitions: Mapping[str, Any]

    def describe(self) -> str:
        """The names, for a message."""
        return ", ".join(self.tools) or "none"


def read_offer(case: Case) -> Offer:
    """All tools of a case.

    Raises:
        ToolError: a tool is not usable.
    """
    return _offer([tool_from(record) for record in case.tools])


def read_focus(case: Case) -> Offer:
    """The one tool of a case that is in its focus.

    Raises:
        ToolError: there is no focus, it is not among the tools, or it is not usable.
    """
    chosen = [record for record in case.tools if record["function"]["name"] == case.focus]
    if not chosen:
        offered = ", ".join(offered_names(case)) or "none"
        raise ToolError(f"the focus must be a tool on offer, not {case.focus!r}; offered: {offered}")
    return _offer([tool_from(chosen[0])])


def _offer(tools: Sequence[Tool]) -> Offer:
    definitions: dict[str, Any] = {}
    parameters = {tool.name: parameters_schema(tool.parameters, definitions) for tool in tools}
    return Offer({tool.name: tool for tool in tools}, parameters, definitions)


def offered_names(case: Case) -> list[str]:
    """The name of each tool of a case once, in order."""
    return list(dict.fromkeys(record["function"]["name"] for record in case.tools))


def call_schemas(offer: Offer) -> list[Schema]:
    """One schema for each tool: the object of a call of it. Definitions are left to the caller."""
    return [_call_schema(name, {}, parameters) for name, parameters in offer.parameters.items()]


def _call_schema(name: str, label: Mapping[str, Schema], arguments: Schema) -> Schema:
    properties = {"name": {"const": name}, **label, "arguments": arguments}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def list_schema(offer: Offer) -> Schema:
    """The schema of a list of calls; of the empty list where there are no tools."""
    if not offer.tools:
        return {"type": "array", "maxItems": 0}
    return with_definitions({"type": "array", "items": {"anyOf": call_schemas(offer)}}, offer.definitions)


def labelled_list_schema(offer: Offer) -> Schema:
    """The schema of a list of labelled calls, where a reference to an earlier call may stand for every value."""
    if not offer.tools:
        return {"type": "array", "maxItems": 0}
    places = [{"anyOf": _labelled_call_schemas(offer, place)} for place in range(1, EXACT_PLACES + 1)]
    later = {"anyOf": _labelled_call_schemas(offer, None)}
    return with_definitions({"type": "array", "prefixItems": places, "items": later}, offer.definitions)


def _labelled_call_schemas(offer: Offer, place: int | None) -> list[Schema]:
    """As `call_schemas`, for the call at a place, or at any place."""
    label = ANY_LABEL if place is None else {"const": f"$var_{place}"}
    reference = ANY_REFERENCE if place is None else reference_before(place) if place > 1 else None
    return [
        _call_schema(name, {"label": label}, allow_references(schema, reference) if reference else schema)
        for name, schema in offer.parameters.items()
    ]


def in_order(record: Any, offer: Offer) -> dict[str, Any]:
    """A call as it is written: name, label where there is one, arguments in the order of the schema.

    Raises:
        AnswerError: it is no call, or names a tool that is not offered.
    """
    call = call_from(record)
    if call.name not in offer.tools:
        raise AnswerError(f"{call.name!r} is not offered; offered: {offer.describe()}")
    arguments = ordered(dict(call.arguments), offer.parameters[call.name], offer.definitions)
    return {**call.to_record(), "arguments": arguments}


def write_calls(value: Sequence[Mapping[str, Any]], case: Case) -> str:
    """The canonical text of a list of calls.

    Raises:
        AnswerError: a call is none, or names a tool that is not offered.
    """
    offer = read_offer(case)
    return write_json([in_order(record, offer) for record in value])


def parse_calls(text: str) -> list[dict[str, Any]]:
    """The calls that a text lists.

    Raises:
        AnswerError: it is not a JSON list of calls.
    """
    value = read_json(text)
    if not isinstance(value, list):
        raise AnswerError(f"the answer must be a list of calls, not {text[:200]!r}")
    return [call_from(record).to_record() for record in value]
