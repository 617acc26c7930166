"""Where the sentences of a text are, and the clauses in them."""

import re
from dataclasses import dataclass

SENTENCE_ENDS = re.compile(r"(?<=[.!?;])[\"'”’)]*\s+(?=\S)|\s*\n+\s*|\s+\|\s+")
SHORTENED = re.compile(
    r"(?:\b(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|no|nr|approx|ca|e\.g|i\.e|incl|max"
    r"|min|st|dr|mr|mrs|vs|wk)|(?<![\d.])\d{1,2}(?:\.\d{1,2})?)\.$",
    re.IGNORECASE,
)
"""What ends with a full stop and ends no sentence: "3 Mar.", "no.", "on the 10.\""""
CLAUSE_ENDS = re.compile(r",\s+|\s+[-–—]+\s+|:\s+|\s+(?:and|but|while|whereas|then|since|because|as)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Characters of a text, [first, last)."""

    first: int
    last: int

    def holds(self, at: int) -> bool:
        """Whether a character lies in it."""
        return self.first <= at < self.last


def sentences_in(text: str) -> tuple[Place, ...]:
    """The sentences of a text, rows of a table among them."""
    places, begin = [], 0
    for match in SENTENCE_ENDS.finditer(text):
        if text[begin : match.start()].strip() and not SHORTENED.search(text, begin, match.start()):
            places.append(Place(begin, match.start()))
            begin = match.end()
    if text[begin:].strip():
        places.append(Place(begin, len(text)))
    return tuple(places)


def clause_at(text: str, sentence: Place, at: int) -> Place:
    """The clause of a sentence in which a character lies."""
    begin = sentence.first
    for match in CLAUSE_ENDS.finditer(text, sentence.first, sentence.last):
        if match.end() > at:
            return Place(begin, match.start()) if match.start() > at else Place(begin, sentence.last)
        begin = match.end()
    return Place(begin, sentence.last)
