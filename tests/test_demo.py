"""The demo's own judgement: right answers pass, and each way to be wrong is found."""

import contextlib
import json
import runpy
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from answers import Answer, MadeCall
from demo import perform
from faults import faults_of
from rich.console import Console
from scenes import RightAnswer, RightCall
from service import Service, ServiceFailedError, running

from divisi.router.leaning import NO_TRUST
from divisi.router.probe import SEVERAL
from divisi.router.rules import Decision
from divisi.services.section import Section
from divisi.tasks.catalog import SUBTASKS

SERVICES = runpy.run_path(str(Path(__file__).parent / "services" / "conftest.py"))
TRACE = {"plan": [], "missing": {}}
PARIS = RightAnswer((RightCall("get_weather", {"city": "Paris"}),))
CALLED = Answer([MadeCall("call_1", "get_weather", '{"city": "Paris"}')], finish="tool_calls", trace=TRACE)
WROTE = Answer(text="None of these tools fits.", finish="stop", trace=TRACE)

KINDS = ["single", "parallel", "nested", "continue", "continue", "none", "single", "single"]
"""What the right answers of the demo are decided to be, in order."""

WEATHER = [{"name": "get_weather", "arguments": {"city": city}} for city in ("Oslo", "Lisbon")]
SCRIPT = {
    "names": [
        *('["get_weather"]', '["get_weather", "get_weather"]', '["get_last_order"]'),
        *('["book_table"]', '["convert_currency"]'),
    ],
    "arguments get_weather": '{"city": "Paris"}',
    "arguments get_weather 1 of 2": '{"city": "Oslo"}',
    "arguments get_weather 2 of 2": '{"city": "Lisbon"}',
    "parallel": json.dumps(WEATHER),
    "arguments find_customer": '{"name": "Maria Lopez"}',
    "arguments get_last_order": "{}",
    "next": '"done"',
    "reply": "The last order is O-7781, and it is shipped.",
    "arguments book_table": '["people"]',
    "arguments convert_currency": '{"amount": 250, "from_currency": "EUR", "to_currency": "USD"}',
}


class Decided:
    """A probe that gives the kinds of a list, one after the other."""

    trust = NO_TRUST
    lists = SEVERAL

    def __init__(self, kinds: list[str]) -> None:
        self._kinds = iter(kinds)

    def decide(self, features: Any, allowed: Any, chances: Any) -> Decision:
        return Decision(next(self._kinds), "probe", 0.9)


@pytest.fixture
def shown():
    return Console(width=200, record=True)


@pytest.fixture
def serve():
    """Serves scripted answers; gives the service that the demo talks to."""
    with contextlib.ExitStack() as stack:

        def start(script, kinds=KINDS):
            section = Section(SERVICES["ScriptedPlayer"](script), Decided(kinds), SUBTASKS)
            return Service(SERVICES["start"](stack, section) + "/v1", 1.0)

        yield start


def test_right_answers_pass_and_are_shown_with_their_trace(serve, shown):
    assert perform(serve(SCRIPT), shown)
    text = shown.export_text()
    assert "6 of 6 requests were answered rightly" in text
    assert all(part in text for part in ("nested", "probe 0.90", "arguments book_table", "next_best", "chunks]"))


def test_one_wrong_answer_is_named(serve, shown):
    wrong = {**SCRIPT, "arguments get_weather": '{"city": "Rome"}'}
    assert not perform(serve(wrong), shown)
    assert "5 of 6 requests were answered rightly. Wrong: one call." in shown.export_text()


def test_a_service_that_does_not_answer_is_named(shown):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    assert not perform(Service(address, 1.0), shown)
    assert "APIConnectionError" in shown.export_text()


def test_a_right_call_has_no_faults():
    assert faults_of(CALLED, PARIS) == []


@pytest.mark.parametrize(
    ("answer", "right", "fault"),
    [
        pytest.param(replace(CALLED, calls=[MadeCall("1", "fly", "{}")]), PARIS, "not offered", id="invented-name"),
        pytest.param(
            replace(CALLED, calls=[MadeCall("1", "get_weather", '{"town": "Paris"}')]), PARIS, "schema", id="schema"
        ),
        pytest.param(replace(CALLED, calls=[MadeCall("1", "get_weather", "[")]), PARIS, "JSON object", id="no-json"),
        pytest.param(
            replace(CALLED, calls=[MadeCall("1", "find_customer", '{"name": "Paris"}')]), PARIS, "got find", id="tool"
        ),
        pytest.param(WROTE, PARIS, "got no call", id="no-call"),
        pytest.param(CALLED, RightAnswer(says=("None of these",)), "expected no call", id="no-abstention"),
        pytest.param(WROTE, RightAnswer(says=("O-7781",)), "expected a text with 'O-7781'", id="text"),
        pytest.param(WROTE, RightAnswer(missing={"book_table": ("people",)}), "as missing", id="missing"),
        pytest.param(replace(WROTE, finish="length"), RightAnswer(), "ended with 'length'", id="cut"),
        pytest.param(CALLED, replace(PARIS, planned=("a", "b")), "expected the plan a, b", id="plan"),
        pytest.param(replace(CALLED, trace={}), PARIS, "no trace", id="trace"),
    ],
)
def test_a_fault_is_found(answer, right, fault):
    assert any(fault in found for found in faults_of(answer, right))


def test_a_service_that_cannot_start_fails_with_its_log():
    with (
        pytest.raises(ServiceFailedError, match=r"(?s)ended by itself with status 1.*log_level"),
        running(["--log-level", "loud"]),
    ):
        pass
