"""From what the stages answered to opinions of what the calls are: one from a list, one from names and arguments."""

from collections.abc import Callable, Mapping, Sequence

from divisi.router.request import AnswerCall
from divisi.router.select import Candidate
from divisi.services.perform import Outcome
from divisi.tasks.calling.call import LABEL, references
from divisi.tasks.calling.call_list import Offer
from divisi.tasks.calling.next_best import DONE
from divisi.tasks.calling.schema import with_definitions
from divisi.tasks.calling.validation import schema_problems

LISTS = ("parallel", "chaining", "nested")


def opinions(outcomes: Sequence[Outcome], offer: Offer) -> tuple[Candidate, ...]:
    """Every opinion that the outcomes hold, in the order of trust: lists and the next call first.

    Args:
        outcomes: of all stages of a plan.
        offer: the tools offered; a call that their schemas refuse is dropped, and counts as a problem.
    """
    whole = [_from_whole(one, offer) for one in outcomes if one.stage.subtask in (*LISTS, "next_best")]
    parts = _from_names(outcomes, offer)
    return tuple(one for one in (*whole, parts) if one is not None)


def refused(call: AnswerCall, offer: Offer) -> str | None:
    """Why a call must not leave the house, or None: its name is offered and its arguments follow the schema.

    A call that refers to another's result cannot be checked before the reference is replaced, so it passes here.
    """
    if call.name not in offer.tools:
        return f"{call.name!r} is not offered; offered: {offer.describe()}"
    if any(references(call.arguments)):
        return None
    problems = schema_problems(call.arguments, with_definitions(offer.parameters[call.name], offer.definitions))
    return f"{call.name}: {problems[0]}" if problems else None


def _from_whole(outcome: Outcome, offer: Offer) -> Candidate | None:
    """The opinion of a stage that answers with whole calls; None where it says that no more are needed."""
    if outcome.value == DONE:
        return None
    value = outcome.value if outcome.value is not None else []
    records = value if isinstance(value, list) else [value]
    calls = [AnswerCall(one["name"], one["arguments"], one.get("label")) for one in records]
    return _candidate(outcome.stage.subtask, calls, [outcome], offer)


def _from_names(outcomes: Sequence[Outcome], offer: Offer) -> Candidate | None:
    """The opinion of names and arguments, or of the arguments of a named function alone."""
    parts = [one for one in outcomes if one.stage.subtask in ("names", "arguments")]
    filled = sorted((one for one in parts if one.stage.subtask == "arguments"), key=_place(parts))
    calls = _referable(
        [
            AnswerCall(str(one.stage.focus), {**one.value, **dict(one.stage.linked)}, one.stage.label)
            for one in filled
            if isinstance(one.value, Mapping)
        ]
    )
    missing = {str(one.stage.focus): tuple(one.value) for one in filled if isinstance(one.value, list)}
    return _candidate("names", calls, parts, offer, missing) if parts else None


def _referable(calls: Sequence[AnswerCall]) -> list[AnswerCall]:
    """The calls whose references lead to calls before them; others cannot be made while a value is missing."""
    kept: list[AnswerCall] = []
    for call in calls:
        labels = {one.label for one in kept}
        if all(f"$var_{number}" in labels for number, _ in references(call.arguments)):
            kept.append(call)
    return kept


def _place(parts: Sequence[Outcome]) -> Callable[[Outcome], tuple[int, int]]:
    """Sorts argument stages into the order of their labels, else that in which the names were given."""
    given = [name for one in parts if one.stage.subtask == "names" for name in one.value or ()]

    def place(outcome: Outcome) -> tuple[int, int]:
        label = LABEL.fullmatch(outcome.stage.label or "")
        places = [at for at, name in enumerate(given) if name == outcome.stage.focus]
        return int(label.group(1)) if label else 0, places[outcome.stage.occurrence - 1] if places else 0

    return place


def _candidate(
    source: str,
    calls: Sequence[AnswerCall],
    outcomes: Sequence[Outcome],
    offer: Offer,
    missing: Mapping[str, tuple[str, ...]] | None = None,
) -> Candidate:
    reasons = [refused(call, offer) for call in calls]
    kept = tuple(call for call, reason in zip(calls, reasons, strict=True) if reason is None)
    problems = [problem for outcome in outcomes for problem in outcome.problems]
    tokens = sum(outcome.played.new_tokens for outcome in outcomes)
    logprob = sum(outcome.played.mean_logprob * outcome.played.new_tokens for outcome in outcomes)
    found = tuple(dict.fromkeys([*problems, *(reason for reason in reasons if reason)]))
    return Candidate(source, kept, found, logprob / max(1, tokens), missing or {})
