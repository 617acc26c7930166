"""How well effects were read: by what they would do to the horizon, so that equal readings count as equal.

Only effects that would be applied are compared; that a text is hypothetical is right when nothing is applied.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from divisi.tasks.forecasting.checks import Times
from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.forecasting.errors import ForecastError
from divisi.tasks.forecasting.frequency import Dates, as_dates, stepped
from divisi.tasks.forecasting.window import covered
from divisi.tasks.score import multiset_f1

HISTORY_STEPS = 4000
"""At most so many last steps of the history are compared, for masks."""

SLOTS = ("type", "steps", "size", "own")


@dataclass(frozen=True, slots=True)
class Act:
    """What an effect does: its type, the steps that it acts on, its size, and the slot of its own type.

    Attributes:
        type: of the effect.
        steps: numbers of steps of the horizon from 0, or of the history back from -1.
        size: a factor or an amount, as ("x", 1.5) or ("abs", 3.0), or None.
        own: profile, reference or states, in small letters.
    """

    type: str
    steps: frozenset[int]
    size: tuple[str, float] | None
    own: Any


def act_of(effect: Effect, times: Times) -> Act:
    """What an effect does, in a form in which equal readings are equal."""
    size = None
    if effect.value is not None:
        size = ("abs", round(effect.value, 6)) if effect.factor is None else ("x", round(effect.factor, 3))
    own: Any = (effect.profile or effect.reference or "").casefold()
    if effect.path:
        own = tuple((str(state.start), state.state.casefold()) for state in effect.path)
    return Act(effect.type, _steps(effect, times), size, own)


def _steps(effect: Effect, times: Times) -> frozenset[int]:
    past = effect.type == "mask_history"
    dates = _history_dates(times) if past else times.dates
    try:
        acts = covered(effect, dates, times.frequency)
    except ForecastError:
        return frozenset()
    found = np.flatnonzero(acts)
    return frozenset((found - len(dates) if past else found).tolist())


def _history_dates(times: Times) -> Dates:
    """The last dates of the history, oldest first."""
    last = as_dates([times.history_end])
    back = stepped(last, times.frequency, -np.arange(HISTORY_STEPS)[::-1])
    return np.asarray(back[back >= times.history_start])


def effect_scores(given: Sequence[Effect], truth: Sequence[Effect], times: Times) -> dict[str, float]:
    """Scores of effects against the true ones.

    Returns:
        effect_f1: of whole acts.
        type_f1: of types alone.
        slots: right slots (type, steps, size, own) over the slots of the true acts, each with the given one that it
            agrees with best; 1 where neither has any.
        exact: 1 where the acts are the same.
        hallucinated: 1 where an act is given on steps on which the truth has none of its kind, as when a distractor
            is taken.
    """
    ours = [act_of(effect, times) for effect in given if effect.applicable]
    theirs = [act_of(effect, times) for effect in truth if effect.applicable]
    f1 = multiset_f1(ours, theirs)[0]
    return {
        "effect_f1": f1,
        "type_f1": multiset_f1([act.type for act in ours], [act.type for act in theirs])[0],
        "slots": _slot_share(ours, theirs),
        "exact": float(f1 == 1.0),
        "hallucinated": float(any(not _overlaps(act, theirs) for act in ours)),
    }


def _slot_share(ours: Sequence[Act], theirs: Sequence[Act]) -> float:
    """Right slots of the best pairing, over the slots of the longer side."""
    if not ours or not theirs:
        return float(not ours and not theirs)
    from scipy.optimize import linear_sum_assignment  # only scoring needs it; the catalog is to stay light

    agreed = np.array([[_agreed(one, other) for other in theirs] for one in ours])
    rows, columns = linear_sum_assignment(-agreed)
    return float(agreed[rows, columns].sum()) / (len(SLOTS) * max(len(ours), len(theirs)))


def _agreed(one: Act, other: Act) -> int:
    return sum(getattr(one, slot) == getattr(other, slot) for slot in SLOTS)


def _overlaps(act: Act, truth: Sequence[Act]) -> bool:
    return any(act.steps & other.steps or not act.steps for other in truth)
