"""Sentences that ask for calls: clauses with marks where values will stand, in frames, among other sentences.

A mark is one character of Unicode's private area, so that a sentence can be lower-cased or mistyped around the values.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from divisi.tasks.generation import frames, vocabulary
from divisi.tasks.generation.meanings import Parameter
from divisi.tasks.generation.mentions import mention, mention_apart, mention_boolean
from divisi.tasks.generation.values import Value
from divisi.tasks.generation.verbs import said_verb
from divisi.tasks.generation.wordings import QUESTION_WORDS, Intent, attach, head_noun, said_object
from divisi.tasks.generation.words import gerund, is_plural, word_set

FIRST_MARK = 0xE000
QUESTION_VERBS = word_set("get list search find calculate count check")
APART_SHARE = 0.1
TERSE_ARTICLES = ("the ", "all ", "the ", "my ", "our ")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A parameter that a request mentions.

    Attributes:
        parameter: which one.
        value: the value that is given.
        mark: stands for the value's words.
        alone: whether no other parameter of the tool takes such values.
    """

    parameter: Parameter
    value: Value
    mark: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing asked for, before it is put into a sentence.

    Attributes:
        verb: in the imperative ("show me").
        plain: the verb in a form that can follow "I want to".
        target: the object.
        tail: what follows it: phrases that give values, each with a space before it.
        root: the intent's verb.
        apart: further sentences that give values.
        asks: the same as a question, or None where it cannot be one.
    """

    verb: str
    plain: str
    target: str
    tail: str
    root: str
    apart: tuple[str, ...] = ()
    asks: str | None = None

    @property
    def rest(self) -> str:
        """The object and what follows it."""
        return self.target + self.tail

    @property
    def do(self) -> str:
        """The clause as an imperative without a capital or a full stop."""
        return f"{self.verb} {self.rest}".strip()


def mentioned(values: Mapping[str, Value], parameters: Sequence[Parameter], first: int = 0) -> tuple[Mentioned, ...]:
    """The parameters that have a value, each with a mark of its own.

    Args:
        values: parameter's name -> its value.
        parameters: in the order of the schema.
        first: how many marks are taken already.
    """
    given = [one for one in parameters if one.name in values]
    times = Counter(one.meaning for one in parameters)
    return tuple(
        Mentioned(one, values[one.name], chr(FIRST_MARK + first + place), times[one.meaning] == 1)
        for place, one in enumerate(given)
    )


def fill(text: str, said: Sequence[Mentioned]) -> str:
    """The text with every mark replaced by its value's words."""
    for one in said:
        text = text.replace(one.mark, one.value.text)
    return text


def slipped(value: Value, wrong: Value, random: Random) -> Value:
    """A value said wrongly at first and then corrected."""
    return Value(value.truth, random.choice(frames.SLIPS).format(wrong=wrong.text, right=value.text))


def clause(intent: Intent, said: Sequence[Mentioned], random: Random, *, apart_share: float = APART_SHARE) -> Clause:
    """What an intent and its values sound like.

    Args:
        intent: what is asked for.
        said: the values that are mentioned.
        random: where chance comes from.
        apart_share: the share of values that get a sentence of their own; 0 beside other clauses, where such a
            sentence might belong to any of them.
    """
    target = said_object(intent, random)
    tails, apart, attached = [], [], False
    for one in said:
        if isinstance(one.value.truth, bool):
            tails.append(mention_boolean(one.parameter, one.value.truth, random))
            continue
        named = None if attached and random.random() < 0.5 else attach(target, one.parameter, one.mark, random)
        if named and random.random() < 0.9:
            target, attached = named, True
        elif random.random() < apart_share:
            apart.append(mention_apart(one.parameter, one.mark, random))
        else:
            tails.append(mention(one.parameter, one.mark, random, alone=one.alone))
    return _clause(intent, target, _tail(tails, random), tuple(apart), random)


def _clause(intent: Intent, target: str, tail: str, apart: tuple[str, ...], random: Random) -> Clause:
    if target.split(" ", maxsplit=1)[0] in QUESTION_WORDS and intent.verb in QUESTION_VERBS:
        asks = target + tail if target.startswith(("what is", "what are")) else None
        return Clause(random.choice(frames.TELLING), "know", target, tail, "know", apart, asks)
    verb = said_verb(intent.verb, random)
    plain = intent.verb if verb.endswith((" me", " see")) else verb
    asks = _question(target, target + tail) if intent.verb in QUESTION_VERBS else None
    return Clause(verb, plain, target, tail, intent.verb, apart, asks)


def _tail(tails: Sequence[str], random: Random) -> str:
    if not tails:
        return ""
    if len(tails) > 1 and random.random() < 0.5:
        return " " + ", ".join(tails[:-1]) + random.choice((" and ", ", ")) + tails[-1].removeprefix("and ")
    return " " + " ".join(tails)


def _question(target: str, rest: str) -> str | None:
    if target.startswith(("the ", "my ", "our ", "all the ")):
        return f"what {'are' if is_plural(head_noun(target)) else 'is'} {rest}"
    return None


def sentence(given: Clause, random: Random) -> str:
    """A clause as a whole request: in a frame, with its further sentences, in one of several hands."""
    drawn = random.random()
    if given.asks and drawn < 0.25:
        text = random.choice(frames.QUESTION_FRAMES).format(ask=given.asks)
    elif given.root in frames.WISHES and drawn < 0.5:
        wish = random.choice(frames.WISHES[given.root])
        text = wish.format(rest=given.rest, bare=_bare(given.rest), target=given.target, tail=given.tail).rstrip(":")
    elif drawn > 0.85:
        do = f"{given.plain} {given.rest}"
        text = random.choice(frames.OWN_FRAMES).format(do=do, person=random.choice(vocabulary.FIRST_NAMES))
    else:
        text = random.choice(frames.FRAMES).format(do=given.do, doing=f"{gerund(given.verb)} {given.rest}")
    return in_some_hand(with_apart(text, given.apart, random), random)


def _bare(rest: str) -> str:
    for article in TERSE_ARTICLES:
        rest = rest.removeprefix(article)
    return rest


def refused(given: Clause, random: Random) -> str:
    """A sentence that mentions a clause and asks for nothing."""
    do = f"{given.plain} {given.rest}"
    refusal = random.choice(frames.REFUSALS)
    return in_some_hand(refusal.format(do=do, person=random.choice(vocabulary.FIRST_NAMES)), random)


def in_sequence(clauses: Sequence[Clause], random: Random) -> str:
    """Two or three clauses whose order matters."""
    pattern = random.choice(frames.SEQUENCES if len(clauses) == 2 else frames.SEQUENCES[:7])
    text = pattern.format(first=clauses[0].do, second=clauses[1].do)
    if len(clauses) > 2:
        text = random.choice(frames.THIRDS).format(text=text, third=clauses[2].do)
    return _several(text, random)


def side_by_side(clauses: Sequence[Clause], random: Random) -> str:
    """Two or three clauses whose order does not matter."""
    parts = [one.asks if one.asks and random.random() < 0.15 else one.do for one in clauses]
    if len(parts) > 2 and random.random() < 0.6:
        text = random.choice(frames.THREE_LISTED).format(a=parts[0], b=parts[1], c=parts[2], nl="\n")
    else:
        text = random.choice(frames.TOGETHER).format(first=parts[0], second=parts[1], nl="\n")
        text = random.choice(frames.THIRDS_TOGETHER).format(text=text, third=parts[2]) if len(parts) > 2 else text
    return _several(text, random)


def _several(text: str, random: Random) -> str:
    framed = "\n" in text or text.startswith(frames.FRAMED_STARTS)
    return in_some_hand(text if framed else random.choice(frames.POLITE).format(text=text), random)


def with_apart(text: str, apart: Sequence[str], random: Random) -> str:
    """A sentence followed, seldom preceded, by further ones."""
    if not apart:
        return text
    further = " ".join(apart)
    if random.random() < 0.25:
        return f"{further} {text[0].upper() + text[1:]}"
    return f"{ended(text)} {further}"


def ended(text: str) -> str:
    """The text with a full stop where it has no end yet."""
    return text if text.endswith(("?", "!", ".", ":")) else text + "."


def in_some_hand(text: str, random: Random) -> str:
    """The text as different people write it: capital or not, full stop or not, seldom mistyped. Marks stay."""
    if random.random() < 0.05:
        text = mistyped(text, random)
    drawn = random.random()
    if drawn < 0.6:
        text = text[0].upper() + text[1:]
        return ended(text) if random.random() < 0.75 else text
    if drawn < 0.68:
        text = text.lower()
    return text.rstrip(".") if random.random() < 0.8 else text


def mistyped(text: str, random: Random) -> str:
    """The text with one or two words that have a letter dropped, doubled or swapped."""
    words = text.split(" ")
    able = [place for place, word in enumerate(words) if len(word) > 4 and word.isascii() and word.isalpha()]
    for place in random.sample(able, min(len(able), random.choice((1, 1, 2)))):
        word, at = words[place], random.randrange(1, len(words[place]) - 2)
        before, letter, after = word[:at], word[at], word[at + 1 :]
        words[place] = random.choice(
            (before + after, before + 2 * letter + after, before + after[0] + letter + after[1:])
        )
    return " ".join(words)


def with_context(text: str, random: Random) -> str:
    """The text among sentences that have nothing to do with the call, some with numbers and names."""
    before, after = random.random(), random.random()
    if before < 0.12:
        lead = _context(random.choice(frames.BEFORE), random)
        text = f"{lead} {text[0].upper() + text[1:]}" if lead[-1] in ".!" else f"{lead} {text}"
    if after < 0.12:
        text = f"{ended(text)} {_context(random.choice(frames.AFTER), random)}"
    return text


def _context(pattern: str, random: Random) -> str:
    person, city = random.choice(vocabulary.FIRST_NAMES), random.choice(vocabulary.CITIES)
    return pattern.format(person=person, city=city, n=random.randrange(2, 60))
