"""BFCL v4, single turn, judged by the official checker: its columns, with the weights of its leaderboard.

non_live_ast    mean of simple (mean of Python, Java, JavaScript), multiple, parallel, parallel_multiple
live            all live calls together
irrelevance_all mean of irrelevance and live_irrelevance: right where nothing is called
relevance_all   live_relevance: right where anything is called
calls           share of non-live AST entries in which anything is called; abstaining always would be irrelevance 1

Never trained on, never tuned on. Source: github.com/ShishirPatil/gorilla, package bfcl-eval (Apache-2.0).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from asked import grouped
from bfcl_entry import Entry, read_entries, to_item
from bfcl_official import Judge, data_folder
from items import Answered, Item, Prediction
from measures import Measure, mean, part, weighted

SIMPLE = ("simple_python", "simple_java", "simple_javascript")
AST = ("multiple", "parallel", "parallel_multiple")
LIVE = ("live_simple", "live_multiple", "live_parallel", "live_parallel_multiple")
IRRELEVANT = ("irrelevance", "live_irrelevance")
RELEVANT = ("live_relevance",)
CATEGORIES = (*SIMPLE, *AST, *IRRELEVANT, *LIVE, *RELEVANT)

NON_LIVE = {**dict.fromkeys(SIMPLE, 1 / 12), **dict.fromkeys(AST, 1 / 4)}
"""Category -> its weight in the column."""


def read(_data: Path) -> tuple[Item, ...]:
    """Every entry, from the files that the package bfcl-eval brings."""
    folder = data_folder()
    return tuple(to_item(entry) for category in CATEGORIES for entry in read_entries(folder, category))


def measure(answered: Sequence[Answered], seed: int) -> tuple[Measure, ...]:
    """Accuracy by category, then the columns."""
    judge = Judge()
    right = {
        category: [float(is_right(item, one, judge)) for item, one in part]
        for category, part in grouped(answered).items()
    }
    found = [mean(category, "accuracy", values, seed=seed) for category, values in right.items()]
    return (*found, *_columns(right, seed), *_willing(answered, seed))


def is_right(item: Item, prediction: Prediction, judge: Judge) -> bool:
    """Whether the official checker accepts an answer."""
    assert isinstance(item.truth, Entry)
    if "relevance" in item.truth.category:
        return bool(prediction.calls) != (item.truth.category in IRRELEVANT)
    return judge.accepts(item.truth, prediction.calls)


def _columns(right: Mapping[str, Sequence[float]], seed: int) -> list[Measure]:
    live = sum(len(right.get(category, ())) for category in LIVE)
    columns = {
        "non_live_ast": NON_LIVE,
        "live": {category: len(right.get(category, ())) / live for category in LIVE} if live else {},
        "irrelevance_all": dict.fromkeys(IRRELEVANT, 1 / 2),
        "relevance_all": dict.fromkeys(RELEVANT, 1.0),
    }
    return [
        weighted(name, "accuracy", [part(right[category], weight) for category, weight in column.items()], seed=seed)
        for name, column in columns.items()
        if column and all(right.get(category) for category in column)
    ]


def _willing(answered: Sequence[Answered], seed: int) -> list[Measure]:
    asked = [prediction for item, prediction in answered if item.group in NON_LIVE]
    return [mean("non_live_ast", "calls", [float(bool(one.calls)) for one in asked], seed=seed)] if asked else []
