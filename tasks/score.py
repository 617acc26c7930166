"""Metrics of function calling, as Granite-20B-FunctionCalling reports them: pure functions on plain values.

Calls are records {"name", "arguments"}. Two empty sides agree: 1.0. Values are compared in their canonical form.

Source: arXiv 2407.00121, section 5 (F1 on names and on parameter-value pairs, LCS, exact match, hallucination);
    Lin 2004 for ROUGE-L. We differ in comparing multisets, so that a repeated call counts as often as it is made.
"""

import json
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from divisi.tasks.calling.call import canonical

Record = Mapping[str, Any]


def multiset_f1(given: Sequence[Hashable], truth: Sequence[Hashable]) -> tuple[float, float, float]:
    """F1, precision and recall of one multiset against another: hits = sum over x of min(count, count in truth)."""
    if not given and not truth:
        return 1.0, 1.0, 1.0
    hits = (Counter(given) & Counter(truth)).total()
    precision = hits / len(given) if given else 0.0
    recall = hits / len(truth) if truth else 0.0
    return 2 * hits / (len(given) + len(truth)), precision, recall


def name_scores(names: Sequence[str], truth: Sequence[str]) -> dict[str, float]:
    """name_f1, name_precision, name_recall of two lists of names, without regard to order."""
    f1, precision, recall = multiset_f1(names, truth)
    return {"name_f1": f1, "name_precision": precision, "name_recall": recall}


def argument_f1(calls: Sequence[Record], truth: Sequence[Record]) -> float:
    """F1 of (function, parameter, value) triples."""
    return multiset_f1(_triples(calls), _triples(truth))[0]


def _triples(calls: Sequence[Record]) -> list[tuple[str, str, str]]:
    return [(call["name"], name, _key(value)) for call in calls for name, value in call["arguments"].items()]


def _key(value: Any) -> str:
    """A text that two values share exactly when they are equal in canonical form."""
    return json.dumps(canonical(value), sort_keys=True)


def _call_keys(calls: Sequence[Record]) -> list[tuple[str, str]]:
    return [(call["name"], _key(call["arguments"])) for call in calls]


def same_calls(calls: Sequence[Record], truth: Sequence[Record]) -> float:
    """1.0 where both hold the same calls, in any order."""
    return float(Counter(_call_keys(calls)) == Counter(_call_keys(truth)))


def same_sequence(calls: Sequence[Record], truth: Sequence[Record]) -> float:
    """1.0 where both hold the same calls in the same order."""
    return float(_call_keys(calls) == _call_keys(truth))


def common_length(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """Length of the longest common subsequence, in len(one) x len(other) steps."""
    row = [0] * (len(other) + 1)
    for item in one:
        before = 0
        for place, candidate in enumerate(other, 1):
            longest = before + 1 if item == candidate else max(row[place], row[place - 1])
            before, row[place] = row[place], longest
    return row[-1]


def common_share(names: Sequence[str], truth: Sequence[str]) -> float:
    """LCS of two sequences, divided by the length of the longer one."""
    longer = max(len(names), len(truth))
    return common_length(names, truth) / longer if longer else 1.0


def hallucinated(names: Sequence[str], offered: Collection[str]) -> float:
    """1.0 where any name is not offered; its mean over samples is the share that the paper reports."""
    return float(any(name not in offered for name in names))


def call_scores(calls: Sequence[Record], truth: Sequence[Record], offered: Collection[str]) -> dict[str, float]:
    """name_f1, name_precision, name_recall, argument_f1, lcs, sequence (of names, exact), hallucinated."""
    names, true_names = [call["name"] for call in calls], [call["name"] for call in truth]
    return {
        **name_scores(names, true_names),
        "argument_f1": argument_f1(calls, truth),
        "lcs": common_share(names, true_names),
        "sequence": float(names == true_names),
        "hallucinated": hallucinated(names, offered),
    }


def rouge_l(text: str, truth: str) -> float:
    """ROUGE-L F1 over case-folded words: 2 LCS / (words of both)."""
    words, true_words = text.casefold().split(), truth.casefold().split()
    if not words and not true_words:
        return 1.0
    return 2 * common_length(words, true_words) / (len(words) + len(true_words))


def interval(
    values: Sequence[float], *, share: float = 0.95, resamples: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Percentile bootstrap interval of a mean.

    Args:
        values: one number for each sample, at least one.
        share: how much of the resampled means lies within.
        resamples: how often the samples are drawn again with replacement.
        seed: replays the drawing.

    Returns:
        The lower and the upper bound.
    """
    random = np.random.default_rng(seed)
    samples = np.asarray(values, dtype=np.float64)
    means = [samples[random.integers(len(samples), size=len(samples))].mean() for _ in range(resamples)]
    low, high = np.quantile(means, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)
