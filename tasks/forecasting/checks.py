"""What can be checked of an effect without knowing the future: words, numbers, dates, ranges, doubts beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from divisi.tasks.forecasting.apply import Outcome, refusal
from divisi.tasks.forecasting.direction import goes_against
from divisi.tasks.forecasting.doubt import doubt
from divisi.tasks.forecasting.effect import LONGEST_PATH, OWN_SLOT, UNITS, VALUED, Effect
from divisi.tasks.forecasting.elsewhere import elsewhere
from divisi.tasks.forecasting.errors import ForecastError
from divisi.tasks.forecasting.frequency import Dates, Frequency, Time, as_dates, periods
from divisi.tasks.forecasting.magnitudes import says_size
from divisi.tasks.forecasting.scale import in_scale
from divisi.tasks.forecasting.scene import Scene
from divisi.tasks.forecasting.sentences import around
from divisi.tasks.forecasting.window import after, bound, covered, later, progress, reached_before
from divisi.tasks.subtask import Verdict

MOST_FACTOR = 100.0
NOT_CERTAIN = "the text does not say that it will happen"
NOT_OURS = "the text says it of another series"
BOUNDING = ("floor", "ceiling", "set")


@dataclass(frozen=True, slots=True)
class Times:
    """The times that an effect may speak of: where the history begins and ends, and the steps ahead.

    Attributes:
        history_start: the first date of the history.
        history_end: the last date of the history.
        dates: [horizon] the steps ahead.
        frequency: what they step by.
    """

    history_start: Time
    history_end: Time
    dates: Dates
    frequency: Frequency


def times_of(scene: Scene) -> Times:
    """The times of a scene."""
    known = as_dates(scene.history_dates)
    return Times(known[0], known[-1], as_dates(scene.dates), scene.frequency)


def check_effects(effects: Sequence[Effect], text: str, times: Times) -> tuple[Verdict, ...]:
    """One verdict for each effect: its evidence, its numbers, its dates, the slots that its type needs."""
    return tuple(Verdict(tuple(check_effect(effect, text, times))) for effect in effects)


def check_effect(effect: Effect, text: str, times: Times) -> Iterator[str]:
    """One sentence for each check that fails."""
    yield from _check_evidence(effect, text)
    if effect.type == "none":
        return
    if effect.type in OWN_SLOT and not getattr(effect, OWN_SLOT[effect.type]):
        yield f"{effect.type} needs a {OWN_SLOT[effect.type]}"
    if len(effect.path) > LONGEST_PATH:
        yield f"a path has at most {LONGEST_PATH} states, not {len(effect.path)}"
    if effect.applies_to != ("history" if effect.type == "mask_history" else "future"):
        yield f"{effect.type} cannot apply to the {effect.applies_to}"
    yield from _check_value(effect, text)
    if effect.applicable:
        yield from _check_dates(effect, times)
        word = doubt(effect, text)
        if word is not None:
            yield f"{NOT_CERTAIN}: {word!r} stands beside it"


def _check_evidence(effect: Effect, text: str) -> Iterator[str]:
    if not effect.evidence.strip():
        yield "no words of the text are given as evidence"
    elif effect.evidence not in text:
        yield f"the evidence {effect.evidence!r:.120} is not in the text"
    for named in (effect.reference, *(state.state for state in effect.path)):
        if named is not None and named.casefold() not in text.casefold():
            yield f"{named!r} is not named in the text"


def _check_value(effect: Effect, text: str) -> Iterator[str]:
    if effect.type not in VALUED:
        if effect.value is not None:
            yield f"{effect.type} takes no value"
        return
    if effect.value is None:
        if effect.applicable:
            yield f"{effect.type} needs a value"
        return
    if effect.unit not in UNITS[effect.type]:
        yield f"{effect.type} is given in {effect.unit}; it takes {' or '.join(UNITS[effect.type])}"
        return
    factor = effect.factor
    if factor is not None and not 0 <= factor <= MOST_FACTOR:
        yield f"{effect.value:g} {effect.unit} is a factor of {factor:g}; it must lie in [0, {MOST_FACTOR:g}]"
    if (
        effect.applicable
        and not says_size(effect, effect.evidence)
        and not says_size(effect, around(effect.evidence, text))
    ):
        yield f"the text does not say {effect.value:g} where the evidence is"
    elif effect.applicable and goes_against(effect, text):
        yield f"the words beside its size say the opposite of {effect.value:g} {effect.unit}"


def _check_dates(effect: Effect, times: Times) -> Iterator[str]:
    try:
        if effect.start is not None and effect.end is not None:
            begin, end = bound(effect.start, times.frequency), after(effect.end, times.frequency)
            if end < begin:
                yield f"it ends ({effect.end}) before it begins ({effect.start})"
                return
        if effect.start is None and not _needs_no_start(effect):
            yield "the text gives no date for it"
        elif effect.type == "mask_history":
            begin, end = _mask_bounds(effect, times)
            if begin >= _history_end(times) or end <= times.history_start:
                yield f"{effect.start or 'the beginning'} to {effect.end} lies outside the history"
        elif not _touches(effect, times):
            yield f"{effect.start} to {effect.end or 'the end'} lies outside the horizon"
        elif effect.type == "ramp" and reached_before(effect, times.dates, times.frequency) >= 1:
            yield f"it ended on {effect.end or 'a day of the history'}, so the history has it already"
    except ForecastError as error:
        yield str(error)


def _needs_no_start(effect: Effect) -> bool:
    """A whole horizon, or a mask of everything before a day."""
    return effect.type in ("remove_trend", "regime_path") or (effect.type == "mask_history" and effect.end is not None)


def _mask_bounds(effect: Effect, times: Times) -> tuple[Time, Time]:
    begin = times.history_start if effect.start is None else bound(effect.start, times.frequency)
    if effect.end is not None:
        return begin, after(effect.end, times.frequency)
    return begin, later(begin, effect.duration) if effect.duration is not None else _history_end(times)


def _history_end(times: Times) -> Time:
    """Where the last step of the history ends: its date may be the first day of a month."""
    return periods(as_dates([times.history_end]), times.frequency)[1][0]


def _touches(effect: Effect, times: Times) -> bool:
    if effect.type == "ramp":
        return bool((progress(effect, times.dates, times.frequency) > 0).any())
    return bool(covered(effect, times.dates, times.frequency).any())


def conflicts(effects: Sequence[Effect], dates: Dates, frequency: Frequency) -> tuple[str, ...]:
    """One sentence for each pair of effects that cannot both hold: two levels, or a floor above a ceiling."""
    bounds = [(effect, covered(effect, dates, frequency)) for effect in effects if effect.type in BOUNDING]
    return tuple(
        f"{one.type} {one.value:g} and {other.type} {other.value:g} cannot both hold on the same steps"
        for (one, ours), (other, theirs) in combinations(bounds, 2)
        if (ours & theirs).any() and _contradict(one, other)
    )


def _contradict(one: Effect, other: Effect) -> bool:
    if one.value is None or other.value is None:
        return False
    if one.type == other.type == "set":
        return one.value != other.value
    by_type = {one.type: one.value, other.type: other.value}
    if set(by_type) == {"floor", "ceiling"}:
        return by_type["floor"] > by_type["ceiling"]
    return False


def screened(
    effects: Sequence[Effect], text: str, scene: Scene, accept: Sequence[bool] | None = None
) -> tuple[tuple[Effect, ...], tuple[Outcome, ...]]:
    """The effects to apply, in the scale of the series, and an outcome with its reason for each that is rejected.

    The name of the series is looked at here alone, since specialists were trained with the other checks.

    Args:
        effects: as a text was read.
        text: the one they were read from.
        scene: the horizon and the history.
        accept: what the synthesis says of each, or None to go by the checks alone; checks outweigh it.
    """
    times = times_of(scene)
    kept: list[Effect] = []
    rejected: list[Outcome] = []
    for place, effect in enumerate(effects):
        problems = check_effect(effect, text, times)
        reason = refusal(effect) or next(problems, "")
        if not reason and accept is not None and not (place < len(accept) and accept[place]):
            reason = "the synthesis does not accept it"
        word = None if reason else elsewhere(effect, text, scene.name)
        if word is not None:
            reason = f"{NOT_OURS}: {word!r} stands beside it"
        scaled = in_scale(effect, text, scene.history, scene.unit)
        reason = reason or scaled.reason
        if not reason and _contradicts(scaled.effect, kept, times):
            reason = "it contradicts an effect that is accepted"
        if reason:
            rejected.append(Outcome(effect, False, reason))
        else:
            kept.append(scaled.effect)
    return tuple(kept), tuple(rejected)


def _contradicts(effect: Effect, kept: Sequence[Effect], times: Times) -> bool:
    return any(conflicts((other, effect), times.dates, times.frequency) for other in kept)
