"""One effect before it is told: its type, its steps, its size, and the words for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from divisi.tasks.forecasting.frequency import shown_date
from divisi.tasks.forecasting.ground import Ground
from divisi.tasks.forecasting.invented_world import World
from divisi.tasks.forecasting.sayings import Saying, say_day
from divisi.tasks.forecasting.sizes import Size, draw_amount, draw_bound, draw_change, draw_part, draw_pct, draw_times
from divisi.tasks.forecasting.stretches import (
    HOUR_LENGTHS,
    WINDOW_LENGTHS,
    again_said,
    as_datetime,
    draw_again,
    draw_open_start,
    draw_steps,
    window_said,
)

RECURRING_SHARE = 0.08
RAMP_LENGTHS = {"D": (7, 10, 14, 21), "B": (5, 10), "W": (3, 4, 6), "h": (6, 12, 24), "15min": (8, 16), "MS": (3, 4)}
PROFILES = ("Sunday", "Sunday", "Sunday", "Saturday", "Saturday", "Monday", "Friday")
FULL_STATES = ("running", "normal", "open", "full load", "on")
LOW_STATES = ("off", "closed", "standstill", "half load", "shut down", "out", "idle", "half capacity")
EACH = {
    "D": ("each day", "every day"),
    "B": ("each working day", "every working day"),
    "W": ("each week", "every week"),
    "h": ("each hour", "every hour"),
    "min": ("each quarter of an hour", "every quarter hour"),
    "MS": ("each month", "every month"),
    "QS": ("each quarter", "every quarter"),
    "YS": ("each year", "every year"),
}
THAT = {"D": "day", "B": "day", "W": "week", "h": "hour", "min": "quarter of an hour"}
THAT |= {"MS": "month", "QS": "quarter", "YS": "year"}


@dataclass(frozen=True, slots=True)
class Draft:
    """An effect with its words, not yet in a sentence.

    Attributes:
        wording: the kind of wording that tells it ("multiply/pct").
        record: the effect's slots, without the evidence.
        slots: what wordings are filled with.
        steps: first step and the one after the last, of the horizon or, for a mask, of the history.
        short: the effect in a table's cell.
        factor: of a mask, what the history is spoiled by.
        repeats: how often the steps come, one `every` after the other.
        every: steps from one to the next.
    """

    wording: str
    record: Mapping[str, Any]
    slots: Mapping[str, str]
    steps: tuple[int, int]
    short: str = ""
    factor: float | None = None
    repeats: int = 1
    every: int = 0

    @property
    def type(self) -> str:
        """The effect's type."""
        return str(self.record["type"])

    @property
    def windows(self) -> list[slice]:
        """The stretches of steps that it acts on."""
        first, after = self.steps
        return [slice(first + turn * self.every, after + turn * self.every) for turn in range(self.repeats)]


def draw_draft(kind: str, ground: Ground, world: World, random: Random) -> Draft:
    """An effect of a type, somewhere in the horizon, of some size."""
    return DRAFTING[kind](ground, world, random)


def _framed(kind: str, saying: Saying) -> dict[str, Any]:
    record: dict[str, Any] = {"type": kind, "start": saying.start, "end": saying.end}
    if saying.duration:
        record["duration"] = {"n": saying.duration[0], "unit": saying.duration[1]}
    return record


def _each(ground: Ground, count: int, random: Random) -> str:
    unit = ground.frequency.unit
    return f"that {THAT[unit]}" if count == 1 else random.choice(EACH[unit])


def _common(ground: Ground, world: World, random: Random, count: int) -> dict[str, str]:
    return {
        "thing": ground.unit,
        "event": random.choice(world.events),
        "who": random.choice(world.people),
        "each": _each(ground, count, random),
    }


def _in_window(kind: str, draw_size: Callable[[Ground, tuple[int, int], Random], Size]) -> Callable[..., Draft]:
    def draft(ground: Ground, world: World, random: Random) -> Draft:
        again = draw_again(ground, random) if random.random() < RECURRING_SHARE else None
        steps, repeats, every = again or (draw_steps(ground, random), 1, 0)
        saying = again_said(ground, steps, repeats, every, random) if again else window_said(ground, *steps, random)
        size = draw_size(ground, steps, random)
        record = {**_framed(kind, saying), "value": size.value, "unit": size.unit}
        if again:
            record["recurrence"] = {"every": 1, "unit": "D" if ground.frequency.within_day else "W"}
        slots = {**_common(ground, world, random, steps[1] - steps[0]), "when": saying.text, **size.slots}
        wording = f"{kind}/{size.wording}" if size.wording else kind
        return Draft(wording, record, slots, steps, size.short, repeats=repeats, every=every)

    return draft


def _multiply_size(ground: Ground, steps: tuple[int, int], random: Random) -> Size:  # noqa: ARG001
    drawn = random.random()
    return draw_times(random) if drawn < 0.3 else draw_part(random) if drawn < 0.45 else draw_pct(random)


def _add_size(ground: Ground, steps: tuple[int, int], random: Random) -> Size:
    return draw_amount(float(ground.future[slice(*steps)].mean()), random)


def _set_size(ground: Ground, steps: tuple[int, int], random: Random) -> Size:
    if random.random() < 0.65:
        return Size(0, "abs", "zero", {}, "0")
    return draw_bound(float(ground.future[slice(*steps)].mean()) * random.uniform(0.4, 1.6), "value", "=", random)


def _floor_size(ground: Ground, steps: tuple[int, int], random: Random) -> Size:
    return draw_bound(float(ground.future[slice(*steps)].mean()) * random.uniform(0.9, 1.5), "", "min", random)


def _ceiling_size(ground: Ground, steps: tuple[int, int], random: Random) -> Size:
    return draw_bound(float(ground.future[slice(*steps)].mean()) * random.uniform(0.4, 1.0), "", "max", random)


def _level_shift(ground: Ground, world: World, random: Random) -> Draft:
    first, saying = draw_open_start(ground, random)
    size = draw_change(float(ground.future.mean()), random, after=" for good")
    record = {"type": "level_shift", "start": saying.start, "value": size.value, "unit": size.unit}
    slots = {**_common(ground, world, random, 2), "since": saying.text, **size.slots}
    return Draft("level_shift", record, slots, (first, len(ground.future)), size.short)


def _remove_trend(ground: Ground, world: World, random: Random) -> Draft:
    first, saying = draw_open_start(ground, random)
    slots = {**_common(ground, world, random, 2), "since": saying.text}
    return Draft("remove_trend", {"type": "remove_trend", "start": saying.start}, slots, (first, len(ground.future)))


def _ramp(ground: Ground, world: World, random: Random) -> Draft:
    horizon = len(ground.future)
    length = min(random.choice(RAMP_LENGTHS.get(ground.frequency.unit, (2, 3))), horizon)
    first = random.randint(0, horizon - length)
    saying = window_said(ground, first, first + length, random)
    size = draw_change(float(ground.future.mean()), random, after=" in all, evenly")
    record = {**_framed("ramp", saying), "value": size.value, "unit": size.unit}
    slots = {**_common(ground, world, random, length), "when": saying.text, **size.slots}
    return Draft("ramp", record, slots, (first, first + length), size.short)


def _mask(ground: Ground, world: World, random: Random) -> Draft:
    dates = ground.scene.history_dates
    length = min(random.choice(WINDOW_LENGTHS.get(ground.frequency.unit, HOUR_LENGTHS)), len(dates) // 4)
    first = random.randint(max(0, len(dates) - 60), len(dates) - length)
    saying = window_said(ground, first, first + length, random, dates=dates)
    record = {**_framed("mask_history", saying), "applies_to": "history"}
    slots = {"thing": ground.unit, "fault": random.choice(world.faults), "who": random.choice(world.people)}
    factor = random.choice((0.0, 0.1, 2.0, 3.0, 5.0))
    return Draft("mask_history", record, {**slots, "when": saying.text}, (first, first + length), "leave out", factor)


def _profile(ground: Ground, world: World, random: Random) -> Draft:
    days = ground.scene.dates.astype("datetime64[D]")
    whole = list(np.unique(days)[1:-1]) if ground.frequency.within_day else []
    day = random.choice(whole or list(np.unique(days)))
    own = int((day.astype(np.int64) + 3) % 7)
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    profile = random.choice([name for name in PROFILES if name != names[own]])
    if ground.frequency.unit == "B":
        profile = random.choice([name for name in ("Monday", "Friday", "Wednesday") if name != names[own]])
    inside = np.flatnonzero(days == day)
    steps = int(inside[0]), int(inside[-1]) + 1
    saying = window_said(ground, *steps, random)
    slots = {**_common(ground, world, random, 1), "when": saying.text, "profile": profile}
    record = {**_framed("use_profile", saying), "profile": profile}
    return Draft("use_profile", record, slots, steps, f"as {profile}")


def _reference(ground: Ground, world: World, random: Random) -> Draft:
    steps = draw_steps(ground, random)
    saying = window_said(ground, *steps, random)
    name = random.choice(world.references)
    record = {**_framed("follow_reference", saying), "reference": name}
    slots = {**_common(ground, world, random, 2), "when": saying.text, "reference": name}
    return Draft("follow_reference", record, slots, steps, f"follow {name}")


def _path(ground: Ground, world: World, random: Random) -> Draft:
    horizon = len(ground.future)
    cuts = sorted(random.sample(range(1, horizon), min(random.choice((2, 3)), horizon - 1)))
    full = random.choice(FULL_STATES)
    states = [full, *random.sample(LOW_STATES, len(cuts) - 1), full] if len(cuts) > 1 else [full, LOW_STATES[0]]
    starts = [0, *cuts]
    moments = [shown_date(ground.scene.dates[start], ground.frequency) for start in starts]
    path = [{"start": moment, "state": state} for moment, state in zip(moments, states, strict=True)]
    said = [_moment_said(ground, start, random) for start in cuts]
    slots = {**_common(ground, world, random, 2), "path": _path_said(states, said, random)}
    return Draft("regime_path", {"type": "regime_path", "start": moments[0], "path": path}, slots, (0, horizon))


def _path_said(states: list[str], said: list[str], random: Random) -> str:
    joint = random.choice((", ", "; ", ", then "))
    if random.random() < 0.5:
        return joint.join([f"{states[0]} now", *(f"{s} from {t}" for s, t in zip(states[1:], said, strict=True))])
    parts = [f"{state} until {time}" for state, time in zip(states[:-1], said, strict=True)]
    return joint.join([*parts, f"{states[-1]} after that"])


def _moment_said(ground: Ground, step: int, random: Random) -> str:
    begin = as_datetime(ground.scene.dates[step])
    day = say_day(begin.date(), random)
    return f"{day} {begin:%H:%M}" if ground.frequency.within_day else day


DRAFTING: Mapping[str, Callable[[Ground, World, Random], Draft]] = {
    "multiply": _in_window("multiply", _multiply_size),
    "add": _in_window("add", _add_size),
    "set": _in_window("set", _set_size),
    "floor": _in_window("floor", _floor_size),
    "ceiling": _in_window("ceiling", _ceiling_size),
    "level_shift": _level_shift,
    "ramp": _ramp,
    "mask_history": _mask,
    "remove_trend": _remove_trend,
    "use_profile": _profile,
    "follow_reference": _reference,
    "regime_path": _path,
}
"""Type -> how an effect of it is drawn."""
