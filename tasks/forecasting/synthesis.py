"""The last look at what was read: accept or reject each effect, name the conflict, say how sure.

The effects stand in the invocation, numbered, so that the card and the text stay one prefix for all four subtasks.
The answer that changes nothing accepts what the checks accept.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from divisi.tasks.calling.answer_text import read_json, write_json
from divisi.tasks.forecasting.card import Card, card_of, forecast_case, text_of
from divisi.tasks.forecasting.checks import NOT_CERTAIN, check_effects
from divisi.tasks.forecasting.context import Context, effects_of, object_schema, times_of_card
from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.subtask import AnswerError, Case, Schema, TaskError, Verdict

CONFLICTS = ("none", "other_series", "not_certain", "withdrawn", "outside", "contradiction", "not_said")
"""Why an effect is rejected; the first rejected one decides. "none" where all are accepted."""

CONFIDENCES = ("low", "mid", "high")
SLOTS = ("accept", "conflict", "confidence")


@dataclass(frozen=True, slots=True)
class Synthesis:
    """One yes or no for each effect, the kind of conflict, and the confidence."""

    name: str = "synthesis"

    def render(self, case: Case) -> str:
        """The invocation: the effects that were read, one a line."""
        lines = [f"{number} {line}" for number, line in enumerate(map(told, _effects(case)), 1)]
        return "\n".join(["synthesis", *lines])

    def grammar(self, case: Case) -> Schema:
        """As many yes or no as there are effects."""
        count = len(_effects(case))
        accept = {"type": "array", "items": {"type": "boolean"}, "minItems": count, "maxItems": count}
        words = {"conflict": {"enum": list(CONFLICTS)}, "confidence": {"enum": list(CONFIDENCES)}}
        return object_schema({"accept": accept, **words}, list(SLOTS))

    def write(self, value: Any, case: Case) -> str:  # noqa: ARG002
        """The canonical text, slots in their fixed order."""
        return write_json({slot: value[slot] for slot in SLOTS})

    def parse(self, text: str, case: Case) -> dict[str, Any]:  # noqa: ARG002
        """The decision.

        Raises:
            AnswerError: a slot is missing, or accept is no list of true and false.
        """
        value = read_json(text)
        if not isinstance(value, dict) or set(value) != set(SLOTS) or not isinstance(value["accept"], list):
            raise AnswerError(f"the answer must have the slots {', '.join(SLOTS)}: {text[:200]!r}")
        if not all(isinstance(part, bool) for part in value["accept"]):
            raise AnswerError(f"accept must be a list of true and false: {text[:200]!r}")
        return value

    def verify(self, value: Any, case: Case) -> Verdict:
        """One answer for each effect, none accepted that the checks refuse, a conflict where one is rejected."""
        effects, problems = _effects(case), []
        if len(value["accept"]) != len(effects):
            problems.append(f"{len(value['accept'])} answers for {len(effects)} effects; give one for each")
        verdicts = check_effects(effects, text_of(case), times_of_card(card_of(case))) if effects else ()
        for number, (effect, verdict, accepted) in enumerate(zip(effects, verdicts, value["accept"], strict=False), 1):
            if accepted and not effect.applicable:
                problems.append(f"effect {number} is accepted, but it is {_why_not(effect)}")
            elif accepted and not verdict.valid:
                problems.append(f"effect {number} is accepted, but {verdict.problems[0]}")
        if value["conflict"] not in CONFLICTS or value["confidence"] not in CONFIDENCES:
            problems.append("conflict and confidence must be words of the grammar")
        elif (value["conflict"] == "none") != all(value["accept"]):
            problems.append("a conflict is named exactly where an effect is rejected")
        return Verdict(tuple(problems))

    def score(self, value: Any, truth: Any, case: Case) -> Mapping[str, float]:  # noqa: ARG002
        """exact (of accept), the share of right answers, conflict, and hallucinated: something wrongly accepted."""
        pairs = list(zip(value["accept"], truth["accept"], strict=False))
        longest = max(len(value["accept"]), len(truth["accept"]))
        return {
            "accept": sum(one == other for one, other in pairs) / longest if longest else 1.0,
            "conflict": float(value["conflict"] == truth["conflict"]),
            "exact": float(value["accept"] == truth["accept"]),
            "hallucinated": float(any(one and not other for one, other in pairs)),
        }


def synthesis_case(card: Card, text: str, effects: Sequence[Mapping[str, Any]]) -> Case:
    """The case of deciding on effects, given as the records of a context answer."""
    case = forecast_case(card, text, occurrences=max(1, len(effects)))
    focus = Context().write({"effects": effects, "irrelevant": []}, case)
    return forecast_case(card, text, focus=focus, occurrences=max(1, len(effects)))


def neutral(case: Case) -> dict[str, Any]:
    """The answer that accepts what the checks accept."""
    effects = _effects(case)
    verdicts = check_effects(effects, text_of(case), times_of_card(card_of(case))) if effects else ()
    accept = [effect.applicable and verdict.valid for effect, verdict in zip(effects, verdicts, strict=True)]
    return decision(accept, [conflict_of(effect, verdict) for effect, verdict in zip(effects, verdicts, strict=True)])


def decision(accept: Sequence[bool], reasons: Sequence[str]) -> dict[str, Any]:
    """An answer: the reason of the first rejected effect is the conflict; two kinds of reasons make it unsure.

    Args:
        accept: of each effect.
        reasons: of each effect a word of CONFLICTS, "none" where it is accepted.
    """
    given = [reason for accepted, reason in zip(accept, reasons, strict=True) if not accepted]
    confidence = "high" if not given else "mid" if len(set(given)) == 1 else "low"
    return {"accept": list(accept), "conflict": given[0] if given else "none", "confidence": confidence}


def conflict_of(effect: Effect, verdict: Verdict) -> str:
    """The word for why an effect is not applied; "none" where it is."""
    if effect.target != "this_series":
        return "other_series"
    if effect.certainty == "hypothetical":
        return "not_certain"
    if effect.certainty == "negated":
        return "withdrawn"
    if verdict.valid and effect.type != "none":
        return "none"
    if any(problem.startswith(NOT_CERTAIN) for problem in verdict.problems):
        return "not_certain"
    return "outside" if any("outside the" in problem for problem in verdict.problems) else "not_said"


def told(effect: Effect) -> str:
    """An effect in one short line, for the invocation and for people."""
    parts = [effect.type, "" if effect.target == "this_series" else effect.target, effect.certainty]
    if effect.value is not None:
        parts.append(f"{effect.value:.10g} {effect.unit}")
    parts += [f"{effect.start or 'no date'} to {effect.end or 'open'}"]
    parts += [effect.profile or effect.reference or "", ", ".join(state.state for state in effect.path)]
    return " ".join(part for part in (*parts, json.dumps(effect.evidence, ensure_ascii=False)) if part)


def _why_not(effect: Effect) -> str:
    if effect.type == "none":
        return "no effect"
    return effect.certainty if effect.target == "this_series" else "about another series"


def _effects(case: Case) -> tuple[Effect, ...]:
    """The effects of the focus; none where the case has no such focus."""
    if case.focus is None or not case.focus.startswith("{"):
        return ()
    try:
        return effects_of(Context().parse(case.focus, case))
    except TaskError as error:
        raise AnswerError(f"the focus of synthesis must be an answer of context: {error}") from error
