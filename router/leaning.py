"""Leaning: what code knows of the answer, put beside what the base thinks while it writes one.

A list of names:

    weight(list) = product over its names of exp(choice x l(name)) / (sum over the offered names of the same)
                   x exp(another x l(rest)) for each name after the first  x exp(-calling x l(best)) where it is empty

l is the logit of a tool's need (tasks/calling/need.py), within LIMIT of 0; that of a name in the list already is
-LIMIT. l(rest) is the highest of those not named yet, at least REST.

Arguments, of which tasks/calling/found.py tells values with probability p:

    weight(object) = product over its found parameters of exp(-value x ln(p / TOLD_FROM)) where it has another value
                     x product over its optional parameters of exp(+-given x g / 2), + where the object has it

g is the logit of p and ONCE_FOUND, within LIMIT of 0, for what is found; NOT_FOUND for what could be said and is not; 0
for all others, of which nothing is known.

The base's probability of an answer is multiplied by its weight (a product of experts, Hinton 2002), token by token:
names that begin alike share their weight until they part, and a value loses its weight with the token that departs
from it.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from divisi.tasks.calling.found import TOLD_FROM

LIMIT, REST = 5.0, -1.0
"""A function may be needed once more though no other is: REST is how much its list leans to end."""
ONCE_FOUND, NOT_FOUND = 1.0, -1.5
"""Of the optional parameters of 1,100 requests of the training data those with a value found with 0.3 were given in
0.5, with 0.5 in 0.8, with 0.9 in 0.9; strings and numbers without one in 0.2."""
KEY = re.compile(rb'\s*"((?:[^"\\]|\\.)*)"\s*:\s*')
BEGUN = re.compile(rb'\s*"((?:[^"\\]|\\.)*)')
WHOLE_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
STRING = re.compile(rb'"((?:[^"\\]|\\.)*)("?)')


@dataclass(frozen=True, slots=True)
class Trust:
    """How far what code knows is trusted beside a base; fitted on held-back requests, 0 is not at all.

    Attributes:
        choice: of the tool that is the most needed, against the others.
        another: in naming one more tool where one is needed that is not named yet, and none where none is.
        calling: in naming a tool at all, or none.
        value: of a value that was found, against another one.
        given: in giving an optional parameter whose value was found, and none whose value was not.
    """

    choice: float = 0.0
    another: float = 0.0
    calling: float = 0.0
    value: float = 0.0
    given: float = 0.0


NO_TRUST = Trust()


class NamesLeaning:
    """The weight of a list of names while it is written."""

    def __init__(self, names: Sequence[str], needs: Sequence[float], trust: Trust) -> None:
        """What leans how.

        Args:
            names: of the offered tools.
            needs: the probability that each is needed, in (0, 1).
            trust: how far.
        """
        spelled = (json.dumps(name, ensure_ascii=False)[1:-1].encode() for name in names)
        self._logits = {name: _logit(need) for name, need in zip(spelled, needs, strict=True)}
        self._trust = trust

    def __call__(self, text: bytes, piece: bytes) -> float:
        """The logarithm of what a piece does to the weight of a text.

        Args:
            text: the list as far as it is written.
            piece: what may come next.
        """
        return self._weight(text + piece) - self._weight(text)

    def wanted(self, text: bytes) -> tuple[bytes, float]:  # noqa: ARG002
        """Nothing: where a name stands the grammar leaves few tokens."""
        return b"", 0.0

    def _weight(self, text: bytes) -> float:
        if text.startswith(b"[]"):
            return -self._trust.calling * max(self._logits.values(), default=0.0)
        weight, named = 0.0, set[bytes]()
        for number, (written, closed) in enumerate(STRING.findall(text)):
            logits = {name: logit if name not in named else -LIMIT for name, logit in self._logits.items()}
            fitting = [name for name in logits if (name == written if closed else name.startswith(written))]
            weight += self._total(logits, fitting) - self._total(logits, list(logits)) if fitting else 0.0
            if closed:
                named.add(written)
                more = STRING.sub(b"", text).count(b",") > number
                rest = max((logit for name, logit in self._logits.items() if name not in named), default=REST)
                weight += self._trust.another * max(REST, rest) if more else 0.0
        return weight

    def _total(self, logits: Mapping[bytes, float], names: Sequence[bytes]) -> float:
        """ln of the sum of the names' weights."""
        return math.log(sum(math.exp(self._trust.choice * logits[name]) for name in names))


def _logit(need: float) -> float:
    within = min(max(need, 1e-9), 1 - 1e-9)
    return min(LIMIT, max(-LIMIT, math.log(within / (1 - within))))


@dataclass(frozen=True, slots=True)
class Parameter:
    """What is known of one parameter before its arguments are written.

    Attributes:
        name: as the schema spells it.
        required: whether it must be given.
        sayable: whether its value would be found if it were said.
        text: the JSON text of the value that was found, or None.
        probability: that this is its value.
    """

    name: str
    required: bool
    sayable: bool
    text: str | None = None
    probability: float = 0.0


class ArgumentsLeaning:
    """The weight of an object of arguments while it is written, its keys in the order of the schema."""

    def __init__(self, parameters: Sequence[Parameter], trust: Trust) -> None:
        """What leans how far."""
        self._names = [json.dumps(one.name, ensure_ascii=False)[1:-1].encode() for one in parameters]
        self._found = {
            name: (one.text.encode(), trust.value * math.log(max(1.0, one.probability / TOLD_FROM)))
            for name, one in zip(self._names, parameters, strict=True)
            if one.text is not None
        }
        self._given = [trust.given * _optional(one) / 2 for one in parameters]

    def __call__(self, text: bytes, piece: bytes) -> float:
        """As of NamesLeaning."""
        return self._weight(text + piece) - self._weight(text)

    def wanted(self, text: bytes) -> tuple[bytes, float]:
        """What is left of a found value while it is written."""
        entries = read_object(text).entries
        if not entries or entries[-1].closed or entries[-1].name not in self._found:
            return b"", 0.0
        value, weight = self._found[entries[-1].name]
        written = entries[-1].value
        return (value[len(written) :], weight) if value.startswith(written) else (b"", 0.0)

    def _weight(self, text: bytes) -> float:
        read = read_object(text)
        weight, place = 0.0, 0
        for entry in read.entries:
            if entry.name not in self._names:
                continue
            at = self._names.index(entry.name)
            weight += self._given[at] - sum(self._given[place:at])
            place = at + 1
            weight -= self._departed(entry)
        if read.closed:
            return weight - sum(self._given[place:])
        if read.key is not None:
            ways = [
                self._given[at] - sum(self._given[place:at])
                for at in range(place, len(self._names))
                if self._names[at].startswith(read.key)
            ]
            weight += max(ways, default=0.0)
        return weight

    def _departed(self, entry: "Entry") -> float:
        """What it costs that a value is not, or will not be, the one that was found."""
        value, weight = self._found.get(entry.name, (b"", 0.0))
        same = entry.value == value if entry.closed else value.startswith(entry.value)
        return 0.0 if same else weight


def _optional(parameter: Parameter) -> float:
    if parameter.required or not (parameter.sayable or parameter.text):
        return 0.0
    return NOT_FOUND if parameter.text is None else _logit(parameter.probability) + ONCE_FOUND


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of an object that is being written, with its value as far as it is there."""

    name: bytes
    value: bytes
    closed: bool


@dataclass(frozen=True, slots=True)
class Written:
    """An object as far as it is written: its entries, the beginning of a further key or None, whether it ended."""

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
            return Written(tuple(entries), begun[1] if begun else None, closed=text[at:].lstrip().startswith(b"}"))
        end = _end_of_value(text, key.end())
        entries.append(Entry(key[1], text[key.end() : end].rstrip(), closed=end < len(text)))
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
