"""Results as tables in a terminal: one table a set, one column an arm, and how the bars are met."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

Section = Mapping[str, Any]

ORDER = ("specialists", "umbrella", "joint", "base")
"""Arms from left to right."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A number that the specialists with grammar are to reach.

    Attributes:
        set, group, metric: of the measure.
        small, large: the least (or, for `most`, the most) value, with a base trained on a CPU and on a GPU.
        most: whether the value must stay at or below.
    """

    set: str
    group: str
    metric: str
    small: float
    large: float
    most: bool = False


BARS = (
    Bar("seal", "all", "name_f1", 0.85, 0.93),
    Bar("seal", "all", "argument_f1", 0.50, 0.70),
    Bar("written", "all", "exact", 0.25, 0.45),
    Bar("bfcl", "irrelevance_all", "accuracy", 0.80, 0.80),
    Bar("bfcl", "non_live_ast", "calls", 0.85, 0.85),
    *(Bar(name, "checks", "calls_valid", 1.0, 1.0) for name in ("seal", "bfcl", "written", "api_bank")),
    *(
        Bar(name, "checks", "names_not_offered", 0.0, 0.0, most=True)
        for name in ("seal", "bfcl", "written", "api_bank")
    ),
)


def set_table(name: str, sections: Sequence[Section]) -> Table:
    """All measures of one set, arms side by side."""
    mine = sorted((section for section in sections if section["set"] == name), key=_rank)
    table = Table(title=f"{name}: value [95% interval], n", title_justify="left", title_style="bold")
    for column in ("group", "metric", *(_column(section) for section in mine)):
        table.add_column(column, justify="left" if column in ("group", "metric") else "right", no_wrap=True)
    by_arm = [{(one["group"], one["metric"]): one for one in section["measures"]} for section in mine]
    keys = list(dict.fromkeys(key for measures in by_arm for key in measures))
    for key, before, after in zip(keys, (None, *keys), (*keys[1:], None), strict=False):
        group, metric = key
        first, last = before is None or before[0] != group, after is None or after[0] != group
        cells = (shown(arm.get(key)) for arm in by_arm)
        table.add_row(group if first else "", metric, *cells, end_section=last and not first)
    return table


def _rank(section: Section) -> int:
    """Arms stand in the order of ORDER, baselines behind them."""
    return ORDER.index(section["arm"]) if section["arm"] in ORDER else len(ORDER)


def _column(section: Section) -> str:
    return f"{section['arm']}, grammar off" if section["grammar"] == "off" else str(section["arm"])


def shown(measure: Mapping[str, Any] | None) -> str:
    """A measure in a cell."""
    if measure is None:
        return ""
    decimals = 3 if abs(measure["value"]) <= 1 else 1
    value, low, high = (f"{measure[key]:.{decimals}f}" for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}] {measure['count']}"


def bar_table(sections: Sequence[Section]) -> Table:
    """How the bars are met, as far as they were measured."""
    table = Table(title="bars (specialists, grammar on)", title_justify="left", title_style="bold")
    for column in ("set", "group", "metric", "value", "CPU base", "GPU base"):
        table.add_column(column, no_wrap=True)
    for cells in _bars(sections):
        table.add_row(*cells)
    return table


def _bars(sections: Sequence[Section]) -> Iterator[tuple[str, ...]]:
    found = {
        (section["set"], one["group"], one["metric"]): one
        for section in sections
        if section["arm"] == "specialists" and section["grammar"] == "on"
        for one in section["measures"]
    }
    for bar in BARS:
        measure = found.get((bar.set, bar.group, bar.metric))
        if measure is not None:
            verdicts = (_verdict(bar, measure["value"], limit) for limit in (bar.small, bar.large))
            yield bar.set, bar.group, bar.metric, shown(measure), *verdicts


def _verdict(bar: Bar, value: float, limit: float) -> str:
    met = value <= limit if bar.most else value >= limit
    return f"{'met' if met else '[bold]missed[/bold]'} ({'at most' if bar.most else 'at least'} {limit:g})"
