"""Sentences about effects and beside them, put together into a text in some style, with the spans that prove them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from divisi.tasks.forecasting.drafts import Draft
from divisi.tasks.forecasting.ground import Ground
from divisi.tasks.forecasting.invented_world import World
from divisi.tasks.forecasting.sizes import draw_pct, grouped
from divisi.tasks.forecasting.stretches import draw_steps, window_said
from divisi.tasks.forecasting.wordings_beside import BACK, EVENT_SENTENCES

BRACKETS = re.compile(r"\[([^\[\]]*)\]")
DOUBLED_MARK = re.compile(r",\s*(?=[.,;:!?])")
SPLIT_SHARE = 0.2
STYLES = ("memo", "news", "chat", "table", "minutes", "list")
GREETINGS = ("Dear planner, ", "Hi all, ", "Hello, ", "To the planning desk: ", "Good morning, ", "For your plan: ")
CLOSINGS = (" Kind regards", " Thanks", " Best, Ines", "", "", "")
CHAT_OPENINGS = ("hey, ", "hi, ", "fyi: ", "quick one: ", "", "")
SEPARATORS = (" | ", " / ", " - ", " ; ")

Claim = Mapping[str, Any] | None
"""What a bracketed span proves: an effect's slots, or None for a span that is irrelevant."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with brackets around its spans, and what each span proves, in their order."""

    text: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """A text, the effects that it tells of with their evidence, and the spans that do not count."""

    text: str
    effects: tuple[Mapping[str, Any], ...]
    irrelevant: tuple[str, ...]


def sentences_of(draft: Draft, wordings: Mapping[str, Sequence[str]], random: Random) -> list[Sentence]:
    """A draft in one sentence, or in two where the window is given first and pointed back to."""
    wording = random.choice(list(wordings[draft.wording]))
    if "{when}" in wording.split("[", maxsplit=1)[0] + wording.split("]")[-1] and random.random() < SPLIT_SHARE:
        opening = random.choice(EVENT_SENTENCES)
        if "event" in draft.slots:
            first = opening.format(**draft.slots)
            back = wording.format(**{**draft.slots, "when": random.choice(BACK)})
            return [Sentence(first, ()), Sentence(back, (draft.record,))]
    return [Sentence(wording.format(**draft.slots), (draft.record,))]


def row_of(draft: Draft, random: Random) -> Sentence:
    """A draft as a row of a table; the row is its own evidence."""
    when = draft.slots.get("when") or draft.slots.get("since") or ""
    cells = [re.sub(r"^(on|from|in|for) ", "", when), draft.slots.get("event") or draft.slots.get("fault", "")]
    separator = random.choice(SEPARATORS)
    return Sentence(f"[{separator.join([*cells, draft.short])}]", (draft.record,))


def beside(kind: str, ground: Ground, world: World, wording: str, random: Random) -> Sentence:
    """A sentence that tempts: about something else, another place, something uncertain or withdrawn."""
    other = random.choice([place for place in world.places if place != ground.place])
    steps = draw_steps(ground, random)
    saying, size = window_said(ground, *steps, random), draw_pct(random)
    slots = {
        **size.slots,
        "other": other,
        "thing": ground.unit,
        "event": random.choice(world.events),
        "person": random.choice(world.people),
        "when": saying.text,
        "amount": grouped(random.choice((12, 25, 40, 60, 90, 120, 250, 400, 1500))),
    }
    text = wording.format(**slots)
    if kind == "irrelevant":
        return Sentence(text, (None,))
    record: dict[str, Any] = {"type": "multiply", "start": saying.start, "end": saying.end}
    if saying.duration:
        record["duration"] = {"n": saying.duration[0], "unit": saying.duration[1]}
    record |= {"value": size.value, "unit": size.unit}
    record |= {"target": "other"} if kind == "other" else {"certainty": kind}
    return Sentence(text, (record,))


def nothing(ground: Ground, world: World, wording: str, random: Random) -> Sentence:
    """A sentence that says that nothing changes, or says nothing about the series at all."""
    slots = {
        "thing": ground.unit,
        "event": random.choice(world.events),
        "person": random.choice(world.people),
    }
    return Sentence(wording.format(**slots), ({"type": "none"},))


def told(sentences: Sequence[Sentence], style: str, random: Random) -> Telling:
    """Sentences as one text in a style."""
    parts = [sentence.text.strip().removesuffix(".") for sentence in sentences]
    if style == "table":
        text = random.choice(("\n", "  ", " // ")).join(parts)
    elif style == "chat":
        joint = random.choice((". ", ", also ", " ... ", ". btw "))
        text = _lower(random.choice(CHAT_OPENINGS) + joint.join(parts) + random.choice(("", "!", " pls", " ok?")))
    else:
        text = _prose([_capital(part) for part in parts], style, random)
    return _read(_tidy(text), [claim for sentence in sentences for claim in sentence.claims])


def _prose(parts: Sequence[str], style: str, random: Random) -> str:
    if style == "minutes":
        return " ".join(f"Item {number}. {part}." for number, part in enumerate(parts, 1))
    if style == "list":
        return " ".join(f"({number}) {part}." for number, part in enumerate(parts, 1))
    text = " ".join(f"{part}." for part in parts)
    return random.choice(GREETINGS) + text + random.choice(CLOSINGS) if style == "memo" else text


def _capital(part: str) -> str:
    """The first letter large, behind a bracket too."""
    place = next((place for place, sign in enumerate(part) if sign.isalpha() or sign.isdigit()), 0)
    return part[:place] + part[place : place + 1].upper() + part[place + 1 :]


def _lower(text: str) -> str:
    return text.lower()


def _tidy(text: str) -> str:
    """No comma before another mark, and none at the end of a span."""
    return DOUBLED_MARK.sub("", text.replace(",]", "],"))


def _read(text: str, claims: Sequence[Claim]) -> Telling:
    """The text without its brackets, and what they held."""
    spans = BRACKETS.findall(text)
    assert len(spans) == len(claims), (text, claims)
    pairs = list(zip(spans, claims, strict=True))
    return Telling(
        text=text.replace("[", "").replace("]", ""),
        effects=tuple({**claim, "evidence": span.strip()} for span, claim in pairs if claim is not None),
        irrelevant=tuple(span.strip() for span, claim in pairs if claim is None),
    )
