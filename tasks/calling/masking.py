"""Tools whose names say nothing: what is chosen must be chosen by its description."""

from dataclasses import replace
from random import Random

from divisi.tasks.calling.meanings import Parameter
from divisi.tasks.calling.offers import Offer
from divisi.tasks.calling.tool import Tool
from divisi.tasks.calling.words import split_name

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


def unmasked(tool: Tool) -> tuple[str, ...]:
    """The names that a tool shows: its own, then its parameters'."""
    return (tool.name, *tool.properties)
