"""An effect: what a text says will happen to a series, or did, in a form that code can apply.

    {"type": "multiply", "target": "this_series", "start": "2025-06-09", "end": "2025-06-22",
     "duration": {"n": 2, "unit": "W"}, "recurrence": null, "value": 1.8, "unit": "x", "applies_to": "future",
     "certainty": "stated", "evidence": "plan on 1.8x again"}

An end that is only a date is included; an end with a clock time is the boundary itself. With a recurrence, start is
the first occurrence, duration one occurrence, end the end of the last.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from divisi.tasks.forecasting.errors import EffectError, ForecastError
from divisi.tasks.forecasting.frequency import moment

ORDER = (
    "mask_history",
    "remove_trend",
    "follow_reference",
    "use_profile",
    "regime_path",
    "multiply",
    "level_shift",
    "ramp",
    "add",
    "floor",
    "ceiling",
    "set",
)
"""The order in which operators act, whatever the order of the text: history, shape, factors, amounts, bounds."""

TYPES = (*ORDER, "none")
VALUED = {"multiply", "add", "set", "floor", "ceiling", "level_shift", "ramp"}
UNITS: Mapping[str, tuple[str, ...]] = {
    "multiply": ("x", "pct"),
    "add": ("abs",),
    "set": ("abs",),
    "floor": ("abs",),
    "ceiling": ("abs",),
    "level_shift": ("abs", "pct", "x"),
    "ramp": ("abs", "pct", "x"),
}
"""Type that takes a value -> the units that it takes."""

TARGETS = ("this_series", "other")
CERTAINTIES = ("stated", "implied", "hypothetical", "negated")
SPAN_UNITS = ("min", "h", "D", "W", "M", "Y", "step")
OWN_SLOT = {"use_profile": "profile", "follow_reference": "reference", "regime_path": "path"}
"""Type -> the slot that it needs and no other type has."""

LONGEST_PATH = 24

WRITTEN_ORDER = (
    *("evidence", "target", "certainty", "type", "start", "end", "duration", "recurrence"),
    *("value", "unit", "profile", "reference", "path"),
)
"""Slots as specialists write them; applies_to follows from the type."""

Moment = str | int
"""An ISO text, or the number of a step for a series without dates."""


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: n units."""

    n: float
    unit: str


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often something happens again: every so many units."""

    every: int
    unit: str


@dataclass(frozen=True, slots=True)
class State:
    """A state that begins at a moment and lasts until the next one's."""

    start: Moment
    state: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a text says will happen to a series.

    Attributes:
        type: one of TYPES.
        target: "this_series", or "other" for another series that the text is about.
        start: its first moment, or None where the text gives none.
        end: its last moment, or None where it does not end.
        duration: how long it lasts, where the text says so; of one occurrence, where it recurs.
        recurrence: how often it happens again.
        value: the size, in `unit`; of a ramp the whole change at its end.
        unit: "x" (a factor), "pct" (a change in percent), "abs" (the series' own unit).
        applies_to: "future" or "history".
        certainty: one of CERTAINTIES; only what is stated or implied is applied.
        evidence: the words of the text that say it.
        profile: whose pattern is borrowed ("Sunday", "weekday", "2024-12-26").
        reference: the name of the series that is followed.
        path: the states, oldest first.
        said: the size as the text says it, where `value` has been brought into the scale of the series.
    """

    type: str
    target: str = "this_series"
    start: Moment | None = None
    end: Moment | None = None
    duration: Span | None = None
    recurrence: Recurrence | None = None
    value: float | None = None
    unit: str | None = None
    applies_to: str = "future"
    certainty: str = "stated"
    evidence: str = ""
    profile: str | None = None
    reference: str | None = None
    path: tuple[State, ...] = ()
    said: float | None = None

    @property
    def applicable(self) -> bool:
        """Whether it says that something does happen to this series."""
        return self.type != "none" and self.target == "this_series" and self.certainty in ("stated", "implied")

    @property
    def factor(self) -> float | None:
        """Its size as a factor, or None where it is an amount: -50 pct and 0.5 x are both 0.5."""
        if self.value is None or self.unit not in ("x", "pct"):
            return None
        return self.value if self.unit == "x" else 1 + self.value / 100


def effect_from_record(record: Mapping[str, Any]) -> Effect:
    """An effect from a plain JSON object; slots that are absent or null are empty.

    Raises:
        EffectError: it does not have the form of an effect; the message names the slot.
    """
    if not isinstance(record, Mapping) or record.get("type") not in TYPES:
        raise EffectError("bad_effect", f"an effect needs a type out of {', '.join(TYPES)}: {record!r:.200}")
    effect = Effect(
        type=record["type"],
        target=record.get("target") or "this_series",
        start=record.get("start"),
        end=record.get("end"),
        duration=_span(record.get("duration")),
        recurrence=_recurrence(record.get("recurrence")),
        value=record.get("value"),
        unit=record.get("unit"),
        applies_to=record.get("applies_to") or ("history" if record["type"] == "mask_history" else "future"),
        certainty=record.get("certainty") or "stated",
        evidence=record.get("evidence") or "",
        profile=record.get("profile"),
        reference=record.get("reference"),
        path=_path(record.get("path")),
    )
    wrong = _wrong_slot(effect)
    if wrong:
        raise EffectError("bad_effect", f"{wrong}: {dict(record)!r:.300}")
    return effect


def effect_to_record(effect: Effect) -> dict[str, Any]:
    """The effect as a plain JSON object, empty slots as null; the slots of single types only where they are used."""
    record: dict[str, Any] = {
        "type": effect.type,
        "target": effect.target,
        "start": effect.start,
        "end": effect.end,
        "duration": effect.duration and {"n": effect.duration.n, "unit": effect.duration.unit},
        "recurrence": effect.recurrence and {"every": effect.recurrence.every, "unit": effect.recurrence.unit},
        "value": effect.value,
        "unit": effect.unit,
        "applies_to": effect.applies_to,
        "certainty": effect.certainty,
        "evidence": effect.evidence,
    }
    if effect.profile is not None:
        record["profile"] = effect.profile
    if effect.reference is not None:
        record["reference"] = effect.reference
    if effect.path:
        record["path"] = [{"start": state.start, "state": state.state} for state in effect.path]
    if effect.said is not None:
        record["said"] = effect.said
    return record


def compact(effect: Effect) -> dict[str, Any]:
    """The record of an effect as specialists write it: in their order, empty slots left out."""
    full = effect_to_record(effect)
    return {slot: full[slot] for slot in WRITTEN_ORDER if full.get(slot) not in (None, "")}


def _span(record: Any) -> Span | None:
    if record is None:
        return None
    if not isinstance(record, Mapping) or not _is_number(record.get("n")) or record.get("unit") not in SPAN_UNITS:
        raise EffectError("bad_effect", f"a duration is a number n and a unit of {', '.join(SPAN_UNITS)}: {record!r}")
    return Span(record["n"], record["unit"])


def _recurrence(record: Any) -> Recurrence | None:
    if record is None:
        return None
    every = record.get("every") if isinstance(record, Mapping) else None
    if not isinstance(every, int) or isinstance(every, bool) or every < 1 or record.get("unit") not in SPAN_UNITS:
        raise EffectError("bad_effect", f"a recurrence is a whole number every and a unit: {record!r}")
    return Recurrence(every, record["unit"])


def _path(record: Any) -> tuple[State, ...]:
    if record is None:
        return ()
    if not isinstance(record, list | tuple) or not all(_is_state(part) for part in record):
        raise EffectError("bad_effect", f"a path is a list of start and state: {record!r:.200}")
    return tuple(State(part["start"], part["state"]) for part in record)


def _is_state(part: Any) -> bool:
    return isinstance(part, Mapping) and _is_moment(part.get("start")) and isinstance(part.get("state"), str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_moment(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return True
    try:
        moment(value)
    except ForecastError:
        return False
    return True


def _wrong_slot(effect: Effect) -> str | None:
    """The first slot that cannot stand in any effect, in words; None where there is none."""
    times = (effect.start, effect.end)
    texts = (effect.evidence, effect.profile or "", effect.reference or "")
    checks = (
        (effect.target in TARGETS, f"target must be {' or '.join(TARGETS)}"),
        (effect.certainty in CERTAINTIES, f"certainty must be one of {', '.join(CERTAINTIES)}"),
        (effect.applies_to in ("future", "history"), "applies_to must be future or history"),
        (all(time is None or _is_moment(time) for time in times), "start and end must be dates as 2025-03-17T09:00"),
        (effect.value is None or _is_number(effect.value), "value must be a finite number"),
        (effect.unit in (None, "x", "pct", "abs"), "unit must be x, pct or abs"),
        (all(isinstance(text, str) for text in texts), "evidence, profile and reference must be texts"),
    )
    return next((problem for holds, problem in checks if not holds), None)
