"""Readers of API-Bank: level 3 for training, levels 1 and 2 for testing.

Source: Li et al., arXiv 2304.08244. In training, the steps that search for tools are left out and what they find is
offered from the start.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked, Kind
from divisi.tasks.calling.evidence import DATE, Said, grounded, read_conversation
from divisi.tasks.calling.turns import calls_turn, result_turn, says
from divisi.tasks.corpora.api_bank_text import (
    SEARCHER,
    TIME,
    Line,
    Request,
    call_from,
    read_apis,
    read_lines,
    read_request,
    tool_from,
)
from divisi.tasks.corpora.offering import name_of, offer
from divisi.tasks.corpora.report import LeftOut
from divisi.tasks.subtask import Case, Message, ToolRecord

TEST_FILES = ("level-1-api", "level-2-api", "level-1-response", "level-2-response")
DESCRIPTIONS = "API descriptions:\n"

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One record of level 3: what the user says, the requests that were made, and what comes next."""

    id: str
    user: str
    time: str | None
    requests: tuple[Request, ...]
    found: tuple[ToolRecord, ...]
    next: Request | None = None
    reply: str | None = None


def read_training(data: Path, rng: Random) -> Iterator[Asked | LeftOut]:
    """Each request and each reply of level 3; dialogues whose values are all known at once as lists of calls too."""
    folder = data / "calling" / "api_bank" / "training-data"
    steps = [
        step_from(f"{name}/{number}", record)
        for name in ("lv3-api-train", "lv3-response-train")
        for number, record in enumerate(_json(folder / f"{name}.json"))
    ]
    found: dict[str, dict[str, ToolRecord]] = {}
    for step in steps:
        found.setdefault(step.user, {}).update({name_of(tool): tool for tool in step.found})
    given = _given([request for step in steps for request in (*step.requests, step.next) if request is not None])
    tools = {user: [_relaxed(tool, given) for tool in named.values()] for user, named in found.items()}
    pool = [tool for offered in tools.values() for tool in offered]
    for step in steps:
        yield from asked_at(step, offer(tools[step.user], (), pool, rng))


def _given(requests: Sequence[Request]) -> dict[str, set[str]]:
    """API -> the parameters that each of its requests gives."""
    given: dict[str, set[str]] = {}
    for request in requests:
        given[request.name] = given.get(request.name, set(request.arguments)) & set(request.arguments)
    return given


def _relaxed(tool: ToolRecord, given: Mapping[str, set[str]]) -> ToolRecord:
    """A tool that requires only what each of its requests gives."""
    function = tool["function"]
    schema = function["parameters"]
    required = [name for name in schema["required"] if name in given.get(function["name"], ())]
    return {**tool, "function": {**function, "parameters": {**schema, "required": required}}}


def read_test(data: Path, _rng: Random) -> Iterator[Asked | LeftOut]:
    """The calls and replies of levels 1 and 2, with the APIs that their prompts describe or their searches found."""
    for name in TEST_FILES:
        for number, record in enumerate(_test_records(data, name)):
            yield asked_from(f"{name}/{number}", record, f"api_bank/{name}")


def tool_names(data: Path) -> set[str]:
    """Every API that the test offers, finds or calls."""
    records = [record for name in TEST_FILES for record in _test_records(data, name)]
    names = {name_of(tool) for record in records for tool in _offered(record, list(read_lines(record["input"])))}
    expected = (read_request(record["expected_output"]) for record in records)
    return names | {request.name for request in expected if request is not None}


def _json(path: Path) -> list[Record]:
    records: list[Record] = json.loads(path.read_text(encoding="utf-8"))
    return records


def _test_records(data: Path, name: str) -> list[Record]:
    return _json(data / "calling" / "api_bank_test" / "test-data" / f"{name}.json")


def step_from(key: str, record: Record) -> Step:
    """A record of level 3."""
    lines = list(read_lines(record["input"]))
    user = lines[0].text
    time = TIME.search(user)
    requests = tuple(line.request for line in lines[1:] if line.request is not None)
    output = record["output"].strip()
    return Step(
        id=key,
        user=TIME.sub("", user),
        time=time[1] if time else None,
        requests=tuple(request for request in requests if request.name != SEARCHER),
        found=tuple(
            tool_from(api) for request in requests if request.name == SEARCHER for api in _apis(request.result)
        ),
        next=read_request(output),
        reply=output.removeprefix("AI:").replace("\\n", "\n").strip() if output.startswith("AI:") else None,
    )


def _apis(result: Any) -> list[Mapping[str, Any]]:
    """What a search found: one API or several, without those whose parameters are not described."""
    apis = result if isinstance(result, list) else [result]
    return [api for api in apis if isinstance(api, Mapping) and isinstance(api.get("input_parameters"), Mapping)]


def asked_at(step: Step, tools: tuple[ToolRecord, ...]) -> Iterator[Asked | LeftOut]:
    """What a step asks for: the next call, or the reply and, where nothing waits for a result, all calls at once."""
    offered = {name_of(tool): tool for tool in tools}
    calls = tuple(call_from(request, offered.get(request.name)) for request in step.requests)
    messages = [*_opening(step), *_played(calls, step.requests)]
    said = read_conversation(Case(tuple(messages)))
    asked = Asked(step.id, "api_bank/level-3", tuple(messages), tools, "reply", group=f"api_bank/{step.user}")
    if step.reply:
        yield replace(asked, reply=step.reply)
        yield from _at_once(replace(asked, messages=_opening(step)), calls, step.requests)
    elif step.next is None:
        yield LeftOut(step.id, "neither request nor reply")
    elif step.next.name == SEARCHER:
        yield LeftOut(step.id, "searches for tools")
    elif not step.requests:
        yield LeftOut(step.id, "first call, which the whole dialogue asks for too")
    else:
        call = call_from(step.next, offered.get(step.next.name))
        if _known(call, said):
            yield replace(asked, kind="continue", calls=(call,))
        else:
            yield LeftOut(step.id, "value without evidence")


def _opening(step: Step) -> tuple[Message, ...]:
    time = () if step.time is None else (says("system", f"Current time: {step.time}"),)
    return (*time, says("user", step.user))


def _played(calls: Sequence[Call], requests: Sequence[Request]) -> Iterator[Message]:
    for number, (call, request) in enumerate(zip(calls, requests, strict=True), 1):
        yield calls_turn((call,), number)
        yield result_turn(_result(request), number)


def _result(request: Request) -> Any:
    return request.result if isinstance(request.result, Mapping | list) else {"result": request.result}


def _known(call: Call, said: Said) -> bool:
    return all(grounded(value, {}, said) for value in call.arguments.values())


def _at_once(asked: Asked, calls: tuple[Call, ...], requests: Sequence[Request]) -> Iterator[Asked]:
    """The calls as one list, where each value is said by the user or is a field of an earlier result."""
    said = read_conversation(Case(asked.messages))
    linked = tuple(_linked(call, number, requests, said) for number, call in enumerate(calls))
    whole = tuple(call for call in linked if call is not None)
    if not calls or len(whole) < len(calls):
        return
    nested = any(str(value).startswith("$var_") for call in whole for value in call.arguments.values())
    kind: Kind = "single" if len(calls) == 1 else "nested" if nested else "chain"
    labels = [f"$var_{number}" if nested else None for number in range(1, len(whole) + 1)]
    labelled = tuple(replace(call, label=label) for call, label in zip(whole, labels, strict=True))
    yield replace(asked, id=f"{asked.id}/{kind}", kind=kind, calls=labelled)


def _linked(call: Call, number: int, requests: Sequence[Request], said: Said) -> Call | None:
    """A call whose values that nobody said are references to earlier results, or None where no field holds one."""
    arguments = {}
    for name, value in call.arguments.items():
        if not _said_outright(value, said) or _only_found(value, requests[:number], said):
            reference = _reference(value, requests[:number])
            if reference is None:
                return None
            arguments[name] = reference
    return replace(call, arguments={**call.arguments, **arguments})


def _only_found(value: Any, requests: Sequence[Request], said: Said) -> bool:
    """Whether an earlier result tells a value that was not said in just these words."""
    text = str(value).casefold()
    return text not in said.text and any(text in str(request.result).casefold() for request in requests)


def _said_outright(value: Any, said: Said) -> bool:
    """Whether a value is said, dates word for word: a date that only a result tells seems said to a lenient test."""
    if isinstance(value, list):
        return all(_said_outright(part, said) for part in value)
    return grounded(value, {}, said) and (DATE.fullmatch(str(value)) is None or str(value) in said.text)


def _reference(value: Any, requests: Sequence[Request]) -> str | None:
    for number, request in enumerate(requests, 1):
        fields = request.result if isinstance(request.result, Mapping) else {}
        for name, result in fields.items():
            if result == value and str(name).isidentifier():
                return f"$var_{number}.{name}$"
    return None


def asked_from(key: str, record: Record, source: str) -> Asked | LeftOut:
    """A record of the test: the call that comes next, or the reply."""
    lines = list(read_lines(record["input"]))
    tools = _offered(record, lines)
    named = {name_of(tool): tool for tool in tools}
    messages = tuple(_messages(lines, named))
    asked = Asked(key, source, messages, tools, "reply", group=f"api_bank_test/{record['file']}")
    if source.endswith("response"):
        return replace(asked, reply=record["expected_output"].removeprefix("AI:").strip())
    request = read_request(record["expected_output"])
    if request is None:
        return LeftOut(key, "the expected output is not a request")
    kind: Kind = "continue" if messages[-1]["role"] == "tool" else "single"
    return replace(asked, kind=kind, calls=(call_from(request, named.get(request.name)),))


def _offered(record: Record, lines: Sequence[Line]) -> tuple[ToolRecord, ...]:
    apis = [*read_apis(record["instruction"].partition(DESCRIPTIONS)[2])]
    for line in lines:
        if line.request is not None and line.request.name == SEARCHER:
            apis += _apis(line.request.result)
    tools: dict[str, ToolRecord] = {}
    for tool in map(tool_from, apis):
        tools.setdefault(name_of(tool), tool)
    return tuple(tools.values())


def _messages(lines: Sequence[Line], tools: Mapping[str, ToolRecord]) -> Iterator[Message]:
    """The turns; the assistant's words before a request belong to the turn that calls, also at the end."""
    yield says("system", "The current year is 2023.")
    number = 0
    for line, following in zip(lines, (*lines[1:], None), strict=True):
        if line.request is not None:
            number += 1
            yield calls_turn((call_from(line.request, tools.get(line.request.name)),), number)
            yield result_turn(_result(line.request), number)
        elif line.speaker == "User":
            yield says("user", line.text)
        elif line.speaker == "AI" and following is not None and following.request is None:
            yield says("assistant", line.text)
