"""Which parameters take another tool's result."""

import pytest

from divisi.tasks.calling.links import Link, candidates, links, probable


def tool(name, description, parameters, **returns):
    schema = {"type": "object", "properties": parameters, "required": list(parameters)}
    function = {"name": name, "description": description, "parameters": schema, "returns": returns}
    return {"type": "function", "function": function}


def text(described):
    return {"type": "string", "description": described}


FIND = tool(
    *("find_patient", "Find a patient of the practice by name.", {"name": text("full name of the patient")}),
    patient_id="string, id of the patient",
)
BOOK = tool(
    *("book_checkup", "Book a check-up for a patient.", {"patient_id": text("id of the patient")}),
    booked="boolean",
)
PAINT = tool("mix_paint", "Mix paint of a colour.", {"litres": {"type": "number"}}, can="string")
ASKED = ({"role": "user", "content": "Find the patient Rosa Lind and book a check-up for that patient."},)


def test_what_is_called_the_same_and_not_said_is_linked():
    (first, *_) = links(ASKED, (BOOK, PAINT, FIND))
    assert (first.tool, first.parameter, first.giver, first.field) == (
        "book_checkup", "patient_id", "find_patient", "patient_id",
    )  # fmt: skip
    assert probable([first], "single") == [first]


def test_a_value_that_is_said_makes_a_link_less_probable():
    said = ({"role": "user", "content": "Book a check-up for the patient with the id P-20931."},)
    (first, *_) = links(said, (BOOK, PAINT, FIND))
    assert first.probability < links(ASKED, (BOOK, PAINT, FIND))[0].probability


def test_tools_that_return_nothing_give_nothing():
    function = {key: value for key, value in FIND["function"].items() if key != "returns"}
    assert links(ASKED, (BOOK, {"type": "function", "function": function})) == []


def test_no_tool_gives_to_itself_and_no_flag_is_taken():
    found = list(candidates(ASKED, (FIND, BOOK)))
    assert all(tool != giver for (tool, _, giver, _), _ in found)
    assert all(field != "booked" for (_, _, _, field), _ in found)


def test_each_parameter_has_its_likeliest_link_alone():
    other = tool("patient_of_room", "The patient in a room.", {"room": text("room")}, patient_id="string, an id")
    found = links(ASKED, (FIND, BOOK, other))
    keys = [(one.tool, one.parameter) for one in found]
    assert len(keys) == len(set(keys))
    assert [one.probability for one in found] == pytest.approx(sorted((one.probability for one in found), reverse=True))


def test_less_is_demanded_where_calls_are_said_to_be_nested():
    found = [Link("g", "x", "f", "y", chance) for chance in (0.8, 0.25, 0.05)]
    assert len(probable(found, "nested")) == 2
    assert len(probable(found, "single")) == 1
    assert probable(found, "chain") == []
