"""Values for a parameter: the true JSON value, and how a text says it."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from divisi.tasks.generation import invented, moments, vocabulary
from divisi.tasks.generation.meanings import Parameter, json_type, parameter
from divisi.tasks.generation.quantities import draw_quantity, say_whole
from divisi.tasks.generation.words import joined, split_name

WANTS_CODE = re.compile(r"\b(code|codes|iso|two.letter|three.letter|locale|lang|currency)\b", re.I)
SHOWS_A_FORM = re.compile(r"(?=.*\d)[A-Za-z0-9][\w./:@-]{1,36}[A-Za-z0-9]")
SAYABLE_ENUM = re.compile(r"[A-Za-z][A-Za-z_ -]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Value:
    """One value: the truth that a call carries, and the words that say it."""

    truth: Any
    text: str


Drawer = Callable[[Parameter, Random], Value]


def draw(given: Parameter, random: Random, today: date | None = None) -> Value:
    """A value for a parameter.

    Args:
        given: what is wanted.
        random: where chance comes from.
        today: the day that the conversation tells, so that days may be said from it; None where it tells none.
    """
    example = given.schema.get("example")
    shows_a_form = isinstance(example, str) and SHOWS_A_FORM.fullmatch(example)
    if shows_a_form and given.meaning in {"id", "name", "secret"} and random.random() < 0.7:
        return _copied(_like(str(example), random))
    if given.meaning in {"date", "moment"} and today is not None and random.random() < 0.7:
        said = moments.near_day(today, random)
        return Value(said.iso, said.text) if given.meaning == "date" else _at_some_time(said, random)
    return DRAWERS[given.meaning](given, random)


def _copied(text: str) -> Value:
    return Value(text, text)


def _like(example: str, random: Random) -> str:
    """A string of the example's form: digits stay digits; letters are drawn anew in some cases."""
    letters = random.random() < 0.4
    return "".join(_like_character(character, letters, random) for character in example)


def _like_character(character: str, letters: bool, random: Random) -> str:
    if character.isdigit():
        return random.choice("0123456789") if character != "0" else character
    if letters and character.isascii() and character.isalpha():
        drawn = random.choice("abcdefghijklmnopqrstuvwxyz")
        return drawn.upper() if character.isupper() else drawn
    return character


def _from(words: Sequence[str]) -> Drawer:
    return lambda _, random: _copied(random.choice(words))


def _as(invent: Callable[[Random], str]) -> Drawer:
    return lambda _, random: _copied(invent(random))


def _coded(codes: Mapping[str, str]) -> Drawer:
    """A name, or its code where name or description ask for codes: "in German" -> "de"."""

    def drawer(given: Parameter, random: Random) -> Value:
        name = random.choice(list(codes))
        if not WANTS_CODE.search(f"{given.description} {given.name} {' '.join(given.words)}"):
            return Value(name.removeprefix("the "), name)
        return Value(codes[name], name if random.random() < 0.6 else codes[name])

    return drawer


def _textual(given: Parameter, value: Value) -> Value:
    """The value as a string where the schema asks for one."""
    return _copied(str(value.truth)) if json_type(given.schema) == "string" else value


def _at_some_time(day: moments.Said, random: Random) -> Value:
    hour, minute = moments.some_time(random)
    text = f"{day.text}{random.choice((' at ', ' at ', ', ', ' '))}{moments.say_time(hour, minute, random)}"
    return Value(f"{day.iso}T{hour:02}:{minute:02}:00", text)


def _date(_: Parameter, random: Random) -> Value:
    day = moments.some_day(random)
    return Value(day.isoformat(), moments.say_day(day, random))


def _moment(_: Parameter, random: Random) -> Value:
    day = moments.some_day(random)
    if random.random() < 0.5:
        return _at_some_time(moments.Said(day.isoformat(), moments.say_day(day, random)), random)
    hour, minute = moments.some_time(random)
    return _copied(f"{day.isoformat()}T{hour:02}:{minute:02}:00{random.choice(('Z', 'Z', '', '+01:00'))}")


def _time(_: Parameter, random: Random) -> Value:
    hour, minute = moments.some_time(random)
    return Value(f"{hour:02}:{minute:02}", moments.say_time(hour, minute, random))


def _identifier(given: Parameter, random: Random) -> Value:
    return _copied(invented.identifier(given.words[0] if given.words else "id", random))


def _path(given: Parameter, random: Random) -> Value:
    return _copied(invented.path(random, folder=bool({"directory", "folder"} & set(given.words))))


def _enum(given: Parameter, random: Random) -> Value:
    truth = random.choice(list(given.schema["enum"]))
    text = str(truth)
    if isinstance(truth, str) and random.random() < 0.5 and SAYABLE_ENUM.fullmatch(text):
        text = " ".join(split_name(text)) if "_" in text or (text.isupper() and len(text) > 3) else text.lower()
    return Value(truth, text)


def _boolean(_: Parameter, random: Random) -> Value:
    truth = random.random() < 0.7
    return Value(truth, "true" if truth else "false")


def _is_bounded(given: Parameter) -> bool:
    return "minimum" in given.schema or "maximum" in given.schema


def _quantity(given: Parameter, random: Random) -> Value:
    return Value(*draw_quantity(given, random))


def _whole(given: Parameter, number: int, random: Random) -> Value:
    return _textual(given, Value(number, say_whole(number, random)))


def _count(given: Parameter, random: Random) -> Value:
    return _whole(given, random.choice((3, 5, 10, 20, 25, 50, 100, random.randrange(1, 200))), random)


def _amount(given: Parameter, random: Random) -> Value:
    if _is_bounded(given):
        return _quantity(given, random)
    whole = random.randrange(1, 10 ** random.choice((2, 3, 4)))
    if json_type(given.schema) != "integer" and random.random() < 0.4:
        truth = whole + random.randrange(1, 100) / 100
        return _textual(given, Value(truth, str(truth)))
    return _whole(given, whole, random)


def _number_id(given: Parameter, random: Random) -> Value:
    if _is_bounded(given):
        return _quantity(given, random)
    truth = random.randrange(1, 10 ** random.choice((2, 3, 4, 5, 6)))
    return Value(truth, str(truth))


def _coordinate(span: int) -> Drawer:
    def drawer(given: Parameter, random: Random) -> Value:
        whole = json_type(given.schema) == "integer"
        truth = random.randint(-span, span) if whole else round(random.uniform(-span, span), random.choice((1, 2, 4)))
        return _textual(given, Value(truth, str(truth)))

    return drawer


def _plain_number(low: int, high: int) -> Drawer:
    def drawer(_: Parameter, random: Random) -> Value:
        truth = random.randrange(low, high)
        return Value(truth, str(truth))

    return drawer


def _array(given: Parameter, random: Random) -> Value:
    items = given.schema.get("items") or {"type": "string"}
    singular = parameter(given.name, {"description": given.description, **items})
    fewest, most = given.schema.get("minItems") or 1, given.schema.get("maxItems") or 9
    drawn = [draw(singular, random) for _ in range(min(max(random.choice((1, 2, 2, 3)), fewest), most))]
    truths = [value.truth for value in drawn]
    if json_type(items) == "array":
        return Value(truths, json.dumps(truths))
    if json_type(items) == "object":
        return Value(truths, "; ".join(value.text for value in drawn))
    distinct = list({str(value.truth): value for value in drawn}.values())
    distinct = distinct if len(distinct) >= fewest else drawn
    return Value([value.truth for value in distinct], joined([value.text for value in distinct], random))


def _object(given: Parameter, random: Random) -> Value:
    properties, required = given.schema.get("properties") or {}, given.schema.get("required") or ()
    chosen = [name for name in properties if name in required] or list(properties)[:2]
    parts = {name: draw(parameter(name, properties[name]), random) for name in chosen}
    text = ", ".join(f"{' '.join(split_name(name))} {value.text}" for name, value in parts.items())
    return Value({name: value.truth for name, value in parts.items()}, text)


DRAWERS: dict[str, Drawer] = {
    "address": _as(invented.address),
    "amount": _amount,
    "array": _array,
    "boolean": _boolean,
    "city": _as(invented.place),
    "color": _from(vocabulary.COLORS),
    "company": _as(invented.company),
    "count": _count,
    "country": _coded(vocabulary.COUNTRIES),
    "currency": _coded(vocabulary.CURRENCIES),
    "date": _date,
    "domain": _as(invented.domain),
    "email": _as(invented.email),
    "enum": _enum,
    "field": _from(invented.FIELDS),
    "first_name": _as(invented.first_name),
    "formula": _from(vocabulary.FORMULAS),
    "id": _identifier,
    "ip": _as(invented.ip),
    "language": _coded(vocabulary.LANGUAGES),
    "last_name": _as(invented.last_name),
    "latitude": _coordinate(90),
    "longitude": _coordinate(180),
    "moment": _moment,
    "name": _as(invented.name),
    "number_id": _number_id,
    "object": _object,
    "path": _path,
    "person": _as(invented.person),
    "phone": _as(invented.phone),
    "place": _as(invented.place),
    "port": _plain_number(80, 65535),
    "postcode": _as(invented.postcode),
    "quantity": _quantity,
    "region": _from(vocabulary.REGIONS),
    "secret": _as(invented.secret),
    "sentence": _as(invented.sentence),
    "sql": _as(invented.sql),
    "status": _from(vocabulary.STATUSES),
    "tag": _as(invented.tag),
    "thing": _as(invented.thing),
    "ticker": _from(vocabulary.TICKERS),
    "time": _time,
    "time_zone": _from(vocabulary.TIME_ZONES),
    "title": _as(invented.title),
    "topic": _as(invented.topic),
    "url": _as(invented.url),
    "user": _as(invented.user),
    "uuid": _as(invented.unique_id),
    "version": _as(invented.version),
    "year": _plain_number(1950, 2030),
}
"""Meaning of a parameter -> what draws a value for it."""
