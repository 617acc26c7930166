"""The scenes of the demo: what the user asks, and what a right answer is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RightCall:
    """A call that must be made, with exactly these arguments."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RightAnswer:
    """What one answer must hold.

    Attributes:
        calls: all calls that it makes, in order; none where it must be text.
        planned: the functions of the whole plan, with those that wait for a result; empty where it does not matter.
        missing: function -> the required values that the answer must ask for.
        says: what its text must contain.
    """

    calls: tuple[RightCall, ...] = ()
    planned: tuple[str, ...] = ()
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """One request with its right answers.

    Attributes:
        title: what is shown.
        request: what the user says.
        answers: in order; the results of one answer's calls are sent back to get the next.
        streamed: whether the answers come as a stream.
    """

    title: str
    request: str
    answers: tuple[RightAnswer, ...]
    streamed: bool = False


SCENES = (
    Scene(
        "one call",
        "What is the weather in Paris?",
        (RightAnswer((RightCall("get_weather", {"city": "Paris"}),)),),
    ),
    Scene(
        "parallel calls",
        "What is the weather in Oslo and what is the weather in Lisbon?",
        (RightAnswer((RightCall("get_weather", {"city": "Oslo"}), RightCall("get_weather", {"city": "Lisbon"}))),),
    ),
    Scene(
        "nested calls",
        "Get the last order of the customer Maria Lopez.",
        (
            RightAnswer(
                (RightCall("find_customer", {"name": "Maria Lopez"}),), planned=("find_customer", "get_last_order")
            ),
            RightAnswer((RightCall("get_last_order", {"customer_id": "C-1042"}),)),
            RightAnswer(says=("O-7781",)),
        ),
    ),
    Scene(
        "no tool fits",
        "Play some jazz in the kitchen.",
        (RightAnswer(says=("None of these tools fits",)),),
    ),
    Scene(
        "a value is missing",
        "Please book a table at the restaurant Trattoria Roma.",
        (RightAnswer(missing={"book_table": ("people",)}, says=("people",)),),
    ),
    Scene(
        "streamed",
        "Convert 250 EUR into USD.",
        (RightAnswer((RightCall("convert_currency", {"amount": 250, "from_currency": "EUR", "to_currency": "USD"}),)),),
        streamed=True,
    ),
)
