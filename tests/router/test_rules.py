"""What the form of a request implies."""

import pytest

from divisi.router.request import Request
from divisi.router.rules import CallLimits, Implied, call_limits, decided_by_form, implied, without_probe

USER = ({"role": "user", "content": "Weather in Paris?"},)
RESULT = (*USER, {"role": "assistant", "content": None}, {"role": "tool", "content": "sunny"})
TOOLS = ({"type": "function", "function": {"name": "get_weather"}},)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request(USER), Implied(("reply",), "rule")),
        (Request(USER, TOOLS, tool_choice="none"), Implied(("reply",), "request")),
        (Request(USER, TOOLS, named_tool="get_weather"), Implied(("named",), "request")),
        (Request(USER, TOOLS, specialist="names", tool_choice="none"), Implied(("specialist",), "request")),
        (Request(RESULT, TOOLS), Implied(("continue", "reply"), "rule")),
        (Request(RESULT, TOOLS, tool_choice="required"), Implied(("continue",), "request")),
        (Request(USER, TOOLS, parallel_calls=False), Implied(("single", "reply", "none"), "rule")),
        (
            Request(USER, TOOLS, tool_choice="required"),
            Implied(("single", "parallel", "chain", "nested"), "rule"),
        ),
        (Request(USER, TOOLS), Implied(("single", "parallel", "chain", "nested", "reply", "none"), "rule")),
    ],
)
def test_the_form_leaves_these_kinds(request_, expected):
    assert implied(request_) == expected


def test_one_kind_left_is_a_decision():
    assert decided_by_form(Implied(("reply",), "request")).kind == "reply"
    assert decided_by_form(Implied(("continue", "reply"), "rule")) is None


def test_without_a_probe_nothing_is_forced():
    assert without_probe(implied(Request(USER, TOOLS))).kind == "single"
    assert without_probe(implied(Request(RESULT, TOOLS))).kind == "continue"


@pytest.mark.parametrize(
    ("request_", "limits"),
    [
        (Request(USER, TOOLS), CallLimits(0, None)),
        (Request(USER, TOOLS, tool_choice="required"), CallLimits(1, None)),
        (Request(USER, TOOLS, named_tool="get_weather", parallel_calls=False), CallLimits(1, 1)),
    ],
)
def test_call_limits(request_, limits):
    assert call_limits(request_) == limits
