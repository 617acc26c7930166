"""Leaning: what is known of the need for each tool, put beside what the base thinks while it writes a list of names.

    weight(list) = product over its names of exp(choice x l(name)) / (sum over the offered names of the same)
                   x exp(another x l(rest)) for each name after the first  x exp(-calling x l(best)) where it is empty

l is the logit of a tool's need (tasks/calling/filled.py), within LIMIT of 0; that of a name in the list already is that
of one more call (tasks/calling/counting.py). l(rest) is the highest of all names, behind the first with half the logit
of several calls, where that is known. The base's probability of a list is multiplied by
its weight (a product of experts, Hinton 2002), token by token: names that begin alike share their weight until they
part. What leans arguments is in arguing.py.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LIMIT = 5.0
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
        reply: of what the conversation says and the last results hold, against other words of a reply. Chosen by hand
            on 61 held-back replies, since ROUGE-L says little of numbers: of what a result newly tells they say 0.71
            with 6 and 0.89 with 10; more was not tried.
    """

    choice: float = 0.0
    another: float = 0.0
    calling: float = 0.0
    value: float = 0.0
    given: float = 0.0
    reading: float = 0.0
    reply: float = 0.0


NO_TRUST = Trust()


class NamesLeaning:
    """The weight of a list of names while it is written."""

    def __init__(
        self,
        names: Sequence[str],
        needs: Sequence[float],
        trust: Trust,
        more: Sequence[Sequence[float]] = (),
        several: float | None = None,
    ) -> None:
        """What leans how.

        Args:
            names: of the offered tools.
            needs: the probability that each is needed, in (0, 1).
            trust: how far.
            more: of each, the probability that one more call follows after the first, the second, and so on.
        """
        spelled = [json.dumps(name, ensure_ascii=False)[1:-1].encode() for name in names]
        self._logits = {name: logit_of(need) for name, need in zip(spelled, needs, strict=True)}
        self._more = {name: [logit_of(one) for one in chances] for name, chances in zip(spelled, more, strict=False)}
        self._several = None if several is None else logit_of(several)
        self._trust = trust
        self._known: dict[bytes, tuple[float, Counter[bytes]]] = {}

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
        return self._read(text)[0]

    def _read(self, text: bytes) -> tuple[float, Counter[bytes]]:
        """The weight of a text that begins a list, and how often each name stands in it.

        What is before the last name is kept, as it is asked about again for every piece that may come next.
        """
        strings = list(STRING.finditer(text))
        if not strings:
            return 0.0, Counter()
        last = strings[-1]
        before = text[: last.start()]
        if before not in self._known:
            self._known[before] = self._read(before)
        weight, named = self._known[before]
        written, closed = last.groups()
        logits = self._after(named)
        fitting = [name for name in logits if (name == written if closed else name.startswith(written))]
        weight += self._total(logits, fitting) - self._total(logits, list(logits)) if fitting else 0.0
        if closed:
            named = named + Counter((written,))
            weight += self._trust.another * self._rest(named) if b"," in text[last.end() :] else 0.0
        return weight, named

    def _rest(self, named: Mapping[bytes, int]) -> float:
        rest = max(self._after(named).values(), default=-LIMIT)
        if self._several is None or sum(named.values()) > 1:
            return rest
        return rest + self._several / 2

    def _after(self, named: Mapping[bytes, int]) -> dict[bytes, float]:
        """The logit of each name behind those that are in the list."""
        return {
            name: logit if not named.get(name) else _at(self._more.get(name, ()), named[name] - 1)
            for name, logit in self._logits.items()
        }

    def _total(self, logits: Mapping[bytes, float], names: Sequence[bytes]) -> float:
        """ln of the sum of the names' weights."""
        return math.log(sum(math.exp(self._trust.choice * logits[name]) for name in names))


def _at(logits: Sequence[float], place: int) -> float:
    return logits[place] if place < len(logits) else -LIMIT


def logit_of(probability: float) -> float:
    """ln(p / (1 - p)), within LIMIT of 0."""
    within = min(max(probability, 1e-9), 1 - 1e-9)
    return min(LIMIT, max(-LIMIT, math.log(within / (1 - within))))
