"""Function chaining: several calls in order, none of which needs the result of another."""

from divisi.tasks.calling.plain_calls import PlainCalls
from divisi.tasks.score import same_sequence

CHAINING = PlainCalls("chaining", same=same_sequence)
"""Exact where both hold the same calls in the same order."""
