"""A user's own lines: what each form teaches, and what is said of the line that cannot be used."""

import json
import sys

import pytest

from divisi.services.errors import DataError
from divisi.services.own_data import read_own

USER = {"role": "user", "content": "Weather in Paris?"}
CALL = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'}}
    ],
}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": '{"summary": "warm"}'}
REPLY = {"role": "assistant", "content": "It is warm in Paris."}


@pytest.fixture
def write(tmp_path):
    def make(*lines):
        file = tmp_path / "mine.jsonl"
        file.write_text("".join(line + "\n" if isinstance(line, str) else json.dumps(line) + "\n" for line in lines))
        return str(file)

    return make


@pytest.fixture
def line(weather):
    return {"messages": [USER], "tools": [weather], "focus": "get_weather", "target": {"city": "Paris"}}


def taught(own):
    return [(example.subtask, example.target) for example in own.examples]


def test_a_line_needs_no_more_than_what_is_asked_and_its_answer(write, line):
    own = read_own([write(line)], subtask="arguments")
    (example,) = own.examples
    assert (example.id, example.source, example.subtask, example.group) == ("mine-1", "mine", "arguments", "mine-1")


def test_a_conversation_teaches_at_every_turn_of_the_assistant(write, weather):
    own = read_own([write({"messages": [USER, CALL, RESULT, REPLY], "tools": [weather]})])
    call = {"name": "get_weather", "arguments": {"city": "Paris"}}
    assert taught(own) == [
        ("names", ["get_weather"]),
        ("arguments", {"city": "Paris"}),
        ("parallel", [call]),
        ("chaining", [call]),
        ("next_best", "done"),
        ("reply", "It is warm in Paris."),
    ]
    assert {example.group for example in own.examples} == {"mine-1"}
    assert [len(example.case.messages) for example in own.examples] == [1, 1, 1, 1, 3, 3]


def test_a_call_behind_results_is_the_next_best(write, weather):
    again = json.loads(json.dumps(CALL).replace("c1", "c2").replace("Paris", "Rome"))
    own = read_own([write({"messages": [USER, CALL, RESULT, again], "tools": [weather]})], subtask="next_best")
    assert taught(own) == [("next_best", {"name": "get_weather", "arguments": {"city": "Rome"}})]
    assert own.passed_over == {"names": 2, "arguments": 1, "parallel": 1, "chaining": 1}


def test_a_text_behind_a_user_teaches_the_reply_alone(write, weather):
    own = read_own([write({"messages": [USER, REPLY], "tools": [weather]})])
    assert taught(own) == [("reply", "It is warm in Paris.")]


def test_a_turn_of_weight_0_is_read_and_not_taught(write, weather):
    own = read_own([write({"messages": [USER, {**CALL, "weight": 0}, RESULT, REPLY], "tools": [weather]})])
    assert {subtask for subtask, _ in taught(own)} == {"next_best", "reply"}


def test_a_request_with_its_response_is_a_conversation(write, weather):
    log = {
        "request": {"model": "m", "temperature": 0, "messages": [USER], "tools": [weather]},
        "response": {"id": "x", "choices": [{"message": {**CALL, "refusal": None, "annotations": []}}]},
    }
    assert taught(read_own([write(log)], subtask="names")) == [("names", ["get_weather"])]


def broken(weather):
    line = {"messages": [USER], "tools": [weather], "subtask": "arguments", "focus": "get_weather"}
    unknown = json.loads(json.dumps(CALL).replace("get_weather", "get_wether"))
    yield "no JSON", "{nothing", "no JSON"
    yield "no object", [1], "must be a JSON object, this is list"
    yield "no target", {"subtask": "names"}, "lacks messages, target"
    yield "no such subtask", {**line, "subtask": "dance", "target": 1}, "no subtask is named 'dance'"
    yield "against the schema", {**line, "target": {"city": 5}}, "is not what arguments may answer here"
    yield "an unknown parameter", {**line, "target": {"town": "Paris"}}, "is not what arguments may answer here"
    yield "no such tool", {**line, "focus": "fly", "target": {}}, "the focus must be a tool on offer, not 'fly'"
    yield "a call of no tool", {"messages": [USER, unknown], "tools": [weather]}, "get_wether"
    arguments = json.loads(json.dumps(CALL).replace('{\\"city\\"', '{\\"city'))
    yield "broken arguments", {"messages": [USER, arguments], "tools": [weather]}, "messages[1].tool_calls.0.function"
    yield "no answer to a call", {"messages": [USER, CALL, USER]}, "messages[1].tool_calls: an assistant message"
    yield "an old form", {"messages": [USER], "functions": [weather]}, "unknown keys functions"


@pytest.mark.parametrize("number", range(11))
def test_a_line_that_cannot_be_used_is_named_with_its_number(write, line, weather, number):
    _, wrong, message = list(broken(weather))[number]
    file = write({**line, "subtask": "arguments"}, "", wrong if isinstance(wrong, str) else json.dumps(wrong))
    with pytest.raises(DataError) as caught:
        read_own([file])
    assert str(caught.value).startswith(f"{file}:3: ")
    assert message in str(caught.value)


def test_nothing_left_says_what_was_there(write, line):
    with pytest.raises(DataError, match=r"no examples of reply in .*; read were 1 of arguments"):
        read_own([write({**line, "subtask": "arguments"})], subtask="reply")


def test_a_file_that_is_not_there_may_be_meant_as_a_data_set():
    with pytest.raises(DataError, match=r"owner/name cannot be read: .*; a data set of the hub is written hf:owner"):
        read_own(["owner/name"])


def test_a_data_set_of_the_hub_is_read_by_rows(line):
    asked = []

    def load(name, split):
        asked.append((name, split))
        return [{**line, "subtask": "arguments", "occurrence": None}, {**line, "subtask": "dance"}]

    with pytest.raises(DataError, match="hf:owner/name:dev row 2: no subtask is named 'dance'"):
        read_own(["hf:owner/name:dev"], load=load)
    assert asked == [("owner/name", "dev")]


def test_without_the_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(DataError, match=r"needs the library datasets; install divisi\[data\]"):
        read_own(["hf:owner/name"])
