"""Parameter-value pair detection: the arguments of one chosen function, or what is missing to call it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from divisi.tasks.calling.answer_text import read_json, write_json
from divisi.tasks.calling.call_checks import check_call
from divisi.tasks.calling.call_list import read_focus
from divisi.tasks.calling.evidence import read_conversation
from divisi.tasks.calling.found import found
from divisi.tasks.calling.ordering import ordered
from divisi.tasks.calling.schema import with_definitions
from divisi.tasks.score import argument_f1, name_scores, same_calls
from divisi.tasks.subtask import AnswerError, Case, Schema, Verdict


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments as an object; or the required parameters that the conversation does not give, as a list."""

    name: str = "arguments"

    def render(self, case: Case) -> str:
        """The invocation: the function, which of several calls of it is meant, its parameters (* is required)."""
        which = f" {case.occurrence} of {case.occurrences}" if case.occurrences > 1 else ""
        return f"arguments {case.focus}{which} {{{_signature(case)}}} arguments"

    def grammar(self, case: Case) -> Schema:
        """The function's parameters, or a list of those that it requires."""
        offer = read_focus(case)
        (parameters,) = offer.parameters.values()
        required = list(parameters.get("required") or ())
        if not required:
            return with_definitions(parameters, offer.definitions)
        missing = {"type": "array", "items": {"enum": required}, "minItems": 1, "maxItems": len(required)}
        return with_definitions({"anyOf": [parameters, missing]}, offer.definitions)

    def write(self, value: Any, case: Case) -> str:
        """The canonical text of arguments, in the order of the schema, or of a list of missing parameters."""
        if not isinstance(value, Mapping):
            return write_json(value)
        offer = read_focus(case)
        (parameters,) = offer.parameters.values()
        return write_json(ordered(value, parameters, offer.definitions))

    def parse(self, text: str, case: Case) -> dict[str, Any] | list[str]:  # noqa: ARG002
        """The arguments, or the missing parameters, that a text gives.

        Raises:
            AnswerError: it is neither an object nor a non-empty list of strings.
        """
        value = read_json(text)
        if isinstance(value, dict):
            return value
        if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
            return value
        raise AnswerError(f"the answer must be an object, or a list of missing parameters, not {text[:200]!r}")

    def verify(self, value: Any, case: Case) -> Verdict:
        """Arguments must follow the schema and have evidence; what is missing must be required, each named once."""
        offer = read_focus(case)
        if isinstance(value, Mapping):
            record = {"name": case.focus, "arguments": value}
            return Verdict(tuple(check_call(record, offer, read_conversation(case))))
        (parameters,) = offer.parameters.values()
        return Verdict(tuple(_check_missing(value, parameters.get("required") or ())))

    def score(self, value: Any, truth: Any, case: Case) -> Mapping[str, float]:
        """argument_f1 where the truth is arguments, missing_f1 where it is missing parameters; exact for both."""
        if isinstance(truth, Mapping):
            calls = [{"name": case.focus, "arguments": value}] if isinstance(value, Mapping) else []
            true_calls = [{"name": case.focus, "arguments": truth}]
            return {
                "argument_f1": argument_f1(calls, true_calls) if calls else 0.0,
                "exact": same_calls(calls, true_calls),
            }
        names = [] if isinstance(value, Mapping) else list(value)
        return {"missing_f1": name_scores(names, truth)["name_f1"], "exact": float(sorted(names) == sorted(truth))}


def _signature(case: Case) -> str:
    """The parameters near the answer and spelled as in it, each with what the conversation seems to say for it.

    A small base copies them from there, not from far away. Behind a value stands ten times its probability, 9 at most.
    """
    (parameters,) = read_focus(case).parameters.values()
    required = set(parameters.get("required") or ())
    told = {name: f": {write_json(one.value)} {min(9, int(10 * one.probability))}" for name, one in found(case).items()}
    names = parameters.get("properties") or {}
    return ", ".join(f"{write_json(name)}{'*' * (name in required)}{told.get(name, '')}" for name in names)


def _check_missing(names: Sequence[str], required: Sequence[str]) -> Iterator[str]:
    if not names:
        yield "an empty list names no missing parameter"
    for name in dict.fromkeys(names):
        if name not in required:
            yield f"{name!r} is not a required parameter; required: {', '.join(required) or 'none'}"
        if names.count(name) > 1:
            yield f"{name!r} is named more than once"
