"""One number that says how good an answer is, from all that its subtask measures."""

from collections.abc import Mapping
from statistics import fmean

from divisi.tasks.catalog import find_subtask
from divisi.tasks.example import Example
from divisi.tasks.subtask import AnswerError

MAIN = ("exact", "rouge_l")
"""The metric that counts, where a subtask has it; else the mean of all."""


def main_metric(metrics: Mapping[str, float]) -> float:
    """The metric of an answer that counts, in [0, 1]."""
    chosen = next((metrics[name] for name in MAIN if name in metrics), None)
    return fmean(value for name, value in metrics.items() if name != "hallucinated") if chosen is None else chosen


def judged(text: str, example: Example) -> float:
    """How good a text is as the answer to an example; 0 where it cannot be read."""
    subtask = find_subtask(example.subtask)
    try:
        value = subtask.parse(text, example.case)
    except AnswerError:
        return 0.0
    return main_metric(subtask.score(value, example.target, example.case))
