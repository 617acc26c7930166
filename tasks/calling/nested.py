"""Nested functions: calls of which later ones take the results of earlier ones as arguments, by label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from divisi.tasks.calling.call import LABEL, from_record
from divisi.tasks.calling.call_checks import check_labelled_calls, label_problem
from divisi.tasks.calling.call_list import (
    labelled_list_schema,
    offered_names,
    parse_calls,
    read_offer,
    write_calls,
)
from divisi.tasks.calling.matching import with_references
from divisi.tasks.calling.need import asking
from divisi.tasks.score import call_scores
from divisi.tasks.subtask import AnswerError, Case, Schema, Verdict


@dataclass(frozen=True, slots=True)
class Nested:
    """A list of calls labelled "$var_1", "$var_2" and so on; "$var_1.field$" is a field of the first one's result."""

    name: str = "nested"

    def render(self, case: Case) -> str:
        """The invocation, with the tools in the order of their likeness."""
        return asking(self.name, case)

    def grammar(self, case: Case) -> Schema:
        """A list of labelled calls; a reference to an earlier one may stand in place of every value."""
        return labelled_list_schema(read_offer(case))

    def write(self, value: Any, case: Case) -> str:
        """The canonical text of a list of labelled calls.

        Raises:
            AnswerError: a label is missing or out of order.
        """
        if problem := label_problem(value):
            raise AnswerError(problem)
        return write_calls(value, case)

    def parse(self, text: str, case: Case) -> list[dict[str, Any]]:  # noqa: ARG002
        """The calls that a text lists."""
        return parse_calls(text)

    def verify(self, value: Any, case: Case) -> Verdict:
        """As for parallel calls; labels must count from 1, and references lead to fields of earlier calls."""
        return check_labelled_calls(value, case)

    def score(self, value: Any, truth: Any, case: Case) -> Mapping[str, float]:
        """What `call_scores` gives, and exact: the same calls in any order that keeps the references."""
        exact = with_references([from_record(call) for call in value], [from_record(call) for call in truth])
        scores = call_scores(_by_function(value), _by_function(truth), offered_names(case))
        return {**scores, "exact": float(exact)}


def _by_function(calls: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Calls whose references name the function that they refer to, so that arguments compare in another order too."""
    names: dict[str, str] = {}
    for place, call in enumerate(calls):
        before = sum(earlier["name"] == call["name"] for earlier in calls[:place])
        names[str(place + 1)] = f"{call['name']}#{before + 1}"
    return [{"name": call["name"], "arguments": _renamed(call["arguments"], names)} for call in calls]


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return LABEL.sub(lambda match: f"$var_{names.get(match.group(1), match.group(1))}", value)
    if isinstance(value, Mapping):
        return {key: _renamed(part, names) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_renamed(part, names) for part in value]
    return value
