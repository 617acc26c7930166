"""Months that a text says, in ISO 8601's form: "2026-05", and "--08" where no year is known."""

import re
from collections.abc import Iterator

from divisi.tasks.calling.clocks import Calendar
from divisi.tasks.calling.hours import Place
from divisi.tasks.calling.numerals import MONTHS

NUMBER_OF = {month[:3]: number for number, month in enumerate(MONTHS.split(), 1)}
NAMES = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
MONTH = rf"(?P<month>{NAMES})\b\.?"
YEAR = r"(?P<year>\d{4})"
WITH_YEAR = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\w){MONTH},?(?: of)? {YEAR}(?![\w-])",
        r"(?<![\w.,/-])(?P<year>(?:19|20)\d{2})[-/](?P<month>0[1-9]|1[0-2])(?![\w/-])",
        r"(?<![\w.,/-])(?P<month>0?[1-9]|1[0-2])/(?P<year>(?:19|20)\d{2})(?![\w/-])",
    )
)
NAME = re.compile(rf"(?<!\w)(?:{NAMES})(?!\w)", re.IGNORECASE)
BEFORE = re.compile(
    r"(?:\b(?:in|of|for|since|until|till|by|during|early|mid|late|last|next|this|every|through)|\d(?:st|nd|rd|th)?) $",
    re.IGNORECASE,
)
"""Behind these words a name of a month is meant as one."""
BEHIND = re.compile(r"\.? (?:the )?\d|['’]s\b", re.IGNORECASE)
FULL_NAMES = frozenset(MONTHS.split())
VERBS = frozenset(("may", "march"))
ASKING = re.compile(r" (?:i|we|you|he|she|they|it|the|be|have|not|on|in|to)\b", re.IGNORECASE)
SENTENCE_BEGINS = re.compile(r"(?:^|[.!?:\n]\s*)$")
STATED = re.compile(
    rf"(?:\b(?:in|for|of|during|since|until|from|by|year)|(?<!\w)(?:{NAMES})\.?) ((?:19|20)\d{{2}})(?![\w/%-]|[.,:]\d)",
    re.IGNORECASE,
)
AROUND = {"last": -1, "this": 0, "next": 1}
NEAR = re.compile(r"\b(?P<which>this|next|last) month\b", re.IGNORECASE)


def months_of(text: str, today: str | None = None) -> Calendar:
    """The months that a text says; `today` is a day in ISO's form and tells the year that is not said."""
    found = {}
    for pattern in WITH_YEAR:
        for match in pattern.finditer(text):
            found[match.span()] = f"{match['year']}-{number_of_month(match['month']):02}"
    whole = sorted(found.items())
    year = year_stated(text) or (today[:4] if today else "-")
    for match in NAME.finditer(text):
        if _is_month(text, match):
            own = next((month for place, month in whole if place[0] == match.start()), None)
            found[match.span()] = own or f"{year}-{number_of_month(match.group()):02}"
    return {**found, **dict(_near(text, today))} if today else found


def number_of_month(text: str) -> int:
    """1 for "January", "jan" and "01"."""
    return int(text) if text.isdigit() else NUMBER_OF[text[:3].lower()]


def year_stated(text: str) -> str | None:
    """The only year that a text says outside of a day; None where it says none or several."""
    years = {match[1] for match in STATED.finditer(text)}
    return years.pop() if len(years) == 1 else None


def _near(text: str, today: str) -> Iterator[tuple[Place, str]]:
    for match in NEAR.finditer(text):
        months = 12 * int(today[:4]) + int(today[5:7]) - 1 + AROUND[match["which"].lower()]
        yield match.span(), f"{months // 12}-{months % 12 + 1:02}"


def _is_month(text: str, match: re.Match[str]) -> bool:
    """Whether a word that names a month is no verb, and an abbreviation no other word."""
    name = match.group()
    if BEFORE.search(text[max(0, match.start() - 8) : match.start()]) or BEHIND.match(text, match.end()):
        return True
    if name.lower() not in VERBS:
        return name.lower() in FULL_NAMES
    begins = SENTENCE_BEGINS.search(text[: match.start()])
    return name[0].isupper() and not (begins and ASKING.match(text, match.end()))
