"""The answers of the demo as a table: what came, who decided it, and what it cost."""

from collections.abc import Iterable, Mapping
from typing import Any

from answers import Answer
from rich.table import Table
from rich.text import Text

VERSION_CHARACTERS = 7


def table_of(rows: Iterable[tuple[str, Answer]]) -> Table:
    """One row for each answer, under the title of its scene."""
    table = Table(title="What divisi answered", show_lines=True)
    table.add_column("request", no_wrap=True)
    table.add_column("answer", ratio=1)
    for heading in ("route", "decided by", "stages", "specialists"):
        table.add_column(heading, no_wrap=True)
    table.add_column("shared prefix tokens", justify="right", min_width=6)
    table.add_column("ms", justify="right", no_wrap=True)
    last = None
    for title, answer in rows:
        table.add_row(*map(Text, ("" if title == last else title, *_cells(answer))))
        last = title
    return table


def shown(answer: Answer) -> str:
    """The calls of an answer, or its text."""
    calls = "\n".join(f"{call.name}({call.arguments})" for call in answer.calls)
    streamed = "" if answer.chunks is None else f"\n[{answer.chunks} chunks]"
    return (calls or answer.text) + streamed


def _cells(answer: Answer) -> tuple[str, ...]:
    trace = answer.trace
    if not trace:
        return (shown(answer), *["-"] * 6)
    confidence = trace["confidence"]
    return (
        shown(answer),
        trace["route"],
        trace["decided_by"] + ("" if confidence is None else f" {confidence:.2f}"),
        "\n".join(_stage(stage) for stage in trace["stages"]) or "-",
        "\n".join(_specialist(stage) for stage in trace["stages"]) or "-",
        str(trace["shared_prefix_tokens"]),
        f"{trace['milliseconds']:.0f}",
    )


def _stage(stage: Mapping[str, Any]) -> str:
    focus = stage["focus"]
    return f"{stage['subtask']} {focus}" if focus else str(stage["subtask"])


def _specialist(stage: Mapping[str, Any]) -> str:
    version = stage["version"][:VERSION_CHARACTERS]
    return f"{stage['specialist']} {version}" if version else str(stage["specialist"])
