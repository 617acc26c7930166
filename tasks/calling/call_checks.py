"""What is wrong with a call: a name not offered, arguments against the schema, lost references, no evidence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from divisi.tasks.calling.call import references
from divisi.tasks.calling.call_list import Offer, read_offer
from divisi.tasks.calling.evidence import Said, read_conversation, unsupported
from divisi.tasks.calling.schema import ANY_REFERENCE, allow_references, with_definitions
from divisi.tasks.calling.validation import schema_problems
from divisi.tasks.subtask import Case, Verdict

Record = Mapping[str, Any]


def check_call(record: Record, offer: Offer, said: Said) -> Iterator[str]:
    """What is wrong with a call that stands alone; a reference in it leads nowhere."""
    name, arguments = record["name"], record["arguments"]
    if name not in offer.tools:
        yield f"{name!r} is not offered; offered: {offer.describe()}"
        return
    schema = offer.parameters[name]
    for problem in schema_problems(arguments, with_definitions(schema, offer.definitions)):
        yield f"{name}: {problem}"
    for number, _ in references(arguments):
        yield f"{name}: $var_{number} is not an earlier call"
    for problem in unsupported(arguments, schema, offer.definitions, said):
        yield f"{name}: {problem}"


def check_calls(calls: Sequence[Record], case: Case) -> Verdict:
    """What is wrong with calls that do not depend on each other."""
    offer, said = read_offer(case), read_conversation(case)
    return Verdict(tuple(problem for record in calls for problem in check_call(record, offer, said)))


def check_labelled_calls(calls: Sequence[Record], case: Case) -> Verdict:
    """What is wrong with calls that may refer to the results of earlier ones by label."""
    offer, said = read_offer(case), read_conversation(case)
    misplaced = label_problem(calls)
    found = [misplaced] if misplaced else []
    for place, record in enumerate(calls):
        found += _check_labelled_call(record, calls[:place], offer, said)
    return Verdict(tuple(found))


def label_problem(calls: Sequence[Record]) -> str | None:
    """What is wrong with the labels of calls: they count from $var_1, in order."""
    for number, record in enumerate(calls, 1):
        if record.get("label") != f"$var_{number}":
            return f"call {number} must be labelled '$var_{number}', not {record.get('label')!r}"
    return None


def _check_labelled_call(record: Record, earlier: Sequence[Record], offer: Offer, said: Said) -> Iterator[str]:
    name, arguments = record["name"], record["arguments"]
    if name not in offer.tools:
        yield f"{name!r} is not offered; offered: {offer.describe()}"
        return
    schema = offer.parameters[name]
    for problem in schema_problems(
        arguments, with_definitions(allow_references(schema, ANY_REFERENCE), offer.definitions)
    ):
        yield f"{name}: {problem}"
    for number, path in references(arguments):
        if lost := _lost(number, path, earlier, offer):
            yield f"{name}: {lost}"
    for problem in unsupported(arguments, schema, offer.definitions, said):
        yield f"{name}: {problem}"


def _lost(number: int, path: str | None, earlier: Sequence[Record], offer: Offer) -> str | None:
    """Why a reference leads nowhere, or None where it leads to a field of an earlier call's result."""
    if not 1 <= number <= len(earlier):
        return f"$var_{number} is not an earlier call"
    source = offer.tools.get(earlier[number - 1]["name"])
    field = (path or "result").split(".")[0].split("[")[0]
    if source is None or field == "result" or field in source.returns:
        return None
    return f"{source.name} returns no {field!r}; it returns {', '.join(source.returns) or 'result'}"
