"""What is found for one tool's parameters, and tools with fewer of them."""

from divisi.tasks.calling.told import declared, name_of, required, told, without

TOOL = {
    "type": "function",
    "function": {
        "name": "book_table",
        "description": "Book a table in a restaurant.",
        "parameters": {
            "type": "object",
            "properties": {
                "restaurant": {"type": "string", "description": "name of the restaurant"},
                "people": {"type": "integer"},
            },
            "required": ["restaurant", "people"],
        },
    },
}


def test_what_is_said_is_found_and_what_is_not_is_left_out():
    values = told(({"role": "user", "content": "Book a table at the restaurant Trattoria Roma."},), TOOL)
    assert "Trattoria Roma" in str(values["restaurant"].value)
    assert "people" not in values


def test_only_declared_parameters_are_required():
    record = without(TOOL, ())
    record["function"]["parameters"]["required"].append("nothing")
    assert required(record) == ["restaurant", "people"]


def test_a_tool_without_a_parameter_neither_declares_nor_requires_it():
    less = without(TOOL, ["people"])
    assert (name_of(less), list(declared(less)), required(less)) == ("book_table", ["restaurant"], ["restaurant"])
    assert required(TOOL) == ["restaurant", "people"]
