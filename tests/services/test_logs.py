"""One event, one line, key=value."""

from divisi.services.logs import line


def test_line():
    assert line("answered", {"id": "a1", "milliseconds": 1.23456, "calls": 2}) == (
        "event=answered id=a1 milliseconds=1.235 calls=2"
    )


def test_values_that_would_break_the_line_are_quoted():
    assert line("fault", {"error": 'a "b"\nc', "empty": ""}) == 'event=fault error="a \\"b\\"\\nc" empty=""'
