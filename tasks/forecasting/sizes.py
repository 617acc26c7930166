"""Sizes of invented effects, and the words for them in digits and in letters."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from divisi.tasks.generation.quantities import in_words

UP = {
    **{"more": "more", "above": "above", "over": "over", "rise": "rise", "rises": "rises", "up": "up", "sign": "+"},
    **{"higher": "higher", "gain": "gain", "increase": "increase", "grow": "grow", "on_top": "on top"},
}
DOWN = {
    **{"more": "fewer", "above": "below", "over": "under", "rise": "fall", "rises": "falls", "up": "down", "sign": "-"},
    **{"higher": "lower", "gain": "lose", "increase": "decrease", "grow": "shrink", "on_top": "off"},
}
"""Words that turn with the direction of a change."""

TIMES: Mapping[float, tuple[str, ...]] = {
    1.2: ("1.2 times", "1.2x"),
    1.3: ("1.3 times",),
    1.5: ("one and a half times", "1.5 times", "1.5x"),
    1.6: ("1.6 times",),
    1.8: ("1.8 times", "1.8x"),
    2: ("twice", "two times", "2x", "2 times"),
    2.5: ("two and a half times", "2.5 times", "2.5x"),
    3: ("three times", "3 times", "3x"),
    3.5: ("3.5 times", "three and a half times"),
    4: ("four times", "4x"),
    5: ("five times", "5 times"),
}
PARTS: Mapping[float, tuple[str, ...]] = {
    0.1: ("a tenth", "10%", "one tenth"),
    0.2: ("a fifth", "20%", "20 percent"),
    0.25: ("a quarter", "25%", "one quarter"),
    0.3: ("30%", "30 percent"),
    0.4: ("40%", "two fifths"),
    0.5: ("half", "50%", "one half"),
    0.6: ("60%", "60 percent", "three fifths"),
    0.7: ("70%", "70 percent"),
    0.75: ("three quarters", "75%"),
    0.8: ("80%", "four fifths"),
}
PERCENTS_UP = (5, 8, 10, 12, 15, 20, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80)
PERCENTS_DOWN = (5, 8, 10, 12, 15, 20, 20, 25, 30, 35, 40, 50, 60)
FRACTIONS: Mapping[int, str] = {10: "a tenth", 20: "a fifth", 25: "a quarter", 50: "half"}


@dataclass(frozen=True, slots=True)
class Size:
    """A value with its unit and its words.

    Attributes:
        value: as the effect has it.
        unit: "x", "pct" or "abs".
        wording: the kind of wording that it needs, or "".
        slots: words for wordings.
        short: in a table's cell.
    """

    value: float
    unit: str
    wording: str
    slots: Mapping[str, str]
    short: str


def draw_times(random: Random) -> Size:
    """A factor above 1, as a factor."""
    value = random.choice(list(TIMES))
    return Size(value, "x", "times", {"times": random.choice(TIMES[value])}, f"x{value:g}")


def draw_part(random: Random) -> Size:
    """A factor below 1, as what is left."""
    value = random.choice(list(PARTS))
    return Size(value, "x", "part", {"part": random.choice(PARTS[value])}, f"x {value:g}")


def draw_pct(random: Random) -> Size:
    """A change in percent."""
    up = random.random() < 0.6
    percent = random.choice(PERCENTS_UP if up else PERCENTS_DOWN)
    slots = {**(UP if up else DOWN), "pct": say_percent(percent, random), "pct_digits": f"{percent}%"}
    return Size(percent if up else -percent, "pct", "pct", slots, f"{slots['sign']}{percent}%")


def say_percent(percent: int, random: Random) -> str:
    """A percentage in one of the usual spellings."""
    drawn = random.random()
    if percent in FRACTIONS and drawn < 0.25:
        return FRACTIONS[percent]
    if drawn < 0.4:
        return f"{in_words(percent)} percent"
    return random.choice((f"{percent}%", f"{percent}%", f"{percent} percent", f"{percent} per cent"))


def draw_amount(level: float, random: Random) -> Size:
    """A change by an amount that suits a level."""
    up = random.random() < 0.6
    amount = nice(level * random.uniform(0.05, 0.6))
    slots = {**(UP if up else DOWN), "amount": say_amount(amount, random), "amount_digits": grouped(amount)}
    return Size(amount if up else -amount, "abs", "", slots, f"{slots['sign']}{grouped(amount)}")


def draw_change(level: float, random: Random, *, after: str) -> Size:
    """A change by an amount or in percent, with the slots of both.

    Args:
        level: that it suits.
        random: where chance comes from.
        after: follows it in a table's cell.
    """
    size = draw_amount(level, random) if random.random() < 0.65 else draw_pct(random)
    said = size.slots.get("amount") or size.slots["pct"]
    digits = size.slots.get("amount_digits") or size.slots["pct_digits"]
    slots = {**size.slots, "change": said, "change_digits": digits}
    return Size(size.value, size.unit, "", slots, size.short + after)


def draw_bound(level: float, wording: str, sign: str, random: Random) -> Size:
    """A level that values are held at, above or below."""
    value = nice(level)
    return Size(value, "abs", wording, {"value": say_amount(value, random)}, f"{sign} {grouped(value)}")


def nice(value: float) -> int:
    """A whole number with two digits that count, 1 or more."""
    return max(1, int(float(f"{value:.2g}")))


def say_amount(amount: int, random: Random) -> str:
    """A whole number in digits, with commas from a thousand on, or in words."""
    if amount < 100 and random.random() < 0.3:
        return in_words(amount)
    if amount >= 1000 and amount % 100 == 0 and random.random() < 0.1:
        return f"{amount / 1000:g}k"
    return grouped(amount)


def grouped(amount: int) -> str:
    """A whole number in digits, thousands apart."""
    return f"{amount:,}"
