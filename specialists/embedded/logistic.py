"""Logistic regression with weighted cases: what code's small decisions are fitted with, stored as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from divisi.tasks.calling.regression import Regression

DECAY = 1e-4


@dataclass(frozen=True, slots=True)
class Logistic:
    """p = 1 / (1 + exp(-(bias + weights . features))).

    Attributes:
        weights: [features], of features as they are.
        bias: beside them.
        loss: the mean loss that was reached, with the penalty.
    """

    weights: np.ndarray
    bias: float
    loss: float

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """The probabilities of cases [cases, features]."""
        return Regression(self.weights, self.bias)(x)

    def save(self, file: Path, names: Sequence[str]) -> None:
        """Write the weights by the names of the features, and the bias."""
        file.write_text(json.dumps(self.record(names), indent=2) + "\n", "utf-8")

    def record(self, names: Sequence[str]) -> dict[str, Any]:
        """What is written."""
        weights = {name: round(weight, 6) for name, weight in zip(names, self.weights.tolist(), strict=True)}
        return {"bias": round(self.bias, 6), "weights": weights}


def fit_logistic(x: np.ndarray, truth: np.ndarray, weight: np.ndarray, *, decay: float = DECAY) -> Logistic:
    """The regression under which the truth is the likeliest, with a small penalty on scaled weights.

    Args:
        x: [cases, features].
        truth: [cases], 0 or 1.
        weight: [cases], how much each counts.
        decay: how much the squared weights of scaled features cost.
    """
    mean, spread = x.mean(0), x.std(0) + 1e-9
    scaled, share = (x - mean) / spread, weight / weight.sum()

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        weights, bias = parameters[:-1], parameters[-1]
        logits = scaled @ weights + bias
        off = 1 / (1 + np.exp(-logits)) - truth
        value = float((share * (np.logaddexp(0, logits) - truth * logits)).sum() + decay * (weights**2).sum())
        return value, np.append(scaled.T @ (share * off) + 2 * decay * weights, (share * off).sum())

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B")
    weights = found.x[:-1] / spread
    return Logistic(weights, float(found.x[-1] - weights @ mean), float(found.fun))
