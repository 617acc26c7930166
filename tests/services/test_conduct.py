"""One request from decision to answer, with a scripted player and a probe that says what it is told."""

import asyncio
import json

import pytest

from divisi.router.leaning import NO_TRUST
from divisi.router.probe import SEVERAL
from divisi.router.rank import Ranked
from divisi.router.request import Request
from divisi.router.rules import Decision
from divisi.services.conduct import conduct, show
from divisi.services.perform import shares

USER = ({"role": "user", "content": "Weather in Paris and Rome, mail Ann"},)
PARIS, ROME = ({"name": "get_weather", "arguments": {"city": city}} for city in ("Paris", "Rome"))


class ToldProbe:
    """Decides for the kind that it was told, whatever it sees."""

    trust = NO_TRUST
    lists = SEVERAL

    def __init__(self, kind):
        self.kind = kind

    def decide(self, features, allowed, chances):
        return self.kind if isinstance(self.kind, Decision) else Decision(self.kind, "probe", 0.75)


@pytest.fixture
def answer(section_of, scripted, weather, mail):
    def conducted(kind, script, *, logprobs=None, messages=USER, **options):
        section = section_of(scripted(script, logprobs=logprobs), probe=ToldProbe(kind))
        return asyncio.run(conduct(Request(messages, (weather, mail), **options), section))

    return conducted


def cities(answer):
    return [call.arguments.get("city") for call in answer.calls]


NAMES = {
    "names": '["get_weather", "get_weather"]',
    "arguments get_weather 1 of 2": '{"city": "Paris"}',
    "arguments get_weather 2 of 2": '{"city": "Rome"}',
}


def test_parallel_asks_for_two_opinions_that_agree(answer):
    given = answer("parallel", {**NAMES, "parallel": json.dumps([PARIS, ROME])})
    assert cities(given) == ["Paris", "Rome"]
    assert sorted(stage.subtask for stage in given.trace.stages) == ["arguments", "arguments", "names", "parallel"]
    assert (given.trace.decided_by, given.trace.confidence) == ("probe", 0.75)


def test_where_opinions_differ_the_one_without_problems_wins(answer):
    wrong = {"name": "get_weather", "arguments": {"city": "Atlantis"}}
    assert cities(answer("parallel", {**NAMES, "parallel": json.dumps([PARIS, wrong])})) == ["Paris", "Rome"]


@pytest.mark.parametrize("logprob", [-0.01, -9.0])
def test_else_names_and_arguments_apart_win(answer, logprob):
    script = {**NAMES, "chaining": json.dumps([PARIS])}
    assert cities(answer("chain", script, logprobs={"chaining": logprob})) == ["Paris", "Rome"]


def test_an_unusable_nested_plan_falls_back_on_names(answer):
    broken = [{"name": "get_weather", "label": "$var_1", "arguments": {"city": "$var_7.x$"}}]
    given = answer("nested", {**NAMES, "nested": json.dumps(broken)})
    assert cities(given) == ["Paris", "Rome"]


def test_a_nested_plan_is_answered_whole(answer):
    plan = [
        {"name": "get_weather", "label": "$var_1", "arguments": {"city": "Paris"}},
        {"name": "send_mail", "label": "$var_2", "arguments": {"to": "Ann", "text": "$var_1.summary$"}},
    ]
    given = answer("nested", {"nested": json.dumps(plan)})
    assert [call.label for call in given.calls] == ["$var_1", "$var_2"]


def test_an_unusable_next_call_falls_back_on_names(answer):
    script = {**NAMES, "next": '{"name": "get_weather", "arguments": {}}'}
    assert cities(answer("continue", script)) == ["Paris", "Rome"]


def test_none_is_answered_without_playing_a_row(answer):
    given = answer("none", {})
    assert given.text == "None of these tools fits the request: get_weather, send_mail."
    assert (given.trace.stages, given.completion_tokens) == ((), 0)


def test_missing_values_do_not_hide_the_calls_that_can_be_made(answer):
    script = {
        "names": '["get_weather", "send_mail"]',
        "arguments get_weather": '{"city": "Paris"}',
        "arguments send_mail": '["text"]',
    }
    given = answer("single", script)
    assert cities(given) == ["Paris"]
    assert set(given.missing) == {"send_mail"}


FIND = {
    "type": "function",
    "function": {
        "name": "find_patient",
        "description": "Find a patient of the practice by name.",
        "parameters": {
            "type": "object",
            "properties": {"name": {"type": "string", "description": "full name of the patient"}},
            "required": ["name"],
        },
        "returns": {"patient_id": "string, id of the patient"},
    },
}
BOOK = {
    "type": "function",
    "function": {
        "name": "book_checkup",
        "description": "Book a check-up for a patient.",
        "parameters": {
            "type": "object",
            "properties": {"patient_id": {"type": "string", "description": "id of the patient"}},
            "required": ["patient_id"],
        },
        "returns": {"booked": "boolean"},
    },
}
ROSA = ({"role": "user", "content": "Find the patient Rosa Lind and book a check-up for that patient."},)
FOUND = (
    *ROSA,
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "find_patient", "arguments": {"name": "Rosa Lind"}}}
        ],
    },
    {"role": "tool", "tool_call_id": "c1", "content": '{"patient_id": "P-77"}'},
)


@pytest.fixture
def treat(section_of, scripted):
    """Answers with the tools of the practice; gives the answer and the rows that were played."""

    def conducted(decision, script, messages=ROSA):
        player = scripted(script)
        section = section_of(player, probe=ToldProbe(decision))
        return asyncio.run(conduct(Request(messages, (FIND, BOOK)), section)), player.rows

    return conducted


@pytest.mark.parametrize("kind", ["nested", "single"])
def test_a_parameter_that_another_call_gives_is_not_asked_for(treat, kind):
    script = {
        "names": '["book_checkup"]',
        "arguments find_patient": '{"name": "Rosa Lind"}',
        "arguments book_checkup": "{}",
    }
    given, rows = treat(kind, script)
    assert [(call.name, call.label, dict(call.arguments)) for call in given.calls] == [
        ("find_patient", "$var_1", {"name": "Rosa Lind"}),
        ("book_checkup", "$var_2", {"patient_id": "$var_1.patient_id$"}),
    ]
    assert "patient_id" not in rows[-1].invocation


def test_calls_come_in_the_order_in_which_the_request_asks_for_them(treat):
    said = ({"role": "user", "content": "Book a check-up for patient P-77, then find Rosa Lind by name."},)
    script = {
        "names": '["find_patient", "book_checkup"]',
        "arguments find_patient": '{"name": "Rosa Lind"}',
        "arguments book_checkup": '{"patient_id": "P-77"}',
    }
    given, _ = treat("chain", {**script, "chaining": "[]"}, said)
    assert [call.name for call in given.calls] == ["book_checkup", "find_patient"]


def test_the_call_that_waited_for_a_result_is_made_with_it(treat):
    given, rows = treat("continue", {"arguments book_checkup": "{}"}, FOUND)
    assert [(call.name, dict(call.arguments)) for call in given.calls] == [("book_checkup", {"patient_id": "P-77"})]
    assert len(rows) == 1


def test_what_is_not_said_is_asked_for_by_code(treat):
    said = ({"role": "user", "content": "Find a patient."},)
    given, rows = treat("single", {"names": '["find_patient"]'}, said)
    assert given.missing == {"find_patient": ("name",)}
    assert [stage.specialist for stage in given.trace.stages] == ["names", "code"]
    assert len(rows) == 1


def test_names_may_not_be_empty_where_a_call_is_sure(treat):
    for silent, least in ((0.1, 1), (0.5, None)):
        _, rows = treat(Decision("single", "probe", 0.7, silent), {"names": "[]"})
        assert rows[0].grammar.get("minItems") == least


def test_max_tokens_hold_over_all_stages(answer):
    given = answer("single", NAMES, max_tokens=5)
    assert given.completion_tokens <= 5
    assert given.finish in ("length", "tool_calls")


def test_shares_divide_evenly():
    assert shares(7, 3) == [3, 2, 2]
    assert shares(0, 2) == [0, 0]
    assert shares(None, 2) == [None, None]


def test_tools_are_measured_only_where_there_are_some(section_of, scripted, monkeypatch):
    player = scripted({"reply": "Hello."})
    monkeypatch.setattr(player, "size", None)
    assert asyncio.run(show(Request(USER, ()), section_of(player))) == Ranked(())
