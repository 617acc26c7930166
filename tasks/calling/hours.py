"""Where a text says an hour of the clock, and whether it tells the half of the day with it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from divisi.tasks.calling.numerals import MONTHS, TO_NINETEEN, TO_TEN, number_said

Place = tuple[int, int]
"""Begin and end in a text."""
MIDDAY = 12 * 60
_TWELVE = (*TO_TEN.split()[1:], "eleven", "twelve")
_LATER = (*TO_NINETEEN.split()[2:], "twenty-one", "twenty-two", "twenty-three", "twenty")
HOUR = rf"(?:\d{{1,2}}|{'|'.join(_TWELVE)})"
SPOKEN = r"(?:oh five|ten|fifteen|twenty-five|twenty|thirty-five|thirty|forty-five|forty|fifty-five|fifty)"
HALF = r"[ap](?:\.m\b|m\b)"
PART = (
    r"(?:,? (?:in the|this|every|each|tomorrow|yesterday|on \w+day) (?:morning|afternoon|evening|night)\b| at night\b"
    r"| tonight\b)"
)
AMONG = r"(?:at|by|from|until|till|before|after|around)"
NAMES = "|".join(month[:3] for month in MONTHS.split())
NO_DAY = (
    rf"(?!(?:(?: to | and | until | till | through | ?[-–] ?)(?:the )?\d{{1,2}}(?:st|nd|rd|th)?)?(?: of)? (?:{NAMES}))"
)
PAST_OR_TO = r"(?:(?:quarter|five|ten|twenty-five|twenty)(?: minutes)? (?:past|to)|\d{1,2}(?: minutes)? past|half past)"
TOLD = re.compile(
    r"\b(?=[\defhmnoqst])(?:"  # no other sign begins a time: spares most places the long look
    rf"(?<![\w.:,$€£])(?P<digits>\d{{1,2}}(?:[:h](?P<minute>\d{{2}}))?)(?![\d:])"
    rf"(?: ?(?P<half>{HALF})|(?<=[:h]\d\d)(?![.,]?\d))"
    rf"|(?<![\w.:,$€£])(?P<pointed>\d{{1,2}})\.(?P<after>\d{{2}})"
    rf"(?: ?(?P<side>{HALF})|(?={PART}| tomorrow| today| h\b))"
    rf"|(?:(?<=\bat )|(?<=\bby )|(?<=\bfrom )|(?<=\buntil )|(?<=\btill ))(?P<hinted>\d{{1,2}})\.(?P<point>\d{{2}})"
    r"(?=\.?$|[.;!?\n](?!\d)| (?:and|on|in|to|till|until|for|with|please|every|sharp)\b(?! \d))"
    r"|\b(?P<word>noon|midday|midnight)\b"
    rf"|\b(?P<part>{PAST_OR_TO}|half(?= [a-z])) (?P<whole>{HOUR}|noon|midday|midnight)\b(?: (?P<third>{HALF}))?"
    rf"|(?<![\w.:,$€£-])(?P<clock>{HOUR})(?: (?P<spoken>{SPOKEN}))?"
    rf"(?:(?P<mark> o['’]clock\b| sharp\b)|(?: (?P<fourth>{HALF}))|(?={PART})))",
    re.IGNORECASE,
)
TURN = re.compile(
    rf"\b{AMONG} (?P<clock>(?:{'|'.join(_LATER)})(?= {SPOKEN}\b)|{HOUR})(?: (?P<spoken>{SPOKEN}))?\b"
    rf"(?![.:,]?\d|[/%'’]| per\b|(?: to | and | ?[-–] ?)\d){NO_DAY}",
    re.IGNORECASE,
)
RANGE_BEFORE = re.compile(rf"(?<![\w.:,$€£-])(?P<clock>{HOUR})(?: to | till | until | ?[-–] ?)(?:a )?$", re.IGNORECASE)
BETWEEN_BEFORE = re.compile(rf"\bbetween (?P<clock>{HOUR}) and (?:a )?$", re.IGNORECASE)
RANGE_BEHIND = re.compile(
    rf"(?: to | till | until | and | ?[-–] ?)(?P<clock>{HOUR})\b"
    r"(?=[,;:!?\n)]|\.(?!\d)|$| (?:on|in the|at|for|and|every|this|tomorrow|today|tonight|with|please|so|of)\b)"
    rf"{NO_DAY}",
    re.IGNORECASE,
)
MINUTES = {"half": 30, "quarter": 15, "oh": 5}


@dataclass(frozen=True, slots=True)
class Hour:
    """A clock time that a text says.

    Attributes:
        places: of its wordings in the text, from the shortest on.
        whole: the hour as it is said.
        minutes: since the begin of the day.
        settled: whether its half of the day is known.
        shifts: whether a part of the day that is said beside it may still move it: "4:30 in the afternoon".
    """

    places: tuple[Place, ...]
    whole: int
    minutes: int
    settled: bool
    shifts: bool = False

    def at(self, minutes: int) -> "Hour":
        """The same hour at a time that is certain."""
        return replace(self, minutes=minutes, settled=True)


def hours_in(text: str) -> list[Hour]:
    """The clock times of a text in order, those first that it tells in full, and then the hours alone near a sign."""
    hours = [hour for match in TOLD.finditer(text) if (hour := _told(text, match))]
    _add(hours, (_alone(match) for match in TURN.finditer(text)))
    for hour in tuple(hours):
        _add(hours, _beside(text, hour))
    return sorted(hours, key=lambda hour: hour.places)


def _add(hours: list[Hour], more: Iterator[Hour | None]) -> None:
    for hour in more:
        if hour is not None and not any(_overlap(hour.places[-1], other.places[-1]) for other in hours):
            hours.append(hour)


def _overlap(one: Place, other: Place) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _beside(text: str, hour: Hour) -> Iterator[Hour | None]:
    """The hours alone that begin or end a range with one that is known."""
    start, end = hour.places[-1]
    before = text[:start]
    match = RANGE_BEFORE.search(before, max(0, start - 24)) or BETWEEN_BEFORE.search(before, max(0, start - 32))
    if match is not None:
        yield _alone(match)
    behind = RANGE_BEHIND.match(text, end)
    if behind is not None and ("and" not in behind.group() or re.search(r"\bbetween (?:an? )?$", before)):
        yield _alone(behind)


def _told(text: str, match: re.Match[str]) -> Hour | None:
    half = match["half"] or match["side"] or match["third"] or match["fourth"]
    if match["word"]:
        return Hour((match.span(),), 12, MIDDAY * (match["word"].lower() != "midnight"), settled=True)
    if match["part"]:
        return _from_part(text, match, half)
    if match["clock"]:
        start, end = match.start("clock"), match.end("spoken" if match["spoken"] else "clock")
        places = ((start, match.end()),) if half else ((start, end), match.span())[: 1 + bool(match["mark"])]
        return _hour(places, match["clock"], _spoken(match["spoken"]), half)
    said, minute = (
        match["digits"] or match["pointed"] or match["hinted"],
        match["minute"] or match["after"] or match["point"],
    )
    hour = _hour((match.span(),), re.split("[:hH]", said)[0], int(minute or 0), half)
    if hour is None or half:
        return hour
    return replace(hour, settled=True, shifts=hour.whole < 12)


def _from_part(text: str, match: re.Match[str], half: str | None) -> Hour | None:
    """The time some minutes from an hour; in "from five to eight" they are hours."""
    first, side = match["part"].lower().split()[0], match["part"].lower().split()[-1]
    begins = text[max(0, match.start() - 8) : match.start()].lower().endswith("from ")
    if (
        begins
        and side == "to"
        and first in ("five", "ten")
        and not re.match(" (?:to|till|until) ", text[match.end() :])
    ):
        return None
    minutes = MINUTES.get(first) or int(number_said(first) or 0)
    if match["whole"].lower() in ("noon", "midday", "midnight"):
        whole = MIDDAY * (match["whole"].lower() != "midnight")
        return Hour((match.span(),), 12, (whole + (-minutes if side == "to" else minutes)) % (2 * MIDDAY), settled=True)
    return _hour((match.span(),), match["whole"], -minutes if side == "to" else minutes, half)


def _alone(match: re.Match[str]) -> Hour | None:
    spoken = match.groupdict().get("spoken")
    place = (match.start("clock"), match.end("spoken" if spoken else "clock"))
    return _hour((place,), match["clock"], _spoken(spoken), None)


def _spoken(words: str | None) -> int:
    return 5 if words and words.lower() == "oh five" else int(number_said(words) or 0) if words else 0


def _hour(places: Sequence[Place], said: str, minutes: int, half: str | None) -> Hour | None:
    """An hour with so many minutes more or less; None where no clock shows it."""
    whole = int(number_said(said) or 0)
    if whole > 23 or minutes > 59:
        return None
    if half is not None:
        minutes += 60 * (whole % 12) + MIDDAY * (half[0].lower() == "p")
        return Hour(tuple(places), whole, minutes % (2 * MIDDAY), settled=True)
    settled = whole > 12 or whole == 0 or (said.isdigit() and said.startswith("0"))
    return Hour(tuple(places), whole, (60 * whole + minutes) % (2 * MIDDAY), settled)
