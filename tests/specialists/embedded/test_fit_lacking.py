"""What lacks, learned from requests that lack values and others that do not."""

from random import Random

from divisi.specialists.embedded.fit_lacking import drawn, fit, measured, seen
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked

BOOK = {
    "type": "function",
    "function": {
        "name": "book_table",
        "description": "Book a table in a restaurant.",
        "parameters": {
            "type": "object",
            "properties": {"restaurant": {"type": "string"}, "people": {"type": "integer"}},
            "required": ["restaurant", "people"],
        },
    },
}


def asked(kind, text, source="written/x", **options):
    return Asked(text, source, ({"role": "user", "content": text},), (BOOK,), kind, **options)


LACKS = asked("missing", "Book a table at the restaurant Roma", tool="book_table", missing=("people",))
GIVES = asked("single", "Book a table at the restaurant Roma for 4 people", calls=(Call("book_table", {}),))


def test_what_was_fitted_asks_for_what_lacks_alone():
    cases = list(seen([LACKS, GIVES]))
    assert [one.truth.tolist() for one in cases] == [[0, 1], [0, 0]]
    found = measured(cases, fit(cases))
    assert (found["asked_rightly"], found["not_asked"]) == (1.0, 1.0)


def test_results_and_other_public_sets_are_left_out():
    public = asked("single", "public", source="snips/train", calls=(Call("book_table", {}),))
    behind = Asked("b", "written/x", (*LACKS.messages, {"role": "tool", "content": "1"}), (BOOK,), "continue")
    assert drawn([LACKS, GIVES, public, behind], Random(0)) == [LACKS, GIVES]
