"""The words that times are said with: each becomes a letter, so that patterns of times are short.

n number         N its word      o "4th"        O "fourth"       m month         y year       I date in digits
w weekday        v "Mondays"     c clock        h "22 h"         r today         u unit       k week
j in the evening z this, next    Q quarter      H feast          f from          b between    t to
q until          B before        d by           - dash           a and           , comma      : colon
x the, of        p on, in        @ at           F for            i a, an         e every      s early, half of
g on (and on)    l rest, end     L all day      ~ like, usual    T then          G for good   ( bracket
. end of a sentence              _ anything else
"""

import re
from dataclasses import dataclass
from itertools import count
from typing import Any

from divisi.tasks.calling.numerals import MONTHS, ORDINALS, TENS, TO_NINETEEN, TO_TEN


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or several that were put together.

    Attributes:
        kind: its letter.
        first: its first character in the text.
        last: the one after its last.
        value: what it says.
    """

    kind: str
    first: int
    last: int
    value: Any = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time; `half` where the text says which half of the day is meant."""

    hour: int
    minute: int = 0
    half: bool = False


ONES = ("", *TO_TEN.split()[1:10])
ONES_TH = ("", *ORDINALS.split()[:9])
CARDINALS = {word: value for value, word in enumerate((*TO_TEN.split(), *TO_NINETEEN.split()))}
CARDINALS |= {
    ten + (f"-{one}" if one else ""): 10 * tens + ones
    for tens, ten in enumerate(TENS.split()[:3], 2)
    for ones, one in enumerate(ONES)
}
ORDINAL_WORDS = {word: value for value, word in enumerate(ORDINALS.split(), 1)}
ORDINAL_WORDS |= {f"{word}th": value for value, word in enumerate(TO_NINETEEN.split()[2:], 13)}
ORDINAL_WORDS |= {"twentieth": 20, "thirtieth": 30, "thirty-first": 31}
ORDINAL_WORDS |= {f"twenty-{one}": 20 + ones for ones, one in enumerate(ONES_TH) if one}
MONTH_OF = {name[:3]: number for number, name in enumerate(MONTHS.split(), 1)}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = {
    "weekend": "weekend",
    "min": "min",
    "hou": "h",
    "hrs": "h",
    "day": "D",
    "nig": "D",
    "wee": "W",
    "wk": "W",
    "wks": "W",
}
UNITS |= {"mon": "M", "qua": "Q", "yea": "Y", "for": "2W", "wor": "D", "ste": "step", "per": "step"}
FEASTS: dict[str, tuple[int, int] | int] = {
    **{"christmas eve": (12, 24), "christmas day": (12, 25), "boxing day": (12, 26), "new year's eve": (12, 31)},
    **{"new year's day": (1, 1), "epiphany": (1, 6), "valentine's day": (2, 14), "halloween": (10, 31)},
    **{"all saints": (11, 1), "labour day": (5, 1), "may day": (5, 1), "good friday": -2, "easter sunday": 0},
    **{"easter monday": 1, "maundy thursday": -3, "ascension day": 39, "whit sunday": 49, "whit monday": 50},
    **{"pentecost monday": 50, "corpus christi": 60, "shrove tuesday": -47, "ash wednesday": -46},
}
"""Name -> its month and day, or days after Easter Sunday."""
LONG_FEASTS: dict[str, tuple[tuple[int, int] | int, int]] = {
    **{"christmas": ((12, 25), 2), "easter weekend": (-2, 4), "easter": (-2, 4), "pentecost": (49, 2)},
}
"""Name -> its first day and how many days it has."""
NTH_FEASTS = {"black friday": (11, 4, 3, 1), "cyber monday": (11, 4, 3, 4), "thanksgiving": (11, 4, 3, 0)}
"""Name -> month, which of its weekdays, the weekday, days to go on from there."""
NUMBER_WORD = "|".join(sorted(CARDINALS, key=len, reverse=True))
ORDINAL_WORD = "|".join(sorted(ORDINAL_WORDS, key=len, reverse=True))
FEAST = "|".join(sorted((*FEASTS, *LONG_FEASTS, *NTH_FEASTS), key=len, reverse=True))
PART_OF_DAY = "(?:morning|afternoon|evening|night)"
SHORT_NOUN = "date|week|month|moment|point|time"
OTHER_NOUN = r"the|tomorrow|yesterday|\w+day|easter|christmas|our|its|a"
UNITS_LEFT_OPEN = "days|weeks|months|years"
NO_SIZE = r"(?!\s?(?:%|percent|pct|°|per cent)|[\d.,]*\d|\w)"
"""After a number of a day: it is no size and no part of a longer number."""

Patterns = tuple[tuple[str, str], ...]

DIGITS: Patterns = (
    ("I", r"(?:\d{4}-\d{1,2}-\d{1,2})(?:t(?=\d\d:)|(?!\d))"),
    ("I", r"(?<![\d.])\d{1,2}\.\s?\d{1,2}\.(?:\s?(?:19|20)\d\d(?!\d)|(?![\d.]))"),
    ("I", r"(?:(?<![\d/])\d{1,2}/\d{1,2}/(?:19|20)\d\d|(?<![\d/])\d\d/\d\d)(?![\d/])"),
    ("c", r"(?<![\d:])\d{1,2}(?::\d\d){1,2}(?:\s?[ap]\.?m\b\.?)?(?![\d:]\d)"),
    ("c", r"(?<![\d.])\d{1,2}(?:\.\d\d)?\s?[ap]\.?m\b\.?"),
    ("h", r"(?<![\d.,:/])0\d(?=\s?[-–]\s?\d\d\b(?!\s?[-/.]))"),
    ("h", r"(?<![\d.,:])\d{1,2}\s?(?:h|hrs|uhr|o['’]clock)\b"),
    ("o", r"(?<![\d.,])\d{1,2}(?:st|nd|rd|th)\b"),
    ("y", r"(?<![\d.,/+−-])(?:19|20)\d\d(?!\d|[.,:]\d|\s?%|[-/]\d)"),
    ("n", rf"(?<![\d.,:/\w])(?<!(?<!\d)[+-])\d{{1,2}}{NO_SIZE}"),
)
LETTERS: Patterns = (
    ("c", r"\b(?:noon|midday|midnight)\b"),
    ("T", rf"\b(?:from|since) (?:then|that (?:(?:\w{{3,6}})?day|{SHORT_NOUN}))(?: on(?:wards?)?)?\b"),
    ("T", r"\b(?:after (?:that|which|this)|thereafter|afterwards|subsequently)\b"),
    ("T", r"\b(?:until|till|til|through|to|up to) then\b|\b(?:that|the same|this very) (?:day|date)\b"),
    ("T", rf"\bthe (?:day|week) (?:before|after)\b(?! (?:{OTHER_NOUN})\b)"),
    ("T", r"\band the (?:one|two|three|four|five|six|\d) (?:days? |weeks? )?(?:after|following)\b"),
    ("_", rf"\b(?:the )?(?:last|past|next|coming|previous) (?:few |several |couple of )?(?:{UNITS_LEFT_OPEN})\b"),
    ("_", r"\b(?:the )?(?:following|next) (?:morning|day)\b|\b(?:let|get) through\b"),
    ("_", r"\beach time\b|\bnext to\b|\bat all times\b"),
    ("r", r"\bthe day (?:after tomorrow|before yesterday)\b"),
    ("r", rf"\b(?:today|tomorrow|yesterday)(?: {PART_OF_DAY}\b)?|\btonight\b|\bthis {PART_OF_DAY}\b"),
    ("r", r"\bfrom (?:now|here)(?: on(?:wards?)?)?\b|\bright now\b|\bas of now\b"),
    ("j", r"\bin the (?:morning|afternoon|evening)\b|\bat night\b"),
    ("G", r"\b(?:until|till|til) (?:further notice|we \w+ it)|\bfor (?:good|ever|the duration)\b|\bforever\b"),
    ("G", r"\b(?:permanent(?:ly)?|lasting(?:ly)?|indefinitely|onwards?|no (?:end )?date|with no end)\b"),
    ("G", r"\b(?:(?:stays?|remains?) (?:up|down|there|so)|takes? (?:effect|force)|into (?:effect|force))\b"),
    ("G", r"\b(?:ever after|(?:here|going) to (?:stay|remain)|which stays)\b"),
    ("f", r"\b(?:from|since|as (?:of|from)|with effect (?:from|of|on)|effective(?: from)?|after)\b"),
    ("f", r"\b(?:starts?|starting|begins?|beginning)(?: (?:on|from|at))?\b"),
    ("b", r"\bbetween\b"),
    (
        "t",
        r"\b(?:and )?(?:to|through|thru|ending|ends|last(?:s|ing)? (?:through|until|to))(?: (?:on|and including))?\b",
    ),
    ("q", r"\b(?:right through|no later than|until|till|til|up to|up until|through to)(?: and including)?\b"),
    ("B", r"\bbefore\b"),
    ("d", r"\bby\b"),
    ("e", r"\b(?:every (?:other|second)|every|each|(?:on )?all(?! (?:of|in|day)\b))\b"),
    ("s", r"\b(?:early|mid|late|(?:the )?(?:first|second) half of)\b-?"),
    ("l", r"\b(?:(?:the )?(?:end|close) of|(?:the )?(?:rest|remainder) of|year[- ]end)(?: the)?\b"),
    ("z", r"\b(?:(?:this|the) )?(?:coming|next|last|past|previous|following|current|upcoming|this)\b"),
    ("v", r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days\b"),
    ("H", rf"\b(?:{FEAST})\b"),
    ("w", r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:'s)?\b"),
    ("w", r"\b(?:mon|tues?|wed|thur?s?|fri|sat|sun)\b\.?(?=\W)"),
    ("m", rf"\b(?:{MONTHS.replace(' ', '|')})\b|\b(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"),
    ("Q", r"\bq[1-4]\b|\bh[12](?= (?:19|20)\d\d)"),
    ("k", r"\b(?:calendar )?weeks?\b|\bwks?\b\.?|\bcw\b"),
    ("u", r"\b(?:minutes?|mins?|hours?|hrs|(?:working |business |calendar )?days?|nights?|weekends?|fortnights?)\b"),
    ("u", r"\b(?:months?|quarters?|years?|steps?|periods?)\b"),
    ("O", rf"\b(?:{ORDINAL_WORD})\b"),
    ("N", rf"\b(?:{NUMBER_WORD})\b"),
    ("i", r"\b(?:an?)\b"),
    (
        "~",
        r"\b(?:ordinary|usual|normal|typical|average|regular|like|as|pattern|profile|service|schedule|timetable|level|ago|old|earlier|later)\b",
    ),
    ("a", r"\b(?:and|plus)\b"),
    ("g", r"\bon(?= *[,.;:!?)]|$)"),
    ("p", r"\b(?:on|in|during|throughout|over)\b"),
    ("@", r"\bat\b"),
    ("F", r"\bfor\b"),
    ("L", r"\b(?:all (?:day|of)|(?:the )?(?:whole|entire|full))\b"),
    ("x", r"\b(?:the|of|both|inclusive|incl)\b"),
)
SIGNS: Patterns = (
    ("a", r"[&+]"),
    ("-", r"[-–—]"),
    (",", r","),
    (":", r":"),
    ("(", r"[()]"),
    (".", r"[.!?](?=\s|$)|\n"),
)
KINDS = tuple(kind for kind, _ in (*DIGITS, *LETTERS, *SIGNS))


def _lexer() -> re.Pattern[str]:
    """One pattern for all; what begins with a letter is not tried where a digit stands."""
    places = count()
    groups = [
        f"{guard}(?:{'|'.join(f'(?P<k{next(places)}>{pattern})' for _, pattern in patterns)})"
        for guard, patterns in ((r"(?=\d)", DIGITS), (r"(?=[a-z])", LETTERS), (r"(?![\w])", SIGNS))
    ]
    return re.compile("|".join([*groups, r"\w+|\S"]))


LEXER = _lexer()
SENTENCE_ENDS = re.compile(r"\s*(?:[A-Z]|$)")
SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ’−", "abcdefghijklmnopqrstuvwxyz'-")
"""Letter by letter, since str.lower can change a text's length; patterns that ignore case take twice the time."""


def words(text: str) -> list[Word]:
    """The words of a text, each with its letter."""
    found: list[Word] = []
    for match in LEXER.finditer(text.translate(SMALL)):
        kind = KINDS[int(match.lastgroup[1:])] if match.lastgroup else "_"
        if kind == "I" and match[0].endswith(".") and SENTENCE_ENDS.match(text, match.end()):
            kind = "_"  # "instead of 1.20."
        found.append(Word(kind, match.start(), match.end(), value_of(kind, match[0])))
    return found


def value_of(kind: str, said: str) -> Any:  # noqa: PLR0911
    """What a word says, by its letter."""
    if kind in "no":
        return int(re.sub(r"\D", "", said))
    if kind in "NO":
        return CARDINALS.get(said, ORDINAL_WORDS.get(said))
    if kind == "m":
        return MONTH_OF[said[:3]]
    if kind == "y":
        return int(said)
    if kind in "wv":
        return next(place for place, name in enumerate(WEEKDAYS) if name.startswith(said[:3]))
    if kind in "ch":
        return _clock(said)
    if kind in "uk":
        return next((unit for start, unit in UNITS.items() if said.removeprefix("calendar ").startswith(start)), "W")
    if kind == "I":
        return _numeric(said)
    return said


def _clock(said: str) -> Clock | None:
    if said in ("noon", "midday", "midnight"):
        return Clock(24 if said == "midnight" else 12, 0, half=True)
    hour, *rest = map(int, re.findall(r"\d+", said))
    minute = rest[0] if rest else 0
    half = re.search(r"([ap])\.?m", said)
    if half and 1 <= hour <= 12:
        return Clock(hour % 12 + 12 * (half[1] == "p"), minute, half=True)
    return Clock(hour, minute) if (hour < 24 and minute < 60) or (hour, minute) == (24, 0) else None


def _numeric(said: str) -> tuple[int | None, int, int]:
    """Year, month and day of a date in digits; of 14/03 and 10.11. the day comes first."""
    numbers = [int(part) for part in re.findall(r"\d+", said)]
    if "-" in said:
        return numbers[0], numbers[1], numbers[2]
    american = "/" in said and numbers[1] > 12
    day, month = (numbers[1], numbers[0]) if american else (numbers[0], numbers[1])
    return (numbers[2] if len(numbers) > 2 else None), month, day
