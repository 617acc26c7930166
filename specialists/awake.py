"""Awake: on which parts of a row a specialist acts.

A row is a prefix, then the invocation that asks a specialist, then its answer. Where a specialist acts is a property of
its kind, and what it was trained with; in one batch some wake and others sleep at the same token of their rows.
"""

PREFIX, INVOCATION, ANSWER = 0, 1, 2
"""The parts of a row. Padding counts as prefix, and so do tokens that the base alone reads."""

Awake = tuple[float, float, float]
"""How strongly a specialist acts on the prefix, the invocation and the answer."""

FROM_INVOCATION: Awake = (0.0, 1.0, 1.0)
"""The prefix is the base's alone, so that it is read once for all."""

ON_INVOCATION: Awake = (0.0, 1.0, 0.0)
"""As the above, and decoding is the base's too: what was done to the invocation acts through its keys and values."""

EVERYWHERE: Awake = (1.0, 1.0, 1.0)
"""On the prefix too, which must then be read for this specialist alone."""


def part_at(place: int, invocation_tokens: int) -> int:
    """The part of a token by its place behind the prefix."""
    return INVOCATION if place < invocation_tokens else ANSWER
