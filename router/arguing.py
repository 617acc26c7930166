"""Arguments: what the conversation seems to say for them, put beside what the base thinks while it writes an object.

    weight(object) = product over its found parameters of exp(-value x ln(p / TOLD_FROM)) where it has another value
                     x product over its optional parameters of exp(-given x |g|) where it has what g is against, or
                       lacks what g is for

p is the probability that tasks/calling/found.py tells of a value. g is the logit of p, within LIMIT of 0, and
ONCE_FOUND for what is found, but for a boolean the logit that it is given at all, as true or as false; NOT_FOUND for
what could be said and is not; 0 for all others, of which nothing is known.
As in leaning.py the weight is given token by token: a value loses it with the token that departs from it, a parameter
with the key or the end that passes it by. Nothing is a gain: one for the next key would end a number before its time.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from divisi.router.leaning import Trust, logit_of
from divisi.router.written import Entry, read_object
from divisi.tasks.calling.found import TOLD_FROM

ONCE_FOUND, NOT_FOUND = 0.4, -2.5
"""Of the optional strings and numbers of held-back requests by hand those with a value found with 0.3 were given in
0.37, with 0.5 in 0.55, with 0.9 in 0.94 (40, 67); those without one in 0.04 (125), booleans without one in 0.07 (249 of
other fields than those that flags.py was fitted on), enumerated ones of which no option was found in 2 of 13."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What is known of one parameter before its arguments are written.

    Attributes:
        name: as the schema spells it.
        required: whether it must be given.
        sayable: whether its value would be found if it were said.
        text: the JSON text of the value that was found, or None.
        probability: that this is its value.
        given: the probability that it has any value, where that is known by itself.
    """

    name: str
    required: bool
    sayable: bool
    text: str | None = None
    probability: float = 0.0
    given: float | None = None


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
        self._given = [trust.given * _optional(one) for one in parameters]

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
        """The weight of the best object that begins so: what is still open costs nothing yet, nor is it a gain."""
        read = read_object(text)
        weight, place = 0.0, 0
        for entry in read.entries:
            if entry.name not in self._names:
                continue
            at = self._names.index(entry.name)
            weight += self._chosen(place, at) + self._departed(entry)
            place = at + 1
        if read.closed:
            return weight + self._left_out(place, len(self._names))
        if read.key is not None:
            open_ones = range(place, len(self._names))
            ways = [self._chosen(place, at) for at in open_ones if self._names[at].startswith(read.key)]
            weight += max(ways, default=0.0)
        return weight

    def _chosen(self, place: int, at: int) -> float:
        """What it costs to give a parameter now that those from a place on were left out."""
        return min(0.0, self._given[at]) + self._left_out(place, at)

    def _left_out(self, first: int, end: int) -> float:
        return -sum(max(0.0, given) for given in self._given[first:end])

    def _departed(self, entry: Entry) -> float:
        """What it costs that a value is not, or will not be, the one that was found."""
        value, weight = self._found.get(entry.name, (b"", 0.0))
        same = entry.value == value if entry.closed else value.startswith(entry.value)
        return 0.0 if same else -weight


def _optional(parameter: Parameter) -> float:
    if parameter.required or not (parameter.sayable or parameter.text):
        return 0.0
    if parameter.text is None:
        return NOT_FOUND
    return logit_of(parameter.probability) + ONCE_FOUND if parameter.given is None else logit_of(parameter.given)
