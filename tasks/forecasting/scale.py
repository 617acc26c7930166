"""The scale of a size beside that of the series: "40 thousand passengers" is 40 in a series of thousands.

    share = |size| / largest |value| of the history

Where the text and the unit both name a scale ("40 thousand", "thousand passengers"), the one is divided by the other.
Else a size is far off above a share of
    3    where the text or the unit has a scale
    10   where neither has, and no unit is given
    60   where a unit without a scale is given
and, without a unit that tells, below a share of 0.001. It is then read in thousands or millions if that brings it to a
share between 0.001 and 3 (only whole thousands, where the text has no word for a scale), else it is refused.

Of the true amounts and levels of texts for training, 424 by hand and 1,768 generated, 0 are refused and 0 are rescaled.
With the units of all series taken away 5 by hand are refused (13 to 56 times the few values on their cards).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.forecasting.said_sizes import said_sizes
from divisi.tasks.forecasting.scene import Floats
from divisi.tasks.forecasting.sentences import around

FAR_WITH_SCALE, FAR, FAR_WITH_UNIT = 3.0, 10.0, 60.0
LEAST = 0.001
THOUSAND, MILLION = 1e3, 1e6
NAMES: Mapping[float, str] = {THOUSAND: "thousands", MILLION: "millions", 1e9: "billions"}
_MONEY = r"(?:eur|euros?|usd|dollars?|chf|gbp|pounds?|sek|nok|dkk|[€$£])"
SCALES: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (scale, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])", re.IGNORECASE))
    for scale, words in (
        (1e9, r"billions?|bn|mrd|milliards?"),
        (MILLION, rf"millions?|mn|mio|mill|mln|m ?{_MONEY}|{_MONEY} ?m|(?<=\d)\s?m"),
        (THOUSAND, rf"thousands?|tsd|teur|k ?{_MONEY}|{_MONEY} ?k|(?<=\d)\s?k|(?<![\d,.])['’]?000s?"),
    )
)
"""A scale and how a unit or a size names it; "m" and "k" only beside money or digits: a unit of m is metres."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """An effect in the scale of the series.

    Attributes:
        effect: with `said`, what the text says, where that is in another scale.
        reason: why its size cannot be meant, or "".
    """

    effect: Effect
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Size:
    """What is known of a size: its share of the largest value, the scale in its words and in the unit, the unit."""

    share: float
    in_text: float | None
    in_unit: float | None
    unit: str

    @property
    def far(self) -> float:
        """The share above which it is far off."""
        if self.in_text or self.in_unit:
            return FAR_WITH_SCALE
        return FAR_WITH_UNIT if self.unit else FAR


def in_scale(effect: Effect, text: str, history: Floats, unit: str) -> Scaled:
    """An effect with its size in the scale of the series, or the reason to refuse it.

    Args:
        effect: as it was read; only amounts and levels have a scale.
        text: it was read from.
        history: [n] of the series.
        unit: of its values; "" where it is not given.
    """
    known = np.abs(history[np.isfinite(history)])
    largest = float(known.max()) if len(known) else 0.0
    if effect.unit != "abs" or not effect.value or not effect.applicable or not largest:
        return Scaled(effect)
    words = _words(effect, text)
    in_text = scale_in(words)
    in_unit = in_text if unit and words.casefold().endswith(unit.casefold()) else scale_in(unit)
    size = _Size(abs(effect.value) / largest, in_text, in_unit, unit)
    by = _factor(effect.value, size)
    if by is None or size.share * by > size.far:
        return Scaled(effect, _why(effect.value, size.share))
    return Scaled(effect if by == 1 else replace(effect, value=round(effect.value * by, 6), said=effect.value))


def _factor(value: float, size: _Size) -> float | None:
    """What brings a size into the scale of the series: 1 where it is in it, None where nothing does."""
    if size.in_text and size.in_unit:
        return 1 / size.in_unit
    if size.share < LEAST:
        lifted = size.share * THOUSAND
        known = size.in_text or (size.unit and not size.in_unit)
        return THOUSAND if not known and LEAST <= lifted <= FAR_WITH_SCALE else 1.0
    if size.share <= size.far:
        return 1.0
    scales = (size.in_unit,) if size.in_unit else () if size.unit else (THOUSAND, MILLION)
    told = bool(size.in_text or size.in_unit)
    fitting = (scale for scale in scales if LEAST <= size.share / scale <= FAR_WITH_SCALE)
    return next((1 / scale for scale in fitting if told or value % scale == 0), None)


def scale_in(words: str) -> float | None:
    """The scale that a unit or the words of a size name ("thousand EUR": 1000), or None."""
    return next((scale for scale, pattern in SCALES if pattern.search(words)), None)


def scale_note(effect: Effect) -> str:
    """How the size of an effect was brought into the scale of its series; "" where it was not."""
    if effect.said is None or not effect.value:
        return ""
    by = float(f"{max(effect.said / effect.value, effect.value / effect.said):.4g}")
    return f"{effect.said:.10g} was read as {effect.value:.10g}, in the series' own scale ({NAMES[by]})"


def _words(effect: Effect, text: str) -> str:
    """The words that say the size of an effect ("40 thousand"), "" where none say just this value."""
    for place in (effect.evidence, around(effect.evidence, text)):
        for size in said_sizes(place):
            if size.kind == "plain" and abs(size.value) == abs(effect.value or 0.0):
                return place[size.first : size.last]
    return ""


def _why(value: float, share: float) -> str:
    return (
        f"its size, {value:.10g}, is {share:.3g} times the largest value of the series; if the values are in thousands"
        ' or millions, say so in the unit ("thousand passengers"), else state the effect in the unit of the series'
    )
