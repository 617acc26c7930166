"""Completions and specialists as tables in a terminal."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from divisi.services.evaluation import Scores
    from divisi.specialists.card import Card
    from divisi.specialists.fit import Progress as TrainingProgress

VERSION_CHARACTERS = 12
COLUMNS = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


def show_completion(completion: Mapping[str, Any], console: Console | None = None) -> None:
    """Print an answer, then how it came about."""
    out = console or Console()
    message, trace = completion["choices"][0]["message"], completion["divisi"]
    if message["content"] is not None:
        out.print(message["content"], markup=False, highlight=False)
    for call in message.get("tool_calls") or ():
        out.print(f"{call['function']['name']} {call['function']['arguments']}", markup=False)
    for call in trace["plan"][len(message.get("tool_calls") or ()) :]:
        out.print(f"then: {call['name']} {json.dumps(call['arguments'], ensure_ascii=False)}", markup=False)
    out.print(trace_table(trace))


def trace_table(trace: Mapping[str, Any]) -> Table:
    """A trace as a table: one line a stage."""
    sure = "" if trace["confidence"] is None else f", confidence {trace['confidence']:.2f}"
    head = (
        f"route {trace['route']} (by {trace['decided_by']}{sure}) · prefix {trace['prefix_tokens']} tokens, "
        f"{trace['shared_prefix_tokens']} shared · {trace['milliseconds']:.0f} ms"
    )
    if trace["tools_left_out"]:
        head += f" · left out: {', '.join(trace['tools_left_out'])}"
    table = Table(title=head, title_justify="left", title_style="bold")
    for column in ("stage", "specialist", "version", "tokens", "ms", "problems"):
        table.add_column(column, justify="right" if column in ("tokens", "ms") else "left")
    for stage in trace["stages"]:
        what = stage["subtask"] if stage["focus"] is None else f"{stage['subtask']} {stage['focus']}"
        cells = (what, stage["specialist"], stage["version"][:VERSION_CHARACTERS], str(stage["new_tokens"]))
        table.add_row(*cells, f"{stage['milliseconds']:.0f}", "; ".join(stage["problems"]))
    return table


def show_cards(cards: "Mapping[Path, Card]", console: Console | None = None) -> None:
    """Print specialists, one line each."""
    out = console or Console()
    table = Table()
    for column in ("name", "subtask", "kind", "version", "metrics", "folder"):
        table.add_column(column)
    for folder, card in cards.items():
        metrics = "\n".join(f"{key} {_short(value)}" for key, value in card.metrics.items())
        version = card.version[:VERSION_CHARACTERS]
        table.add_row(card.name, card.subtask or "", card.kind, version, metrics, str(folder))
    out.print(table if cards else "no specialists", markup=False)


def show_scores(scores: "Mapping[str, Scores]", console: Console | None = None) -> None:
    """Print scores, one line a subtask."""
    out = console or Console()
    table = Table()
    for column in ("subtask", "specialist", "version", "examples", "unreadable", "refused", "scores"):
        table.add_column(column)
    for subtask, own in scores.items():
        metrics = "\n".join(f"{name} {value:.3f}" for name, value in own.metrics.items())
        counts = (str(own.count), str(own.unreadable), str(own.refused))
        table.add_row(subtask, own.specialist, own.version[:VERSION_CHARACTERS], *counts, metrics)
    out.print(table)
    for subtask, own in scores.items():
        if own.reason is not None:
            out.print(f"{subtask}: {own.refused} refused, the first: {own.reason}", markup=False)


@contextmanager
def training_bar() -> "Iterator[Callable[[TrainingProgress], None]]":
    """A progress bar with losses and tokens a second; takes a training's progress."""
    columns = (
        TextColumn("training"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)

        def report(now: "TrainingProgress") -> None:
            losses = " ".join(f"{name} {loss:.3f}" for name, loss in now.losses.items())
            bar.update(task, total=now.steps, completed=now.step, description=f"{now.tokens_per_s:.0f} tok/s  {losses}")

        yield report


@contextmanager
def counting_bar(what: str, total: int) -> "Iterator[Callable[[], None]]":
    """A progress bar that counts; call what it gives once for each."""
    with Progress(TextColumn(what), *COLUMNS, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def _short(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
