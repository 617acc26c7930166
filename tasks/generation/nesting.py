"""Requests whose second call needs the result of the first."""

from dataclasses import replace
from random import Random
from typing import Any

from divisi.tasks.calling.turns import says
from divisi.tasks.generation import asking, composing, frames
from divisi.tasks.generation.asking import Clause
from divisi.tasks.generation.composing import Draft, Manner, call_of
from divisi.tasks.generation.links import Pair
from divisi.tasks.generation.results import ran, result_of
from divisi.tasks.generation.values import Value, draw
from divisi.tasks.generation.wordings import ARTICLES, position, widened
from divisi.tasks.generation.words import is_plural, split_name

Values = dict[str, Value]


def nested(pair: Pair, manner: Manner, random: Random) -> Draft:
    """Both calls are asked for; the second refers to a field of the first one's result."""
    messages, values, others = _asked(pair, manner, random)
    reference = Value(f"$var_1.{pair.field}$", "")
    calls = (call_of(pair.giving, values, "$var_1"), call_of(pair.taking, {**others, pair.taken: reference}, "$var_2"))
    return Draft("nested", messages, calls)


def following(pair: Pair, manner: Manner, random: Random) -> Draft:
    """The first call has run: the next one takes a value from its result."""
    messages, values, others = _asked(pair, manner, random)
    taken = next(one for one in pair.taking.parameters if one.name == pair.taken)
    found = draw(taken, random)
    result = {**result_of(pair.giving, random), pair.field: found.truth}
    turns = (*messages, *ran(call_of(pair.giving, values), result, 1))
    return Draft("continue", turns, (call_of(pair.taking, {**others, pair.taken: Value(found.truth, "")}),))


def _asked(pair: Pair, manner: Manner, random: Random) -> tuple[tuple[Any, ...], Values, Values]:
    """The messages up to the request, and the values of both calls that it gives."""
    values = composing.values_for(pair.giving, manner, random)
    others = composing.values_for(pair.taking, manner, random, leave=[pair.taken])
    (first, second), said = composing.clauses_of([(pair.giving, values), (pair.taking, others)], random)
    second = _referring(second, pair, random)
    text = asking.in_some_hand(random.choice(frames.NESTED_FRAMES).format(first=first.do, second=second.do), random)
    text = asking.fill(asking.with_context(text, random), said)
    return (*composing.opened(manner, random), says("user", text)), values, others


def _referring(second: Clause, pair: Pair, random: Random) -> Clause:
    """The second clause with "that film" where it names the noun, else with a phrase that refers to the result."""
    words = second.target.split()
    found = position(words, pair.noun.split())
    if found and random.random() < 0.8 and not is_plural(words[found[1] - 1]):
        start, _ = widened(words, *found)
        before = words[: start - 1] if start and words[start - 1].lower() in ARTICLES else words[:start]
        which = random.choice(("that", "this", "the new" if pair.giving.intent.verb in {"create", "add"} else "that"))
        return replace(second, target=" ".join([*before, which, *words[start:]]))
    phrase = random.choice(frames.REFERENCES).format(noun=pair.noun, field=" ".join(split_name(pair.field)))
    return replace(second, tail=f"{second.tail} {phrase}")
