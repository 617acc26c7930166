"""The error of the benchmarks.

BenchmarkError    a benchmark that cannot be run as asked: data, a package or an arm is not there
"""


class BenchmarkError(Exception):
    """A benchmark that cannot be run as asked; the message says what is missing and what to do."""
