"""Requests about offered tools, composed around values that are known: one call, several, none, or values missing."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Kind
from divisi.tasks.calling.turns import says
from divisi.tasks.generation import asking, chatter, frames
from divisi.tasks.generation.asking import Clause, Mentioned
from divisi.tasks.generation.meanings import Parameter
from divisi.tasks.generation.moments import today_line
from divisi.tasks.generation.offers import Offer
from divisi.tasks.generation.values import Value, draw
from divisi.tasks.generation.words import joined
from divisi.tasks.subtask import Message


@dataclass(frozen=True, slots=True)
class Draft:
    """A conversation before it has an id: what `Asked` holds, without the tools."""

    kind: Kind
    messages: tuple[Message, ...]
    calls: tuple[Call, ...] = ()
    tool: str | None = None
    missing: tuple[str, ...] = ()
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """How values are chosen in one conversation.

    Attributes:
        mention_share: the probability that an optional parameter is mentioned.
        optional_max: the most optional parameters that one call mentions.
        slip_share: the probability that a value is said wrongly first and then corrected.
        today: the day that a system message tells, or None.
    """

    mention_share: float
    optional_max: int
    slip_share: float
    today: date | None


HARD_TO_SAY = frozenset({"object"})


def values_for(offer: Offer, manner: Manner, random: Random, leave: Collection[str] = ()) -> dict[str, Value]:
    """A value for every required parameter and for some of the others.

    Args:
        offer: the tool to call.
        manner: how often optional parameters get one.
        random: where chance comes from.
        leave: parameters that get none.
    """
    required = offer.required
    optional = [
        one.name
        for one in offer.parameters
        if one.name not in required and one.meaning not in HARD_TO_SAY and random.random() < manner.mention_share
    ]
    chosen = (required | set(optional[: manner.optional_max])) - set(leave)
    return {one.name: _value(one, manner, random) for one in offer.parameters if one.name in chosen}


def _value(given: Parameter, manner: Manner, random: Random) -> Value:
    value = draw(given, random, manner.today)
    if random.random() < manner.slip_share and not isinstance(value.truth, (list, dict, bool)):
        wrong = draw(given, random, manner.today)
        if wrong.truth != value.truth and value.text not in wrong.text:
            return asking.slipped(value, wrong, random)
    return value


def call_of(offer: Offer, values: Mapping[str, Value], label: str | None = None) -> Call:
    """The call with these values, in the order of the schema."""
    return Call(
        offer.tool.name, {one.name: values[one.name].truth for one in offer.parameters if one.name in values}, label
    )


def clauses_of(
    parts: Sequence[tuple[Offer, Mapping[str, Value]]], random: Random
) -> tuple[tuple[Clause, ...], tuple[Mentioned, ...]]:
    """A clause for each offer with its values, and everything that they mention."""
    apart_share = asking.APART_SHARE if len(parts) == 1 else 0.0
    clauses: list[Clause] = []
    said: list[Mentioned] = []
    for offer, values in parts:
        here = asking.mentioned(values, offer.parameters, len(said))
        clauses.append(asking.clause(offer.intent, here, random, apart_share=apart_share))
        said += here
    return tuple(clauses), tuple(said)


def opened(manner: Manner, random: Random) -> tuple[Message, ...]:
    """The system message, where there is one."""
    if manner.today is not None:
        return (says("system", today_line(manner.today, random)),)
    return (says("system", random.choice(frames.SYSTEMS)),) if random.random() < 0.06 else ()


def single(offers: Sequence[Offer], manner: Manner, random: Random) -> Draft:
    """One call."""
    offer = random.choice(offers)
    values = values_for(offer, manner, random)
    (one,), said = clauses_of([(offer, values)], random)
    text = asking.fill(asking.with_context(asking.sentence(one, random), random), said)
    calls = (call_of(offer, values),)
    turns: tuple[Message, ...] = (says("user", text),)
    if random.random() < 0.06:
        turns = (*random.choice(chatter.TURNS), *turns)
    return Draft("single", (*opened(manner, random), *turns), calls)


def answered(offers: Sequence[Offer], manner: Manner, random: Random) -> Draft | None:
    """One call whose value comes in the user's second message, after the assistant asked for it."""
    lacking = missing(offers, manner, random, lacks_max=1)
    if lacking is None:
        return None
    offer = next(one for one in offers if one.tool.name == lacking.tool)
    return None if lacking.reply is None else _with_answer(lacking, offer, manner, random)


def _with_answer(lacking: Draft, offer: Offer, manner: Manner, random: Random) -> Draft:
    given = next(one for one in offer.parameters if one.name == lacking.missing[0])
    value = draw(given, random, manner.today)
    text = random.choice(
        ("{v}", "{v}", "{v}.", "it's {v}", "oh sorry, {v}", "{v}, please", "use {v}", "that would be {v}")
    ).format(v=value.text)
    arguments = {**lacking.calls[0].arguments, given.name: value.truth}
    ordered = {one.name: arguments[one.name] for one in offer.parameters if one.name in arguments}
    messages = (*lacking.messages, says("assistant", lacking.reply or ""), says("user", text))
    return Draft("single", messages, (Call(offer.tool.name, ordered),))


def same_function(offers: Sequence[Offer], manner: Manner, random: Random) -> Draft | None:
    """One function two to four times with one value that varies: all in one clause, or added by further sentences."""
    able = [one for one in offers if varying(one)]
    if not able:
        return None
    offer = random.choice(able)
    varies = random.choice(varying(offer))
    values = values_for(offer, manner, random)
    drawn = [draw(varies, random, manner.today) for _ in range(random.choice((2, 2, 2, 3, 3, 4)))]
    distinct = list({json.dumps(value.truth): value for value in drawn}.values())
    if len(distinct) < 2:
        return None
    listed = random.random() < 0.7
    first = Value("", joined([value.text for value in distinct], random)) if listed else distinct[0]
    (one,), said = clauses_of([(offer, {**values, varies.name: first})], random)
    text = asking.fill(asking.with_context(asking.sentence(one, random), random), said)
    if not listed:
        further = joined([value.text for value in distinct[1:]], random)
        text = f"{asking.ended(text)} {random.choice(frames.AGAIN).format(v=further)}"
    calls = tuple(call_of(offer, {**values, varies.name: value}) for value in distinct)
    return Draft("parallel", (*opened(manner, random), says("user", text)), calls)


def varying(offer: Offer) -> list[Parameter]:
    """The required parameters that several calls may give different values in one sentence."""
    plain = {"boolean", "array", "object", "sentence"}
    return [one for one in offer.parameters if one.name in offer.required and one.meaning not in plain]


def several(offers: Sequence[Offer], manner: Manner, random: Random) -> Draft | None:
    """Two or three independent calls, mostly of different functions."""
    parts = _parts(offers, manner, random)
    if parts is None:
        return None
    clauses, said = clauses_of(parts, random)
    text = asking.fill(asking.with_context(asking.side_by_side(clauses, random), random), said)
    return Draft("parallel", (*opened(manner, random), says("user", text)), tuple(call_of(*part) for part in parts))


def chain(offers: Sequence[Offer], manner: Manner, random: Random) -> Draft | None:
    """Two or three calls in an order that the text gives."""
    parts = _parts(offers, manner, random)
    if parts is None:
        return None
    clauses, said = clauses_of(parts, random)
    text = asking.fill(asking.with_context(asking.in_sequence(clauses, random), random), said)
    return Draft("chain", (*opened(manner, random), says("user", text)), tuple(call_of(*part) for part in parts))


def _parts(offers: Sequence[Offer], manner: Manner, random: Random) -> list[tuple[Offer, dict[str, Value]]] | None:
    short = [one for one in offers if len(one.required) < 4]
    if len(short) < 2:
        return None
    chosen = random.sample(short, min(len(short), random.choice((2, 2, 2, 3))))
    if random.random() < 0.1:
        chosen[1] = chosen[0]
    parts = [(offer, values_for(offer, manner, random)) for offer in chosen]
    calls = [json.dumps(call_of(*part).to_record(), sort_keys=True) for part in parts]
    return parts if len(set(calls)) == len(calls) else None


def missing(offers: Sequence[Offer], manner: Manner, random: Random, *, lacks_max: int = 2) -> Draft | None:
    """A request that lacks one or two required values. `calls` holds what is known, for whoever goes on from here."""
    able = [one for one in offers if one.required]
    if not able:
        return None
    offer = random.choice(able)
    count = min(len(offer.required), lacks_max if random.random() < 0.25 else 1)
    chosen = set(random.sample(sorted(offer.required), count))
    lacks = [one for one in offer.parameters if one.name in chosen]
    values = values_for(offer, manner, random, leave=[one.name for one in lacks])
    (one,), said = clauses_of([(offer, values)], random)
    text = asking.fill(asking.with_context(asking.sentence(one, random), random), said)
    reply = chatter.ask_for(lacks, random)
    known = (call_of(offer, values),)
    return Draft(
        "missing",
        (*opened(manner, random), says("user", text)),
        known,
        offer.tool.name,
        tuple(one.name for one in lacks),
        reply,
    )


def none(shown: Sequence[Offer], left_out: Sequence[Offer], manner: Manner, random: Random) -> Draft:
    """A request that no offered tool fits.

    Mostly it is one for a tool that was left out; else small talk, a question of general knowledge, or a sentence
    that names what an offered tool does without asking for it.
    """
    drawn = random.random()
    if drawn < 0.07:
        offer = random.choice(shown)
        (one,), said = clauses_of([(offer, values_for(offer, manner, random))], random)
        return Draft("none", (*opened(manner, random), says("user", asking.fill(asking.refused(one, random), said))))
    if not left_out or drawn < 0.25:
        return Draft("none", (*opened(manner, random), says("user", chatter.small_talk(random))))
    return Draft("none", single(left_out, manner, random).messages)
