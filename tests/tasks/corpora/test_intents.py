"""Utterances of one intent, and single queries, as requests."""

import re
from random import Random

import pytest

from divisi.tasks.calling.tool import Tool
from divisi.tasks.corpora import clinc150_tools, hwu64_tools, snips_tools
from divisi.tasks.corpora.intents import Catalogue, Utterance, ask
from divisi.tasks.corpora.offering import name_of, offer
from divisi.tasks.corpora.read_intents import clinc150_utterance, hwu64_utterance, repaired, snips_utterance
from divisi.tasks.corpora.read_metatool import asked_from, spelled
from divisi.tasks.corpora.report import LeftOut

INTENTS = ("play", "stop", "wake", "call", "text", "cook")
TOOLS = {intent: Tool(f"do_{intent}").to_record() for intent in INTENTS}
CATALOGUE = Catalogue("set", TOOLS, dict.fromkeys(INTENTS, "home"), {"play": ("stop",)})
SAID = [Utterance(f"{intent}{n}", f"{intent} number {n}.", intent, {}) for intent in INTENTS for n in range(60)]
ASKED = list(ask(SAID, CATALOGUE, Random(1)))


def of_kind(kind):
    return [asked for asked in ASKED if asked.kind == kind]


def offered(asked):
    return {name_of(tool) for tool in asked.tools}


@pytest.mark.parametrize("tools", [snips_tools.tools(), hwu64_tools.tools(), clinc150_tools.tools()])
def test_catalogues_have_names_that_openai_allows_and_no_name_twice(tools):
    names = [name_of(tool) for tool in tools.values()]
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in names)
    assert len(set(names)) == len(names)


def test_single_request_offers_its_tool():
    assert all(asked.calls[0].name in offered(asked) for asked in of_kind("single"))


def test_about_one_in_eight_is_offered_without_its_tool_and_without_those_that_overlap():
    none = of_kind("none")
    assert len(SAID) / 16 < len(none) < len(SAID) / 5
    for asked in none:
        intent = asked.group.removeprefix("set/")
        assert offered(asked).isdisjoint({f"do_{intent}"} | ({"do_stop"} if intent == "play" else set()))


def test_joined_requests_say_all_and_call_all():
    joined = of_kind("parallel") + of_kind("chain")
    assert joined
    for asked in joined:
        text = asked.messages[0]["content"]
        assert all(call.name.removeprefix("do_") in text for call in asked.calls)
        assert {call.name for call in asked.calls} <= offered(asked)
        assert len(asked.calls) in (2, 3)


def test_order_of_a_chain_is_the_order_in_which_things_are_done():
    before = [asked for asked in of_kind("chain") if ", but before that " in asked.messages[0]["content"]]
    assert before
    for asked in before:
        last, first = asked.messages[0]["content"].split(", but before that ")
        assert [call.name for call in asked.calls] == [f"do_{first.split()[0]}", f"do_{last.split()[0]}"]


def test_talk_asks_for_nothing():
    (asked,) = ask([Utterance("1", "thank you", None, {})], CATALOGUE, Random(0))
    assert (asked.kind, asked.calls, asked.group) == ("none", (), "set/talk")


def test_snips_parts_give_text_and_slots():
    parts = [{"text": "rate "}, {"text": "Dune", "entity": "object_name"}, {"text": " 4\n"}]
    assert snips_utterance("1", parts, "RateBook") == Utterance("1", "rate Dune 4", "RateBook", {"object_name": "Dune"})


def test_snips_slot_given_twice_is_left_out():
    parts = [{"text": "Dune", "entity": "object_name"}, {"text": "Emma", "entity": "object_name"}]
    assert snips_utterance("1", parts, "RateBook") == LeftOut("1", "slot given twice")


def test_text_that_was_decoded_twice_is_repaired():
    assert repaired("MÃºsica") == "Música"
    assert repaired("Música") == "Música"


def hwu64(intent, *entities):
    spans = [{"start": 0, "end": 1, "entity": name, "value": value} for name, value in entities]
    return hwu64_utterance("1", {"text": "x", "intent": intent, "entities": spans}, hwu64_tools.tools())


def test_hwu64_keeps_the_entities_that_the_tool_takes():
    said = hwu64("alarm_set", ("time", "six am"), ("person", "john"))
    assert said == Utterance("1", "x", "alarm_set", {"time": "six am"})


def test_hwu64_collects_currencies_in_their_order():
    said = hwu64("qa_currency", ("currency_name", "euro"), ("currency_name", "dollar"))
    assert said.arguments == {"currency_name": ["euro", "dollar"]}


def test_hwu64_entity_given_twice_and_intent_without_function_are_left_out():
    assert hwu64("alarm_set", ("time", "six"), ("time", "seven")) == LeftOut("1", "entity given twice")
    assert hwu64("general_quirky") == LeftOut("1", "intent has no clear function")
    assert hwu64("general_praise").intent is None


@pytest.mark.parametrize(("intent", "expected"), [("transfer", "transfer"), ("oos", None), ("thank_you", None)])
def test_clinc150_talk_and_out_of_scope_have_no_function(intent, expected):
    assert clinc150_utterance("1", "x", intent, clinc150_tools.tools()).intent == expected


PLUGINS = {name: Tool(spelled(name), f"about {name}").to_record() for name in ("PDF&URLTool", "horses", "sailing")}


def test_metatool_names_lose_what_is_not_allowed():
    asked = asked_from("1", "please read this document for me", ["PDF&URLTool"], PLUGINS, Random(0))
    assert (asked.kind, asked.calls[0].name) == ("single", "PDF_URLTool")


def test_metatool_query_without_its_plugin_is_offered_none_that_shares_a_word():
    query = "where can I learn sailing well"
    asked = [asked_from(str(n), query, ["horses"], PLUGINS, Random(n)) for n in range(60)]
    none = [one for one in asked if one.kind == "none"]
    assert none
    assert all(offered(one) <= {"PDF_URLTool"} for one in none)


def test_metatool_query_for_two_plugins_is_parallel():
    asked = asked_from("1", "sail to the horses over there", ["horses", "sailing"], PLUGINS, Random(0))
    assert (asked.kind, len(asked.calls)) == ("parallel", 2)


def test_short_query_is_left_out():
    assert isinstance(asked_from("1", "horses", ["horses"], PLUGINS, Random(0)), LeftOut)


def test_offer_has_two_to_eight_tools_of_different_names_with_all_that_are_needed():
    needed = [TOOLS["play"], TOOLS["play"]]
    counts = set()
    for seed in range(50):
        tools = offer(needed, [TOOLS["stop"]], list(TOOLS.values()), Random(seed))
        names = [name_of(tool) for tool in tools]
        assert "do_play" in names
        assert len(set(names)) == len(names)
        counts.add(len(names))
    assert counts == {2, 3, 4, 5, 6}
