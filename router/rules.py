"""What the form of a request implies: the kinds of plan that may answer it, before any model is asked.

A kind says how a request is answered: by one call, several independent ones ("parallel"), ordered ones ("chain"),
dependent ones ("nested"), the next call of a conversation ("continue"), text ("reply"), the arguments of a function
that the client named ("named"), one specialist alone ("specialist"), or not at all ("none").
"""

from dataclasses import dataclass
from typing import Literal

from divisi.router.request import Request

Kind = Literal["single", "parallel", "chain", "nested", "continue", "reply", "none", "named", "specialist"]
Decider = Literal["rule", "probe", "request"]

CALLING: tuple[Kind, ...] = ("single", "parallel", "chain", "nested")


@dataclass(frozen=True, slots=True)
class Implied:
    """The kinds that the form leaves open.

    Attributes:
        kinds: never empty; the first is the one to take where nothing else can decide between them.
        by: "request" where the client asked for it in so many words, else "rule".
    """

    kinds: tuple[Kind, ...]
    by: Decider


@dataclass(frozen=True, slots=True)
class Decision:
    """The kind of plan that answers a request.

    Attributes:
        kind: what was decided.
        by: who decided.
        confidence: the probe's probability of the kind among those that the form allows; None where it was not asked.
        silent: its probability that nothing is to be called; None where that was not to be decided.
        several: its probability of several calls where one is made; None where it was not asked.
    """

    kind: Kind
    by: Decider
    confidence: float | None = None
    silent: float | None = None
    several: float | None = None


@dataclass(frozen=True, slots=True)
class CallLimits:
    """How many calls an answer must and may have; `most` None is no limit."""

    least: int = 0
    most: int | None = None


def implied(request: Request) -> Implied:
    """The kinds of plan that a request's form allows."""
    asked_for = _asked_for(request)
    if asked_for is not None:
        return Implied((asked_for,), "request")
    if not request.tools:
        return Implied(("reply",), "rule")
    if request.messages[-1].get("role") == "tool":
        return _after_results(request)
    calling = CALLING if request.parallel_calls else CALLING[:1]
    if request.tool_choice == "required":
        return Implied(calling, "rule")
    return Implied((*calling, "reply", "none"), "rule")


def _asked_for(request: Request) -> Kind | None:
    if request.specialist is not None:
        return "specialist"
    if request.tool_choice == "none":
        return "reply"
    return "named" if request.named_tool is not None else None


def _after_results(request: Request) -> Implied:
    if request.tool_choice == "required":
        return Implied(("continue",), "request")
    return Implied(("continue", "reply"), "rule")


def call_limits(request: Request) -> CallLimits:
    """How many calls the form demands and allows."""
    forced = request.tool_choice == "required" or request.named_tool is not None
    return CallLimits(least=1 if forced else 0, most=None if request.parallel_calls else 1)


def decided_by_form(allowed: Implied) -> Decision | None:
    """The decision where the form leaves one kind, else None."""
    return Decision(allowed.kinds[0], allowed.by) if len(allowed.kinds) == 1 else None


def without_probe(allowed: Implied) -> Decision:
    """The decision where no probe fits the base: the first kind, whose own specialists can still say no.

    The names of a single call may be several or none, and the next call may be none: nothing is forced.
    """
    return Decision(allowed.kinds[0], "rule")
