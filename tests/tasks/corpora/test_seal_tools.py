"""Seal-Tools records, and the hand-written ones, as conversations."""

from dataclasses import replace
from random import Random

import pytest

from divisi.tasks.calling.call import Call
from divisi.tasks.corpora.read_seal_tools import Record, asked_from, reason_against, record_from, without_reserved
from divisi.tasks.corpora.read_written import asked_from as written_from


def api(name, *, field="Travel/Trains", responses=("id",), **parameters):
    described = {key: {"type": kind, "description": key} for key, kind in parameters.items()}
    returned = {key: {"type": "str", "description": key} for key in responses}
    return {
        "api_name": name,
        "api_description": "does it",
        "field": field,
        "parameters": described,
        "required": list(parameters),
        "responses": returned,
    }


def call(name, *responses, **parameters):
    return {"api": name, "parameters": parameters, "responses": list(responses)}


FIND = api("findTrain", responses=("price", "train_id"), city="str")
BOOK = api("bookTrain", train_id="str", seats="int")
FOUND = call("findTrain", "API_call_0", "API_call_1", city="Paris")
RECORD = Record("r", "A train to Paris, please, and book 2 seats.", (FIND, BOOK), (FOUND,))


def test_prompt_gives_query_and_candidates():
    prompt = f'\napi_list = {[FIND]}\ntask_instruction = "to "Paris""\nOutput:\n'
    record = record_from({"id": "r", "conversations": [{"from": "human", "value": prompt}]}, [FOUND])
    assert record == Record("r", 'to "Paris"', (FIND,), (FOUND,))


def test_candidates_become_tools_with_json_types_and_returns():
    function = asked_from(RECORD, "s").tools[1]["function"]
    assert function["parameters"]["properties"]["seats"] == {"type": "integer", "description": "seats"}
    assert function["parameters"]["required"] == ["train_id", "seats"]
    assert function["returns"] == {"id": "string, id"}


def test_reference_names_the_field_by_its_position_in_the_responses():
    booked = call("bookTrain", "API_call_2", train_id="API_call_1", seats=2)
    asked = asked_from(replace(RECORD, calls=(FOUND, booked)), "s")
    assert asked.kind == "nested"
    assert asked.calls[1] == Call("bookTrain", {"train_id": "$var_1.train_id$", "seats": 2}, "$var_2")


@pytest.mark.parametrize(("query", "kind"), [("trains to Paris and Rome", "parallel"), ("Paris, then Rome", "chain")])
def test_words_of_order_make_several_calls_a_chain(query, kind):
    rome = call("findTrain", "API_call_2", "API_call_3", city="Rome")
    assert asked_from(replace(RECORD, query=query, calls=(FOUND, rome)), "s").kind == kind


def test_numbers_written_as_text_become_numbers():
    booked = call("bookTrain", "API_call_0", train_id=7, seats="2")
    assert asked_from(replace(RECORD, calls=(booked,)), "s").calls[0].arguments == {"train_id": "7", "seats": 2}


@pytest.mark.parametrize(
    ("calls", "reason"),
    [
        ((FOUND,), None),
        ((call("heldOut", "API_call_0"),), "calls a tool of the test split"),
        ((call("flyThere", "API_call_0"),), "calls a tool that is not offered"),
        ((call("findTrain", "API_call_0", city="Ulaanbaatar"),), "value without evidence"),
        ((FOUND, call("bookTrain", "API_call_2", train_id="API_call_0", seats=2)), "implausible reference"),
        ((FOUND, call("bookTrain", "API_call_2", train_id="API_call_1", seats=2)), None),
    ],
)
def test_record_that_does_not_serve_training_says_why(calls, reason):
    assert reason_against(replace(RECORD, calls=calls), {"heldOut"}) == reason


def test_reserved_candidate_is_replaced_by_one_of_its_field():
    held = api("heldOut")
    spare = [api("bakeCake", field="Food/Cakes"), api("rideTram", field="Travel/Trams"), FIND]
    record = without_reserved(replace(RECORD, apis=(FIND, held)), {"heldOut"}, spare, Random(0))
    assert [one["api_name"] for one in record.apis] == ["findTrain", "rideTram"]


WRITTEN_TOOL = {"description": "", "parameters": {"type": "object", "properties": {}}, "returns": {"id": "string"}}
WRITTEN_TOOLS = {name: {"name": name, "domain": "trains", **WRITTEN_TOOL} for name in ("find", "book")}


def written(kind, gold, *messages):
    user = {"role": "user", "content": "a train"}
    record = {"id": "w", "kind": kind, "tools": ["find", "book"], "messages": [user, *messages], "gold": gold}
    return written_from(record, WRITTEN_TOOLS, "written/a")


def test_confusable_request_is_a_single_one_that_keeps_its_kind_in_the_id():
    asked = written("confusable", {"calls": [{"name": "book", "arguments": {}}]})
    assert (asked.kind, asked.id, asked.group) == ("single", "w/confusable", "written/a/trains")


def test_every_call_of_a_nested_request_is_labelled():
    calls = [{"name": "find", "arguments": {}, "label": "$var_1"}, {"name": "book", "arguments": {"id": "$var_1.id$"}}]
    assert [one.label for one in written("nested", {"calls": calls}).calls] == ["$var_1", "$var_2"]


def test_earlier_calls_and_results_take_openai_form():
    calling = {"role": "assistant", "content": None, "tool_calls": [{"id": "call_1", "name": "find", "arguments": {}}]}
    result = {"role": "tool", "tool_call_id": "call_1", "content": {"id": "ä7"}}
    asked = written("continue", {"calls": [], "done": True, "reply": "Done."}, calling, result)
    function = {"name": "find", "arguments": {}}
    assert asked.kind == "done"
    assert asked.messages[1]["tool_calls"] == [{"id": "call_1", "type": "function", "function": function}]
    assert asked.messages[2] == {"role": "tool", "tool_call_id": "call_1", "content": '{"id": "ä7"}'}
