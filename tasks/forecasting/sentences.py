"""The sentences of a text, as far as checks need them: a point behind an abbreviation ends none."""

import re

END = re.compile(r"[.!?](?=[\"'”’)]?\s)|\n")
SHORTENED = re.compile(
    r"(?:\b(?:no|nos|nr|art|sec|fig|vol|ch|p|pp|approx|ca|circa|est|incl|excl|min|max|avg|mio|mill|mrd|tsd|dr|mr|mrs|ms|"
    r"prof|st|dept|vs|etc|resp|hrs?|wk|yr|qty|tel|e\.g|i\.e|a\.m|p\.m|z\.b|d\.h|u\.a)|\b[a-z])$",
    re.IGNORECASE,
)
DATED = re.compile(
    r"\b(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thu(?:rs)?|fri|sat|sun)$", re.IGNORECASE
)
"""Months and days: what follows them with a capital letter is a new sentence."""

LONGEST_SHORTENED = 8


CLAUSE_END = re.compile(r";|\s\|+\s|\s//\s|\s\.\.\.\s|, also\b", re.IGNORECASE)
"""Where a part of a sentence ends that stands for itself: in tables, lists and chats."""


def clause(span: str, text: str) -> str:
    """A span with the rest of its clause; itself where it is not in the text."""
    place = text.find(span)
    if place < 0:
        return span
    last = place + len(span.rstrip(".!? \n"))
    ends = sorted([*_ends(text), *(match.end() for match in CLAUSE_END.finditer(text))])
    before = [end for end in ends if end <= place]
    following = [end for end in ends if end > last]
    return text[before[-1] if before else 0 : following[0] if following else len(text)]


def around(span: str, text: str) -> str:
    """A span with the rest of its sentence, and one sentence on each side; itself where it is not in the text."""
    place = text.find(span)
    if place < 0:
        return span
    ends = _ends(text)
    before = [end for end in ends if end <= place]
    following = [end for end in ends if end > place + len(span.rstrip(".!? \n"))]
    first = before[-2] if len(before) > 1 else 0
    return text[first : following[1] if len(following) > 1 else len(text)]


def _ends(text: str) -> list[int]:
    """Where its sentences end, behind their marks."""
    return [match.start() + 1 for match in END.finditer(text) if not _shortened(text, match)]


def _shortened(text: str, match: re.Match[str]) -> bool:
    """Whether a point ends an abbreviation ("no. 7", "3 Mar. 2025", "J. Berg")."""
    place = match.start()
    if match[0] != ".":
        return False
    before = text[max(0, place - LONGEST_SHORTENED) : place]
    return bool(SHORTENED.search(before) or (DATED.search(before) and not text[place + 1 :].lstrip()[:1].isupper()))
