"""What must hold of every answer, whatever the set: valid calls, no name that is not on offer; and what it cost."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from items import Answered, Item, Record
from measures import Measure, Part, mean, quantile, weighted
from numpy import array

from divisi.tasks.calling.call import references
from divisi.tasks.calling.call_list import Offer, read_offer
from divisi.tasks.calling.schema import ANY_REFERENCE, allow_references, with_definitions
from divisi.tasks.calling.validation import schema_problems
from divisi.tasks.subtask import Case, ToolError

CHECKS = "checks"
"""The group of measures that every set has."""


def held(answered: Sequence[Answered], seed: int) -> tuple[Measure, ...]:
    """Shares of calls and rows over a whole set; bars: calls_valid 1, names_not_offered 0, with grammar rows_follow 1.

    calls_valid          of the calls in the answers: arguments follow the tool's schema
    names_not_offered    of the calls in the answers
    rows_parsed          of the rows that a grammar was meant for, before any check: JSON
    rows_followed        of the same: follow the grammar's schema
    rows_cut             of the same: ran out of tokens
    refused              of the requests: not answered at all
    """
    calls = [(call, offer) for item, one in answered if one.calls for offer in [offer_of(item)] for call in one.calls]
    found = [mean(CHECKS, "refused", [float(one.refused is not None) for _, one in answered], seed=seed)]
    if calls:
        unknown = [float(call["name"] not in offer.tools) for call, offer in calls]
        found += [
            mean(CHECKS, "calls_valid", [float(is_valid(call, offer)) for call, offer in calls], seed=seed),
            mean(CHECKS, "names_not_offered", unknown, seed=seed),
        ]
    rows = [one.rows for _, one in answered if one.rows.written]
    if rows:
        written = array([float(row.written) for row in rows])
        for name in ("parsed", "followed", "cut"):
            tops = array([float(getattr(row, name)) for row in rows])
            found.append(weighted(CHECKS, f"rows_{name}", [Part(tops, written)], seed=seed))
    return tuple(found)


def offer_of(item: Item) -> Offer:
    """The tools of an item in their normal form; none where they cannot be read."""
    try:
        return read_offer(Case(tuple(item.request.messages), tuple(item.request.tools)))
    except ToolError:
        return Offer({}, {}, {})


def is_valid(call: Record, offer: Offer) -> bool:
    """Whether a call names a tool on offer and follows its schema; a reference may stand for any value."""
    if call["name"] not in offer.tools:
        return False
    schema = offer.parameters[call["name"]]
    if any(references(call["arguments"])):
        schema = allow_references(schema, ANY_REFERENCE)
    return not schema_problems(call["arguments"], with_definitions(schema, offer.definitions))


def costs(answered: Sequence[Answered], seed: int) -> tuple[Measure, ...]:
    """Milliseconds and tokens of a request: the middle one, and the one that nine of ten stay below."""
    answers = [one for _, one in answered if one.refused is None]
    columns = {
        "milliseconds": [one.milliseconds for one in answers],
        "new_tokens": [float(one.tokens) for one in answers],
        "prefix_tokens": [float(one.prefix_tokens) for one in answers],
        "rows": [float(one.rows.written) for one in answers],
    }
    return tuple(
        quantile("cost", f"{name}_p{share}", values, share / 100, seed=seed)
        for name, values in columns.items()
        for share in (50, 90)
        if values
    )


def routes(answered: Sequence[Answered]) -> dict[str, dict[str, int]]:
    """Group -> the kind of plan that was chosen -> how often."""
    counts: dict[str, Counter[str]] = {}
    for item, one in answered:
        counts.setdefault(item.group, Counter())[one.route or "refused"] += 1
    return {group: dict(found.most_common()) for group, found in counts.items()}


def refusals(answered: Sequence[Answered]) -> list[dict[str, Any]]:
    """The requests that were not answered, and why."""
    return [{"id": item.id, "why": one.refused} for item, one in answered if one.refused is not None]
