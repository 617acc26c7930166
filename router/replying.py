"""Replies: what the conversation gives to say, put beside what the base thinks while it writes free text.

    weight(reply) = exp(-reply x the sum of its costs)

A word that nothing says, or begins to say, costs UNKNOWN if it has a digit, a sign or more than LETTERS letters, and
UNKNOWN_NAME if it has a capital inside a sentence. A number, a word at once, or three words said AGAIN cost that;
a number costs BARE where no word leads to it. A value of the last results gains BEGUN as long as the text says it or
begins to. An end costs UNSAID x the share of them that it leaves out, less and less up to LONG words, and every word
after those costs more and more; a sentence after all values are said costs RUNNING_ON.
As in leaning.py the weight is given token by token, so that what begins like a known word must go on like it.
"""

import bisect
from dataclasses import dataclass

from divisi.router.leaning import Trust
from divisi.tasks.calling.spoken import EDGES, Spoken, core

UNKNOWN, UNKNOWN_NAME, AGAIN, BARE, BEGUN, UNSAID, RUNNING_ON = 1.0, 0.75, 1.5, 1.0, 0.75, 1.0, 1.0
LONG, LETTERS = 40, 16
USUAL = frozenset(("i", "i'm", "i've", "i'll", "i'd", "ok", "okay", "am", "pm"))
"""Words with a capital that are no names."""
HALF = "\ufffd"
"""What stands for a character that is not whole yet."""
SENTENCE_ENDS = (".", "!", "?", ":")
SIGNS = frozenset('{}[]<>|\\_=*"')
"""What plain text has not, unless the conversation has it."""

Due = tuple[tuple[str, int], ...]
"""How a text may go on to say values: the rest of a form, and the number of the value."""


@dataclass(frozen=True, slots=True)
class Told:
    """The closed words of a reply.

    Attributes:
        words: their cores, folded.
        cost: of them.
        opens: whether a sentence begins with the next word.
        said: the numbers of the values that they say.
        due: the rests of values that they have begun.
    """

    words: tuple[str, ...] = ()
    cost: float = 0.0
    opens: bool = True
    said: frozenset[int] = frozenset()
    due: Due = ()


class ReplyLeaning:
    """The weight of a reply while it is written."""

    def __init__(self, spoken: Spoken, trust: Trust) -> None:
        """What leans how far."""
        self._known = sorted(spoken.words | USUAL)
        self._words = frozenset(self._known)
        self._values = spoken.values
        self._fresh: Due = tuple((form, number) for number, forms in enumerate(spoken.values) for form in forms)
        self._trust = trust.reply
        self._text, self._told, self._rest, self._rest_bytes, self._begun = b"", Told(), "", b"", 0.0
        self._closed: dict[str, Told] = {}

    def __call__(self, text: bytes, piece: bytes) -> float:
        """As of NamesLeaning; an empty piece ends the text."""
        self._read(text)
        after = self._after((self._rest_bytes + piece).decode(errors="replace")) if piece else self._ended()
        return self._trust * (self._begun - after)

    def wanted(self, text: bytes) -> tuple[bytes, float]:
        """How a begun value or number goes on; else the first value that is not said yet."""
        self._read(text)
        told, begun, weight = self._told, self._rest.lstrip(EDGES), self._trust * BEGUN
        due = [rest for rest, number in (*told.due, *self._fresh) if number not in told.said]
        going = next((rest for rest in due if begun and rest.startswith(begun) and rest != begun), None)
        if going is None and begun and begun[-1].isdigit():
            going = self._going_on(begun.casefold(), told)
        if going is not None and len(going) > len(begun):
            return going[len(begun) :].encode(), weight
        after = self._with(self._rest) if self._rest else told
        value = next((rest for rest, number in (*after.due, *self._fresh) if number not in after.said), None)
        return (b"", 0.0) if value is None else (((" " if self._rest else "") + value).encode(), weight)

    def _read(self, text: bytes) -> None:
        """Keep what a text tells, until another is asked about."""
        if text == self._text:
            return
        self._text, self._told, self._closed = text, Told(), {}
        *closed, self._rest = _split(text.decode(errors="replace"))
        self._rest_bytes = _split_bytes(text)
        for word in closed:
            self._told = self._told_with(self._told, word)
        self._begun = self._open_cost(self._told, self._rest)

    def _after(self, text: str) -> float:
        """The cost after what is told and a text."""
        *closed, rest = _split(text)
        told = self._told
        for place, word in enumerate(closed):
            told = self._told_with(told, word) if place else self._with(word)
        return self._open_cost(told, rest)

    def _ended(self) -> float:
        told = self._with(self._rest) if self._rest else self._told
        left = 1 - len(told.said) / len(self._values) if self._values else 0.0
        return told.cost - BEGUN * len(told.said) + UNSAID * left * max(0.0, 1 - len(told.words) / LONG)

    def _with(self, word: str) -> Told:
        """What is told with one more word; pieces ask for the same one again and again."""
        if word not in self._closed:
            self._closed[word] = self._told_with(self._told, word)
        return self._closed[word]

    def _told_with(self, told: Told, word: str) -> Told:
        inner = core(word)
        opens = word.endswith(SENTENCE_ENDS)
        if not inner:
            return Told(told.words, told.cost + self._sign_cost(word), opens or told.opens, told.said, told.due)
        cost = told.cost + self._word_cost(told, word, inner, closed=True)
        said, due = set(told.said), []
        for rest, number in (*told.due, *self._fresh):
            if rest == inner:
                said.add(number)
            elif rest.startswith(f"{inner} "):
                due.append((rest[len(inner) + 1 :], number))
        return Told((*told.words, inner.casefold()), cost, opens, frozenset(said), tuple(due))

    def _open_cost(self, told: Told, word: str) -> float:
        """The cost with a word that may go on."""
        begun, inner = word.lstrip(EDGES), core(word)
        saying = set(told.said)
        for rest, number in (*told.due, *self._fresh):
            if (begun and rest.startswith(begun)) or (inner and (rest == inner or rest.startswith(f"{inner} "))):
                saying.add(number)
        saying |= {number for _, number in told.due} if not word else set()
        cost = self._word_cost(told, word, inner, closed=False) if inner else self._sign_cost(word)
        return told.cost + cost - BEGUN * len(saying)

    def _sign_cost(self, word: str) -> float:
        return 0.0 if SIGNS.isdisjoint(word) else UNKNOWN

    def _word_cost(self, told: Told, word: str, inner: str, *, closed: bool) -> float:
        """What one more word costs."""
        folded, cost = inner.casefold(), 0.0
        digits = any(map(str.isdigit, inner))
        odd = digits or not inner.isalpha() or not (inner.isupper() or inner[1:].islower() or not inner[1:])
        odd = odd or len(inner) > LETTERS or not SIGNS.isdisjoint(word)
        named = not told.opens and inner[0].isupper()
        if (odd or named) and not self._fits(told, word, folded, closed=closed):
            cost += (UNKNOWN if odd else UNKNOWN_NAME) * (1 + len(inner) // LETTERS)
        if (digits and folded in told.words) or _again((*told.words, folded)):
            cost += AGAIN
        if digits and (told.opens or any(map(str.isdigit, told.words[-1]))):
            cost += 0.0 if any(rest.startswith(inner) for rest, _ in told.due) else BARE
        cost += max(0.0, (len(told.words) - LONG) / 10)
        if told.opens and told.words and self._values and len(told.said) == len(self._values):
            cost += RUNNING_ON
        return cost

    def _fits(self, told: Told, word: str, folded: str, *, closed: bool) -> bool:
        """Whether a word is known, or begins like a known one."""
        if folded in self._words or (not closed and self._going_on(word.lstrip(EDGES).casefold(), told) is not None):
            return True
        if not closed and word.endswith(HALF):
            begun = word.rstrip(HALF).lstrip(EDGES).casefold()
            known = self._going_on(begun, told) or ""
            return not known[len(begun) : len(begun) + 1].isascii()
        parts = folded.replace("/", "-").replace("’", "'").replace("'", "-").split("-")
        short = len(parts) > 1 and len(folded) <= LETTERS
        return short and all(part in self._words or part.isalpha() for part in parts)

    def _going_on(self, begun: str, told: Told) -> str | None:
        """The first known word that begins so, no number that is told already."""
        for place in range(bisect.bisect_left(self._known, begun), len(self._known)):
            known = self._known[place]
            if not known.startswith(begun):
                return None
            if known not in told.words or known.isalpha():
                return known
        return None


def _split(text: str) -> list[str]:
    """The words of a text, the last one open; "" where none is."""
    words = text.split()
    return [*words, ""] if not text or text[-1].isspace() else words


def _split_bytes(text: bytes) -> bytes:
    """The open word of a text."""
    return text[len(text) - len(text.rsplit(None, 1)[-1]) :] if text and not text[-1:].isspace() else b""


def _again(words: tuple[str, ...]) -> bool:
    """Whether the last word was said just before, or the last three were."""
    last = words[-3:]
    return words[-1:] == words[-2:-1] or any(words[place : place + 3] == last for place in range(len(words) - 3))
