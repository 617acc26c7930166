"""A subtask that answers with a list of calls without labels; subtasks differ in when two lists are the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from divisi.tasks.calling.call_checks import check_calls
from divisi.tasks.calling.call_list import (
    list_schema,
    offered_names,
    parse_calls,
    read_offer,
    write_calls,
)
from divisi.tasks.calling.need import asking
from divisi.tasks.score import call_scores
from divisi.tasks.subtask import Case, Schema, Verdict


@dataclass(frozen=True, slots=True)
class PlainCalls:
    """A list of calls, empty where no function fits.

    Attributes:
        name: the subtask's name in the catalog, and its invocation.
        same: the metric `exact` of an answer's calls and the true ones.
    """

    name: str
    same: Callable[[Any, Any], float]

    def render(self, case: Case) -> str:
        """The invocation, with the tools in the order of their likeness."""
        return asking(self.name, case)

    def grammar(self, case: Case) -> Schema:
        """A list of calls of the offered functions."""
        return list_schema(read_offer(case))

    def write(self, value: Any, case: Case) -> str:
        """The canonical text of a list of calls."""
        return write_calls(value, case)

    def parse(self, text: str, case: Case) -> list[dict[str, Any]]:  # noqa: ARG002
        """The calls that a text lists."""
        return parse_calls(text)

    def verify(self, value: Any, case: Case) -> Verdict:
        """Every call must be offered, follow its schema, and have evidence."""
        return check_calls(value, case)

    def score(self, value: Any, truth: Any, case: Case) -> Mapping[str, float]:
        """What `call_scores` gives, and exact, as `same` says."""
        return {**call_scores(value, truth, offered_names(case)), "exact": self.same(value, truth)}
