"""A request that gives a parameter several values asks for as many calls."""

import numpy as np
import pytest

from divisi.tasks.calling.counting import CALLS_MOST, FEATURES, counted, features, more_calls


def tool(name, description, **properties):
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


LIFT = tool("next_inspection", "When a lift is inspected next", lift_id={"type": "string", "description": "The lift"})
BETWEEN = tool(
    "sea_distance",
    "Distance between two ports",
    from_port={"type": "string", "description": "Port of departure"},
    to_port={"type": "string", "description": "Port of arrival"},
)
LOTS = tool("create_list", "List some orders", order_nos={"type": "array", "items": {"type": "string"}})


def said(text):
    return ({"role": "user", "content": text},)


def value(feature, text, one, calls=1):
    return features(counted(said(text), one, [one]), calls)[FEATURES.index(feature)]


def test_an_enumeration_is_counted():
    text = "Next inspection of the lifts N1, N2 and S1 please"
    assert value("listed_any", text, LIFT, calls=2) == 1
    assert value("listed_any", text, LIFT, calls=3) == 0
    assert value("divided", text, LIFT, calls=2) == 1


def test_three_lifts_are_more_probably_asked_about_than_one_is_thrice():
    three, one = (
        more_calls(said(text), LIFT, [LIFT])
        for text in ("When are the lifts N1, N2 and S1 inspected next?", "When is the lift N1 inspected next?")
    )
    assert len(three) == len(one) == CALLS_MOST - 1
    assert min(three[:2]) > 1 / 2 > one[0]
    assert three[2] < 1 / 2


def test_what_two_parameters_share_is_divided_between_them():
    seen = counted(said("distance from Genoa to Tunis"), BETWEEN, [BETWEEN])
    assert seen.ways.shape == (4, 2)
    assert seen.ways[:3].max() < 2


def test_a_list_takes_all_values_in_one_call():
    seen = counted(said("List the orders 10077, 10078 and 10081"), LOTS, [LOTS])
    assert not seen.ways.any()
    assert not seen.nexts


@pytest.mark.parametrize("text", ["", "?"])
def test_of_a_text_that_says_nothing_one_more_call_is_improbable(text):
    assert max(more_calls(said(text), LIFT, [LIFT])) < 1 / 2


def test_a_function_without_parameters_can_be_counted_too():
    clock = tool("now", "The time")
    chances = more_calls(said("What time is it? And then tell me once more"), clock, [clock, LIFT])
    assert np.isfinite(chances).all()
