"""Tools whose names say nothing: what is chosen must be chosen by its description."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.generation.meanings import Parameter
from divisi.tasks.generation.offers import Offer
from divisi.tasks.generation.words import split_name
from divisi.tasks.subtask import Message

LETTERS = "abcdefghijklmnopqrstuvwxyz"
LETTERS_AND_MORE = LETTERS + LETTERS.upper() + "0123456789_"


def mask_name(given: Offer, random: Random) -> Offer:
    """The tool under a random name; a tool without a description is left as it is."""
    if not given.tool.description:
        return given
    return replace(given, tool=replace(given.tool, name=random_name(random, 5, 15)))


def mask_parameters(given: Offer, random: Random) -> Offer:
    """The tool with random names for its parameters, whose descriptions then say what their names said."""
    names = {one.name: random_name(random, 4, 10) for one in given.parameters}
    if len(set(names.values())) < len(names):
        return given
    properties = {names[one.name]: _described(one) for one in given.parameters}
    required = [names[name] for name in given.tool.required]
    schema = {**given.tool.parameters, "properties": properties, "required": required}
    parameters = tuple(
        replace(one, name=names[one.name], schema=properties[names[one.name]]) for one in given.parameters
    )
    return replace(given, tool=replace(given.tool, parameters=schema), parameters=parameters)


def restyle(given: Offer, random: Random) -> Offer:
    """The tool with its own name in another style: getUser, get_user, GetUser, get-user, user.get."""
    words = split_name(given.tool.name)
    if not 1 < len(words) < 7:
        return given
    camel = words[0] + "".join(word.title() for word in words[1:])
    styles = (
        "_".join(words),
        camel,
        camel[0].upper() + camel[1:],
        "-".join(words),
        f"{words[0]}.{'_'.join(words[1:])}",
    )
    return replace(given, tool=replace(given.tool, name=random.choice(styles)))


def random_name(random: Random, shortest: int, longest: int) -> str:
    """A string that a function or parameter may be called, without meaning."""
    alphabet = LETTERS if random.random() < 0.5 else LETTERS_AND_MORE
    rest = random.choices(alphabet, k=random.randint(shortest, longest) - 1)
    return random.choice(LETTERS) + "".join(rest)


def _described(given: Parameter) -> dict[str, object]:
    words = " ".join(given.words)
    description = given.description
    if not description:
        description = words
    elif not set(given.words) & set(split_name(description)):
        description = f"{words}: {description}"
    return {**given.schema, "description": description}


def masked(asked: Asked, random: Random) -> Asked:
    """A conversation whose described functions have random names, in the offer, in its history and in the truth."""
    offered = [record["function"] for record in asked.tools]
    names = {one["name"]: random_name(random, 5, 15) for one in offered if one.get("description")}
    return replace(
        asked,
        tools=tuple(
            {**record, "function": {**record["function"], "name": _new(names, record["function"]["name"])}}
            for record in asked.tools
        ),
        messages=tuple(_renamed(message, names) for message in asked.messages),
        calls=tuple(replace(call, name=_new(names, call.name)) for call in asked.calls),
        tool=None if asked.tool is None else _new(names, asked.tool),
    )


def _new(names: Mapping[str, str], name: str) -> str:
    return names.get(name, name)


def _renamed(message: Message, names: Mapping[str, str]) -> Message:
    if not message.get("tool_calls"):
        return message
    calls = [
        {**call, "function": {**call["function"], "name": _new(names, call["function"]["name"])}}
        for call in message["tool_calls"]
    ]
    return {**message, "tool_calls": calls}
