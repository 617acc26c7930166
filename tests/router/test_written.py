"""Objects are read wherever they break off."""

import pytest

from divisi.router.written import read_object


@pytest.mark.parametrize(
    ("text", "entries", "key", "closed"),
    [
        (b"", [], None, False),
        (b"{", [], b"", False),
        (b'{"a', [], b"a", False),
        (b'{"a": ', [(b"a", b"", False)], None, False),
        (b'{"a": "x, }', [(b"a", b'"x, }', False)], None, False),
        (b'{"a": "x ', [(b"a", b'"x ', False)], None, False),
        (b'{"a": 1 ,', [(b"a", b"1", True)], b"", False),
        (
            b'{"a": "\\"", "b": [1, {"c": 2}], "d": 1}',
            [(b"a", b'"\\""', True), (b"b", b'[1, {"c": 2}]', True), (b"d", b"1", True)],
            None,
            True,
        ),
        (b'{"a": 1, ', [(b"a", b"1", True)], b"", False),
        (b"{}", [], None, True),
        (b'["x"]', [], None, False),
    ],
)
def test_objects_are_read_as_far_as_they_are_written(text, entries, key, closed):
    read = read_object(text)
    assert [(entry.name, entry.value, entry.closed) for entry in read.entries] == entries
    assert (read.key, read.closed) == (key, closed)
