"""A tiny dialogue in the form of the Schema-Guided Dialogue set, turn by turn."""

import gzip
import json
from random import Random

import pytest

from divisi.tasks.calling.call import Call
from divisi.tasks.corpora.read_sgd import asked_in
from divisi.tasks.corpora.report import LeftOut
from divisi.tasks.corpora.sgd_schema import read_methods


class Choices(Random):
    """Randomness whose shares are given: below 1, so that nothing rare happens, unless told otherwise."""

    share = 0.9

    def random(self):
        return self.share


def slot(name, values=()):
    return {"name": name, "description": name, "is_categorical": bool(values), "possible_values": list(values)}


SERVICE = {
    "service_name": "Hotels_1",
    "description": "hotels",
    "slots": [
        slot("city"),
        slot("check_in_date"),
        slot("rooms", ("1", "2")),
        slot("wifi", ("True", "False")),
        slot("kind", ("cheap", "luxury")),
    ],
    "intents": [
        {
            "name": "FindHotel",
            "description": "find one",
            "required_slots": ["city", "check_in_date"],
            "optional_slots": {"rooms": "1", "wifi": "dontcare", "kind": "cheap"},
            "result_slots": ["city", "wifi"],
        }
    ],
}


def user(text, intent="FindHotel", acts=("INFORM",), **values):
    slots = {name: [value] if isinstance(value, str) else value for name, value in values.items()}
    state = {"active_intent": intent, "slot_values": slots, "requested_slots": []}
    actions = [{"act": act, "slot": "", "values": [], "canonical_values": []} for act in acts]
    frames = [{"service": "Hotels_1", "actions": actions, "slots": [], "state": state}]
    return {"speaker": "USER", "utterance": text, "frames": frames}


def system(text, act="INFORM", told=None, **more):
    actions = [{"act": act, "slot": name, "values": [value], "canonical_values": [value]} for name, value in told or ()]
    actions = actions or [{"act": act, "slot": "", "values": [], "canonical_values": []}]
    frames = [{"service": "Hotels_1", "actions": actions, "slots": [], **more}]
    return {"speaker": "SYSTEM", "utterance": text, "frames": frames}


def called(results, **parameters):
    return {"service_call": {"method": "FindHotel", "parameters": parameters}, "service_results": results}


RESULT = {"city": "Paris", "name": "Le Nid", "wifi": "True"}
CALLED = called([RESULT], city="Paris", check_in_date="2019-03-04", rooms="2", wifi="dontcare")
GIVEN = {"city": "Paris", "check_in_date": ["March 4th", "the 4th"], "rooms": "2"}
TURNS = [
    user("A hotel in Paris.", city="Paris"),
    system("When?", act="REQUEST"),
    user("On march 4th, two rooms.", **GIVEN),
    system("There is Le Nid.", act="OFFER", told=[("name", "Le Nid")], **CALLED),
    user("Where is it?", acts=("REQUEST",), **GIVEN),
    system("In Paris.", told=[("city", "Paris")]),
]


@pytest.fixture
def methods(tmp_path):
    with gzip.open(tmp_path / "schema.json.gz", "wt", encoding="utf-8") as text:
        json.dump([SERVICE], text)
    return read_methods(tmp_path / "schema.json.gz")


def read(methods, turns=TURNS, share=0.9):
    rng = Choices(0)
    rng.share = share
    return list(asked_in({"dialogue_id": "1_0", "services": ["Hotels_1"], "turns": turns}, methods, "sgd/train", rng))


def test_slots_become_typed_parameters(methods):
    properties = methods["Hotels_1", "FindHotel"].tool["function"]["parameters"]["properties"]
    assert properties["rooms"] == {"type": "integer", "description": "rooms", "enum": [1, 2]}
    assert properties["wifi"] == {"type": "boolean", "description": "wifi"}


def test_each_turn_of_the_system_asks_for_what_it_does(methods):
    assert [asked.kind for asked in read(methods)] == ["missing", "single", "reply", "done"]


def test_question_of_the_system_names_the_required_slots_that_are_not_given(methods):
    missing = read(methods)[0]
    assert (missing.tool, missing.missing) == ("FindHotel", ("check_in_date",))


def test_values_are_typed_or_as_they_were_said_and_nothing_is_kept_that_does_not_matter(methods):
    call = Call("FindHotel", {"city": "Paris", "check_in_date": "march 4th", "rooms": 2})
    assert read(methods)[1].calls == (call,)


def test_dated_dialogue_says_the_day_and_has_iso_dates(methods):
    asked = [one for one in read(methods, share=0.2) if one.calls]
    assert asked[0].messages[0]["content"].startswith("Current date: 2019-03-01")
    assert asked[0].calls[0].arguments["check_in_date"] == "2019-03-04"


def test_reply_follows_the_call_and_its_result(methods):
    reply = read(methods)[2]
    assert [turn["role"] for turn in reply.messages[-2:]] == ["assistant", "tool"]
    assert json.loads(reply.messages[-1]["content"]) == {"name": "Le Nid", "city": "Paris", "wifi": True}
    assert reply.reply == "There is Le Nid."


def test_reply_that_tells_what_no_result_holds_is_not_asked(methods):
    turns = [*TURNS[:3], system("There is Ibis.", act="OFFER", told=[("name", "Ibis")], **CALLED)]
    assert [asked.kind for asked in read(methods, turns)] == ["missing", "single"]


def test_rare_request_leaves_its_tool_out(methods):
    none = next(asked for asked in read(methods, share=0.1) if asked.kind == "none")
    assert none.tools == ()
    assert none.calls == ()


@pytest.mark.parametrize(("words", "kept"), [("A nice one.", {}), ("A luxurious one.", {"kind": "luxury"})])
def test_listed_value_of_which_no_word_was_said_is_dropped(methods, words, kept):
    call = called([], city="Paris", check_in_date="2019-03-04", kind="luxury")
    turns = [*TURNS[:3], user(words, **GIVEN, kind="luxury"), system("None.", act="OFFER", **call)]
    asked = next(one for one in read(methods, turns) if one.calls)
    assert {name: value for name, value in asked.calls[0].arguments.items() if name == "kind"} == kept


def test_failed_call_has_a_result_that_says_so(methods):
    turns = [*TURNS[:3], system("That did not work.", act="NOTIFY_FAILURE", **CALLED)]
    assert read(methods, turns)[-1].messages[-1]["content"] == '{"status": "failed"}'


def test_dialogue_ends_at_a_value_that_nobody_said(methods):
    turns = [TURNS[0], system("Here.", act="OFFER", **called([], city="Rome", check_in_date="2019-03-04"))]
    assert read(methods, turns) == [LeftOut("1_0/1", "value without evidence")]


def test_long_dialogue_is_cut_and_reported(methods):
    turns = [user("A hotel in Paris." * 200, city="Paris"), system("When?", act="REQUEST")]
    assert read(methods, turns) == [LeftOut("1_0/1", "dialogue gets too long")]
