"""Pairing an answer's calls with the true ones: in order, in any order, or in any order that keeps the references."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from divisi.tasks.calling.call import LABEL, Call, equal_calls

Same = Callable[[Call, Call], bool]
"""Whether two calls count as the same."""


def in_order(calls: Sequence[Call], truth: Sequence[Call], same: Same = equal_calls) -> bool:
    """Whether both hold the same calls in the same order."""
    return len(calls) == len(truth) and all(map(same, calls, truth))


def in_any_order(calls: Sequence[Call], truth: Sequence[Call], same: Same = equal_calls) -> bool:
    """Whether the calls can be paired so that each is the same as its partner."""
    if len(calls) != len(truth):
        return False
    if not calls:
        return True
    first, rest = calls[0], calls[1:]
    partners = [place for place, other in enumerate(truth) if same(first, other)]
    return any(in_any_order(rest, [*truth[:place], *truth[place + 1 :]], same) for place in partners)


def with_references(calls: Sequence[Call], truth: Sequence[Call], same: Same = equal_calls) -> bool:
    """Whether the calls can be paired so that each is the same, once references lead to the partners' places."""
    if sorted(call.name for call in calls) != sorted(call.name for call in truth):
        return False
    return any(
        in_order([_renumbered(calls[place], order) for place in order], truth, same)
        for order in _orders([call.name for call in calls], [call.name for call in truth])
    )


def _orders(names: Sequence[str], true_names: Sequence[str], taken: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Every way to take the names in the true order: which place stands first, second and so on."""
    if len(taken) == len(true_names):
        yield taken
        return
    for place, name in enumerate(names):
        if place not in taken and name == true_names[len(taken)]:
            yield from _orders(names, true_names, (*taken, place))


def _renumbered(call: Call, order: Sequence[int]) -> Call:
    """A call whose references count the calls in another order."""
    numbers = {str(place + 1): str(number) for number, place in enumerate(order, 1)}
    return replace(call, arguments={name: _moved(value, numbers) for name, value in call.arguments.items()})


def _moved(value: object, numbers: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return LABEL.sub(lambda match: f"$var_{numbers.get(match[1], match[1])}", value)
    if isinstance(value, Mapping):
        return {key: _moved(part, numbers) for key, part in value.items()}
    return [_moved(part, numbers) for part in value] if isinstance(value, list) else value
