"""Reader of one part of Taskmaster-3: cinema tickets, each line a conversation with its next call or reply.

Source: Byrne et al., arXiv 2012.12458; CC-BY-4.0. A line's latest event comes first, then <C> and what was before.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked, Kind
from divisi.tasks.calling.evidence import grounded, read_conversation
from divisi.tasks.calling.turns import called_names, calls_turn, characters, result_turn, says
from divisi.tasks.corpora.offering import name_of, offer
from divisi.tasks.corpora.report import LeftOut
from divisi.tasks.corpora.taskmaster3_tools import RENAMED, TOOLS, spelled
from divisi.tasks.subtask import Case, Message

MOST_CHARACTERS = 3000
EVENT = re.compile(r"[<\[](U|A|PN|PR)[>\]]")
PAIR = re.compile(r"[<\[](?:PAN|PRAN)[>\]]")
DEFAULTS = ("any", "nearby", "")
VALUE = re.compile(r"[<\[](?:PAV|PRAV)[>\]]")


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a conversation: "U" and "A" say a text, "PN" calls a function, "PR" is what it gave.

    `values` are the arguments or the fields, each with its values in order.
    """

    kind: str
    text: str
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read_training(data: Path, rng: Random) -> Iterator[Asked | LeftOut]:
    """Each line of train-bc.tsv."""
    path = data / "calling" / "taskmaster3_part" / "train-bc.tsv"
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.reader(lines, delimiter="\t")):
            yield asked_from(str(number), row, rng) if len(row) == 3 else LeftOut(str(number), "not three columns")


def read_events(text: str) -> list[Event]:
    """The events of a linearised conversation, oldest first."""
    latest, _, before = text.partition("<C>")
    return [*_events(before), *_events(latest)]


def _events(text: str) -> Iterator[Event]:
    parts = EVENT.split(text)[1:]
    for kind, content in zip(parts[::2], parts[1::2], strict=True):
        name, *pairs = PAIR.split(content)
        split = [VALUE.split(pair) for pair in pairs]
        yield Event(kind, name.strip(), tuple((field, tuple(values)) for field, *values in split))


def asked_from(key: str, row: Sequence[str], rng: Random) -> Asked | LeftOut:
    """One line: the next call, or the reply from the results."""
    context, target, dialogue = row
    events = read_events(context)
    messages = tuple(_messages(events))
    expected = next(_events(target), None)
    if expected is None or characters(messages) > MOST_CHARACTERS:
        return LeftOut(key, "no target" if expected is None else "dialogue gets too long")
    after_result = bool(messages) and messages[-1]["role"] == "tool"
    kind: Kind = "reply" if expected.kind == "A" else "continue" if called_names(messages) else "single"
    calls = (_call(expected),) if expected.kind == "PN" else ()
    if kind == "reply" and not after_result:
        return LeftOut(key, "reply without a result")
    said = read_conversation(Case(messages))
    if not all(
        name == "attribute" or grounded(value, {}, said) for call in calls for name, value in call.arguments.items()
    ):
        return LeftOut(key, "value without evidence")
    names = called_names(messages) | {call.name for call in calls}
    tools = offer([tool for tool in TOOLS if name_of(tool) in names], TOOLS, (), rng)
    reply = expected.text if kind == "reply" else None
    return Asked(
        f"{key}/{kind}", "taskmaster3", messages, tools, kind, calls, reply=reply, group=f"taskmaster3/{dialogue}"
    )


def _call(event: Event) -> Call:
    """A call without the values that stand for "not said"."""
    arguments = {spelled(name): ", ".join(value.strip(' "') for value in values) for name, values in event.values}
    said = {name: value for name, value in arguments.items() if value not in DEFAULTS}
    return Call(RENAMED.get(event.text, event.text), said)


def _messages(events: Sequence[Event]) -> Iterator[Message]:
    number = 0
    for event in events:
        match event.kind:
            case "U":
                yield says("user", event.text)
            case "A":
                yield says("assistant", event.text)
            case "PN":
                number += 1
                yield calls_turn((_call(event),), number)
            case _:
                result = {
                    spelled(name): values[0] if len(values) == 1 else list(values) for name, values in event.values
                }
                yield result_turn(result, number)
