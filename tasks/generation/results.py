"""Conversations in which calls have run: the reply, the next step, a further request."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.turns import calls_turn, result_turn, says
from divisi.tasks.generation import asking, composing, frames
from divisi.tasks.generation.composing import Draft, Manner
from divisi.tasks.generation.meanings import parameter
from divisi.tasks.generation.offers import Offer
from divisi.tasks.generation.values import draw
from divisi.tasks.generation.wordings import head_noun
from divisi.tasks.generation.words import is_plural, paired, split_name
from divisi.tasks.subtask import Message

PAST = paired("""
    create: created; add: added; delete: deleted; remove: removed; cancel: cancelled; update: updated; set: set;
    send: sent; start: started; stop: stopped; generate: generated; register: registered; upload: uploaded;
    enable: enabled; disable: disabled; copy: copied; replace: replaced; rename: renamed; book: booked
""")
"""A verb -> its past participle, for saying that it is done."""

SOME_FIELDS = paired("""
    id: string; status: string; count: integer; name: string; total: number; updated_at: string; message: string
""")
"""Fields of results of tools that tell none -> their type."""

TYPE = re.compile(r"(string|integer|number|boolean)\b")


def ran(call: Call, result: Mapping[str, Any], number: int) -> tuple[Message, Message]:
    """The assistant's turn that makes one call, and its result."""
    return calls_turn([call], number), result_turn(dict(result), number)


def finished(offers: Sequence[Offer], manner: Manner, random: Random) -> Draft:
    """Everything asked for has run: what remains is to say what came of it."""
    chosen = random.sample(list(offers), min(len(offers), random.choice((1, 1, 1, 2))))
    parts = [(offer, composing.values_for(offer, manner, random)) for offer in chosen]
    clauses, said = composing.clauses_of(parts, random)
    sound = asking.sentence(clauses[0], random) if len(clauses) == 1 else asking.side_by_side(clauses, random)
    results = [result_of(offer, random) for offer in chosen]
    calls = [composing.call_of(*part) for part in parts]
    turns = [calls_turn(calls, 1), *(result_turn(result, number) for number, result in enumerate(results, 1))]
    messages = (*composing.opened(manner, random), says("user", asking.fill(sound, said)), *turns)
    replies = (reply_to(offer, result, random) for offer, result in zip(chosen, results, strict=True))
    return Draft("reply", messages, reply=" ".join(replies))


def step(offers: Sequence[Offer], manner: Manner, random: Random) -> Draft | None:
    """The first calls of a chain have run: the next one is due."""
    whole = composing.chain(offers, manner, random)
    if whole is None:
        return None
    done = random.randrange(1, len(whole.calls))
    by_name = {offer.tool.name: offer for offer in offers}
    ran_turns = [
        turn
        for number, call in enumerate(whole.calls[:done], 1)
        for turn in ran(call, result_of(by_name[call.name], random), number)
    ]
    return Draft("continue", (*whole.messages, *ran_turns), (whole.calls[done],))


def again(offers: Sequence[Offer], manner: Manner, random: Random) -> Draft | None:
    """After a call, its result and the reply, the user wants the same with another value: "and for Lima?"."""
    able = [one for one in offers if composing.varying(one)]
    if not able:
        return None
    offer = random.choice(able)
    before = finished([offer], manner, random)
    varies = random.choice(composing.varying(offer))
    value = draw(varies, random, manner.today)
    text = random.choice(frames.FOLLOW_UPS).format(v=value.text, w=" ".join(varies.words))
    first = before.messages[-2]["tool_calls"][0]["function"]["arguments"]
    messages = (*before.messages, says("assistant", before.reply or ""), says("user", text))
    return Draft("single", messages, (Call(offer.tool.name, {**first, varies.name: value.truth}),))


def later(offers: Sequence[Offer], manner: Manner, random: Random) -> Draft:
    """One call, asked for after another request has been dealt with."""
    before, now = finished(offers, manner, random), composing.single(offers, manner, random)
    turns = [message for message in now.messages if message["role"] != "system"]
    return replace(now, messages=(*before.messages, says("assistant", before.reply or ""), *turns))


def result_of(offer: Offer, random: Random) -> dict[str, Any]:
    """An invented result with the fields that the tool returns, or with some where it tells none."""
    returns = offer.tool.returns or dict(random.sample(sorted(SOME_FIELDS.items()), 2))
    return {field: _field_value(field, meaning, random) for field, meaning in list(returns.items())[:3]}


def _field_value(field: str, meaning: str, random: Random) -> Any:
    kind = TYPE.match(meaning)
    schema = {"type": kind.group(1) if kind else "string", "description": meaning}
    return draw(parameter(field, schema), random).truth


def reply_to(offer: Offer, result: Mapping[str, Any], random: Random) -> str:
    """A short text that says what a result holds."""
    facts = [f"the {' '.join(split_name(field)) or field} is {_plain(value)}" for field, value in result.items()]
    told = facts[0] if len(facts) == 1 else ", ".join(facts[:-1]) + " and " + facts[-1]
    capital = told[0].upper() + told[1:]
    past = PAST.get(offer.intent.verb)
    if past and random.random() < 0.8:
        noun = head_noun(offer.intent.object) or "it"
        have = "have" if is_plural(noun) else "has"
        return random.choice(frames.DONE).format(noun=noun, have=have, past=past, told=told, capital=capital)
    return random.choice(frames.FOUND).format(told=told, capital=capital)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
