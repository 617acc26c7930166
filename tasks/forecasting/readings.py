"""What a text about a series seems to say will happen to it, told in the invocation that asks for its effects.

    sizes and sentences of the text -> features -> kind (an effect's type and how its size is meant), certainty, target
    kind, times of the text         -> features -> which time it is about

A small base reckons neither with dates nor with percentages. So code finds sizes (said_sizes.py) and times
(said_times.py), a small network says what each is for, and the specialist decides and copies. The weights are fitted on
training texts by `python -m divisi.specialists.embedded.fit_readings`; they know no base.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from divisi.tasks.forecasting.card import Card
from divisi.tasks.forecasting.direction import agreeing
from divisi.tasks.forecasting.effect import CERTAINTIES, Effect
from divisi.tasks.forecasting.frequency import shown_date
from divisi.tasks.forecasting.mentions import Mention, mentions_in, seen_of, times_seen
from divisi.tasks.forecasting.said_sizes import SaidSize
from divisi.tasks.forecasting.said_times import SaidTime, said_times

FILE = Path(__file__).with_name("readings.safetensors")
KINDS = (
    *("nothing", "multiply x", "multiply +%", "multiply -%", "add +", "add -", "set =", "floor =", "ceiling ="),
    *("level_shift x", "level_shift +%", "level_shift -%", "level_shift +", "level_shift -"),
    *("ramp x", "ramp +%", "ramp -%", "ramp +", "ramp -"),
    *("mask_history", "remove_trend", "use_profile", "follow_reference", "regime_path"),
)
"""Type of an effect, and what its size is: a factor (x), a change in percent or in the series' unit, a level (=)."""

PROFILE = re.compile(
    r"\b((?:mon|tues|wednes|thurs|fri|satur|sun)day|weekday|weekend|working day|holiday)s?\b", re.IGNORECASE
)
LIKE = re.compile(
    r"\b(?:like|as|same as|follow\w*|pattern of|those of|typical|ordinary|normal|usual|template|on|=|a|an|the)\W*$",
    re.IGNORECASE,
)
NAMED = re.compile(r"\W*(?:pattern|profile|schedule|timetable|service|hours|in all but name|template)\b", re.IGNORECASE)
"""What stands before and after the day whose pattern is borrowed."""

LASTING = ("level_shift", "remove_trend")
"""Effects that do not end, whatever else is said near them."""

SHARPNESS, OFFSET = 0.35, 0.3
"""p = 1 / (1 + exp(-(SHARPNESS x logit + OFFSET))): of readings of held-back texts by hand those that the network gave
0.2 to 0.5 were right in 0.5, those with 0.9 in 0.73."""

TOLD_FROM = 0.42
MOST_TOLD = 6


@dataclass(frozen=True, slots=True)
class Reading:
    """An effect that a text seems to speak of.

    Attributes:
        effect: with its evidence; slots that code does not see (profile, reference, path) are empty.
        probability: that the text speaks of an effect of this type here.
    """

    effect: Effect
    probability: float


def told(card: Card, text: str) -> str:
    """The likeliest readings for an invocation, in the order of the text; each with ten times its probability."""
    found = sorted(readings(card, text), key=lambda one: -one.probability)[:MOST_TOLD]
    ordered = sorted(found, key=lambda one: text.find(one.effect.evidence))
    return "; ".join(map(_line, ordered))


def _line(one: Reading) -> str:
    effect = one.effect
    said = [
        json.dumps(effect.evidence, ensure_ascii=False),
        *([effect.target] if effect.target != "this_series" else []),
        *([effect.certainty] if effect.certainty != "stated" else []),
        f"{effect.type} {min(9, int(10 * one.probability))}",
    ]
    if effect.start is not None:
        said.append(str(effect.start))
    if effect.end is not None:
        said.append(f"to {effect.end}")
    if effect.duration is not None:
        said.append(f"for {effect.duration.n:g} {effect.duration.unit}")
    if effect.recurrence is not None:
        said.append(f"every {effect.recurrence.every} {effect.recurrence.unit}")
    if effect.value is not None:
        said.append(f"{effect.value:.10g} {effect.unit}")
    return " ".join(said)


def readings(card: Card, text: str) -> list[Reading]:
    """What a text seems to say, in its order."""
    times = said_times(text, card)
    mentions = mentions_in(text, times)
    if not mentions:
        return []
    kinds, certainties, targets = chances(card, text, mentions, times)
    found: list[Reading] = []
    for place, mention in enumerate(mentions):
        probability = calibrated(1.0 - float(kinds[place, 0]))
        kind = KINDS[1 + int(agreeing(KINDS[1:], kinds[place, 1:], mention.size, text).argmax())]
        effect = effect_as(kind, mention.size) if probability >= TOLD_FROM else None
        if effect is not None:
            certainty = CERTAINTIES[int(certainties[place].argmax())]
            target = "other" if targets[place] > 0.5 else "this_series"
            time = chosen_time(card, text, mention, kind, times)
            placed = _placed(replace(effect, certainty=certainty, target=target), mention, time, card, text)
            found.append(Reading(placed, probability))
    return _once(found)


def calibrated(probability: float) -> float:
    """How often a reading is right to which the network gives a probability."""
    kept = min(1 - 1e-6, max(1e-6, probability))
    return 1 / (1 + math.exp(-(SHARPNESS * math.log(kept / (1 - kept)) + OFFSET)))


def _once(found: Sequence[Reading]) -> list[Reading]:
    """Readings without those that say the same as a likelier one: "shut, no till will be open"."""
    best: dict[Effect, Reading] = {}
    for one in found:
        same = _plain(one.effect)
        if same not in best or best[same].probability < one.probability:
            best[same] = one
    return list(best.values())


def _plain(effect: Effect) -> Effect:
    """An effect without its words, a change as its factor: -50 pct and 0.5 x say the same."""
    if effect.factor is None:
        return replace(effect, evidence="")
    return replace(effect, evidence="", value=round(effect.factor, 6), unit="x")


def _placed(effect: Effect, mention: Mention, time: SaidTime | None, card: Card, text: str) -> Effect:
    """An effect with its words, its time and, where it borrows a pattern, whose."""
    evidence = text[mention.clause.first : mention.clause.last].strip(" ,;:.")
    profile = profile_in(evidence) if effect.type == "use_profile" else None
    return timed(replace(effect, evidence=evidence, profile=profile), time, card)


def timed(effect: Effect, time: SaidTime | None, card: Card) -> Effect:
    """An effect with the time that a text says of it; one that lasts has no end."""
    if time is None:
        return replace(effect, start=first_ahead(card)) if effect.type == "remove_trend" else effect
    start = first_ahead(card) if time.start is None and effect.type != "mask_history" else time.start
    if effect.type in LASTING:
        return replace(effect, start=start)
    return replace(effect, start=start, end=time.end, duration=time.duration, recurrence=time.recurrence)


def profile_in(text: str) -> str | None:
    """The day whose pattern a text borrows ("Sunday", "weekday"), or None."""
    found = list(PROFILE.finditer(text))
    marked = [one for one in found if NAMED.match(text, one.end()) or LIKE.search(text, 0, one.start())]
    for match in (*marked, *found):
        name = match[1].lower()
        return name.capitalize() if name not in ("weekday", "weekend", "working day", "holiday") else name
    return None


def first_ahead(card: Card) -> str | int:
    """The first step ahead, as effects give moments."""
    first = card.dates[0]
    return int(first) if card.frequency.unit == "step" else shown_date(first, card.frequency)


def effect_as(kind: str, size: SaidSize | None) -> Effect | None:
    """An effect of a kind with a said size; None where that size cannot be meant so."""
    name, _, form = kind.partition(" ")
    applies = "history" if name == "mask_history" else "future"
    if not form:
        return Effect(name, applies_to=applies) if size is None else None
    if size is None:
        return None
    meant = meaning_of(form, size)
    if meant is None:
        return None
    value, unit = meant
    return Effect(name, value=round(value, 6), unit=unit)


def meaning_of(form: str, size: SaidSize) -> tuple[float, str] | None:
    """Value and unit of a size that is a factor (x), a change (+, -, +%, -%) or a level (=)."""
    value, share = size.value, size.kind in ("percent", "part", "multiple", "times")
    if form == "x":
        return (value / 100 if size.kind == "percent" else value, "x") if share or size.kind == "nothing" else None
    if form == "=":
        return (value, "abs") if size.kind in ("plain", "nothing") else None
    if form.endswith("%"):
        percent = value if size.kind == "percent" else 100 * value
        return (percent if form == "+%" else -abs(percent), "pct") if share else None
    return (value if form == "+" else -abs(value), "abs") if size.kind == "plain" else None


def chances(
    card: Card, text: str, mentions: Sequence[Mention], times: Sequence[SaidTime]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities: of each kind [mentions, KINDS], each certainty [mentions, 4], that another series is meant."""
    weights = _fitted()
    rows = []
    for mention in mentions:
        seen = seen_of(card, text, mention, times)
        rows.append(weights["words"][seen.words].sum(0) + seen.dense @ weights["dense"])
    hidden = np.maximum(0.0, np.stack(rows) + weights["bias"])
    scores = hidden @ weights["out"] + weights["out_bias"]
    kinds, rest = scores[:, : len(KINDS)], scores[:, len(KINDS) :]
    return _softmax(kinds), _softmax(rest[:, : len(CERTAINTIES)]), 1 / (1 + np.exp(-rest[:, -1]))


def chosen_time(card: Card, text: str, mention: Mention, kind: str, times: Sequence[SaidTime]) -> SaidTime | None:
    """The time that a mention is about; None where the text says none."""
    if not times:
        return None
    return times[int((times_seen(card, text, mention, kind, times) @ _fitted()["time"]).argmax())]


def _softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
    return shares


@cache
def _fitted() -> dict[str, np.ndarray]:
    """words [buckets, hidden], dense [features, hidden], bias, out [hidden, outputs], out_bias, time [TIMES_SEEN]."""
    return {name: tensor.astype(np.float32) for name, tensor in load_file(FILE).items()}
