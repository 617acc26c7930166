"""Evidence: what a conversation gives in any usual form is accepted, what it does not give is refused."""

from typing import Any

import pytest

from divisi.tasks.calling.evidence import grounded, read_conversation, unsupported
from divisi.tasks.subtask import Case, Message


def said(*messages: str | Message) -> Any:
    turns = tuple({"role": "user", "content": m} if isinstance(m, str) else m for m in messages)
    return read_conversation(Case(turns))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Paris", "weather in PARIS?"),
        ("hip-hop", "some Hip Hop please"),
        ("J.K. Rowling", "books by JK Rowling"),
        ("New York", "flights to New\nYork"),
        ("running shoes", "I run, so I need shoes"),
        ("2025-05-16", "next Friday, that is in two weeks"),
        ("2025-03-14", "on 14.3."),
        ("09:30", "at half past nine in the morning"),
        ("2025-12-21T09:00:00", "at nine tomorrow"),
        ("EUR", "in euros"),
        ("USD", "for $20"),
        ("DKK", "900 danish kroner"),
        ("42", "room forty-two"),
        (10, "in ten minutes"),
        (90, "for an hour and a half"),
        (0.2, "20 percent"),
        (-3, "minus three"),
        (1500, "1.5 km"),
        (0.75, "750 ml"),
        (True, "anything"),
        (None, "anything"),
        (["Linz", "Graz"], "from Graz via Linz"),
        ({"name": "Zoë", "age": 41}, "Zoë is 41"),
        ("$var_1.id$", "anything"),
    ],
)
def test_what_is_said_is_accepted(value: Any, text: str) -> None:
    assert grounded(value, {}, said(text))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Berlin", "weather in Paris?"),
        ("john@example.com", "mail it to me"),
        ("Graz", ""),
        ("", "weather in Paris?"),
        ("m", "weather in Rome"),
        ("2025-05-16", "weather in Paris?"),
        ("CHF", "in euros"),
        (17, "in ten minutes"),
        (0, "in ten minutes"),
        (3.7, "3 or 4"),
        (["Linz", "Oslo"], "from Graz via Linz"),
        ({"name": "Zoë", "age": 41}, "Zoë"),
    ],
)
def test_what_is_not_said_is_refused(value: Any, text: str) -> None:
    assert not grounded(value, {}, said(text))


@pytest.mark.parametrize(
    "schema",
    [{"enum": ["asc", "desc"]}, {"const": "asc"}, {"anyOf": [{"enum": ["asc"]}, {"type": "null"}]}],
)
def test_what_the_schema_enumerates_is_only_chosen(schema: dict[str, Any]) -> None:
    assert grounded("asc", schema, said("smallest first"))


def test_enumerated_values_are_known_inside_lists_and_objects() -> None:
    schema = {"type": "object", "properties": {"days": {"type": "array", "items": {"enum": ["mon", "tue"]}}}}
    assert grounded({"days": ["tue"]}, schema, said("the second day"))


@pytest.mark.parametrize(
    "message",
    [
        {"role": "tool", "content": '{"flight_id": "AB-7"}'},
        {"role": "tool", "content": {"flight_id": "AB-7"}},
        {"role": "user", "content": [{"type": "text", "text": "flight AB-7"}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"function": {"name": "f", "arguments": {"id": "AB-7"}}}],
        },
        {"role": "assistant", "content": "", "tool_calls": [{"name": "f", "arguments": '{"id": "AB-7"}'}]},
        {"role": "system", "content": "The flight is AB-7."},
    ],
    ids=["result", "result as object", "parts", "earlier call", "earlier call as text", "system"],
)
def test_every_turn_gives_evidence(message: Message) -> None:
    assert grounded("AB-7", {}, said("book it", message))


def test_each_argument_without_evidence_is_named() -> None:
    schema = {"properties": {"city": {"type": "string"}, "order": {"$ref": "#/$defs/0"}, "days": True}}
    arguments = {"city": "Oslo", "order": "asc", "days": 3, "new": "Graz"}
    found = unsupported(arguments, schema, {"0": {"enum": ["asc"]}}, said("Graz, three days"))
    assert found == ['no evidence for city = "Oslo"']


def test_a_schema_that_only_says_true_is_no_obstacle() -> None:
    assert grounded({"a": "Graz"}, {"properties": {"a": True}}, said("Graz"))
