"""Leaning: what likeness knows of the tools, put beside what the base thinks of them while it writes a list of names.

    weight(list) = product over its names of exp(choice x share(name)) / (sum over the offered names of the same)
                   x exp(another x most(rest)) for each name after the first  x exp(-calling) where the list is empty

share(name) is the tool's likeness by the highest one, 0 where the name is in the list already; most(rest) is what the
highest share of those not named yet is above a half, doubled. The base's probability of a list is multiplied by its
weight (a product of experts, Hinton 2002), token by token: names that begin alike share their weight until they part.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STRING = re.compile(rb'"((?:[^"\\]|\\.)*)("?)')


@dataclass(frozen=True, slots=True)
class Trust:
    """How far likeness is trusted beside a base; fitted on held-back requests, 0 is not at all.

    Attributes:
        choice: of a tool that is the likest, against one that shares no word with the request.
        another: in naming one more tool while one that is as like as the likest is not named yet.
        calling: in naming a tool at all.
    """

    choice: float = 0.0
    another: float = 0.0
    calling: float = 0.0


NO_TRUST = Trust()


class NamesLeaning:
    """The weight of a list of names while it is written."""

    def __init__(self, names: Sequence[str], scores: Sequence[float], trust: Trust) -> None:
        """What leans how.

        Args:
            names: of the offered tools.
            scores: the likeness of each, at least 0.
            trust: how far.
        """
        best = max(scores, default=0.0) or 1.0
        spelled = (json.dumps(name, ensure_ascii=False)[1:-1].encode() for name in names)
        self._shares = {name: score / best for name, score in zip(spelled, scores, strict=True)}
        self._trust = trust

    def __call__(self, text: bytes, piece: bytes) -> float:
        """The logarithm of what a piece does to the weight of a text.

        Args:
            text: the list as far as it is written.
            piece: what may come next.
        """
        return self._weight(text + piece) - self._weight(text)

    def _weight(self, text: bytes) -> float:
        if text.startswith(b"[]"):
            return -self._trust.calling
        weight, named = 0.0, set[bytes]()
        for number, (written, closed) in enumerate(STRING.findall(text)):
            shares = {name: share if name not in named else 0.0 for name, share in self._shares.items()}
            fitting = [name for name in shares if (name == written if closed else name.startswith(written))]
            weight += self._total(shares, fitting) - self._total(shares, list(shares)) if fitting else 0.0
            if closed:
                named.add(written)
                more = STRING.sub(b"", text).count(b",") > number
                rest = max((share for name, share in self._shares.items() if name not in named), default=0.0)
                weight += self._trust.another * max(0.0, 2 * rest - 1) if more else 0.0
        return weight

    def _total(self, shares: Mapping[bytes, float], names: Sequence[bytes]) -> float:
        """ln of the sum of the names' weights."""
        return math.log(sum(math.exp(self._trust.choice * shares[name]) for name in names))
