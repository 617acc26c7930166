"""When an answer's calls are the true ones: strictly, or with free text compared by its words.

Strict is the canonical equality of divisi.tasks.calling.call. Lenient differs in arguments that hold free text
(FREE_TEXT, by the parameter's name): two texts count as the same where the F1 of their words is at least 0.5.
"""

import json
import re
from collections.abc import Sequence

from items import Record

from divisi.tasks.calling.call import Call, canonical
from divisi.tasks.score import multiset_f1

FREE_TEXT = frozenset(
    ("reason", "note", "notes", "location", "message", "description", "comment", "text", "subject", "body")
)
LEAST_WORD_F1 = 0.5
WORD = re.compile(r"\w+")


def as_calls(records: Sequence[Record]) -> list[Call]:
    """Records as calls; labels do not count, since references are compared as they are written."""
    return [Call(record["name"], record["arguments"]) for record in records]


def triples(calls: Sequence[Call]) -> list[tuple[str, str, str]]:
    """(function, parameter, value) of every argument, values in a form that equal ones share."""
    return [
        (call.name, name, json.dumps(canonical(value), sort_keys=True))
        for call in calls
        for name, value in call.arguments.items()
    ]


def leniently_equal(one: Call, other: Call) -> bool:
    """Whether two calls are the same but for the wording of free text."""
    if one.name != other.name or one.arguments.keys() != other.arguments.keys():
        return False
    return all(_same_value(name, value, other.arguments[name]) for name, value in one.arguments.items())


def _same_value(name: str, one: object, other: object) -> bool:
    if name in FREE_TEXT and isinstance(one, str) and isinstance(other, str):
        return multiset_f1(_words(one), _words(other))[0] >= LEAST_WORD_F1
    return bool(canonical(one) == canonical(other))


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())
