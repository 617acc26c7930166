"""Several candidates, one answer: what passed its checks, says anything, others agree with, was written in parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from divisi.router.request import AnswerCall
from divisi.tasks.calling.call import Call, equal_calls

PARTS = "names"
"""The opinion of names and arguments apart. Where nothing else decides it goes before whole lists: of 100 held-back
requests it was right in 9 of 94, a list in none of 38."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One opinion of what the answer's calls are.

    Attributes:
        source: which stages it comes from ("names", "parallel", ...).
        calls: in order; empty where the opinion is that nothing fits.
        problems: what the checks found; empty where it passed.
        mean_logprob: mean log probability of its tokens, natural logarithm.
        missing: function -> required values that the conversation does not give, so that it is not called.
    """

    source: str
    calls: tuple[AnswerCall, ...]
    problems: tuple[str, ...]
    mean_logprob: float
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def choose(candidates: Sequence[Candidate]) -> Candidate:
    """The best candidate. Ties go to the earlier one.

    Where several are asked, the probe saw calls: a candidate without any contradicts it, and loses against one that
    has calls or says what is missing. (Its few tokens make an empty list the likeliest nearly always.)

    Raises:
        ValueError: there is none.
    """
    return max(candidates, key=lambda one: _rank(one, candidates))


def _rank(one: Candidate, candidates: Sequence[Candidate]) -> tuple[bool, bool, float, bool, float]:
    parts = one.source == PARTS
    return not one.problems, bool(one.calls or one.missing), agreement(one, candidates), parts, one.mean_logprob


def agreement(one: Candidate, candidates: Sequence[Candidate]) -> float:
    """The mean overlap of a candidate with the other ones that passed their checks, in [0, 1]; 0 where it is alone."""
    others = [other for other in candidates if other is not one and not other.problems]
    if not others:
        return 0.0
    return sum(overlap(one.calls, other.calls) for other in others) / len(others)


def overlap(ones: Sequence[AnswerCall], others: Sequence[AnswerCall]) -> float:
    """The share of calls that two answers have in common: 2 x common / (both lengths), 1 where both are empty."""
    if not ones and not others:
        return 1.0
    left = [_call(other) for other in others]
    common = 0
    for call in map(_call, ones):
        match = next((i for i, other in enumerate(left) if equal_calls(call, other)), None)
        if match is not None:
            del left[match]
            common += 1
    return 2 * common / (len(ones) + len(others))


def _call(call: AnswerCall) -> Call:
    return Call(call.name, call.arguments)
