"""The contract of one narrow skill: what it is asked, how it answers, how the answer is judged.

Errors:
    TaskError            anything this folder refuses
    ├── ExampleError     a record that cannot be read (file and line in the message)
    ├── ToolError        a tool that is not a usable JSON schema
    └── AnswerError      text that is not an answer of the subtask
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Message = Mapping[str, Any]
"""One turn in OpenAI's form; `tool_calls[].function.arguments` is a mapping, not a JSON string."""

ToolRecord = Mapping[str, Any]
"""One tool in OpenAI's form: {"type": "function", "function": {"name", "description", "parameters"}}."""

Schema = Mapping[str, Any]
"""A JSON schema."""


class TaskError(ValueError):
    """Anything this folder refuses."""


class ExampleError(TaskError):
    """A record that cannot be read as an example."""


class ToolError(TaskError):
    """A tool that is not a usable JSON schema."""


class AnswerError(TaskError):
    """Text that is not an answer of the subtask."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a subtask is asked about: the prefix's content, and one focus inside it.

    Attributes:
        messages: the conversation, oldest first.
        tools: the tools offered, in the order in which the prefix shows them.
        focus: the one thing asked about, where the subtask needs one (`arguments`: the function's name).
        occurrence: which of `occurrences` uses of the focus is meant, counted from 1.
        occurrences: how often the focus is used in the answer as a whole.
        beside: what else is used in it, each once for each use.
    """

    messages: tuple[Message, ...]
    tools: tuple[ToolRecord, ...] = ()
    focus: str | None = None
    occurrence: int = 1
    occurrences: int = 1
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks of a subtask say of one answer.

    Attributes:
        valid: whether every check passed.
        problems: one sentence for each check that failed, empty when valid.
    """

    problems: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether every check passed."""
        return not self.problems


class Subtask(Protocol):
    """One narrow skill. Values are plain JSON values, so that they can be stored and compared.

    `write` and `parse` are inverse: parse(write(value, case), case) == value for every true value.
    """

    @property
    def name(self) -> str:
        """The subtask's name in the catalog."""

    def render(self, case: Case) -> str:
        """The invocation: what is asked of the specialist after the prefix, as one short line."""

    def grammar(self, case: Case) -> Schema | None:
        """The JSON schema that the answer follows, or None for free text.

        Raises:
            ToolError: the case lacks what the subtask needs (a focus that is not among the tools).
        """

    def write(self, value: Any, case: Case) -> str:
        """The canonical text of a value, as a specialist is trained to write it."""

    def parse(self, text: str, case: Case) -> Any:
        """The value of an answer's text.

        Raises:
            AnswerError: the text is not an answer of this subtask.
        """

    def verify(self, value: Any, case: Case) -> Verdict:
        """What the checks say of a value: schema, offered names, references, evidence in the text."""

    def score(self, value: Any, truth: Any, case: Case) -> Mapping[str, float]:
        """Metrics of a value against the truth, each in [0, 1], higher is better unless named `hallucinated`."""
