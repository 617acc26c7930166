"""The registry of data sets, on a tiny data folder in the form of the real one."""

import gzip
import json

import pytest

from divisi.tasks.corpora.registry import CORPORA, TRAINING, read_requests, reserved_names
from divisi.tasks.subtask import TaskError


def tool(name, domain="travel"):
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return {"name": name, "description": "", "parameters": schema, "returns": {"id": "string"}, "domain": domain}


def request(key, name, offered, **arguments):
    gold = {"calls": [{"name": name, "arguments": arguments}]}
    messages = [{"role": "user", "content": "to Paris"}]
    return {"id": key, "kind": "single", "tools": offered, "messages": messages, "gold": gold}


def seal_api(name):
    text = {"type": "str", "description": "x"}
    return {
        "api_name": name,
        "api_description": "does it",
        "field": "Travel/Trains",
        "parameters": {"city": text},
        "required": ["city"],
        "responses": {"id": text},
    }


def write_lines(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


@pytest.fixture
def data(tmp_path):
    """The hand-written set, Seal-Tools' test and API-Bank's test: the sets that reserve names."""
    for letter in "abcd":
        names = ["book", "held"] if letter == "d" else ["book_bus", "book_train", "held", "sealed", "banked"]
        write_lines(tmp_path / f"written/calling_{letter}.tools.jsonl", [tool(name) for name in names])
        write_lines(tmp_path / f"written/calling_{letter}.requests.jsonl", [])
    good = request("1", "book_bus", ["book_bus", "held", "book_train"], city="Paris")
    held = request("2", "held", ["held", "book_bus"], city="Paris")
    wrong = request("3", "book_bus", ["book_bus"], town="Paris")
    write_lines(tmp_path / "written/calling_a.requests.jsonl", [good, held, wrong])
    write_lines(tmp_path / "written/calling_d.requests.jsonl", [request("4", "held", ["held"], city="Paris")])
    calls = [{"api": "sealed", "parameters": {"city": "Paris"}, "responses": ["API_call_0"]}]
    folder = tmp_path / "calling/seal_tools"
    write_lines(folder / "test_out_domain.jsonl", [{"id": "t", "query": "to Paris", "calling": calls}])
    prompt = f'\napi_list = {[seal_api("sealed")]}\ntask_instruction = "to Paris"\nOutput:\n'
    record = {"id": "t", "conversations": [{"from": "human", "value": prompt}]}
    with gzip.open(folder / "finetune_test_out_domain.json.gz", "wt", encoding="utf-8") as text:
        json.dump([record], text)
    bank = tmp_path / "calling/api_bank_test/test-data"
    bank.mkdir(parents=True)
    described = json.dumps({"name": "banked", "description": "", "input_parameters": {}, "output_parameters": {}})
    tested = {"file": "f", "id": 0, "instruction": f"API descriptions:\n{described}", "input": "User: hi\n"}
    for name in ("level-1-api", "level-2-api", "level-1-response", "level-2-response"):
        (bank / f"{name}.json").write_text(json.dumps([{**tested, "expected_output": "fine"}]), encoding="utf-8")
    return tmp_path


def test_every_data_set_says_its_licence_and_use():
    assert all(corpus.licence and corpus.use in ("train", "test") for corpus in CORPORA.values())


def test_sets_for_testing_are_not_read_by_default():
    assert {"written_d", "seal_tools_out", "api_bank_test"}.isdisjoint(TRAINING)


def test_unknown_data_set_is_refused_with_the_known_ones(data):
    with pytest.raises(TaskError, match="'nothing'; there are written"):
        read_requests(data, ["nothing"])


def test_reserved_names_come_from_all_three_test_sets(data):
    assert reserved_names(data) == {"book", "held", "sealed", "banked"}


def test_reserved_tool_is_not_offered_in_training(data):
    requests, _ = read_requests(data, ["written"])
    assert [tool["function"]["name"] for tool in requests[0].tools] == ["book_bus", "book_train"]


def test_records_that_teach_nothing_are_counted_by_reason(data):
    requests, report = read_requests(data, ["written"])
    assert [asked.id for asked in requests] == ["1/single"]
    assert report.kept == {"written": {"single": 1}}
    assert report.left_out == {"written": {"calls a reserved tool": 1, "gives an undeclared argument": 1}}


def test_report_is_one_line_a_source(data):
    _, report = read_requests(data, ["written", "written_d"])
    assert report.lines() == [
        "source=written kept=1 single=1 left_out=calls_a_reserved_tool=1 gives_an_undeclared_argument=1",
        "source=written_d kept=1 single=1 left_out=0",
    ]


def test_sets_for_testing_keep_reserved_tools(data):
    requests, _ = read_requests(data, ["written_d", "seal_tools_out"])
    assert [asked.calls[0].name for asked in requests] == ["held", "sealed"]
