"""Whether the conversation gives a value: an argument without evidence was made up.

Lenient by design, since values are often normalised ("ten minutes" -> 10, "next Friday" -> 2025-05-16): what is
refused has no trace in the text. Not judged here: booleans, null, enumerated values, references.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from divisi.tasks.calling.call import REFERENCE
from divisi.tasks.calling.numerals import numbers_in
from divisi.tasks.subtask import Case, Message, Schema

DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?(?:[t ](\d{2}):(\d{2}).*)?|(\d{1,2}):(\d{2})(?::\d{2})?")
DATE_WORDS = re.compile(
    r"today|tomorrow|tonight|yesterday|now|noon|midnight|morning|evening|afternoon|day|week|month|year|hour|minute|"
    r"spring|summer|autumn|winter|christmas|easter|oclock|o'clock|"
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|\d\s*[ap]\.?m|\d:\d"
)
WORD = re.compile(r"[^\W_]+")
UNIT_FACTORS = (7.0, 12.0, 24.0, 30.0, 60.0, 100.0, 1000.0, 3600.0, 1e6)
"""Weeks in days, hours in minutes, kilometres in metres: a number may be said in one unit and asked for in another."""

CODE = re.compile(r"[A-Z]{2,3}")
MONEY = {
    "usd": ("$", "dollar", "buck"),
    "eur": ("€", "euro"),
    "gbp": ("£", "pound", "quid", "sterling"),
    "jpy": ("¥", "yen"),
    "cny": ("yuan", "renminbi"),
    "inr": ("₹", "rupee"),
    "chf": ("franc",),
}
STEM_LETTERS = 4
WORD_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Said:
    """What a conversation says, prepared to be searched.

    Attributes:
        text: case-folded, one space between words.
        letters: only its letters and digits.
        stems: the first letters of its words.
        numbers: every number that it says, signs left out.
    """

    text: str
    letters: str
    stems: frozenset[str]
    numbers: frozenset[float]


def read_conversation(case: Case) -> Said:
    """What the turns of a case say: their text, results of calls, and the arguments of earlier calls."""
    return _read(" ".join(part for message in case.messages for part in _texts(message)))


def _read(text: str) -> Said:
    folded = " ".join(text.casefold().split())
    return Said(folded, _letters(folded), frozenset(_stems(folded)), numbers_in(folded))


def _texts(message: Message) -> Iterator[str]:
    content = message.get("content")
    for part in content if isinstance(content, (list, tuple)) else [content]:
        if isinstance(part, Mapping):
            yield part["text"] if isinstance(part.get("text"), str) else json.dumps(part, ensure_ascii=False)
        elif part is not None:
            yield str(part)
    for call in message.get("tool_calls") or ():
        arguments = (call.get("function") or call).get("arguments")
        yield arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def unsupported(arguments: Mapping[str, Any], schema: Schema, definitions: Mapping[str, Any], said: Said) -> list[str]:
    """One sentence for each argument that the conversation does not give.

    Args:
        arguments: of one call.
        schema: of the tool's parameters.
        definitions: what its references point to.
        said: the conversation.
    """
    properties = schema.get("properties") or {}
    return [
        f"no evidence for {name} = {json.dumps(value, ensure_ascii=False)[:200]}"
        for name, value in arguments.items()
        if not grounded(value, _followed(properties.get(name), definitions), said)
    ]


def _followed(schema: Any, definitions: Mapping[str, Any]) -> Schema:
    for _ in range(8):
        if not isinstance(schema, Mapping) or "$ref" not in schema:
            break
        schema = definitions.get(schema["$ref"].rsplit("/", 1)[1])
    return _mapping(schema)


def grounded(value: Any, schema: Schema, said: Said) -> bool:
    """Whether a conversation gives a value; every part of a list or an object counts."""
    if value is None or isinstance(value, bool) or _is_chosen(value, schema):
        return True
    if isinstance(value, (int, float)):
        return _number_said(float(value), said)
    if isinstance(value, str):
        return bool(REFERENCE.search(value)) or _text_said(value, said)
    if isinstance(value, Mapping):
        properties = schema.get("properties") or {}
        return all(grounded(part, _mapping(properties.get(name)), said) for name, part in value.items())
    return all(grounded(part, _mapping(schema.get("items")), said) for part in value)


def _mapping(schema: Any) -> Schema:
    """A schema to look into: true, false and none say nothing of the value."""
    return schema if isinstance(schema, Mapping) else {}


def _is_chosen(value: Any, schema: Schema) -> bool:
    """Whether the schema itself names the value, so that the grammar leaves only a choice."""
    parts = [schema, *(part for part in schema.get("anyOf") or () if isinstance(part, Mapping))]
    return any(value in (part.get("enum") or ()) or ("const" in part and part["const"] == value) for part in parts)


def _number_said(value: float, said: Said) -> bool:
    size = round(abs(value), 9)
    said_otherwise = (round(other, 9) for factor in UNIT_FACTORS for other in (size / factor, size * factor))
    return size in said.numbers or (size != 0 and any(other in said.numbers for other in said_otherwise))


def _text_said(value: str, said: Said) -> bool:
    folded = " ".join(value.casefold().split())
    if not folded:
        return False
    if _is_in(folded, said.text) or any(name in said.text for name in MONEY.get(folded, ())):
        return True
    letters = _letters(folded)
    if len(letters) > 2 and letters in said.letters:
        return True
    if CODE.fullmatch(value.strip()):
        return _code_said(folded, said)
    return _date_said(folded, said) or _plain_number_said(folded, said) or _words_said(folded, said)


def _is_in(folded: str, text: str) -> bool:
    """Whether a text holds a value; as a word of its own, where it has only a letter or two."""
    if len(folded) > 2:
        return folded in text
    return re.search(rf"(?<![^\W\d_]){re.escape(folded)}(?![^\W\d_])", text) is not None


def _code_said(folded: str, said: Said) -> bool:
    """A code of two or three letters: one begins a word, two is in it or begins the next ("danish kroner", DKK)."""
    first, second = folded[0], folded[1]
    return re.search(rf"\b{first}\w*?{second}|\b{first}\w* {second}", said.text) is not None


def _date_said(folded: str, said: Said) -> bool:
    """A date or a time: any word about time will do, since it may be reckoned from one ("in two weeks")."""
    if not DATE.fullmatch(folded):
        return False
    return DATE_WORDS.search(said.text) is not None or not numbers_in(folded).isdisjoint(said.numbers)


def _plain_number_said(folded: str, said: Said) -> bool:
    try:
        return _number_said(float(folded), said)
    except ValueError:
        return False


def _words_said(folded: str, said: Said) -> bool:
    """Half of the words, each by its first letters: a sentence is often put in other words."""
    stems = list(_stems(folded))
    found = sum(stem in said.stems for stem in stems)
    return bool(stems) and found >= WORD_SHARE * len(stems) and found > 0


def _stems(text: str) -> Iterator[str]:
    return (word[:STEM_LETTERS] for word in WORD.findall(text))


def _letters(text: str) -> str:
    return "".join(WORD.findall(text))
