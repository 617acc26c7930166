"""Slots that play on a base for a while: a trunk, specialists beside it; then the base is as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.slots import Slots


@contextmanager
def playing(base: Base, trunk: Slots | None, *others: Slots) -> Iterator[Bank]:
    """A bank with these slots; whoever is in it at the end is taken off the base.

    Raises:
        BankError: the slots do not fit the base, or two share a name.
    """
    bank = Bank(base.model)
    try:
        bank.set_trunk(trunk)
        for slots in others:
            bank.add(slots)
        yield bank
    finally:
        bank.set_trunk(None)
        for name in bank.names:
            bank.remove(name)
