"""A JSON object as far as it is written: its entries, and the key that is begun."""

import re
from dataclasses import dataclass

KEY = re.compile(rb'\s*"((?:[^"\\]|\\.)*)"\s*:\s*')
BEGUN = re.compile(rb'\s*"((?:[^"\\]|\\.)*)')
WHOLE_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of an object that is being written, with its value as far as it is there."""

    name: bytes
    value: bytes
    closed: bool


@dataclass(frozen=True, slots=True)
class Written:
    """An object as far as it is written: its entries, what is there of a key that comes next, whether it ended."""

    entries: tuple[Entry, ...]
    key: bytes | None
    closed: bool


def read_object(text: bytes) -> Written:
    """The entries of a JSON object that may be unfinished anywhere; of what is no object, none."""
    entries: list[Entry] = []
    at = 1
    while text.startswith(b"{"):
        key = KEY.match(text, at)
        if key is None:
            begun = BEGUN.match(text, at)
            closed = text[at:].lstrip().startswith(b"}")
            return Written(tuple(entries), begun[1] if begun else None if closed else b"", closed=closed)
        end = _end_of_value(text, key.end())
        value, closed = text[key.end() : end], end < len(text)
        entries.append(Entry(key[1], value.rstrip() if closed else value, closed))  # a text may go on behind a space
        if end == len(text):
            break
        at = end + (text[end : end + 1] == b",")
    return Written(tuple(entries), None, closed=False)


def _end_of_value(text: bytes, at: int) -> int:
    """Where the comma or brace stands that ends the value at a place; the text's end where there is none yet."""
    depth, place = 0, at
    while place < len(text):
        string = WHOLE_STRING.match(text, place)
        sign = text[place : place + 1]
        if sign == b'"':
            if string is None:
                return len(text)
            place = string.end()
            continue
        if depth == 0 and sign in (b",", b"}"):
            return place
        depth += (sign in (b"{", b"[")) - (sign in (b"}", b"]"))
        place += 1
    return len(text)
