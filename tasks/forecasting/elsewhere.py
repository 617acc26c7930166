"""Whether an effect is said of another series: what stands beside it is a name or a number that is not the series' own.

    series "Library Ashford"     "In Millbrook the fair means 20% more loans"      in Millbrook
    series "Store 114"           "Store 9 is closed on Friday"                     Store 9
    series "Southern branch"     "the northern branch is shut for a week"          northern branch
    any series                   "Millbrook counts on 20% more, not ours"          not ours

Only a series that has such a mark of its own is told apart from others: "the lock at Greenford" may well be the one
that a series "Ship lock passages" counts. A clause that speaks of "us" is about this series, wherever it begins. Of
generated training texts this stops all 90 effects on another series that are misread as this one's, of those by hand 2
of 27 (of 27 series 2 have a mark), and of 2,578 that are the series' own none.
"""

import re
from collections.abc import Iterator, Set

from divisi.tasks.calling.numerals import CARDINALS
from divisi.tasks.calling.stems import lexicon, stem_of
from divisi.tasks.forecasting.clauses import sentences_in
from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.forecasting.sentences import CLAUSE_END, clause

WORD = re.compile(r"[^\W\d_][\w&'’-]*")
PAIR = re.compile(r"(?=\b([^\W\d_]+)\s+([^\W\d_]+))")
PLACED = re.compile(r"\b(?P<by>in|at|for)\s+(?P<place>[^\W\d_][\w&-]*)", re.IGNORECASE)
NUMBERED = re.compile(
    r"\b([^\W\d_]{3,})\s+(?:no\.?\s*|nr\.?\s*|#)?(\d{1,4})\b(?![.,:]\d|\s*(?:%|per ?cent))", re.IGNORECASE
)
TIME = re.compile(
    r"(?:(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:[a-z]*(?:ry|ch|il|st|ber))?"
    r"|(?:mon|tues?|wed|thu|fri|sat|sun)(?:[a-z]*day)?"
    r"|easter|christmas|ramadan|advent|lent|spring|summer|autumn|winter|week|day|month|year|quarter|step|hour|q\d)s?$",
    re.IGNORECASE,
)
"""Months, days, feasts and parts of a year: "in May" is no place."""

US = (
    r"\b(?:we|us|ours|here|i|you|yours"
    r"|(?:our|my|your)(?! (?:\w+ )?(?:colleague|neighbou?r|competitor|rival|sister|partner)))\b"
)
NOT = r"(?:\b(?:not|no|none|nothing|neither|nor|never|without)|n[’']t)\b"
OURS = re.compile(US, re.IGNORECASE)
DENIED = re.compile(rf"{NOT}\W+(?:\w+\W+){{0,3}}{US}|{US}\W+(?:\w+\W+){{0,3}}{NOT}", re.IGNORECASE)
"""With at most three words between."""

PART_END = re.compile(r"[,;:.()]|\s[-–—]+\s|\bbut\b", re.IGNORECASE)
APART = re.compile(
    r"(?:[,;(]|\s[-–—])\s*(?:but )?(not (?:here|us|ours|yours|at ours|with us))\b"
    r"|\b((?:(?:is|are|was|were) not|\w+n[’']t) (?:us|ours|yours))\b"
    r"|\b(we (?:are|will be|remain) (?:not |un)(?:touched|affected|concerned|involved))\b"
    r"|\b((?:that|this|it)(?: is|[’']s) their (?:own )?(?:series|forecast|figures?|numbers?|sheet|business|matter))\b",
    re.IGNORECASE,
)
"""What sets apart from us what was said before it."""

SIDES = (
    ("north", "south", "east", "west", "northern", "southern", "eastern", "western"),
    ("upper", "lower"),
    ("inner", "outer"),
    ("left", "right"),
)
"""Words that tell things of one name apart; a thing has one of a row."""

OTHER = ("other", "another", "neighbouring", "neighboring")
COMMON = 30
"""A stem that so many tools have is an ordinary word, though a title spells it with a capital letter."""


def elsewhere(effect: Effect, text: str, name: str) -> str | None:
    """The words beside an effect that say that it is another series'; None where there are none.

    Args:
        effect: as it was read.
        text: the one that it was read from.
        name: what the series is called, or "".
    """
    if effect.type == "follow_reference":
        return None
    # Names of series are often written as keys are: "store_114".
    name, (said, added) = name.replace("_", " "), beside(effect.evidence.replace("_", " "), text.replace("_", " "))
    apart = APART.search(said + added)
    if apart is not None:
        return next(str(words) for words in apart.groups() if words)
    if _speaks_of_us(said + added) or any(_says(said, own) for own in _marks(name)):
        return None
    return next(_others(said, name), None)


def beside(evidence: str, text: str) -> tuple[str, str]:
    """The clause of the evidence within its sentence, and what a semicolon adds to it."""
    first = text.find(evidence)
    if first < 0:
        return evidence, ""
    last = first + len(evidence.rstrip(".!? \n"))
    whole = clause(evidence, text)
    at = text.find(whole)
    sentences = [one for one in sentences_in(text) if one.last > first and one.first < last]
    # Evidence as code reads it may begin with the word that ends the clause before it: ", also because of the fair".
    joints = [match.start() for match in CLAUSE_END.finditer(text, 0, last) if match.start() < first]
    begin = max([at, *joints, *(one.first for one in sentences[:1])])
    end = min(at + len(whole), sentences[-1].last if sentences else len(text))
    added = re.match(r"\s*;?[^.!?\n]*", text[end:]) if text[:end].rstrip().endswith(";") else None
    return text[begin:end], added[0] if added else ""


def _others(said: str, name: str) -> Iterator[str]:
    own = {word.casefold() for word in WORD.findall(name)}
    yield from _numbered(said, name)
    yield from _sided(said, own)
    if _proper(name):
        yield from _placed(said, own)


def _speaks_of_us(said: str) -> bool:
    """Whether a part of a clause is about "us" and does not deny it ("nothing of that with us")."""
    return any(OURS.search(part) and not DENIED.search(part) for part in PART_END.split(said))


def _marks(name: str) -> Iterator[str]:
    """What tells a series apart from others of its kind: proper names, a word with its number, a side."""
    yield from _proper(name)
    yield from (match[0] for match in NUMBERED.finditer(name))
    yield from (word for word in WORD.findall(name) if any(word.casefold() in row for row in SIDES))


def _proper(name: str) -> tuple[str, ...]:
    """Words of a series' name that are names themselves: with a capital letter, not the first, and rare."""
    later = WORD.findall(name)[1:]
    return tuple(word for word in later if word[0].isupper() and _count(word) < COMMON)


def _count(word: str) -> int:
    return lexicon().count(stem_of(word.casefold()))


def _says(said: str, mark: str) -> bool:
    return re.search(rf"\b{re.escape(mark)}\b", said, re.IGNORECASE) is not None


def _numbered(said: str, name: str) -> Iterator[str]:
    """Another number behind a word that has one in the series' name."""
    own = {match[1].casefold() for match in NUMBERED.finditer(name)}
    yield from (match[0] for match in NUMBERED.finditer(said) if match[1].casefold() in own)


def _sided(said: str, own: Set[str]) -> Iterator[str]:
    """A word of the series' name behind "other", or behind another side than its own."""
    tellers = {side for row in SIDES if own & set(row) for side in row} - own | set(OTHER)
    for match in PAIR.finditer(said):
        if match[1].casefold() in tellers and match[2].casefold() in own:
            yield f"{match[1]} {match[2]}"


def _placed(said: str, own: Set[str]) -> Iterator[str]:
    """A name behind "in", "at" or "for"; a text without capitals does not show its names."""
    for match in PLACED.finditer(said):
        place = match["place"]
        known = TIME.match(place) or place.casefold() in own or place.casefold().split("-")[0] in CARDINALS
        if place[0].isupper() and not known:
            yield f"{match['by']} {place}"
