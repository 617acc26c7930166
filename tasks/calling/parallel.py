"""Parallel functions: several calls that do not depend on each other, in any order."""

from divisi.tasks.calling.plain_calls import PlainCalls
from divisi.tasks.score import same_calls

PARALLEL = PlainCalls("parallel", same=same_calls)
"""Exact where both hold the same calls, in any order."""
