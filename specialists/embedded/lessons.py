"""Short lessons that teach a model from scratch to copy: look a value up by its key, pick a tool by its description.

Without them a small model learns perfect JSON with names and values from memory; with them the copying circuit
forms within some two million tokens (docs/decisions.md).
"""

import json
import string
from collections.abc import Iterator, Sequence
from random import Random

from divisi.specialists.embedded.script import Script
from divisi.specialists.pack import Node
from divisi.tasks.calling.tool import Tool

STATEMENTS = (
    "{key}: {value}",
    "{key} = {value}",
    "{key} is {value}.",
    "the {key} of this is {value},",
    "{key} {value};",
)
JOINTS = (" and ", ", ", ". ", ", then ", " and also ")
SEVERAL = 0.5
"""The share of lists of tools with a request for several of them."""
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "for",
        "in",
        "on",
        "by",
        "with",
        "and",
        "or",
        "is",
        "are",
        "be",
        "this",
        "that",
        "from",
        "as",
        "at",
        "it",
        "its",
        "your",
        "you",
    ]
)


def lookups(script: Script, words: Sequence[str], random: Random) -> Iterator[Node]:
    """Lists of keys and values with questions about them, without end.

    Args:
        script: writes text as tokens.
        words: what keys and half of the values are made of.
        random: where chance comes from.
    """
    while True:
        pairs = {_key(words, random): _value(words, random) for _ in range(random.randint(3, 8))}
        statement = random.choice(STATEMENTS)
        joint = random.choice((" ", "\n", " "))
        text = joint.join(statement.format(key=key, value=value) for key, value in pairs.items())
        questions = tuple(_question(script, pairs, random) for _ in range(random.randint(2, 5)))
        yield Node(script.turn(random.choice(("system", "user")), text), children=questions)


def _question(script: Script, pairs: dict[str, str], random: Random) -> Node:
    if random.random() < 0.4:
        key = random.choice(list(pairs))
        return script.task(f"value of {key}", pairs[key])
    asked = random.sample(list(pairs), random.randint(1, min(3, len(pairs))))
    answer = {key: pairs[key] for key in asked}
    return script.task(f"look up {', '.join(asked)}", json.dumps(answer, ensure_ascii=False))


def _key(words: Sequence[str], random: Random) -> str:
    return " ".join(random.choice(words) for _ in range(random.choice((1, 1, 1, 2))))


def _value(words: Sequence[str], random: Random) -> str:
    match random.randrange(6):
        case 0:
            return random_string(random)
        case 1:
            return str(random.randint(0, 10 ** random.randint(1, 5)))
        case 2:
            return " ".join(random.choice(words).capitalize() for _ in range(random.randint(1, 3)))
        case 3:
            return f"{random.randint(1, 99)} {random.choice(words)}"
        case _:
            return " ".join(random.choice(words) for _ in range(random.randint(1, 3)))


def random_string(random: Random) -> str:
    """Three to eight letters and digits that mean nothing."""
    return "".join(random.choice(string.ascii_letters + string.digits) for _ in range(random.randint(3, 8)))


def picks(script: Script, tools: Sequence[Tool], random: Random, *, masked: float = 0.7) -> Iterator[Node]:
    """Some tools, and parts of their descriptions that ask for one of them, without end.

    Args:
        script: writes text as tokens.
        tools: where they are drawn from; neighbours in the sequence are of one API.
        random: where chance comes from.
        masked: the share of lists whose names are random strings.
    """
    while True:
        offered = _offer(tools, random)
        if random.random() < masked:
            offered = [Tool(random_string(random), tool.description, tool.parameters) for tool in offered]
        records = tuple(tool.to_record() for tool in offered)
        asked = random.sample(offered, min(len(offered), random.randint(1, 4)))
        yield Node(script.offer(records), children=tuple(_asks(script, asked, random)))


def _offer(tools: Sequence[Tool], random: Random) -> list[Tool]:
    """Two to six tools with different names, near ones in half of the lists; every other list shows no parameters."""
    count = random.randint(2, 6)
    start = random.randrange(len(tools) - 12)
    drawn = random.sample(tools[start : start + 12], count) if random.random() < 0.5 else random.sample(tools, count)
    shown = random.choice((0, 3))
    return [_shortened(tool, shown) for tool in {tool.name: tool for tool in drawn}.values()]


def _shortened(tool: Tool, shown: int) -> Tool:
    """With so many parameters and the beginning of its description."""
    properties = {
        name: {"type": schema.get("type", "string")} for name, schema in list(tool.properties.items())[:shown]
    }
    description = " ".join(tool.description.split()[:20])
    return Tool(tool.name, description, {"type": "object", "properties": properties})


def _asks(script: Script, asked: Sequence[Tool], random: Random) -> Iterator[Node]:
    """A request for each tool, and often one for several at once."""
    together = [asked] if len(asked) > 1 and random.random() < SEVERAL else []
    for tools in [*((tool,) for tool in asked), *together]:
        request = random.choice(JOINTS).join(_part(tool, random) for tool in tools)
        answer = script.task("names", json.dumps([tool.name for tool in tools], ensure_ascii=False))
        said = request.lower() if random.random() < 0.5 else request
        yield Node(script.turn("user", said), children=(answer,))


def _part(tool: Tool, random: Random) -> str:
    """Some words of a tool's description, in a row or picked from its content."""
    words = tool.description.split()
    if random.random() < 0.5 or len(words) < 4:
        start = random.randrange(max(1, len(words) // 2))
        part = words[start : start + random.randint(3, 10)]
    else:
        content = [word.strip(".,;:()") for word in words if word.lower() not in STOP_WORDS] or words
        part = random.sample(content, min(len(content), random.randint(2, 5)))
    return " ".join(part)
