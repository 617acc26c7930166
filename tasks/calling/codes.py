"""Codes: whether a schema asks for the ISO code of a currency, country or language, and which one a text says."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from divisi.tasks.calling.code_names import (
    AMBIGUOUS,
    ORDINARY,
    PIECE,
    codes_of,
    key_of,
    longest_of,
    names_of,
    plain,
    signs_of,
    three_letters,
    two_letters,
)
from divisi.tasks.calling.numerals import LARGE, WORDS

Piece = tuple[str, int, int]
"""A word, a number or a sign of a text, with its begin and end."""
GAP = re.compile(r"[ \u00a0]?[.'’–-]?[ \u00a0]?")
"""What may stand between two words of a name."""
BEFORE = frozenset(("in", "into", "from"))
BESIDE = frozenset((*BEFORE, "a", "an", "and", "code", "currency", "language", "of", "the", "to", "k", "m"))
"""What a value may say beside the code."""
TOPICS = {
    **dict.fromkeys(("currency", "currencies", "ccy"), "currency"),
    **dict.fromkeys(("country", "countries"), "country"),
    **dict.fromkeys(("language", "languages", "lang", "langs", "locale"), "language"),
}
NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
TOPIC = re.compile(r"\b(?:currency|currencies|country|countries|languages?)\b", re.IGNORECASE)
STANDARDS = {"4217": "currency", "3166": "country", "639": "language"}
STANDARD = re.compile(r"\biso[ _-]?(4217|3166(?!-[23])|639(?!-[2-6]))", re.IGNORECASE)
CODED = re.compile(
    r"\bISO(?! ?8601| ?date)\b|\b(?:two|three|2|3)[ -]letters?\b|\balpha[ -]?[23]\b|\bcodes?\b", re.IGNORECASE
)
THREE = re.compile(r"\b(?:three|3)[ -]letters?\b|\balpha[ -]?3\b|\{3\}", re.IGNORECASE)
CODED_TOPIC = re.compile(
    r"\b(currency|country|language)(?:'s)? (?:ISO )?codes?\b"
    r"|\b(?:ISO|letter) (currency|country|language)\b"
    r"|\bcodes? (?:of|for) (?:an? |the )?(?:\w+ )?(currency|country|language)\b",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"\b(?:IATA|ICAO|BCP|dial\w*|calling|phone|telephone|postal|zip|area|region codes?|subdivision|3166-[23]|639-[2-6]"
    r"|programming|crypto\w*)\b",
    re.IGNORECASE,
)
SHORT = 2
"""Letters of a short form, which also stands before a number: "Rs 500"."""
NAMED = re.compile(r"\b(?:name|names|symbol|symbols|pair|pairs)\b", re.IGNORECASE)
UNCODED = re.compile(r"name|pair", re.IGNORECASE)
EXAMPLES = re.compile(r"(?:\be\.g\.|\bfor example|\bsuch as|\blike|\bexamples?:)[,:]?\s*([^).;]+)", re.IGNORECASE)
BETWEEN = re.compile(r"\s*(?:,|/|\bor\b|\band\b|\betc\b)\s*")
HEAD = re.compile(r"(?:the |an? )?(?:(?!amount|price|value|sum|rate)\w+ ){0,2}currenc(?:y|ies)\b", re.IGNORECASE)
SHAPES = {"currency": r"[A-Z]{3}", "country": r"[A-Z]{2,3}", "language": r"[a-z]{2}"}
MEANT = r"(?: for\b.*| ?[=:(].*)?"
"""What an example may tell of a code: "USD for US dollars"."""
PATTERNS = {"[A-Z]{3}": "currency", "[A-Za-z]{3}": "currency", "[A-Z]{2}": "country", "[a-z]{2}": "language"}


def code_wanted(name: str, schema: Mapping[str, Any]) -> str | None:
    """ "currency", "country" or "language" where the value is an ISO code of one; of a list, its members.

    A currency is wanted as its code if nothing is said; a country and a language by name.
    """
    member = _member(schema)
    if "string" not in _types(member):
        return None
    said = _told(schema, ("title", "description", "format"))
    if OTHER.search(said) or OTHER.search(name.replace("_", " ")):
        return None
    standard = STANDARD.search(said)
    if standard:
        return STANDARDS[standard[1][:4]]
    sure = _named_topic(name) or _coded_topic(said)
    topic = sure or _topic_of(said)
    return topic if topic and _is_coded(topic, name, said, member, sure=sure is not None) else None


def code_of(text: str, kind: str, schema: Mapping[str, Any] | None = None) -> str | None:
    """The code that some words say, beside numbers and words like "in" and "currency", and nothing else.

    Args:
        text: a few words, "55,000 dollars", "to Kosovo", "fr".
        kind: "currency", "country" or "language".
        schema: may want the three letters of a country.
    """
    table = names_of(kind)
    alone = text.strip(" \"'“”.,").strip()
    code = table.get(key_of(alone)) or _written_code(alone, kind)
    if not code and not alone.isalpha():
        places = said_codes(text, kind)
        codes = set(places.values())
        code = codes.pop() if len(codes) == 1 and _nothing_else(text, places) else None
    return as_wanted(code, schema or {}) if code and kind == "country" else code


def as_wanted(code: str, schema: Mapping[str, Any]) -> str:
    """A country's code of two letters, as the schema wants it: of three letters where it says so."""
    return three_letters().get(code, code) if _three_wanted(schema) else code


def said_codes(text: str, kind: str) -> dict[tuple[int, int], str]:
    """Where a text says a currency, country or language: [start, end) in characters -> its code, in order.

    The longest name counts. A word that means other things too counts only with a capital letter, beside a number,
    or behind "in", "into" and "from".
    """
    pieces = [(match.group(), match.start(), match.end()) for match in PIECE.finditer(text)]
    found: dict[tuple[int, int], str] = {}
    place = 0
    while place < len(pieces):
        code, after = _said_at(text, pieces, place, kind)
        if code:
            found[pieces[place][1], pieces[after - 1][2]] = code
        place = after
    return found


def _said_at(text: str, pieces: Sequence[Piece], place: int, kind: str) -> tuple[str | None, int]:
    """The code that begins at a piece, and the piece behind it."""
    word = pieces[place][0]
    if word[0].isdigit():
        return None, place + 1
    if not word[-1].isalpha():
        return (_by_sign(word) if kind == "currency" and _number_beside(pieces, place) else None), place + 1
    table, first = names_of(kind), plain(word)
    longest = longest_of(kind).get(first, 0)
    keys = list(islice(_keys(text, pieces, place, first), longest)) if longest else []
    for count in range(len(keys), 0, -1):
        code = table.get(keys[count - 1])
        if code is not None and (count > 1 or _is_meant(pieces, place, first)):
            return (code or None), place + count
    return _code_in_text(text, pieces, place, kind), place + 1


def _keys(text: str, pieces: Sequence[Piece], place: int, first: str) -> Iterator[str]:
    """The plain words from a piece on: one, two, three."""
    key, end = first, pieces[place][2]
    yield key
    for word, start, stop in islice(pieces, place + 1, None):
        if word[0].isdigit() or not GAP.fullmatch(text, end, start):
            return
        key, end = f"{key} {plain(word)}", stop
        yield key


def _is_meant(pieces: Sequence[Piece], place: int, plain_word: str) -> bool:
    """Whether one word that may mean something else is the name."""
    if plain_word not in ORDINARY or (pieces[place][0][0].isupper() and place > 0):
        return True
    before = pieces[place - 1][0].lower() if place else ""
    return before in BEFORE or before[:1].isdigit() or (len(plain_word) <= SHORT and _number_beside(pieces, place))


def _number_beside(pieces: Sequence[Piece], place: int) -> bool:
    behind = place + 1 < len(pieces) and pieces[place + 1][0][0].isdigit()
    return behind or (place > 0 and pieces[place - 1][0][0].isdigit())


def _code_in_text(text: str, pieces: Sequence[Piece], place: int, kind: str) -> str | None:
    """A code that stands in a text: of currencies in either case, else in capitals, and not like "Austin, TX"."""
    word, start, end = pieces[place]
    if kind == "currency":
        return _written_code(word, kind) if len(word) == 3 else None
    if len(word) != 2 or not word.isupper():
        return None
    around = text[max(0, start - 2) : start] + text[end : end + 1]
    if "," in around[:1] or any(sign.isdigit() for sign in around):
        return None
    return _written_code(word, kind) if word.lower() not in AMBIGUOUS or word == "US" else None


def _written_code(text: str, kind: str) -> str | None:
    """The code that a text is."""
    if not text or (text.lower() in AMBIGUOUS and not text.isupper()):
        return None
    if kind == "currency" and not text[-1].isalpha():
        return _by_sign(text) if PIECE.fullmatch(text) else None
    if kind == "country" and len(text) == 3 and text.isupper():
        return two_letters().get(text)
    code = text.lower() if kind == "language" else text.upper()
    return code if code in codes_of(kind) else None


def _by_sign(sign: str) -> str | None:
    """The currency of "$", "A$" or "AUD$"."""
    letters = sign[:-1]
    if letters in codes_of("currency"):
        return letters
    return signs_of().get(sign) or signs_of().get(sign[-1])


def _nothing_else(text: str, places: Iterable[tuple[int, int]]) -> bool:
    for start, end in sorted(places, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    words = (match.group().lower() for match in PIECE.finditer(text))
    return all(word[0].isdigit() or word in BESIDE or word in WORDS or word in LARGE for word in words)


def _three_wanted(schema: Mapping[str, Any]) -> bool:
    """Whether a country's code has three letters."""
    member = _member(schema)
    said = _told(schema, ("description", "pattern"))
    examples = _examples(said, member)
    return bool(THREE.search(said) or (examples and all(re.match(r"[A-Z]{3}\b", one) for one in examples)))


def _is_coded(topic: str, name: str, said: str, member: Mapping[str, Any], *, sure: bool) -> bool:
    """Whether the code of something is wanted, not its name."""
    by_pattern = PATTERNS.get(str(member.get("pattern") or "").strip("^$"))
    if by_pattern == topic:
        return True
    examples = _examples(said, member)
    if examples and not all(re.fullmatch(SHAPES[topic] + MEANT, one) for one in examples):
        return False
    if examples and (topic != "country" or sure):
        return not all(len(one) == 3 for one in examples) or topic == "currency" or bool(CODED.search(said))
    if NAMED.search(said) or UNCODED.search(name):
        return False
    if sure and (CODED.search(said) or "code" in name.lower()):
        return True
    return topic == "currency" and (sure or bool(HEAD.match(said)))


def _examples(said: str, member: Mapping[str, Any]) -> list[str]:
    """The values that a schema gives as examples."""
    match = EXAMPLES.search(said)
    told = BETWEEN.split(match[1]) if match else []
    given: list[Any] = [*(member.get("enum") or ()), *(member.get("examples") or ()), member.get("default")]
    return [one.strip(" \"'`") for one in (*told, *given) if isinstance(one, str) and one.strip(" \"'`")]


def _named_topic(name: str) -> str | None:
    """What the last word of a name is, but for "code"."""
    words = [word for word in map(str.lower, NAME_WORD.findall(name)) if word not in ("code", "codes", "iso")]
    return TOPICS.get(words[-1]) if words else None


def _coded_topic(said: str) -> str | None:
    match = CODED_TOPIC.search(said)
    return next(group for group in match.groups() if group).lower() if match else None


def _topic_of(said: str) -> str | None:
    match = TOPIC.search(said)
    return TOPICS[match.group().lower()] if match else None


def _member(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    items = schema.get("items")
    return items if schema.get("type") == "array" and isinstance(items, Mapping) else schema


def _told(schema: Mapping[str, Any], keys: Sequence[str]) -> str:
    """What a schema says, and of a list also what that of its members says."""
    member = _member(schema)
    told = (schema,) if member is schema else (schema, member)
    return "; ".join(str(one[key]) for one in told for key in keys if one.get(key))


def _types(schema: Mapping[str, Any]) -> Sequence[str]:
    kind = schema.get("type", "string")
    return (kind,) if isinstance(kind, str) else tuple(_strings(kind))


def _strings(values: Any) -> Iterator[str]:
    return (value for value in values or () if isinstance(value, str))
