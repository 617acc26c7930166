"""A logistic regression as the package stores it: its weights by the names of its features, and a bias.

p = 1 / (1 + exp(-(bias + weights . features)))
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """What was fitted.

    Attributes:
        weights: [features].
        bias: beside them.
    """

    weights: np.ndarray
    bias: float

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """The probabilities of cases [cases, features], or of one [features]."""
        chances: np.ndarray = 1 / (1 + np.exp(-(x @ self.weights + self.bias)))
        return chances


@cache
def stored(file: Path, features: Sequence[str], part: str | None = None) -> Regression:
    """The regression of a JSON file, read once.

    Args:
        file: of the package.
        features: the order in which cases have them.
        part: the key under which it stands, where the file holds several.
    """
    record: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    own = record if part is None else record[part]
    return Regression(np.array([own["weights"][name] for name in features]), float(own["bias"]))
