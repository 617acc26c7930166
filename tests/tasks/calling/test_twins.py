"""Parameters of the same few values share out what a text says of them."""

import pytest

from divisi.tasks.calling.found import found
from divisi.tasks.calling.twins import parted, twins
from divisi.tasks.subtask import Case

CURRENCY = {"type": "string", "enum": ["EUR", "USD", "GBP"]}
PROPERTIES = {"amount": {"type": "number"}, "from_currency": CURRENCY, "to_currency": CURRENCY}
CONVERT = {
    "type": "function",
    "function": {
        "name": "convert_currency",
        "description": "Convert an amount of money from one currency into another.",
        "parameters": {"type": "object", "properties": PROPERTIES, "required": list(PROPERTIES)},
    },
}


def told(text: str) -> tuple[object, object]:
    case = Case(({"role": "user", "content": text},), (CONVERT,), focus="convert_currency")
    values = found(case)
    return tuple(values[name].value for name in ("from_currency", "to_currency"))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Change 80 GBP into USD.", ("GBP", "USD")),
        ("I want to have USD for 90 from EUR please", ("EUR", "USD")),
    ],
)
def test_each_twin_takes_its_own(text: str, values: tuple[str, str]) -> None:
    assert told(text) == values


def test_twins_have_the_same_options_and_others_are_none() -> None:
    assert twins({"a": ["x", "y"], "b": ["x", "y"], "c": ["x"]}) == [("a", "b")]


def test_nothing_is_shared_out_where_the_text_says_too_few_or_too_many() -> None:
    assert parted(("from", "to"), {"EUR": 1}, [("a",)] * 4) == {}
    assert parted(("from", "to"), {"EUR": 1, "USD": 2, "GBP": 3}, [("a",)] * 4) == {}
