"""Next-best function: given the calls and results so far, the next call, or that the work is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from divisi.tasks.calling.answer_text import read_json, write_json
from divisi.tasks.calling.call import from_record
from divisi.tasks.calling.call_checks import check_calls
from divisi.tasks.calling.call_list import call_schemas, in_order, offered_names, read_offer
from divisi.tasks.calling.schema import with_definitions
from divisi.tasks.score import call_scores, same_calls
from divisi.tasks.subtask import Case, Schema, Verdict

DONE = "done"
"""The answer where no further call is needed."""


@dataclass(frozen=True, slots=True)
class NextBest:
    """One call, or "done"."""

    name: str = "next_best"

    def render(self, case: Case) -> str:  # noqa: ARG002
        """The invocation."""
        return "next"

    def grammar(self, case: Case) -> Schema:
        """A call of one offered function, or the word."""
        offer = read_offer(case)
        return with_definitions({"anyOf": [*call_schemas(offer), {"const": DONE}]}, offer.definitions)

    def write(self, value: Any, case: Case) -> str:
        """The canonical text of a call, or the word."""
        return write_json(DONE if value == DONE else in_order(value, read_offer(case)))

    def parse(self, text: str, case: Case) -> dict[str, Any] | str:  # noqa: ARG002
        """The call that a text gives, or the word.

        Raises:
            AnswerError: it is neither.
        """
        value = read_json(text)
        return DONE if value == DONE else from_record(value).to_record()

    def verify(self, value: Any, case: Case) -> Verdict:
        """The call must be offered, follow its schema, and have evidence in the conversation or its results."""
        return check_calls(_calls(value), case)

    def score(self, value: Any, truth: Any, case: Case) -> Mapping[str, float]:
        """What `call_scores` gives with "done" as no call, and exact."""
        calls, true_calls = _calls(value), _calls(truth)
        return {**call_scores(calls, true_calls, offered_names(case)), "exact": same_calls(calls, true_calls)}


def _calls(value: Any) -> list[Mapping[str, Any]]:
    return [] if value == DONE else [value]
