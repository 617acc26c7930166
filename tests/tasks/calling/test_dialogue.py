"""What a conversation with known truth supervises."""

from dataclasses import replace

import pytest

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked, examples
from divisi.tasks.calling.tool import Tool

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = (Tool("weather", "", SCHEMA).to_record(), Tool("news", "", SCHEMA).to_record(), Tool("ping").to_record())
PARIS = Call("weather", {"city": "Paris"})
ROME = Call("weather", {"city": "Rome"})
ASKED = Asked("7", "test", ({"role": "user", "content": "Paris"},), TOOLS, "single", (PARIS,), group="weather")


def targets(asked):
    return {example.id.removeprefix("7/"): example.target for example in examples(asked)}


def test_single_call_supervises_names_arguments_and_lists_of_one():
    call = {"name": "weather", "arguments": {"city": "Paris"}}
    assert targets(ASKED) == {
        "names": ["weather"],
        "arguments/weather/1": {"city": "Paris"},
        "parallel": [call],
        "chaining": [call],
    }


def test_repeated_function_is_asked_once_for_each_use():
    both = replace(ASKED, kind="parallel", calls=(PARIS, ROME))
    cases = [example.case for example in examples(both) if example.subtask == "arguments"]
    assert [(case.focus, case.occurrence, case.occurrences) for case in cases] == [("weather", 1, 2), ("weather", 2, 2)]


def test_chain_supervises_the_ordered_list_only():
    assert set(targets(replace(ASKED, kind="chain", calls=(PARIS, ROME)))) >= {"names", "chaining"}
    assert "parallel" not in targets(replace(ASKED, kind="chain", calls=(PARIS, ROME)))


def test_dependent_call_has_its_reference_in_nested_and_no_arguments_example():
    calls = (replace(PARIS, label="$var_1"), Call("news", {"city": "$var_1.city$"}, "$var_2"))
    found = targets(replace(ASKED, kind="nested", calls=calls))
    assert found["nested"][1] == {"name": "news", "label": "$var_2", "arguments": {"city": "$var_1.city$"}}
    assert "arguments/weather/1" in found
    assert "arguments/news/1" not in found


def test_function_without_parameters_has_no_arguments_example():
    assert not any(key.startswith("arguments") for key in targets(replace(ASKED, calls=(Call("ping", {}),))))


def test_none_supervises_empty_names_and_one_empty_list():
    found = targets(replace(ASKED, kind="none", calls=()))
    assert found.pop("names") == []
    assert list(found.values()) == [[]]
    assert set(found) <= {"parallel", "chaining", "nested"}


def test_every_list_subtask_learns_to_answer_nothing():
    asked = [replace(ASKED, id=str(number), kind="none", calls=()) for number in range(60)]
    assert {example.subtask for one in asked for example in examples(one)} == {
        "names",
        "parallel",
        "chaining",
        "nested",
    }


def test_missing_values_are_the_answer_of_arguments():
    found = targets(replace(ASKED, kind="missing", calls=(), tool="weather", missing=("city",)))
    assert found == {"names": ["weather"], "arguments/weather/1": ["city"]}


def test_continue_supervises_the_next_call_without_a_label():
    found = targets(replace(ASKED, kind="continue", calls=(replace(ROME, label="$var_1"),)))
    assert found == {"next_best": {"name": "weather", "arguments": {"city": "Rome"}}, "names": ["weather"]}


@pytest.mark.parametrize("kind", ["done", "reply"])
def test_end_supervises_done_and_the_reply(kind):
    assert targets(replace(ASKED, kind=kind, calls=(), reply="Sunny.")) == {"next_best": "done", "reply": "Sunny."}


def test_done_without_known_words_supervises_no_reply():
    assert targets(replace(ASKED, kind="done", calls=())) == {"next_best": "done"}


def test_group_and_source_are_kept_and_the_id_is_the_group_where_there_is_none():
    assert {(example.source, example.group) for example in examples(ASKED)} == {("test", "weather")}
    assert {example.group for example in examples(replace(ASKED, group=""))} == {"7"}
