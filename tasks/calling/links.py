"""Which parameter of a tool takes what another tool returns, without any model.

    p = 1 / (1 + exp(-(bias + weights . features)))          for each parameter and each field that a tool returns

A link is likely where both are called the same or mean the same, nothing in the text fits the parameter, both tools are
needed, and the text says what the other tool needs. The weights are those of a logistic regression on requests of the
training data, which `python -m divisi.specialists.embedded.fit_links` fits; they know no base.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from divisi.tasks.calling.likeness import alike, meaning_of, title_of
from divisi.tasks.calling.need import last_text, needs, parts_of
from divisi.tasks.calling.regression import stored
from divisi.tasks.calling.stems import stems
from divisi.tasks.calling.told import declared, name_of, required, told
from divisi.tasks.subtask import Message, ToolRecord

FILE = Path(__file__).with_name("links.json")
LINKED_FROM: Mapping[str, float] = {"nested": 0.2, "chain": 0.9, "parallel": 0.9}
OTHERWISE = 0.3
"""Kind of a request -> the probability from which on a parameter takes another tool's result. Of 148 chains of the
training sets, which have no such parameter, 0.3 gave 187 of them and 0.9 gave 6."""
NEAR = 0.25
"""Names, or what is said of them, that are no nearer than this cosine are no candidates, unless they share a stem."""
REFERS = re.compile(
    r"\b(that|its?|this|these|those|them|they|results?|resulting|then|whatever|ones?|there|same|both|him|her|his"
    r"|their|whose|which)\b",
    re.IGNORECASE,
)
IDENTIFIES = frozenset(("id", "number", "code", "ref", "refer"))
TYPE = re.compile(r"(string|number|integer|boolean|array|list|object)\b")
FEATURES = (
    *("same_name", "shared", "shared_back", "described_cosine", "name_cosine", "giver_cosine", "both_identify"),
    *("same_type", "other_type", "found", "not_found", "required", "options"),
    *("giver_need", "need", "giver_logit", "logit", "giver_found", "refers", "after", "tools", "described"),
    *("claimed", "claimed_alike", "no_code"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A parameter that takes a field of another tool's result.

    Attributes:
        tool, parameter: what takes it.
        giver, field: what gives it.
        probability: that it does.
    """

    tool: str
    parameter: str
    giver: str
    field: str
    probability: float


def links(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> list[Link]:
    """The likeliest link of each parameter that has one at all, the likeliest first."""
    found = list(candidates(messages, tools))
    if not found:
        return []
    chances = stored(FILE, FEATURES)(np.array([row for _, row in found]))
    best: dict[tuple[str, str], Link] = {}
    for (names, _), chance in sorted(zip(found, chances.tolist(), strict=True), key=lambda pair: -pair[1]):
        best.setdefault(names[:2], Link(*names, chance))
    return list(best.values())


def probable(found: Sequence[Link], kind: str) -> list[Link]:
    """The links that count where a request is said to be of a kind."""
    least = LINKED_FROM.get(kind, OTHERWISE)
    return [one for one in found if one.probability >= least]


Names = tuple[str, str, str, str]
"""Tool, parameter, giver, field."""


def candidates(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> Iterator[tuple[Names, list[float]]]:
    """Every parameter beside every field of another tool that is at all alike, with its features."""
    gives = [(place, field, *_of_field(shown)) for place, tool in enumerate(tools) for field, shown in _returns(tool)]
    if not gives:
        return
    sees = _Seen(tuple(messages), tuple(tools))
    for place, tool in enumerate(tools):
        for parameter, schema in declared(tool).items():
            for giver, field, kind, described in gives:
                fits = giver != place and _may_take(schema, kind)
                row = sees.row(place, parameter, giver, field, (kind, described)) if fits else None
                if row is not None:
                    yield (name_of(tool), parameter, name_of(tools[giver]), field), row


class _Seen:
    """One conversation with its tools, seen once for all candidates."""

    def __init__(self, messages: tuple[Message, ...], tools: tuple[ToolRecord, ...]) -> None:
        self._messages, self._tools = messages, tools
        text = last_text(messages)
        parts = parts_of(text)
        self._needs = needs(messages, tools)
        self._leads = [int(np.argmax([alike(part, tool).whole for part in parts])) for tool in tools]
        self._refers = float(bool(REFERS.search(text)))

    def row(self, place: int, parameter: str, giver: int, field: str, shown: tuple[str, str]) -> list[float] | None:
        """The features of a candidate; None where the two have nothing in common."""
        tool, source, schema = self._tools[place], self._tools[giver], declared(self._tools[place])[parameter]
        kind, described = shown
        about = f"{parameter} {schema.get('description') or ''}"
        own, other = set(stems(parameter)), set(stems(field))
        named = float(meaning_of(parameter) @ meaning_of(field))
        meant = float(meaning_of(about) @ meaning_of(f"{field} {described}"))
        if not own & other and max(named, meant) < NEAR:
            return None
        same = _same_type(kind, schema)
        need, giver_need = self._needs[place], self._needs[giver]
        found = self._chance(tool, parameter)
        gets = [self._chance(source, name) for name in required(source)]
        claimed = self._claimed(tool, parameter, source)
        return [
            *(float(own == other), len(own & other) / max(1, len(own)), len(own & other) / max(1, len(other))),
            *(meant, named, float(meaning_of(parameter) @ meaning_of(title_of(source)))),
            *(float(bool(own & IDENTIFIES and other & IDENTIFIES)), float(same), float(bool(kind) and not same)),
            *(found, float(found == 0), float(parameter in required(tool)), float("enum" in schema)),
            *(giver_need, need, math.log(giver_need / (1 - giver_need)), math.log(need / (1 - need))),
            *(min(gets, default=1.0), self._refers, float(np.sign(self._leads[place] - self._leads[giver]))),
            *(math.log(len(self._tools)), float(bool(set(stems(about)) & other))),
            *(claimed, claimed * float(own == other), self._no_code(tool, parameter, own)),
        ]

    def _claimed(self, tool: ToolRecord, parameter: str, source: ToolRecord) -> float:
        """How probable it is that what was found for a parameter is what the giver needs."""
        values, others = told(self._messages, tool), told(self._messages, source)
        if parameter not in values:
            return 0.0
        same = str(values[parameter].value)
        needed = [others[name] for name in required(source) if name in others]
        return max((one.probability for one in needed if str(one.value) == same), default=0.0)

    def _no_code(self, tool: ToolRecord, parameter: str, own: set[str]) -> float:
        """Whether what was found for something that identifies has no digit, as names have none."""
        value = told(self._messages, tool).get(parameter)
        return float(bool(own & IDENTIFIES) and value is not None and not any(map(str.isdigit, str(value.value))))

    def _chance(self, tool: ToolRecord, name: str) -> float:
        values = told(self._messages, tool)
        return values[name].probability if name in values else 0.0


def _returns(tool: ToolRecord) -> list[tuple[str, Any]]:
    shown = tool["function"].get("returns")
    return list(shown.items()) if isinstance(shown, Mapping) else []


def _of_field(shown: Any) -> tuple[str, str]:
    """The type of a field, "" where it is not told, and what is said of it."""
    if isinstance(shown, Mapping):
        return str(shown.get("type") or ""), str(shown.get("description") or "")
    match = TYPE.match(str(shown))
    return (match.group(1) if match else ""), str(shown)


def _may_take(schema: Mapping[str, Any], kind: str) -> bool:
    """Whether a parameter may take a value of a type."""
    if schema.get("type") == "boolean":
        return False
    return _same_type(kind, schema) or kind not in ("boolean", "array", "list", "object")


def _same_type(kind: str, schema: Mapping[str, Any]) -> bool:
    own = str(schema.get("type", "string"))
    return kind == own or {kind, own} <= {"number", "integer"} or {kind, own} <= {"array", "list"}
