"""data/written/calling_d: natural requests of domains that are never trained on, by kind.

exact           the calls are the true ones: in order (chain), in any order that keeps the references (nested), in any
                order (others); none: nothing is called and nothing asked for; missing: the same function and the same
                missing parameters; continue: the next call, or none where the conversation is done
exact_strict    the same; `exact` compares arguments that hold free text by their words (comparing.py)
rouge_l         of replies, which are not exact or inexact
"""

from collections.abc import Sequence
from pathlib import Path

from asked import argument_f1, grouped, name_f1, read_items, truth_of
from comparing import as_calls, leniently_equal
from items import Answered, Item, Prediction
from measures import Measure, mean

from divisi.tasks.calling.call import equal_calls
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.matching import Same, in_any_order, in_order, with_references
from divisi.tasks.score import rouge_l

CALLING = ("single", "parallel", "chain", "nested", "continue")
"""What the truth of a conversation with calls is called."""


def read(data: Path) -> tuple[Item, ...]:
    """The requests of part d; the group is the kind as it was written, so that "confusable" is one."""
    return read_items(data, "written_d", lambda asked: asked.id.rsplit("/", 1)[1])


def measure(answered: Sequence[Answered], seed: int) -> tuple[Measure, ...]:
    """All measures by kind, then over all kinds but replies."""
    found: list[Measure] = []
    for group, part in grouped(answered).items():
        found += _replied(group, part, seed) if group == "reply" else _decided(group, part, seed)
    judged = [(item, one) for item, one in answered if item.group != "reply"]
    return (*found, *(_decided("all", judged, seed) if judged else ()))


def _decided(group: str, answered: Sequence[Answered], seed: int) -> list[Measure]:
    found = [
        mean(group, name, [float(is_exact(truth_of(item), one, same)) for item, one in answered], seed=seed)
        for name, same in (("exact", leniently_equal), ("exact_strict", equal_calls))
    ]
    calling = [(item, one) for item, one in answered if truth_of(item).kind in CALLING]
    if calling:
        found += [name_f1(group, calling, seed=seed), argument_f1(group, calling, seed=seed)]
        found += [mean(group, "calls", [float(bool(one.calls)) for _, one in calling], seed=seed)]
    return found


def _replied(group: str, answered: Sequence[Answered], seed: int) -> list[Measure]:
    scores = [rouge_l(one.text or "", truth_of(item).reply or "") for item, one in answered]
    silent = [float(not one.calls) for _, one in answered]
    return [mean(group, "rouge_l", scores, seed=seed), mean(group, "no_call", silent, seed=seed)]


def is_exact(asked: Asked, prediction: Prediction, same: Same) -> bool:
    """Whether an answer is right in everything that its kind demands."""
    calls = as_calls(prediction.calls)
    match asked.kind:
        case "none" | "done":
            return not calls and not prediction.missing
        case "missing":
            lacking = {function: set(names) for function, names in prediction.missing.items()}
            return not calls and lacking == {asked.tool: set(asked.missing)}
        case "nested":
            return with_references(calls, asked.calls, same)
        case "chain":
            return in_order(calls, asked.calls, same)
        case _:
            return in_any_order(calls, asked.calls, same)
