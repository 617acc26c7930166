"""Which of its enumerated values a text says or means for a parameter.

    score(option) = w2 . max(0, W1 features(option) + b1)      score(nothing) = v . features of the parameter
    p = softmax over the options and nothing

The weights are fitted by `python -m divisi.specialists.embedded.fit_options`, as those of reader.py are.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from divisi.tasks.calling.likeness import meaning_of
from divisi.tasks.calling.reading import Reading, summed, unit
from divisi.tasks.calling.sights import Wanted, leads_of, turns_of
from divisi.tasks.calling.stems import stem_of, stems

FILE = Path(__file__).with_name("options.safetensors")
WIDEST = 3
"""How many pieces beside each other an option is compared with."""
AFTER_NOT = frozenset(("not", "no", "without", "except", "never", "don't", "instead"))


def chances(reading: Reading, wanted: Wanted, name: str, options: Sequence[str]) -> np.ndarray:
    """The probability of each option, [options]; what is left to 1 is that of nothing."""
    weights = _fitted()
    seen, own = features(reading, wanted, name, options)
    hidden = np.maximum(0, seen @ weights["first.weight"].T + weights["first.bias"])
    scores = np.append(hidden @ weights["second.weight"][0], own @ weights["nothing.weight"][0])
    raised = np.exp(scores - scores.max())
    shares: np.ndarray = (raised / raised.sum())[:-1]
    return shares


def features(reading: Reading, wanted: Wanted, name: str, options: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """What each option looks like beside a text with at least one piece, and what the parameter does by itself.

    Returns:
        float32 [options, features] and [features].
    """
    count = len(reading.starts)
    first = np.concatenate([np.arange(count)] * WIDEST)
    last = np.minimum(first + np.repeat(np.arange(1, WIDEST + 1), count), count)
    windows = unit(summed(reading.vectors, first, last))
    bare, named = _stacked(options), _stacked([f"{name} {option}" for option in options])
    near, nearer = bare @ windows.T, named @ windows.T
    whole = unit(reading.vectors.sum(0, keepdims=True))[0]
    said = np.array([_said(reading, option) for option in options])
    best = near.argmax(1)
    leads, turns = leads_of(reading, wanted), turns_of(reading, wanted)
    place = np.where(said[:, 0] > 0, said[:, -1].astype(int), first[best])
    columns = [said[:, 0], said[:, 1], said[:, 2], near.max(1), nearer.max(1), bare @ whole]
    margins = [_margin(column) for column in columns]
    said_before = ((said[:, 0] > 0)[None] & (place[None] < place[:, None])).sum(1)
    others = (said[:, 0].sum() - said[:, 0]).clip(0, 3)
    wide = [leads[place], turns[0][place], np.abs(turns[0][place]), np.abs(turns[1][place]), np.minimum(said_before, 3)]
    own = _own(wanted, name, options, said, near)
    ones = np.ones(len(options))
    seen = np.stack([*columns, *margins, *wide, others, *(ones * value for value in own)], axis=1)
    return seen.astype(np.float32), np.array([*own, max(map(float, leads))], dtype=np.float32)


def _own(wanted: Wanted, name: str, options: Sequence[str], said: np.ndarray, near: np.ndarray) -> tuple[float, ...]:
    declared = wanted.tool["function"].get("parameters")
    required = name in ((declared.get("required") or ()) if isinstance(declared, Mapping) else ())
    best, most = float(said[:, 0].max()), float(near.max())
    return (1.0, float(required), len(options) / 5, float(wanted.occurrences > 1), best, most, most * required)


def _said(reading: Reading, option: str) -> tuple[float, float, float, float]:
    """Whether all stems of an option are said, what share of them, whether a "not" stands before, and where."""
    asked = list(dict.fromkeys(stems(option)))
    places = [next((at for at, one in enumerate(reading.stems) if stem in one), None) for stem in asked]
    known = [place for place in places if place is not None]
    if not known:
        return 0.0, 0.0, 0.0, 0.0
    at = known[0]
    before = {word for one in reading.stems[max(0, at - 2) : at] for word in one}
    negated = not before.isdisjoint(stem_of(word) for word in AFTER_NOT)
    return float(len(known) == len(asked)), len(known) / len(asked), float(negated), float(at)


def _margin(values: np.ndarray) -> np.ndarray:
    """How much each is above the highest of the others."""
    if len(values) == 1:
        return np.asarray(values)
    order = np.sort(values)
    margins: np.ndarray = values - np.where(values == order[-1], order[-2], order[-1])
    return margins


def _stacked(texts: Sequence[str]) -> np.ndarray:
    return np.array([meaning_of(text) for text in texts])


@cache
def _fitted() -> Mapping[str, Any]:
    weights: dict[str, np.ndarray] = load_file(FILE)
    return weights
