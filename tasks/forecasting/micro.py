"""The near view of a series: small corrections of the next steps, in standard deviations of the pool's own errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from divisi.tasks.calling.answer_text import read_json, write_json
from divisi.tasks.forecasting.card import card_of, has_card
from divisi.tasks.forecasting.context import object_schema
from divisi.tasks.forecasting.scene import Floats
from divisi.tasks.score import multiset_f1
from divisi.tasks.subtask import AnswerError, Case, Schema, Verdict

MOST_STEPS = 8
LARGEST = 2
DECAY: Mapping[str, float] = {"fast": 0.5, "slow": 0.9}
"""Word -> what is left of the bias after each further step."""

SLOTS = ("steps", "outlier_last", "bias", "decay")
NEUTRAL: Mapping[str, Any] = {"steps": [], "outlier_last": False, "bias": 0, "decay": "fast"}
"""The answer that changes nothing."""


@dataclass(frozen=True, slots=True)
class Micro:
    """Corrections of single steps, a bias that fades, and whether the last value is an outlier."""

    name: str = "micro"

    def render(self, case: Case) -> str:  # noqa: ARG002
        """The invocation."""
        return "micro"

    def grammar(self, case: Case) -> Schema:
        """An object of small whole numbers."""
        adjustments = [place for place in range(-LARGEST, LARGEST + 1) if place]
        step = object_schema(
            {"k": {"enum": list(range(1, _reach(case) + 1))}, "adj": {"enum": adjustments}}, ["k", "adj"]
        )
        properties: dict[str, Schema] = {
            "steps": {"type": "array", "items": step, "maxItems": _reach(case)},
            "outlier_last": {"type": "boolean"},
            "bias": {"enum": list(range(-LARGEST, LARGEST + 1))},
            "decay": {"enum": list(DECAY)},
        }
        return object_schema(properties, list(SLOTS))

    def write(self, value: Any, case: Case) -> str:  # noqa: ARG002
        """The canonical text, slots in their fixed order."""
        steps = [{"k": step["k"], "adj": step["adj"]} for step in value["steps"]]
        return write_json({slot: steps if slot == "steps" else value[slot] for slot in SLOTS})

    def parse(self, text: str, case: Case) -> dict[str, Any]:  # noqa: ARG002
        """The corrections.

        Raises:
            AnswerError: a slot is missing or of another kind.
        """
        value = read_json(text)
        if not isinstance(value, dict) or set(value) != set(SLOTS) or not isinstance(value["outlier_last"], bool):
            raise AnswerError(f"the answer must have the slots {', '.join(SLOTS)}: {text[:200]!r}")
        steps = value["steps"]
        if not isinstance(steps, list) or not all(map(_is_step, steps)) or not _is_whole(value["bias"]):
            raise AnswerError(f'steps must be a list of {{"k", "adj"}} and bias a whole number: {text[:200]!r}')
        return value

    def verify(self, value: Any, case: Case) -> Verdict:
        """Steps rise and lie in the horizon; sizes are small and not zero."""
        reach, problems, before = _reach(case), [], 0
        for step in value["steps"]:
            if not before < step["k"] <= reach:
                problems.append(f"step {step['k']} must come after {before} and be at most {reach}")
            before = step["k"]
            if not 0 < abs(step["adj"]) <= LARGEST:
                problems.append(
                    f"step {step['k']} is moved by {step['adj']}; leave out 0, and move by at most {LARGEST}"
                )
        if abs(value["bias"]) > LARGEST:
            problems.append(f"the bias is {value['bias']}; it must lie within {LARGEST} of 0")
        if value["decay"] not in DECAY:
            problems.append(f"decay must be one of {', '.join(DECAY)}, not {value['decay']!r}")
        return Verdict(tuple(problems))

    def score(self, value: Any, truth: Any, case: Case) -> Mapping[str, float]:
        """exact, F1 of the signs of moved steps, how close the moves are (2 deviations apart is 0), outlier."""
        ours, theirs = (moves(answer, _reach(case)) for answer in (value, truth))
        signs = [[(k, bool(move > 0)) for k, move in enumerate(side) if abs(move) >= 0.5] for side in (ours, theirs)]
        return {
            "sign_f1": multiset_f1(signs[0], signs[1])[0],
            "closeness": float(1 - np.minimum(np.abs(ours - theirs), LARGEST).mean() / LARGEST),
            "outlier": float(value["outlier_last"] == truth["outlier_last"]),
            "exact": float(value == truth),
        }


def moves(value: Mapping[str, Any], horizon: int) -> Floats:
    """What an answer moves each step by, in standard deviations. [horizon]"""
    moved = value["bias"] * DECAY[value["decay"]] ** np.arange(horizon)
    for step in value["steps"]:
        if step["k"] <= horizon:
            moved[step["k"] - 1] += step["adj"]
    return np.asarray(np.clip(moved, -LARGEST, LARGEST), dtype=np.float64)


def apply_micro(values: Floats, value: Mapping[str, Any], *, sigma: float | Floats, shrink: float) -> Floats:
    """y + c sigma m for the moves m: the forecast with an answer's corrections.

    Args:
        values: [horizon] or [samples, horizon]
        value: a micro answer. Its `outlier_last` is for the caller: mask the last value before the pool is fitted.
        sigma: standard deviation of the pool's errors, one number or [horizon].
        shrink: c in [0, 1], proven on earlier folds; 0 is off.
    """
    return np.asarray(values + shrink * np.asarray(sigma) * moves(value, values.shape[-1]), dtype=np.float64)


def _reach(case: Case) -> int:
    return min(MOST_STEPS, card_of(case).horizon) if has_card(case) else MOST_STEPS


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_step(step: Any) -> bool:
    return isinstance(step, dict) and set(step) == {"k", "adj"} and all(map(_is_whole, step.values()))
