"""Whether required values are given."""

from divisi.tasks.calling.lacking import LACKS_FROM, lacking

BOOK = {
    "type": "function",
    "function": {
        "name": "book_table",
        "description": "Book a table in a restaurant.",
        "parameters": {
            "type": "object",
            "properties": {
                "restaurant": {"type": "string", "description": "name of the restaurant"},
                "people": {"type": "integer", "description": "how many guests come"},
                "terrace": {"type": "boolean"},
            },
            "required": ["restaurant", "people"],
        },
    },
}


def of(text, tool=BOOK):
    return lacking(({"role": "user", "content": text},), (tool,), "book_table")


def test_what_is_not_said_lacks():
    chances = of("Book a table at the restaurant Chez Nous.")
    assert chances["people"] >= LACKS_FROM > chances["restaurant"]


def test_what_is_said_lacks_less():
    assert of("Book a table for 4 people at Chez Nous.")["people"] < of("Book a table at Chez Nous.")["people"]


def test_only_required_parameters_can_lack():
    assert set(of("Book a table.")) == {"restaurant", "people"}


def test_a_tool_that_requires_nothing_lacks_nothing():
    function = {**BOOK["function"], "parameters": {"type": "object", "properties": {}}}
    assert of("Book a table.", {"type": "function", "function": function}) == {}
