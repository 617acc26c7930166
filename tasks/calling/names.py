"""Function name detection: which of the offered functions a conversation calls for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from divisi.tasks.calling.answer_text import read_json, write_json
from divisi.tasks.calling.call_list import offered_names
from divisi.tasks.calling.need import asking
from divisi.tasks.score import common_share, hallucinated, name_scores
from divisi.tasks.subtask import AnswerError, Case, Schema, Verdict


@dataclass(frozen=True, slots=True)
class Names:
    """A list of names, repeated where a function is called several times, empty where none fits."""

    name: str = "names"

    def render(self, case: Case) -> str:
        """The invocation, with the tools in the order of their likeness."""
        return asking(self.name, case)

    def grammar(self, case: Case) -> Schema:
        """A list of offered names."""
        names = offered_names(case)
        return {"type": "array", "items": {"enum": names}} if names else {"type": "array", "maxItems": 0}

    def write(self, value: Any, case: Case) -> str:  # noqa: ARG002
        """The canonical text of a list of names."""
        return write_json(value)

    def parse(self, text: str, case: Case) -> list[str]:  # noqa: ARG002
        """The names that a text lists.

        Raises:
            AnswerError: it is not a JSON list of strings.
        """
        value = read_json(text)
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise AnswerError(f"the answer must be a list of names, not {text[:200]!r}")
        return value

    def verify(self, value: Any, case: Case) -> Verdict:
        """Every name must be offered."""
        names = offered_names(case)
        unknown = [name for name in value if name not in names]
        return Verdict(tuple(f"{name!r} is not offered; offered: {', '.join(names) or 'none'}" for name in unknown))

    def score(self, value: Any, truth: Any, case: Case) -> Mapping[str, float]:
        """name_f1, name_precision, name_recall, lcs, sequence, exact (in any order), hallucinated."""
        return {
            **name_scores(value, truth),
            "lcs": common_share(value, truth),
            "sequence": float(list(value) == list(truth)),
            "exact": float(sorted(value) == sorted(truth)),
            "hallucinated": hallucinated(value, offered_names(case)),
        }
