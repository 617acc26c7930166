"""What a reply may say: the words of the conversation, and the values of the last results as they are said."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from divisi.tasks.subtask import Message

MOST_VALUES = 4
"""Of the values of the last results a reply says so many, those first whose keys the user has named."""
MOST_LISTED, LONG_WORDS = 4, 6
"""Items of a list of plain values, words of a value: what has more is not repeated in full."""
KEY_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
CLOCK = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)")
EDGES = ".,;:!?()[]{}\"'`*<>«»“”‘’$€£%°#"
IDENTIFYING = frozenset(("id", "ref", "key", "uuid"))


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the conversation gives a reply to say.

    Attributes:
        words: all that it says, folded, without what stands around them; numbers, days and times in all forms.
        values: those of the last results that tell something new; each in the forms in which it is said.
    """

    words: frozenset[str]
    values: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One plain value of a result.

    Attributes:
        path: the keys and places that lead to it.
        value: a string or a number.
    """

    path: tuple[str | int, ...]
    value: str | float

    @property
    def key(self) -> frozenset[str]:
        """The words of its key."""
        names = [part for part in self.path if isinstance(part, str)]
        return frozenset(word.casefold() for word in KEY_WORD.findall(names[-1])) if names else frozenset()


def core(word: str) -> str:
    """A word without what stands around it."""
    return word.strip(EDGES).removesuffix("'s")


def plain(text: str) -> str:
    """The cores of a text's words, one space apart."""
    return " ".join(filter(None, map(core, text.split())))


def spoken(messages: Sequence[Message]) -> Spoken:
    """What a conversation gives to say."""
    asked = max((place for place, turn in enumerate(messages) if turn.get("role") == "user"), default=0)
    last = [place for place, turn in enumerate(messages) if turn.get("role") == "tool"]
    words = {word for turn in messages for text in _texts(turn) for word in _words_of(text)}
    words |= {word for place in last for one in _numbers(_read(messages[place])) for word in forms(one)}
    if not last or last[-1] != len(messages) - 1 or last[-1] < asked:
        return Spoken(frozenset(words))
    first = next(place for place in reversed(range(len(messages))) if messages[place].get("role") != "tool") + 1
    question = str(messages[asked].get("content") or "")
    before = " ".join(text for turn in messages[:first] for text in _texts(turn) if turn.get("role") != "tool")
    leaves = [leaf for turn in messages[first:] for leaf in _telling(_read(turn))]
    return Spoken(frozenset(words), _chosen(leaves, plain(before).casefold(), question))


def _chosen(leaves: Sequence[Leaf], before: str, question: str) -> tuple[tuple[str, ...], ...]:
    """The values that are new, those first that the question names."""
    wanted = {word.casefold() for word in KEY_WORD.findall(question)}
    said: dict[tuple[str, ...], Leaf] = {}
    for leaf in leaves:
        ways = tuple(dict.fromkeys(filter(None, map(plain, forms(leaf.value)))))
        if ways and not any(f" {way.casefold()} " in f" {before} " for way in ways):
            said.setdefault(ways, leaf)
    order = sorted(said, key=lambda ways: not said[ways].key & wanted)
    return tuple(order[:MOST_VALUES])


def _telling(result: Any) -> Iterator[Leaf]:
    """Values at the top, lists of a few plain values, and of other lists the first item, without identifiers."""
    for leaf in _leaves(result):
        places = [part for part in leaf.path if isinstance(part, int)]
        listed = bool(leaf.path) and isinstance(leaf.path[-1], int)
        if listed:
            fits = len(places) == 1 and places[0] < MOST_LISTED
        else:
            fits = not places or (places == [0] and not leaf.key & IDENTIFYING)
        if fits and len(str(leaf.value).split()) <= LONG_WORDS:
            yield leaf


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[Leaf]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _leaves(one, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value):
            yield from _leaves(one, (*path, place))
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield Leaf(path, value)


def forms(value: str | float) -> Iterator[str]:
    """How a value is said: as it is, a number with and without its zeros, a day in words, a time by twelve hours."""
    if isinstance(value, str):
        yield value
        if (day := DAY.fullmatch(value)) is not None:
            yield from _days(day)
        if (clock := CLOCK.match(value)) is not None and len(value) <= len("00:00:00"):
            yield from _times(clock)
        return
    if float(value).is_integer():
        yield from (f"{value:.0f}", f"{value:,.0f}")
    yield str(value)
    yield f"{value:,}"
    if isinstance(value, float):
        yield f"{value:.2f}"


def _days(match: re.Match[str]) -> Iterator[str]:
    try:
        day = date(*map(int, match.groups()))
    except ValueError:
        return
    month = f"{day:%B}"
    for number in (str(day.day), f"{day.day}{_ending(day.day)}"):
        yield from (f"{month} {number}", f"{number} {month}", f"{number} of {month}")
    yield from (f"{month} {day.day} {day.year}", f"{day:%A}")


def _ending(number: int) -> str:
    return "th" if 10 < number < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _times(match: re.Match[str]) -> Iterator[str]:
    hour, minutes = int(match[1]), match[2]
    half = "pm" if hour >= 12 else "am"
    short = (hour - 1) % 12 + 1
    yield from (f"{hour:02}:{minutes}", f"{hour}:{minutes}", f"{short}:{minutes}", f"{short}:{minutes}{half}")
    if minutes == "00":
        yield from (f"{short} {half}", f"{short}{half}")


def _words_of(text: str) -> Iterator[str]:
    for word in re.split(r"[\s/]+", text):
        yield core(word).casefold()
        yield from (part.casefold() for part in re.split(r"[-–—_]", word) if part.isalpha())
    for pattern, ways in ((DAY, _days), (CLOCK, _times)):
        for match in pattern.finditer(text):
            yield from (word.casefold() for way in ways(match) for word in way.split())


def _numbers(result: Any) -> Iterator[float]:
    """All numbers of a result, and how long its lists are."""
    if isinstance(result, list | tuple):
        yield len(result)
    if isinstance(result, Mapping | list | tuple):
        for one in result.values() if isinstance(result, Mapping) else result:
            yield from _numbers(one)
    elif isinstance(result, int | float) and not isinstance(result, bool):
        yield result


def _read(turn: Message) -> Any:
    """What a result holds; a text where it is no JSON."""
    content = turn.get("content") or ""
    try:
        return json.loads(content)
    except (TypeError, ValueError):
        return content


def _texts(turn: Message) -> Iterator[str]:
    """All text of a turn: the values and keys of results, the arguments of calls."""
    content = turn.get("content")
    if turn.get("role") == "tool":
        yield from _strings(_read(turn))
    elif isinstance(content, str):
        yield content
    for call in turn.get("tool_calls") or ():
        yield from _strings(call["function"]["arguments"])


def _strings(value: Any) -> Iterator[str]:
    for leaf in _leaves(value):
        yield str(leaf.value)
        yield from leaf.key
