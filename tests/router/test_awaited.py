"""The next call behind results."""

import json

import pytest

from divisi.router.awaited import Awaited, awaited, before_calls, chances_behind_results, results_of
from divisi.tasks.calling.links import Link

USER = {"role": "user", "content": "Get the last order of Maria Lopez."}
LINK = Link("get_last_order", "customer_id", "find_customer", "customer_id", 0.6)


def made(name, result, number=1):
    call = {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": {}}}
    answer = {"role": "tool", "tool_call_id": f"call_{number}", "content": result}
    return [{"role": "assistant", "content": None, "tool_calls": [call]}, answer]


FOUND = (USER, *made("find_customer", json.dumps({"customer_id": "C-1"})))


def test_a_call_takes_what_it_waited_for():
    assert awaited(FOUND, [LINK], {}) == Awaited("get_last_order", (("customer_id", "C-1"),))


def test_what_was_called_is_not_called_again():
    assert awaited((*FOUND, *made("get_last_order", "{}", 2)), [LINK], {"find_customer": 0.9}) is None


def test_an_improbable_link_or_a_field_that_is_not_there_gives_nothing():
    assert awaited(FOUND, [Link(*("get_last_order", "customer_id", "find_customer", "customer_id"), 0.1)], {}) is None
    assert awaited(FOUND, [Link(*("get_last_order", "customer_id", "find_customer", "key"), 0.9)], {}) is None


def test_else_the_most_needed_of_those_that_were_not_called_is_next():
    needs = {"find_customer": 0.9, "send_mail": 0.6, "get_weather": 0.7, "book": 0.1}
    assert awaited(FOUND, [], needs) == Awaited("get_weather", ())
    assert awaited(FOUND, [], {"book": 0.1}) is None


def test_calls_before_the_user_spoke_again_do_not_count():
    new = (USER, *made("find_customer", json.dumps({"customer_id": "C-2"}), 2))
    again, earlier = (*FOUND, *new), (*FOUND, *made("get_last_order", "{}", 3), *new)
    for messages in (again, earlier):
        assert awaited(messages, [LINK], {}) == Awaited("get_last_order", (("customer_id", "C-2"),))
    assert before_calls(again) == again[:4]


def test_results_that_are_no_objects_have_no_fields():
    assert results_of((USER, *made("f", "sunny"), *made("g", "[1]", 2), *made("h", '{"a": 1}', 3))) == {"h": {"a": 1}}


def test_a_call_that_is_seen_makes_going_on_more_probable():
    seen, unseen = chances_behind_results(Awaited("f", ())), chances_behind_results(None)
    assert seen["continue"] > 0.5 > unseen["continue"]
    assert sum(seen.values()) == pytest.approx(1)
