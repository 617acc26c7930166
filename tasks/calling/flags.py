"""Whether a text says yes or no for the boolean parameters of a function, or nothing.

    p(given) = 1 / (1 + exp(-(bias + weights . features)))      1 where the parameter is required
    p(true | given)                                             the same with weights of its own

Two questions, as different words answer them: whether a parameter is spoken of is a matter of likeness, yes or no one
of "not" and of what the schema takes for granted. The weights are those of logistic regressions on requests of the
training data by hand, which `python -m divisi.specialists.embedded.fit_flags` fits; they know no base.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from divisi.tasks.calling.flag_sights import FEATURES, booleans, features
from divisi.tasks.calling.reading import Reading
from divisi.tasks.calling.sights import Wanted

FILE = Path(__file__).with_name("flags.json")


@dataclass(frozen=True, slots=True)
class Flag:
    """How probable a boolean parameter is given as true, and as false; what is left to 1: that it is not given."""

    true: float
    false: float


def flags(reading: Reading, wanted: Wanted) -> dict[str, Flag]:
    """What a text seems to say for each boolean parameter of a call."""
    names = booleans(wanted.tool)
    if not names or not reading.starts.size:
        return {}
    seen, (given, true) = features(reading, wanted, names), _fitted()
    required = seen[:, FEATURES.index("required")] > 0
    chances = np.where(required, 1.0, given(seen))
    yes = true(seen)
    rows = zip(names, (chances * yes).tolist(), (chances * (1 - yes)).tolist(), strict=True)
    return {name: Flag(one, other) for name, one, other in rows}


@dataclass(frozen=True, slots=True)
class _Regression:
    weights: np.ndarray
    bias: float

    def __call__(self, seen: np.ndarray) -> np.ndarray:
        """The probabilities, [cases]."""
        chances: np.ndarray = 1 / (1 + np.exp(-(seen @ self.weights + self.bias)))
        return chances


@cache
def _fitted() -> tuple[_Regression, _Regression]:
    """That it is given, that it is true where it is."""
    record = json.loads(FILE.read_text(encoding="utf-8"))
    given, true = (
        _Regression(np.array([record[what]["weights"][name] for name in FEATURES]), float(record[what]["bias"]))
        for what in ("given", "true")
    )
    return given, true
