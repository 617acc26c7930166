"""Links learned from nested requests."""

from random import Random

from divisi.specialists.embedded.fit_links import drawn, fit, measured, seen, true_links
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked


def tool(name, description, parameter, field):
    properties = {parameter: {"type": "string", "description": parameter.replace("_", " ")}}
    schema = {"type": "object", "properties": properties, "required": [parameter]}
    function = {"name": name, "description": description, "parameters": schema, "returns": {field: "string"}}
    return {"type": "function", "function": function}


FIND = tool("find_patient", "Find a patient by name.", "name", "patient_id")
BOOK = tool("book_checkup", "Book a check-up for a patient.", "patient_id", "checkup")
CALLS = (
    Call("find_patient", {"name": "Rosa Lind"}, "$var_1"),
    Call("book_checkup", {"patient_id": "$var_1.patient_id$"}, "$var_2"),
)
LINK = ("book_checkup", "patient_id", "find_patient", "patient_id")


def asked(kind, text, calls, source="written/x"):
    return Asked(text, source, ({"role": "user", "content": text},), (FIND, BOOK), kind, calls)


NESTED = asked("nested", "Book a check-up for Rosa Lind", CALLS)
SINGLE = asked("single", "Book a check-up for the patient P-2041", (Call("book_checkup", {"patient_id": "P-2041"}),))


def test_true_links_are_read_from_references():
    assert true_links(NESTED) == {LINK}
    assert true_links(SINGLE) == set()


def test_what_was_fitted_finds_them_again():
    cases = seen([NESTED, SINGLE])
    assert sum(one.truth.sum() for one in cases) == 1
    found = measured(cases, fit(cases))
    assert (found["linked_rightly"], found["not_linked"]) == (1.0, 1.0)


def test_only_requests_by_hand_are_drawn():
    public = asked("nested", "public", CALLS, source="api_bank/train")
    assert drawn([NESTED, SINGLE, public], Random(0)) == [NESTED, SINGLE]
