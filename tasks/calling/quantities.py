"""Quantities that words say beside plain numbers: "half a litre", "an hour and a half", "one euro twenty", "third"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from divisi.tasks.calling.numerals import CARDINALS, ORDINALS, TENS, number_said
from divisi.tasks.calling.units import LONG_NAMES, unit_of


@dataclass(frozen=True, slots=True)
class Quantity:
    """What some words say.

    Attributes:
        number: how much; None for a place in an order.
        unit: of what; None where the words say none that is known.
        place: 3 for "third" and "3rd"; else None.
    """

    number: float | None
    unit: str | None = None
    place: int | None = None


_UNIT = "|".join(sorted(LONG_NAMES, key=len, reverse=True))
_PART = r"half|(?:a )?quarter|three[ -]quarters"
_COINS = "euros?|dollars?|pounds?|francs?|quid|bucks|rand|reais|shekels?"
_COUNT = r"\d{1,6}|(?:" + "|".join(sorted(CARDINALS, key=len, reverse=True)) + r")(?:-[a-z]+)?"
AND_A_PART = re.compile(
    rf"\b(?P<number>an?|{_COUNT}) (?P<unit>(?:{_UNIT})s?) and an? (?P<part>half|quarter)\b", re.IGNORECASE
)
PART_OF = re.compile(rf"\b(?P<part>{_PART})(?: of)? an? (?P<unit>[a-zµ]+)\b", re.IGNORECASE)
ONE = re.compile(rf"\ban? (?P<unit>{_UNIT})\b(?! and an? (?:half|quarter))", re.IGNORECASE)
COINS = re.compile(
    rf"\b(?P<whole>{_COUNT}) (?:{_COINS}) (?:and )?(?P<cents>\d\d|(?:{'|'.join(TENS.split())})(?:[- ]\w+)?|\w+teen)\b",
    re.IGNORECASE,
)
PLACE = re.compile(
    rf"\b(?:(?P<digits>\d{{1,4}})(?:st|nd|rd|th)|(?P<word>{'|'.join(ORDINALS.split())}))\b", re.IGNORECASE
)
PARTS = {"half": 0.5, "quarter": 0.25, "a quarter": 0.25, "three quarters": 0.75, "three-quarters": 0.75}
PLACES = {word: place for place, word in enumerate(ORDINALS.split(), 1)}


def quantities_of(text: str) -> dict[tuple[int, int], Quantity]:
    """The quantities that a text says in more or other words than a number, by their begin and end in it."""
    return {place: one for found in (_wholes, _coins, _places) for place, one in found(text)}


def _wholes(text: str) -> Iterator[tuple[tuple[int, int], Quantity]]:
    """One of a unit, parts of it, and both: "an hour", "half a metre", "a kilo and a half"."""
    for match in ONE.finditer(text):
        yield match.span(), Quantity(1.0, unit_of(match["unit"]))
    for match in PART_OF.finditer(text):
        yield match.span(), Quantity(PARTS[match["part"].lower()], unit_of(match["unit"]))
    for match in AND_A_PART.finditer(text):
        whole = 1.0 if match["number"].lower() in ("a", "an") else number_said(match["number"])
        if whole is not None:
            yield match.span(), Quantity(whole + PARTS[match["part"].lower()], unit_of(match["unit"]))


def _coins(text: str) -> Iterator[tuple[tuple[int, int], Quantity]]:
    """ "fourteen euros fifty" = 14.5."""
    for match in COINS.finditer(text):
        whole, cents = number_said(match["whole"]), number_said(match["cents"])
        if whole is not None and cents is not None and cents < 100:
            yield match.span(), Quantity(round(whole + cents / 100, 2))


def _places(text: str) -> Iterator[tuple[tuple[int, int], Quantity]]:
    for match in PLACE.finditer(text):
        place = int(match["digits"]) if match["digits"] else PLACES[match["word"].lower()]
        yield match.span(), Quantity(None, None, place)
