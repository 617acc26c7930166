"""Calls: read and written, equal or not, and the references inside them."""

import pytest

from divisi.tasks.calling.call import Call, canonical, equal_calls, from_record, references
from divisi.tasks.subtask import AnswerError


@pytest.mark.parametrize("label", [None, "$var_1"])
def test_a_call_is_written_as_it_was_read(label: str | None) -> None:
    call = Call("f", {"x": 1}, label)
    assert from_record(call.to_record()) == call


def test_the_label_stands_between_name_and_arguments() -> None:
    assert list(Call("f", {}, "$var_1").to_record()) == ["name", "label", "arguments"]


@pytest.mark.parametrize("record", [None, "f", ["f"], {"arguments": {}}, {"name": 1}, {"name": "f", "arguments": []}])
def test_what_is_no_call_is_refused(record: object) -> None:
    with pytest.raises(AnswerError):
        from_record(record)


def test_references_are_found_at_any_depth() -> None:
    value = {"a": "$var_1.id$", "b": ["x", {"c": "to $var_2.items[0].name$ and $var_12$"}], "d": 3}
    assert list(references(value)) == [(1, "id"), (2, "items[0].name"), (12, None)]


@pytest.mark.parametrize("text", ["$var_1", "$5 and $6", "var_1.id$", "$var_x.id$"])
def test_other_dollars_are_no_references(text: str) -> None:
    assert list(references(text)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("New  York ", "new york"),
        (2.0, 2),
        ({"a": [1.0, "X"]}, {"a": [1, "x"]}),
        ((1, 2), [1, 2]),
        ("STRASSE", "Straße"),
    ],
)
def test_equal_values_have_one_canonical_form(one: object, other: object) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), [(1.5, 1), ("2", 2), ([1, 2], [2, 1]), (None, "")])
def test_unequal_values_stay_apart(one: object, other: object) -> None:
    assert canonical(one) != canonical(other)


def test_labels_do_not_count_between_calls() -> None:
    assert equal_calls(Call("f", {"x": 1}, "$var_1"), Call("f", {"x": 1.0}))
    assert not equal_calls(Call("f", {"x": 1}), Call("g", {"x": 1}))
    assert not equal_calls(Call("f", {"x": 1}), Call("f", {"x": 1, "y": 2}))
