"""Response generation: the assistant's turn in plain words, from the conversation and the results in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from divisi.tasks.score import rouge_l
from divisi.tasks.subtask import AnswerError, Case, Verdict


@dataclass(frozen=True, slots=True)
class Reply:
    """Free text."""

    name: str = "reply"

    def render(self, case: Case) -> str:  # noqa: ARG002
        """The invocation."""
        return "reply"

    def grammar(self, case: Case) -> None:
        """None: the text is free."""

    def write(self, value: Any, case: Case) -> str:  # noqa: ARG002
        """The text itself, trimmed."""
        return str(value).strip()

    def parse(self, text: str, case: Case) -> str:  # noqa: ARG002
        """The text itself, trimmed.

        Raises:
            AnswerError: nothing is left.
        """
        if not text.strip():
            raise AnswerError("the reply is empty")
        return text.strip()

    def verify(self, value: Any, case: Case) -> Verdict:  # noqa: ARG002
        """A reply must say something."""
        return Verdict() if str(value).strip() else Verdict(("the reply is empty",))

    def score(self, value: Any, truth: Any, case: Case) -> Mapping[str, float]:  # noqa: ARG002
        """rouge_l."""
        return {"rouge_l": rouge_l(value, truth)}
