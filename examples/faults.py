"""What is wrong with an answer of the demo, one sentence for each fault."""

import json
from collections.abc import Iterator
from typing import Any

from answers import Answer, MadeCall
from jsonschema import Draft202012Validator
from scenes import RightAnswer
from tools import schema_of


def faults_of(answer: Answer, right: RightAnswer) -> list[str]:
    """What is wrong with an answer; nothing where it is right."""
    return [
        *_broken_calls(answer),
        *_wrong_calls(answer, right),
        *_wrong_text(answer, right),
        *_wrong_trace(answer, right),
    ]


def _broken_calls(answer: Answer) -> Iterator[str]:
    """Calls that no tool could take."""
    for call in answer.calls:
        schema = schema_of(call.name)
        if schema is None:
            yield f"{call.name!r} was called, but not offered"
            continue
        arguments = read_arguments(call)
        if arguments is None:
            yield f"the arguments of {call.name} are not a JSON object: {call.arguments!r}"
            continue
        for error in Draft202012Validator(schema).iter_errors(arguments):
            yield f"the arguments of {call.name} do not follow its schema: {error.message}"


def _wrong_calls(answer: Answer, right: RightAnswer) -> Iterator[str]:
    made = [(call.name, read_arguments(call)) for call in answer.calls]
    expected = [(call.name, dict(call.arguments)) for call in right.calls]
    if made != expected:
        yield f"expected {_listed(expected)}, got {_listed(made)}"
    if answer.finish != ("tool_calls" if expected else "stop"):
        yield f"the answer ended with {answer.finish!r}"


def _wrong_text(answer: Answer, right: RightAnswer) -> Iterator[str]:
    for part in right.says:
        if part.casefold() not in answer.text.casefold():
            yield f"expected a text with {part!r}, got {answer.text!r}"


def _wrong_trace(answer: Answer, right: RightAnswer) -> Iterator[str]:
    if not answer.trace:
        yield "the answer has no trace"
        return
    missing = {function: tuple(names) for function, names in answer.trace["missing"].items()}
    if missing != dict(right.missing):
        yield f"expected as missing {dict(right.missing)}, got {missing}"
    planned = tuple(call["name"] for call in answer.trace["plan"])
    if right.planned and planned != right.planned:
        yield f"expected the plan {', '.join(right.planned)}, got {', '.join(planned) or 'nothing'}"


def read_arguments(call: MadeCall) -> dict[str, Any] | None:
    """The arguments of a call, or None where they are not a JSON object."""
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        return None
    return arguments if isinstance(arguments, dict) else None


def _listed(calls: list[Any]) -> str:
    return ", ".join(f"{name}({json.dumps(arguments, ensure_ascii=False)})" for name, arguments in calls) or "no call"
