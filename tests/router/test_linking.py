"""Calls that take what others return: linked, completed by their givers, ordered."""

from divisi.router.linking import Planned, linked_calls
from divisi.tasks.calling.links import Link


def link(tool, giver, probability=0.9, parameter="id"):
    return Link(tool, parameter, giver, "id", probability)


def test_without_a_link_names_stay_as_they_are():
    assert linked_calls(["f", "g"], []) == (Planned("f"), Planned("g"))


def test_a_giver_comes_first_and_is_referred_to_by_its_label():
    calls = linked_calls(["g", "f"], [link("g", "f")])
    assert [call.name for call in calls] == ["f", "g"]
    assert [call.label for call in calls] == ["$var_1", "$var_2"]
    assert calls[1].linked == (("id", "$var_1.id$"),)


def test_a_giver_that_was_not_chosen_is_added():
    assert [call.name for call in linked_calls(["g"], [link("g", "f")])] == ["f", "g"]


def test_what_gives_to_a_giver_is_added_too():
    assert [call.name for call in linked_calls(["h"], [link("h", "g"), link("g", "f")])] == ["f", "g", "h"]


def test_a_tool_that_was_not_chosen_gets_nothing():
    assert [call.name for call in linked_calls(["f"], [link("h", "g")])] == ["f"]


def test_no_call_waits_for_itself():
    calls = linked_calls(["f", "g"], [link("g", "f"), link("f", "g")])
    assert [bool(call.linked) for call in calls] == [False, True]


def test_functions_that_are_called_several_times_are_not_linked():
    assert linked_calls(["f", "f", "g"], [link("g", "f")])[2] == Planned("g")
