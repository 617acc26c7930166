"""The numbers that a text says, in digits or in English words."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

DIGITS = re.compile(r"(?<![\w.])[-−]?(\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)\s*([a-z%]+)?")
WHOLE = re.compile(r"([-−])?((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(k|m|mn|bn)?")
POWER = re.compile(r"\d+(?:\.\d+)?e[+-]?\d{1,2}")
DIGIT_RUN = re.compile(r"\d+")
FRACTION = re.compile(r"(?<![\d/])(?:(\d{1,9})[ -])?(\d{1,9})/(\d{1,9})(?![\d/])")
WORD = re.compile(r"[a-z]+")
AND_A_PART = re.compile(r"\band an? (half|quarter)")
ONE_AND_A_PART = re.compile(r"\b(?:an?|one) [a-z]+ and (half|quarter)")

SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SUFFIXES = {**SCALES, "k": 1000, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "%": 0.01, "percent": 0.01}
TO_TEN = "zero one two three four five six seven eight nine ten"
TO_NINETEEN = "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
MONTHS = "january february march april may june july august september october november december"
LARGE = {**SCALES, "dozen": 12}
SIGNS = ("-", "−")
PARTS = {"half": 0.5, "quarter": 0.25, "quarters": 0.25, "third": 1 / 3, "thirds": 1 / 3}
WORDS: dict[str, float] = {
    **{word: float(value) for value, word in enumerate((*TO_TEN.split(), *TO_NINETEEN.split()))},
    **{word: float(value) for value, word in enumerate(ORDINALS.split(), 1)},
    **{word: 10.0 * value for value, word in enumerate(TENS.split(), 2)},
}
"""Words that make up larger numbers."""

CARDINALS = frozenset(WORDS) - frozenset(ORDINALS.split())

ALONE: dict[str, float] = {
    **PARTS,
    **{word: float(value) for value, word in enumerate(MONTHS.split(), 1)},
    **{"a": 1, "an": 1, "single": 1, "once": 1, "no": 0, "none": 0, "nothing": 0, "halve": 0.5, "dozen": 12},
    **{"twice": 2, "double": 2, "couple": 2, "pair": 2, "both": 2, "thrice": 3, "triple": 3, "fortnight": 14},
    **{"daily": 365, "weekly": 52, "monthly": 12, "quarterly": 4, "yearly": 1, "annually": 1, "annual": 1},
}
"""Words that say a number by themselves."""

MOST_PIECES = 4
"""A number has at most so many pieces with "and" between them; a bound, so that the work stays linear."""


def numbers_in(text: str) -> frozenset[float]:
    """Every number that a text says, each sign left out: "-3", "2,500", "1.5k", "20%" (20 and 0.2), "twenty-five".

    Args:
        text: case-folded.
    """
    return frozenset((*_in_digits(text), *_in_fractions(text), *_in_words(text)))


@lru_cache(maxsize=16_384)
def number_said(text: str) -> float | None:
    """The number that a text says and nothing else: "-1,250.5", "15k", "80%" (80), "two and a half", "two dozen"."""
    plain = text.casefold().strip("$€£#@ ").removesuffix("%")
    if plain.startswith("minus "):
        positive = number_said(plain.removeprefix("minus "))
        return None if positive is None else -positive
    match = WHOLE.fullmatch(plain)
    if match is None and POWER.fullmatch(plain):
        return float(plain)
    if match is not None:
        sign, digits, suffix = match.groups()
        metres = suffix == "m" and not set("$€£") & set(text)  # "3m" is a length, "$3m" is millions
        scale = 1 if metres else SUFFIXES.get(suffix, 1)
        return round(float(digits.replace(",", "")) * scale * (-1 if sign in SIGNS else 1), 9)
    return _in_words_only(plain) if plain[-1:].isalpha() else None


def _in_words_only(plain: str) -> float | None:
    parts = plain.replace("-", " ").split()
    numbers = [word for word in parts if word != "and"]
    if numbers and all(word in CARDINALS or word in SCALES for word in numbers):
        return _value_of(numbers)
    if parts[-1] in LARGE:
        front = " ".join(parts[:-1]).removesuffix(" a")
        times = PARTS.get(front) or (1.0 if front in ("", "a") else number_said(front))
        return None if times is None else round(times * LARGE[parts[-1]], 9)
    if parts[-3:-1] == ["and", "a"] and parts[-1] in PARTS:
        whole = number_said(" ".join(parts[:-3])) if parts[:-3] else None
        return None if whole is None else whole + PARTS[parts[-1]]
    return _with_point(parts) if "point" in parts[1:-1] else None


def _with_point(parts: Sequence[str]) -> float | None:
    """ "four point two five" = 4.25."""
    at = parts.index("point")
    whole, digits = number_said(" ".join(parts[:at])), [number_said(part) for part in parts[at + 1 :]]
    if whole is None or any(digit is None or digit > 9 for digit in digits):
        return None
    return float(f"{whole:.0f}." + "".join(f"{digit:.0f}" for digit in digits if digit is not None))


def _in_digits(text: str) -> Iterator[float]:
    for run in DIGIT_RUN.findall(text):
        yield float(run)
    for match in DIGITS.finditer(text):
        digits, suffix = match.groups()
        thousands = re.fullmatch(r"\d+([, ]\d{3})+(\.\d+)?", digits)
        value = float(re.sub("[, ]", "", digits) if thousands else digits.replace(",", "."))
        yield value
        if suffix in SUFFIXES:
            yield round(value * SUFFIXES[suffix], 9)


def _in_fractions(text: str) -> Iterator[float]:
    for whole, over, under in FRACTION.findall(text):
        if int(under):
            yield int(whole or 0) + int(over) / int(under)


def _in_words(text: str) -> Iterator[float]:
    """Words alone, and runs of them with "and" inside and without: "three and a half", "between ten and twenty"."""
    plain = AND_A_PART.sub(r"and \1", text)
    for part in ONE_AND_A_PART.findall(plain):
        yield 1 + PARTS[part]
    words = WORD.findall(plain)
    yield from (table[word] for word in words for table in (WORDS, ALONE) if word in table)
    for run in _runs(words):
        yield from _years(run)
        pieces = " ".join(run).split(" and ")
        for first in range(len(pieces)):
            for last in range(first, min(first + MOST_PIECES, len(pieces))):
                yield _value_of(" ".join(pieces[first : last + 1]).split())


def _runs(words: Sequence[str]) -> Iterator[list[str]]:
    """The longest runs of number words, at least two long."""
    run: list[str] = []
    for word in (*words, ""):
        if word in WORDS or word in SCALES or (run and (word == "and" or word in PARTS)):
            run.append(word)
            continue
        if run and run[-1] == "and":
            run.pop()
        if len(run) > 1:
            yield run
        run = []


def _value_of(run: Sequence[str]) -> float:
    """ "two thousand five hundred ten" = (2) 1000 + (5) 100 + 10; "three quarters" = 3 x 0.25; "two half" = 2.5."""
    total, current = 0.0, 0.0
    for word in run:
        if word in SCALES:
            current = (current or 1.0) * SCALES[word]
            if SCALES[word] >= 1000:
                total, current = total + current, 0.0
        elif word in ("quarters", "thirds"):
            current *= PARTS[word]
        else:
            current += WORDS.get(word, PARTS.get(word, 0.0))
    return round(total + current, 9)


def _years(run: Sequence[str]) -> Iterator[float]:
    """ "eighteen ninety-two" = 1892."""
    if len(run) in (2, 3) and all(word in WORDS for word in run) and 10 <= WORDS[run[0]] <= 20:
        yield 100 * WORDS[run[0]] + sum(WORDS[word] for word in run[1:])
