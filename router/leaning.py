"""Leaning: what is known of the need for each tool, put beside what the base thinks while it writes a list of names.

    weight(list) = product over its names of exp(choice x l(name)) / (sum over the offered names of the same)
                   x exp(another x l(rest)) for each name after the first  x exp(-calling x l(best)) where it is empty

l is the logit of a tool's need (tasks/calling/need.py), within LIMIT of 0; that of a name in the list already is
-LIMIT. l(rest) is the highest of those not named yet, at least REST. The base's probability of a list is multiplied by
its weight (a product of experts, Hinton 2002), token by token: names that begin alike share their weight until they
part. What leans arguments is in arguing.py.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LIMIT, REST = 5.0, -1.0
"""A function may be needed once more though no other is: REST is how much its list leans to end."""
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
        reading: of what a text about a series seems to say, against other effects.
    """

    choice: float = 0.0
    another: float = 0.0
    calling: float = 0.0
    value: float = 0.0
    given: float = 0.0
    reading: float = 0.0


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
        self._logits = {name: logit_of(need) for name, need in zip(spelled, needs, strict=True)}
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


def logit_of(probability: float) -> float:
    """ln(p / (1 - p)), within LIMIT of 0."""
    within = min(max(probability, 1e-9), 1 - 1e-9)
    return min(LIMIT, max(-LIMIT, math.log(within / (1 - within))))
