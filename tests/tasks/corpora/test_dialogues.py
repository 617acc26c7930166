"""Dialogues of API-Bank, Taskmaster and Glaive: the next call, the reply, what is missing."""

import json
from dataclasses import replace
from random import Random

import pytest

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.tool import Tool
from divisi.tasks.corpora import read_glaive, read_taskmaster3, read_taskmaster4
from divisi.tasks.corpora.api_bank_text import Request, read_request, tool_from
from divisi.tasks.corpora.offering import name_of
from divisi.tasks.corpora.read_api_bank import asked_at, asked_from, step_from
from divisi.tasks.corpora.report import LeftOut

FIND = {
    "name": "FindDoctor",
    "description": "find one",
    "input_parameters": {"city": {"type": "str", "description": "city"}},
    "output_parameters": {"doctor": {"type": "str", "description": "name"}},
}
BOOK = {
    "name": "BookDoctor",
    "description": "book one",
    "input_parameters": {"doctor": {"type": "str"}, "guests": {"type": "int"}, "notes": {"type": "list(str)"}},
    "output_parameters": {},
}


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("API-Request: [F(a='x', b='y, z')]", Request("F", {"a": "x", "b": "y, z"})),
        ("API-Request: [F(a=\"it's\")]->{'k': 1}", Request("F", {"a": "it's"}, {"k": 1})),
        ("API-Request: [F(a='[{'n': '1'}]')]->done", Request("F", {"a": "[{'n': '1'}]"}, "done")),
        ("API-Request: [F(a=New York, b=2)]", Request("F", {"a": "New York", "b": "2"})),
        ("API-Request: [F()]", Request("F", {})),
        ("AI: hello", None),
    ],
)
def test_request_text_is_read_with_its_quirks(text, request_):
    assert read_request(text) == request_


def test_api_becomes_a_tool_with_json_types():
    properties = tool_from(BOOK)["function"]["parameters"]["properties"]
    assert [properties[name]["type"] for name in properties] == ["string", "integer", "array"]


SEARCH = f"API-Request: [ToolSearcher(keywords='doctor')]->{FIND}\n"
FOUND = "API-Request: [FindDoctor(city='Paris')]->{'doctor': 'Dr. Sy'}\n"
USER = "User: A doctor in Paris, for 2.TIME: 2034-01-02 10:00:00\n"
TOOLS = (tool_from(FIND), tool_from(BOOK))


def step(before, output):
    return step_from("1", {"input": f"{{}}\n{USER}{SEARCH}{before}Generate API Request: ", "output": output})


def test_search_for_tools_is_no_step_but_its_finds_are_offered():
    read = step(FOUND, "API-Request: [BookDoctor(doctor='Dr. Sy', guests=2)]")
    assert [request.name for request in read.requests] == ["FindDoctor"]
    assert [name_of(tool) for tool in read.found] == ["FindDoctor"]
    assert (read.user, read.time) == ("A doctor in Paris, for 2.", "2034-01-02 10:00:00")


def test_next_request_continues_after_the_results():
    (asked,) = asked_at(step(FOUND, "API-Request: [BookDoctor(doctor='Dr. Sy', guests=2)]"), TOOLS)
    assert asked.kind == "continue"
    assert asked.calls == (Call("BookDoctor", {"doctor": "Dr. Sy", "guests": 2}),)
    assert [turn["role"] for turn in asked.messages] == ["system", "user", "assistant", "tool"]


@pytest.mark.parametrize(
    ("before", "output", "reason"),
    [
        (FOUND, "API-Request: [ToolSearcher(keywords='x')]", "searches for tools"),
        ("", "API-Request: [FindDoctor(city='Paris')]", "first call, which the whole dialogue asks for too"),
        (FOUND, "API-Request: [BookDoctor(doctor='Who')]", "value without evidence"),
        (FOUND, "nothing", "neither request nor reply"),
    ],
)
def test_step_that_teaches_nothing_says_why(before, output, reason):
    assert list(asked_at(step(before, output), TOOLS)) == [LeftOut("1", reason)]


def test_whole_dialogue_is_nested_where_a_value_is_a_field_of_an_earlier_result():
    booked = "API-Request: [BookDoctor(doctor='Dr. Sy', guests=2)]->{'ok': True}\n"
    reply, nested = asked_at(step(FOUND + booked, "AI: Booked.\\n"), TOOLS)
    assert reply.reply == "Booked."
    assert [call.to_record() for call in nested.calls] == [
        {"name": "FindDoctor", "label": "$var_1", "arguments": {"city": "Paris"}},
        {"name": "BookDoctor", "label": "$var_2", "arguments": {"doctor": "$var_1.doctor$", "guests": 2}},
    ]
    assert [turn["role"] for turn in nested.messages] == ["system", "user"]


def test_whole_dialogue_is_not_asked_at_once_where_a_value_was_only_chosen_on_the_way():
    booked = "API-Request: [BookDoctor(doctor='Dr. Sy', guests=2, notes=['2034-05-05 10:00:00'])]->{'ok': True}\n"
    assert [asked.kind for asked in asked_at(step(FOUND + booked, "AI: Booked."), TOOLS)] == ["reply"]


def test_name_that_a_result_tells_is_not_taken_as_said_for_a_word_in_common():
    found = "API-Request: [FindDoctor(city='Paris')]->{'names': ['Paris Heart Doctor']}\n"
    booked = "API-Request: [BookDoctor(doctor='Paris Heart Doctor', guests=2)]->{'ok': True}\n"
    assert [asked.kind for asked in asked_at(step(found + booked, "AI: Booked."), TOOLS)] == ["reply"]


TESTED = {
    "file": "f",
    "instruction": f"API descriptions:\n{json.dumps(FIND)}",
    "input": "User: A doctor.\nAI: Where?\nUser: Paris.\nAI: Let me see.\nGenerate API Request:\n",
    "expected_output": "API-Request: [FindDoctor(city='Paris')]",
}


def test_tested_call_follows_the_user_without_the_words_that_announce_it():
    asked = asked_from("1", TESTED, "api_bank/level-1-api")
    assert [turn["content"] for turn in asked.messages] == [
        "The current year is 2023.",
        "A doctor.",
        "Where?",
        "Paris.",
    ]
    assert asked.calls == (Call("FindDoctor", {"city": "Paris"}),)


def test_tested_reply_has_calls_and_results_before_it():
    record = {**TESTED, "input": f"User: Paris.\n{FOUND}Generate AI Response:\n", "expected_output": "Dr. Sy."}
    asked = asked_from("1", record, "api_bank/level-1-response")
    assert (asked.kind, asked.reply, asked.messages[-1]["content"]) == ("reply", "Dr. Sy.", '{"doctor": "Dr. Sy"}')


def annotated(number, name, request, response):
    call = [{"name": "api_call", "value": name}, {"name": "request", "value": request}]
    answer = [{"name": "api_response", "value": name}, {"name": "response", "value": response}]
    return [{**one, "context": f"api_call_{number}"} for one in call] + [
        {**one, "context": f"api_response_{number}"} for one in answer
    ]


MENU = annotated(0, "get_menu_items", '{"query": "Mocha"}', '{"menu_items": [{"menu_item_id": "mocha-1"}]}')
ADD = annotated(1, "add_order_item", '{"menu_item_id": "mocha-1", "quantity": "1", "notes": "x"}', '{"order_id": "9"}')
COFFEE = {
    "conversation_id": "c",
    "utterances": [
        {"speaker": "user", "text": "A mocha please", "annotations": MENU + ADD},
        {"speaker": "assistant", "text": "Added.", "annotations": []},
    ],
}


def test_taskmaster4_calls_continue_one_another_and_end_in_the_reply():
    asked = list(read_taskmaster4.asked_in(COFFEE, Random(0)))
    assert [one.kind for one in asked] == ["continue", "continue", "reply"]
    assert asked[1].calls == (Call("add_order_item", {"menu_item_id": "mocha-1"}),)
    assert asked[2].reply == "Added."


@pytest.mark.parametrize(
    ("request_", "reason"), [("{bad", "request is not JSON"), ('{"query": "Latte"}', "value without evidence")]
)
def test_taskmaster4_dialogue_ends_at_a_call_that_cannot_be_used(request_, reason):
    turn = {"speaker": "user", "text": "A mocha", "annotations": annotated(0, "get_menu_items", request_, "{}")}
    (left_out,) = read_taskmaster4.asked_in({**COFFEE, "utterances": [turn]}, Random(0))
    assert left_out == LeftOut("c/0.0", reason)


CINEMA = (
    "<PR>find_theaters<PRAN>name.theater<PRAV>Rex<C><U>Emma at a cinema in Lyon<PN>find_theaters<PAN>location<PAV>Lyon"
)


def test_taskmaster3_line_is_read_oldest_first_and_continues():
    target = "[PN]find_showtimes[PAN]name.movie[PAV]Emma[PAN]name.theater[PAV]Rex[PAN]time.preference[PAV]any"
    asked = read_taskmaster3.asked_from("1", [CINEMA, target, "d"], Random(0))
    assert [turn["role"] for turn in asked.messages] == ["user", "assistant", "tool"]
    assert asked.kind == "continue"
    assert asked.calls == (Call("find_showtimes", {"name_movie": "Emma", "name_theater": "Rex"}),)


def test_taskmaster3_words_after_a_result_are_a_reply_and_others_are_left_out():
    asked = read_taskmaster3.asked_from("1", [CINEMA, "[A]At the Rex.", "d"], Random(0))
    assert (asked.kind, asked.reply) == ("reply", "At the Rex.")
    assert read_taskmaster3.asked_from("1", ["<U>Hi", "[A]Hello.", "d"], Random(0)).reason == "reply without a result"


SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
NOTE = (Tool("make_note", "", SCHEMA).to_record(),)
CALL = {"from": "function_call", "value": '{"name": "make_note", "arguments": {"title": "Milk"}}'}


def glaive(*turns, has_tools=True):
    named = [{"from": who, "value": text} for who, text in turns[:2]] + list(turns[2:])
    return list(read_glaive.asked_in("0", named, NOTE, has_tools))


def test_glaive_question_before_a_call_names_what_is_missing():
    user = {"from": "human", "value": "Milk"}
    missing, single = glaive(("human", "A note."), ("gpt", "Which title?"), user, CALL)
    assert (missing.kind, missing.tool, missing.missing) == ("missing", "make_note", ("title",))
    assert single.calls == (Call("make_note", {"title": "Milk"}),)


def test_glaive_refusal_asks_for_none():
    (asked,) = glaive(("human", "A pizza."), ("gpt", "I'm sorry, I can't assist with that."))
    assert asked.kind == "none"


def test_glaive_dialogue_without_tools_asks_for_none_once():
    more = [{"from": "human", "value": "More"}, {"from": "gpt", "value": "Here."}]
    (asked,) = glaive(("human", "A poem."), ("gpt", "Roses."), *more, has_tools=False)
    assert (asked.kind, asked.tools) == ("none", NOTE)


def test_glaive_reply_follows_the_result():
    turns = [{"from": "observation", "value": '{"id": 1}'}, {"from": "gpt", "value": "Noted."}]
    user = {"from": "human", "value": "Milk"}
    asked = list(read_glaive.asked_in("0", [user, CALL, *turns], NOTE, True))
    assert asked[1].reply == "Noted."
    assert replace(asked[1], reply=None).kind == "reply"
