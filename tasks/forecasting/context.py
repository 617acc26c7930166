"""Reading a text: the effects that it says will happen to the series of the card, each with its evidence.

The answer begins with the evidence, because a small base judges better what it has just copied; empty slots are left
out of it. The value has all slots, in the form of effect.effect_to_record.
"""

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from divisi.tasks.calling.answer_text import read_json, write_json
from divisi.tasks.forecasting.card import Card, card_moment, card_of, has_card, text_of
from divisi.tasks.forecasting.checks import Times, check_effects
from divisi.tasks.forecasting.effect import (
    CERTAINTIES,
    OWN_SLOT,
    SPAN_UNITS,
    TARGETS,
    TYPES,
    UNITS,
    Effect,
    compact,
    effect_from_record,
    effect_to_record,
)
from divisi.tasks.forecasting.effect_score import effect_scores
from divisi.tasks.forecasting.errors import EffectError
from divisi.tasks.forecasting.frequency import Frequency
from divisi.tasks.forecasting.readings import told
from divisi.tasks.subtask import AnswerError, Case, Schema, Verdict

MOST_EFFECTS = 8
LONGEST_EVIDENCE = 400
DAY_OF_YEAR = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
CLOCK = "T([01][0-9]|2[0-3]):[0-5][0-9]"
NEUTRAL: Mapping[str, Any] = {"effects": [], "irrelevant": []}
"""The answer that changes nothing."""


@dataclass(frozen=True, slots=True)
class Context:
    """The effects that a text tells of, and the spans that tempt but do not count."""

    name: str = "context"

    def render(self, case: Case) -> str:
        """The invocation, with what the text seems to say; the subtask stands at its end once more."""
        said = told(card_of(case), text_of(case)) if has_card(case) else ""
        return f"context ({said}) context" if said else "context"

    def grammar(self, case: Case) -> Schema:
        """A list of effects with the slots of their types, dates in the years of the card."""
        card = card_of(case) if has_card(case) else None
        effect = {"anyOf": [_schema(kind, date_schema(card)) for kind in TYPES]}
        spans = {"type": "array", "items": _string(LONGEST_EVIDENCE), "minItems": 1, "maxItems": MOST_EFFECTS}
        return {
            "type": "object",
            "properties": {
                "effects": {"type": "array", "items": effect, "maxItems": MOST_EFFECTS},
                "irrelevant": spans,
            },
            "required": ["effects"],
            "additionalProperties": False,
        }

    def write(self, value: Any, case: Case) -> str:  # noqa: ARG002
        """The canonical text: evidence first, empty slots left out, irrelevant spans only where there are some."""
        written: dict[str, Any] = {"effects": [compact(effect_from_record(record)) for record in value["effects"]]}
        if value.get("irrelevant"):
            written["irrelevant"] = list(value["irrelevant"])
        return write_json(written)

    def parse(self, text: str, case: Case) -> dict[str, Any]:  # noqa: ARG002
        """The effects with all slots, and the irrelevant spans.

        Raises:
            AnswerError: it is not an object with a list of effects.
        """
        value = read_json(text)
        if not isinstance(value, dict) or not isinstance(value.get("effects"), list):
            raise AnswerError(f'the answer must be {{"effects": [...]}}, not {text[:200]!r}')
        irrelevant = value.get("irrelevant", [])
        if not isinstance(irrelevant, list) or not all(isinstance(span, str) for span in irrelevant):
            raise AnswerError(f'"irrelevant" must be a list of texts: {text[:200]!r}')
        try:
            effects = [effect_to_record(effect_from_record(record)) for record in value["effects"]]
        except EffectError as error:
            raise AnswerError(str(error)) from error
        return {"effects": effects, "irrelevant": irrelevant}

    def verify(self, value: Any, case: Case) -> Verdict:
        """Evidence and irrelevant spans are literal, sizes are said, dates lie in the history or the horizon."""
        text = text_of(case)
        verdicts = check_effects(effects_of(value), text, times_of_card(card_of(case)))
        problems = [
            f"effect {number}: {problem}" for number, verdict in enumerate(verdicts, 1) for problem in verdict.problems
        ]
        problems += [f"{span!r} is not in the text" for span in value["irrelevant"] if span not in text]
        return Verdict(tuple(problems))

    def score(self, value: Any, truth: Any, case: Case) -> Mapping[str, float]:
        """effect_f1, type_f1, slots, exact, hallucinated (an effect where the truth has none on those steps)."""
        card = card_of(case)
        return effect_scores(effects_of(value), effects_of(truth), times_of_card(card))


def effects_of(value: Mapping[str, Any]) -> tuple[Effect, ...]:
    """The effects of a context answer."""
    return tuple(map(effect_from_record, value["effects"]))


def times_of_card(card: Card) -> Times:
    """The times that a card speaks of."""
    return Times(card_moment(card.history_start), card_moment(card.history_end), card.dates, card.frequency)


def _schema(kind: str, date: Schema) -> Schema:
    properties: dict[str, Schema] = {
        "evidence": _string(LONGEST_EVIDENCE),
        "target": {"enum": list(TARGETS)},
        "certainty": {"enum": list(CERTAINTIES)},
        "type": {"const": kind},
    }
    required = list(properties)
    if kind != "none":
        properties |= {"start": date, "end": date, "duration": _counted("n", "number")}
        properties["recurrence"] = _counted("every", "integer")
    if kind in UNITS:
        properties |= {"value": {"type": "number"}, "unit": {"enum": list(UNITS[kind])}}
    if kind in OWN_SLOT:
        properties[OWN_SLOT[kind]] = _path(date) if OWN_SLOT[kind] == "path" else _string(120)
        required.append(OWN_SLOT[kind])
    return object_schema(properties, required)


def _string(longest: int) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": longest}


def _counted(number: str, kind: str) -> Schema:
    return object_schema({number: {"type": kind, "minimum": 1}, "unit": {"enum": list(SPAN_UNITS)}}, [number, "unit"])


def _path(date: Schema) -> Schema:
    state = object_schema({"start": date, "state": _string(60)}, ["start", "state"])
    return {"type": "array", "items": state, "minItems": 1, "maxItems": 24}


def object_schema(properties: Mapping[str, Schema], required: list[str]) -> Schema:
    """An object of these properties in this order, and no others."""
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


def date_schema(card: Card | None) -> Schema:
    """Days that there are, of the card's years, with a clock only where its steps are shorter than a day.

    Only such days, because an answer with the 30th of February could not be read at all.
    """
    if card is not None and card.frequency.unit == "step":
        return {"type": "integer"}
    if card is None:
        return {"type": "string", "pattern": f"^[0-9]{{4}}-{DAY_OF_YEAR}({CLOCK})?$"}
    years = _years(card)
    leap = "|".join(str(year) for year in years if isleap(year))
    days = f"({'|'.join(map(str, years))})-{DAY_OF_YEAR}" + (f"|({leap})-02-29" if leap else "")
    return {"type": "string", "pattern": f"^({days})({CLOCK})?$" if _has_clock(card.frequency) else f"^({days})$"}


def _years(card: Card) -> range:
    last = int(str(card.dates[-1])[:4])
    return range(int(str(card.history_start)[:4]), last + 2)


def _has_clock(frequency: Frequency) -> bool:
    return frequency.within_day
