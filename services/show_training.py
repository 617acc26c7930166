"""A training in a terminal: what every worker is doing, what the gate said, and why this order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

if TYPE_CHECKING:
    from divisi.services.crew import Doing
    from divisi.services.rehearse import Rehearsed
    from divisi.specialists.fit import Progress


@contextmanager
def watching(console: Console | None = None) -> "Iterator[Callable[[Sequence[Doing]], None]]":
    """A table with a line for each worker, rewritten while they work."""
    with Live(console=console or Console(stderr=True), refresh_per_second=4, transient=True) as live:
        yield lambda workers: live.update(workers_table(workers))


def workers_table(workers: "Sequence[Doing]") -> Table:
    """What every worker is doing."""
    table = Table(title="training", title_justify="left")
    for column in ("worker", "process", "doing", "", "steps", "loss", "tokens/s", "replaced"):
        table.add_column(column, justify="left" if column in ("doing", "") else "right")
    for one in workers:
        bar = ProgressBar(total=one.steps, completed=one.step, width=20) if one.steps else ""
        steps = f"{one.step}/{one.steps}" if one.steps else ""
        loss = "" if one.loss is None else f"{one.loss:.3f}"
        speed = f"{one.tokens_per_s:.0f}" if one.steps else ""
        what = one.what or one.job.split(" ", 1)[0] or "waiting"
        table.add_row(str(one.worker), str(one.pid or ""), what, bar, steps, loss, speed, str(one.deaths or ""))
    return table


@contextmanager
def watching_here(console: Console | None = None) -> "Iterator[Callable[[str, Progress], None]]":
    """The same table for a training in this process."""
    from divisi.services.crew import Doing

    with watching(console) as look:

        def report(what: str, now: "Progress") -> None:
            losses = list(now.losses.values())
            loss = sum(losses) / len(losses) if losses else None
            look([Doing(0, what, what, now.step, now.steps, loss, now.tokens_per_s)])

        yield report


def show_rehearsed(rehearsed: "Rehearsed", console: Console | None = None) -> None:
    """Print what a plan came to: one line a specialist."""
    out = console or Console()
    table = Table(title="the gate", title_justify="left")
    for column in ("specialist", "accepted", "reason", "folder"):
        table.add_column(column)
    for one in rehearsed.findings:
        table.add_row(one.name, "yes" if one.accepted else "no", one.reason, str(rehearsed.folders[one.name]))
    out.print(table)
    for control in rehearsed.controls:
        if control.verdict != "kept":
            at = "" if control.temperature is None else f" at temperature {control.temperature:.2f}"
            out.print(f"{control.task}: {control.verdict}{at} (score {control.change})", markup=False)


def show_schedule(record: Mapping[str, Any], console: Console | None = None) -> None:
    """Print a schedule: order, natures, transfer, and why."""
    out = console or Console()
    transfer, order = record["transfer"], record["order"]
    table = Table(title="what training on a row does to a column", title_justify="left")
    table.add_column("trained on")
    for task in transfer["tasks"]:
        table.add_column(task, justify="right")
    table.add_column("entropy drift", justify="right")
    table.add_column("nature")
    for task, row in zip(transfer["tasks"], transfer["matrix"], strict=True):
        drift = record["drifts"][task]["on_policy"]
        cells = [f"{one['value']:+.2f}" for one in row]
        span = f"{drift['value']:+.3f} [{drift['low']:+.3f}, {drift['high']:+.3f}]"
        table.add_row(task, *cells, span, order["natures"][task])
    out.print(table)
    out.print(f"order ({record['by']}): {' → '.join(record['tasks'])}", markup=False)
    out.print(order["reason"], markup=False)
    if transfer["unlearned"]:
        out.print(f"not taught by their probes: {', '.join(transfer['unlearned'])}", markup=False)
