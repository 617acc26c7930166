"""What a parameter's values are: told by its type, format, name and description."""

import re
from dataclasses import dataclass
from functools import cache

from divisi.tasks.generation.words import split_name
from divisi.tasks.subtask import Schema


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter with what its name and description tell.

    Attributes:
        name: as the schema spells it.
        words: the words of its name.
        meaning: what its values are: a key of values.DRAWERS.
        schema: its JSON schema.
    """

    name: str
    words: tuple[str, ...]
    meaning: str
    schema: Schema

    @property
    def description(self) -> str:
        """What the schema says of it."""
        return str(self.schema.get("description") or "")


PEOPLE = (
    "guest|customer|passenger|client|patient|employee|contact|owner|author|artist|holder|payee|recipient|full|person|player|member|doctor"
    "|candidate|manager|teacher|student|beneficiary|sender|attendee"
)
MEANINGS: tuple[tuple[str, str], ...] = (
    (rf"\b({PEOPLE}) names?\b", "person"),
    (r"\b(email|e mail|mail|emails|cc|bcc)( address| addresses)?\b", "email"),
    (r"\b(url|uri|website|webhook|link|callback|homepage|href|endpoint)\b", "url"),
    (r"\b(phone|mobile|fax|msisdn|telephone)( number)?\b", "phone"),
    (r"\b(uuid|guid)\b", "uuid"),
    (r"\bip( address)?\b", "ip"),
    (r"\b(latitude)\b", "latitude"),
    (r"\b(longitude)\b", "longitude"),
    (r"\b(time zone|tz)\b", "time_zone"),
    (r"\b(date|day|since|until|birthday|dob|deadline|due|birthdate)\b", "date"),
    (r"\b(timestamp|datetime|time|created at|updated at|expires|expiry|expiration|ts)\b", "moment"),
    (r"\bcountry( codes?)?\b", "country"),
    (r"\b(city|town)\b", "city"),
    (r"\b(place|location|destination|origin|departure|arrival|station|venue|neighbourhood|near)\b", "place"),
    (r"\b(region|zone)( code)?\b", "region"),
    (r"\b(street|address)\b", "address"),
    (r"\b(zip|postal|post|postcode)( code)?\b", "postcode"),
    (r"\b(language|locale|culture)( codes?)?\b", "language"),
    (r"\bcurrency( codes?)?\b", "currency"),
    (r"\b(color|colour)\b", "color"),
    (r"\b(ticker|symbol)\b", "ticker"),
    (r"\b(first name|given name)\b", "first_name"),
    (r"\b(last name|surname|family name)\b", "last_name"),
    (rf"\b({PEOPLE})\b", "person"),
    (r"\b(user name|user|login|username|handle|assignee|screen name|agent)\b", "user"),
    (r"\b(company|organization|organisation|employer|merchant|vendor|supplier|brand)( name)?\b", "company"),
    (r"\b(query|search|q|keyword|keywords|term|topic|find|phrase)\b", "topic"),
    (r"\b(title|subject|headline|heading|caption)\b", "title"),
    (r"\b(message|text|body|comments?|notes?|description|content|reason|summary|bio|prompt|memo)\b", "sentence"),
    (r"\b(question|feedback|instructions?)\b", "sentence"),
    (r"\b(file|path|directory|folder|attachment|filename)( name)?\b", "path"),
    (r"\b(domain|host|hostname|server)( name)?\b", "domain"),
    (r"\b(tag|tags|label|labels|category|categories|genre|genres|topics|group|groups)\b", "tag"),
    (r"\b(status|state)\b", "status"),
    (r"\b(type|kind|mode|level)\b", "tag"),
    (r"\b(hash|sha|token|secret|password|signature|checksum|commit)\b", "secret"),
    (r"\b(version|release)\b", "version"),
    (r"\b(sort|order by|ordering|sort by)\b", "field"),
    (r"\b(id|ids|key|code|number|sku|arn|sid|slug|identifier|ref|reference|uid|serial|no|reservation)\b", "id"),
    (r"\b(amount|price|cost|total|fee|budget|balance|salary)\b", "amount"),
    (r"\b(limit|size|count|max|top|page|offset|skip|quantity|num|start|length)\b", "count"),
    (r"\b(sql|statement)\b", "sql"),
    (r"\b(formula|equation|expression)\b", "formula"),
    (r"\b(room|door|device|dish|product|item|restaurant|hotel|event|team|channel|project)\b", "thing"),
    (r"\b(playlist|album|song|movie|book)\b", "thing"),
    (r"\b(name)\b", "name"),
)  # fmt: skip
"""Patterns over the words of a name -> meaning. The one that ends last counts; of equal ends the first."""

COMPILED = tuple((re.compile(pattern), meaning) for pattern, meaning in MEANINGS)
FORMATS = {
    **{"date": "date", "date-time": "moment", "dateTime": "moment", "uuid": "uuid", "guid": "uuid", "email": "email"},
    **{"uri": "url", "url": "url", "ipv4": "ip", "hostname": "domain", "phone-number": "phone", "time": "time"},
    **{"password": "secret"},
}
FOLDER = re.compile(r"\b(folder|directory|path)\b", re.I)
CLOCK = re.compile(r"HH:MM|\b24.?hour|clock time|time of (?:the )?day", re.I)


def parameter(name: str, schema: Schema) -> Parameter:
    """A parameter with the meaning that its type, format, name and description give it."""
    words = split_name(name)
    return Parameter(name, words, _meaning(words, schema), schema)


def json_type(schema: Schema) -> str:
    """The schema's type; the first one that is not null where it names several, "string" where it names none."""
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    return str(kind or "string")


def _meaning(words: tuple[str, ...], schema: Schema) -> str:
    kind = json_type(schema)
    if schema.get("enum"):
        return "enum"
    if kind in {"boolean", "array", "object"}:
        return kind
    return _number_meaning(words) if kind in {"integer", "number"} else _text_meaning(words, schema)


def _text_meaning(words: tuple[str, ...], schema: Schema) -> str:
    if schema.get("format") in FORMATS:
        return FORMATS[str(schema["format"])]
    named, description = _named_meaning(" ".join(words)), str(schema.get("description") or "")
    if CLOCK.search(description) or (named == "moment" and words[0] in {"start", "end", "pickup"}):
        return "time"
    if named == "region" and "time zone" in description:
        return "time_zone"
    if named == "place" and FOLDER.search(description):
        return "path"
    return named or _named_meaning(_first_words(schema)) or "name"


def _number_meaning(words: tuple[str, ...]) -> str:
    for word, meaning in (("latitude", "latitude"), ("longitude", "longitude"), ("year", "year"), ("port", "port")):
        if word in words:
            return meaning
    if words and words[-1] in {"id", "ids", "key", "number", "code", "no"}:
        return "number_id"
    return "amount" if {"amount", "price", "cost", "total", "budget"} & set(words) else "quantity"


@cache
def _named_meaning(text: str) -> str | None:
    """The meaning of the last words that tell one: "user id" is an id, "id of user" is a user."""
    best: tuple[int, str] | None = None
    for pattern, meaning in COMPILED:
        for match in pattern.finditer(text):
            if best is None or match.end() > best[0]:
                best = (match.end(), meaning)
    return best[1] if best else None


def _first_words(schema: Schema) -> str:
    words = re.findall(r"[A-Za-z]+", str(schema.get("description") or ""))[:6]
    return re.split(r"\b(?:of|for|to|that|which|in|on)\b", " ".join(words).lower())[0]
