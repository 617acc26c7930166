"""The probability of each kind of answer, from words and tools alone."""

import numpy as np
import pytest

from divisi.tasks.calling.chances import CALLED, chances, fitted
from divisi.tasks.calling.fitness import OF_REQUEST, OF_TOOL, TOOLS_SEEN, fitness, said


def tool(name, description, **parameters):
    schema = {"type": "object", "properties": parameters, "required": list(parameters)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": schema}}


WEATHER = tool("get_weather", "Get the weather of a city.", city={"type": "string", "description": "name of the city"})
TABLE = tool(
    *("book_table", "Book a table in a restaurant."),
    restaurant={"type": "string", "description": "name of the restaurant"},
    people={"type": "integer", "description": "how many guests come"},
)
TOOLS = (WEATHER, TABLE)


def of(text, tools=TOOLS):
    return chances(({"role": "user", "content": text},), tools)


def test_they_sum_to_one():
    found = of("What is the weather in Paris?")
    assert set(found) == {*CALLED, "none"}
    assert sum(found.values()) == pytest.approx(1)


def test_a_request_that_a_tool_fits_is_called_for():
    assert of("What is the weather in Paris?")["none"] < 0.3


def test_without_the_tool_that_fits_it_is_less_so():
    text = "What is the weather in Paris?"
    assert of(text, (TABLE,))["none"] > 0.5 > of(text)["none"]


def test_what_has_nothing_to_do_with_the_tools_is_rather_turned_away():
    assert of("Who painted the ceiling of the Sistine Chapel?")["none"] > 0.5


def test_two_requests_in_one_are_rather_parallel():
    found = of("What is the weather in Paris and what is the weather in Rome?")
    assert max(CALLED, key=found.get) == "parallel"


def test_without_tools_none_is_certain():
    assert of("Hello", ())["none"] == 1.0


def test_features_are_as_many_whatever_is_offered_and_finite():
    for tools in (TOOLS, TOOLS[:1], (*TOOLS, WEATHER)):
        x = fitness(({"role": "user", "content": "Play jazz!"},), tools)
        assert x.shape == (TOOLS_SEEN * OF_TOOL + OF_REQUEST,)
        assert np.isfinite(x).all()


def test_a_second_tool_that_is_not_there_is_seen_as_nothing():
    x = fitness(({"role": "user", "content": "Play jazz!"},), TOOLS[:1])
    assert not x[OF_TOOL : 2 * OF_TOOL].any()


def test_words_are_heard_in_the_last_text_alone():
    messages = ({"role": "user", "content": "first"}, {"role": "user", "content": "Then, please"})
    assert said(messages, ("first", "then", "please")).tolist() == [0, 1, 1]


def test_the_threshold_is_a_probability():
    assert 0 < fitted().threshold < 1
