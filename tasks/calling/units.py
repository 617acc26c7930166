"""Units of time, length, mass and volume: a number as the unit has it that a parameter asks for."""

import re
from functools import lru_cache

SHARES = ("percent", "share")
NAMES = {
    "second": "s sec secs second seconds",
    "minute": "min mins minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "d day days night nights",
    "week": "week weeks",
    "month": "month months",
    "year": "year years",
    "millimetre": "mm millimetre millimetres millimeter millimeters",
    "centimetre": "cm centimetre centimetres centimeter centimeters",
    "metre": "m metre metres meter meters",
    "kilometre": "km kilometre kilometres kilometer kilometers",
    "mile": "mile miles",
    "milligram": "mg milligram milligrams",
    "gram": "g gram grams gramme grammes",
    "kilogram": "kg kilo kilos kilogram kilograms",
    "tonne": "t tonne tonnes",
    "millilitre": "ml millilitre millilitres milliliter milliliters",
    "centilitre": "cl centilitre centilitres",
    "litre": "l litre litres liter liters",
    "percent": "% percent",
}
UNIT_OF = {word: unit for unit, words in NAMES.items() for word in words.split()}
LONG_NAMES = tuple(word for word in UNIT_OF if len(word) > 3 and not word.endswith("s") and UNIT_OF[word] not in SHARES)
"""What stands behind "a" for one of the unit."""
SIZES: tuple[dict[str, float], ...] = (
    {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800},
    {"month": 1, "year": 12},
    {"millimetre": 1, "centimetre": 10, "metre": 1000, "kilometre": 10**6, "mile": 1_609_344},
    {"milligram": 1, "gram": 1000, "kilogram": 10**6, "tonne": 10**9},
    {"millilitre": 1, "centilitre": 10, "litre": 1000},
    {"percent": 1, "share": 100},
)
"""How large units are beside each other; a month has no number of days."""
WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
IN_UNIT = re.compile(r"\b(?:in|of|number of) (?P<unit>[a-z]+)\b", re.IGNORECASE)
AS_SHARE = re.compile(
    r"\bas an? (?:decimal|fraction)|\bdecimal fraction|\bfraction of|\(e\.g\.,? 0\.0\d"
    r"|\b(?:between )?0(?:\.0)? ?(?:to|and|-|–) ?1(?:\.0)?(?![\d.])",
    re.IGNORECASE,
)
"""A share of one, though people say percent."""


def unit_of(word: str) -> str | None:
    """The unit that a word says, however it is spelled."""
    return UNIT_OF.get(word.lower())


@lru_cache(maxsize=4096)
def unit_wanted(name: str, description: str) -> str | None:
    """The unit that a parameter asks for, by its name ("weight_kg", "delayMinutes") or else by what is said of it.

    None where nothing says one, and of a rate ("g_per_t").
    """
    if AS_SHARE.search(description) and "percent" not in description.lower():
        return "share"
    if "per" in name.lower().split("_"):
        return None
    named = [unit for word in WORDS.findall(name) if (unit := unit_of(word)) is not None]
    told = [unit for match in IN_UNIT.finditer(description) if (unit := unit_of(match["unit"])) is not None]
    return next(iter([*named[::-1], *told]), None)


def converted(number: float, said: str | None, wanted: str | None) -> float:
    """A number of one unit as one of another; as it is where one of them is not known or they measure other things."""
    sizes = next((each for each in SIZES if said in each and wanted in each), None)
    if sizes is None or said is None or wanted is None or said == wanted:
        return number
    return round(number * sizes[said] / sizes[wanted], 9)
