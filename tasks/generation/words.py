"""Words: what a name is made of, and the forms of a verb that asking needs."""

import re
from collections.abc import Sequence
from functools import cache
from random import Random

NAME_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def listed(block: str, separator: str = "|") -> tuple[str, ...]:
    """The entries of a block of text, which may go on over lines."""
    return tuple(entry for part in " ".join(block.split()).split(separator) if (entry := part.strip()))


def word_list(block: str) -> tuple[str, ...]:
    """The words of a block of text, in order."""
    return tuple(block.split())


def word_set(block: str) -> frozenset[str]:
    """The words of a block of text."""
    return frozenset(block.split())


def paired(block: str) -> dict[str, str]:
    """The entries of a block of "key: value; key: value"."""
    return {key: value for key, _, value in (entry.partition(": ") for entry in listed(block, ";"))}


STOP_WORDS = word_set("""
    a an the of for to in on by with from and or at as is are be it its this that these those your you all any can
    will if not into per via using use used given specified existing one single new which what has have
""")

COMPOUNDS = paired("""
    pagesize: page size; perpage: per page; username: user name; userid: user id; filename: file name;
    hostname: host name; startdate: start date; enddate: end date; fromdate: from date; todate: to date;
    starttime: start time; endtime: end time; orderby: order by; sortby: sort by; firstname: first name;
    lastname: last name; displayname: display name; ipaddress: ip address; phonenumber: phone number;
    zipcode: zip code; timezone: time zone; lang: language; lat: latitude; lon: longitude; lng: longitude;
    org: organization; repo: repository; num: number; qty: quantity; desc: description; msg: message;
    addr: address; dest: destination; src: source; img: image; cat: category
""")
"""What people write in one word -> its words."""


GLUED_HEADS = """
    account order user product customer device group item task project strategy record team channel client event message
    file image video domain server table store shop site page post list contact company employee invoice payment ticket
    campaign plan job case key tag role vehicle room booking category display resource template document folder node
    cluster instance network session zip country language currency area start end from to min max
"""
GLUED_TAILS = "id ids name names key code number date time type url price amount size count token title"
GLUED = re.compile(f"({'|'.join(GLUED_HEADS.split())})({'|'.join(GLUED_TAILS.split())})")
"""Two words written as one: "orderid"."""


@cache
def split_name(name: str) -> tuple[str, ...]:
    """The words of a function's or parameter's name, in lower case: "userId" -> ("user", "id")."""
    parts = [part.lower() for part in NAME_PARTS.findall(name)]
    return tuple(word for part in parts for word in _unglued(part).split())


def _unglued(part: str) -> str:
    glued = GLUED.fullmatch(part)
    return COMPOUNDS.get(part) or (f"{glued.group(1)} {glued.group(2)}" if glued else part)


@cache
def stem(word: str) -> str:
    """A word without its plural or verb ending, so that "films" meets "film" and "creates" meets "create"."""
    word = word.lower()
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("xes", "x"), ("ing", ""), ("ed", "")):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)] + rest
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def content_words(text: str) -> frozenset[str]:
    """The stems of a text's words that carry meaning."""
    return frozenset(stem(word) for word in re.findall(r"[A-Za-z]+", text) if word.lower() not in STOP_WORDS)


def base_form(verb: str) -> str:
    """The imperative of a verb in the third person: "creates" -> "create", "fetches" -> "fetch"."""
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if verb.endswith(("ches", "shes", "sses", "xes", "zzes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith(("ss", "us")) else verb


def gerund(verb: str) -> str:
    """The -ing form of a verb phrase's first word: "set up" -> "setting up"."""
    head, _, rest = verb.partition(" ")
    if head in {"get", "set", "put", "stop", "run", "drop", "swap", "shut", "cut", "submit", "tag", "ship", "plan"}:
        head += head[-1]
    elif head.endswith("e") and not head.endswith(("ee", "ye", "oe")):
        head = head[:-1]
    return f"{head}ing {rest}".strip()


def is_plural(word: str) -> bool:
    """Whether a noun looks like a plural."""
    return word.endswith("s") and not word.endswith(("ss", "us", "is", "news"))


def with_article(noun: str) -> str:
    """The noun phrase with "a" or "an"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def joined(parts: Sequence[str], random: Random) -> str:
    """A list as people write it: "a, b and c", "a, b, c", "a and b"."""
    if len(parts) == 1:
        return parts[0]
    last = random.choice((" and ", " and ", " and ", ", and ", " & ", ", ")) if len(parts) > 2 else " and "
    return ", ".join(parts[:-1]) + last + parts[-1]
