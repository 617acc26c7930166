"""Tools are ranked where they do not fit."""

from divisi.router.rank import Ranked, called_before
from divisi.router.rank import rank_tools as rank_by_scores
from divisi.tasks.calling.likeness import likeness


def tool(name, description=""):
    return {"type": "function", "function": {"name": name, "description": description}}


def asked(text):
    return [{"role": "user", "content": text}]


TOOLS = [
    tool("get_weather", "The forecast for a city."),
    tool("send_mail", "Send a mail to somebody."),
    tool("bookFlights", "Book a flight between airports."),
]


def rank_tools(tools, messages, **options) -> Ranked:
    return rank_by_scores(tools, likeness(messages, tools), **options)


def names(tools):
    return [one["function"]["name"] for one in tools]


def test_all_are_kept_where_they_fit():
    ranked = rank_tools(TOOLS, asked("book a flight"), sizes=[5, 5, 5], budget=15)
    assert (names(ranked.kept), ranked.left_out) == (names(TOOLS), ())


def test_the_best_are_kept_in_their_original_order():
    ranked = rank_tools(TOOLS, asked("book a flight, then mail me"), sizes=[5, 5, 5], budget=10)
    assert names(ranked.kept) == ["send_mail", "bookFlights"]
    assert ranked.left_out == ("get_weather",)


def test_tools_in_use_are_kept_whatever_they_score():
    ranked = rank_tools(TOOLS, asked("book a flight"), sizes=[5, 5, 5], budget=5, always={"get_weather"})
    assert names(ranked.kept) == ["get_weather"]


def test_a_smaller_tool_takes_the_place_that_a_larger_one_cannot():
    ranked = rank_tools(TOOLS, asked("book flights"), sizes=[2, 2, 50], budget=4)
    assert names(ranked.kept) == ["get_weather", "send_mail"]


def test_words_that_no_tool_knows_leave_the_order():
    ranked = rank_tools(TOOLS, asked("xyzzy"), sizes=[5, 5, 5], budget=10)
    assert names(ranked.kept) == ["get_weather", "send_mail"]


def test_the_last_user_messages_are_the_query():
    conversation = [*asked("the weather"), *asked("a"), *asked("b"), *asked("send mail")]
    assert names(rank_tools(TOOLS, conversation, sizes=[5, 5, 5], budget=5).kept) == ["send_mail"]


def test_called_before():
    call = {"function": {"name": "get_weather", "arguments": {}}}
    assert called_before([{"role": "assistant", "tool_calls": [call]}, *asked("and?")]) == {"get_weather"}
