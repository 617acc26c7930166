"""The picture of a schedule: entropy of each task through the phases, the transfer matrix, the order and why.

Colours are Okabe and Ito's, which people with any kind of colour vision tell apart; each line has a marker and its name
at its end besides, and the matrix writes its numbers.
"""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from divisi.services.errors import ConfigError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C8C00")
MARKERS = "osD^vPX*"
NATURES = {"structured": ("#0072B2", "o"), "unclear": ("#7F7F7F", "s"), "open": ("#D55E00", "^")}
LEAST_GAP = 0.05
"""Between the names at the lines' ends, in shares of the axis."""
Record = Mapping[str, Any]


def plot_schedule(record: Record, file: Path) -> None:
    """Draw a schedule into a picture; its suffix says which kind (.png, .svg, .pdf).

    Args:
        record: from schedule_record.
        file: is written.

    Raises:
        ConfigError: matplotlib is not installed, or cannot write this kind of picture.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise ConfigError("a picture needs the library matplotlib; install divisi[plots]") from error
    figure = Figure(figsize=(13, 9.5), layout="constrained")
    grid = figure.add_gridspec(2, 2, height_ratios=(1.05, 1), width_ratios=(1, 1.05))
    figure.suptitle(
        f"Order of training ({record['by']}): {' → '.join(record['tasks'])}", x=0.01, ha="left", fontsize=14
    )
    _entropies(figure.add_subplot(grid[0, :]), record)
    _matrix(figure.add_subplot(grid[1, 0]), record)
    _drifts(figure.add_subplot(grid[1, 1]), record)
    try:
        figure.savefig(file, dpi=150)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be written: {error}") from error


def _entropies(axes: "Axes", record: Record) -> None:
    """Lines of entropy, a band for each phase."""
    reason = "\n".join(textwrap.wrap(f"Why: {record['order']['reason']}.", 140))
    what = "Entropy of answers that the model writes itself, through the phases (dashed: floor of an open-ended task)"
    axes.set_title(f"{reason}\n\n{what}", loc="left", fontsize=11)
    axes.set_ylabel("nats a token")
    course = record["course"]
    if course is None:
        axes.text(0.5, 0.5, "the phases have not been trained yet", ha="center", va="center", transform=axes.transAxes)
        axes.set(xticks=[], yticks=[])
        return
    sections = course["sections"]
    _bands(axes, sections)
    ends = {}
    for number, task in enumerate(record["tasks"]):
        colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
        values = [course["begun"][task], *(section["entropy"][task] for section in sections)]
        axes.plot(range(len(values)), values, color=colour, marker=marker, markersize=5, linewidth=1.8)
        if task in course["floors"]:
            axes.axhline(course["floors"][task], color=colour, linestyle=(0, (4, 3)), linewidth=1)
            axes.annotate(
                f"floor of {task}", (0, course["floors"][task]), xytext=(2, 3), textcoords="offset points",
                fontsize=8, color=colour,
            )  # fmt: skip
        ends[task] = (values[-1], colour)
    _names(axes, ends, len(sections))
    axes.spines[["top", "right"]].set_visible(False)


def _bands(axes: "Axes", sections: Sequence[Record]) -> None:
    """What is taught where, and what the guard did."""
    last = len(sections)
    axes.set_xlim(-0.1, last + 1.1)
    axes.set_xticks(range(last + 1), ["start", *(f"{one['phase'] + 1}.{one['section'] + 1}" for one in sections)])
    axes.set_xlabel("phase.section")
    for at, one in enumerate(sections):
        if one["phase"] % 2 == 0:
            axes.axvspan(at, at + 1, color="#EFEFEF", zorder=0)
        if one["section"] == 0:
            width = sum(other["phase"] == one["phase"] for other in sections)
            axes.annotate(
                one["task"], (at + width / 2, 1), xycoords=("data", "axes fraction"), xytext=(0, -12),
                textcoords="offset points", ha="center", fontsize=9, color="#444444",
            )  # fmt: skip
        told = [one["action"]] if one["action"] != "go on" else []
        told += [f"alarm: {echo['task']}" for echo in one["echoes"] if echo["alarm"]]
        if told:
            axes.annotate(
                "\n".join(told), (at + 1, 0), xycoords=("data", "axes fraction"), xytext=(-3, 4),
                textcoords="offset points", ha="right", va="bottom", fontsize=8, color="#A00000",
            )  # fmt: skip


def _names(axes: "Axes", ends: Mapping[str, tuple[float, str]], last: int) -> None:
    """Each line's name at its end, pushed apart where they would lie on each other."""
    low, high = axes.get_ylim()
    place = float("-inf")
    for task, (value, colour) in sorted(ends.items(), key=lambda one: one[1][0]):
        place = max(value, place + LEAST_GAP * (high - low))
        axes.annotate(
            task, (last, value), xytext=(last + 0.12, place), va="center", fontsize=9, color=colour,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.6} if place > value else None,
        )  # fmt: skip


def _matrix(axes: "Axes", record: Record) -> None:
    """The transfer matrix in the order of training, numbers inside; grey where the interval holds 0."""
    transfer = record["transfer"]
    tasks = record["tasks"]
    place = {task: at for at, task in enumerate(transfer["tasks"])}
    cells = [[transfer["matrix"][place[one]][place[other]] for other in tasks] for one in tasks]
    axes.imshow([[cell["value"] for cell in row] for row in cells], cmap="PuOr_r", vmin=-1, vmax=1, aspect="auto")
    for row, line in enumerate(cells):
        for column, cell in enumerate(line):
            sure = cell["low"] > 0 or cell["high"] < 0
            axes.text(
                column, row, f"{cell['value']:+.2f}" if sure else f"({cell['value']:+.2f})", ha="center", va="center",
                color="white" if abs(cell["value"]) > 0.65 else "black", fontweight="bold" if sure else None,
                fontsize=9,
            )  # fmt: skip
    axes.set_title(
        "Transfer: training on the row, in shares of the column's own gain\n(in brackets: the interval holds 0)",
        loc="left", fontsize=11,
    )  # fmt: skip
    axes.set_xticks(range(len(tasks)), tasks, rotation=25, ha="right")
    axes.set_yticks(range(len(tasks)), tasks)
    axes.tick_params(length=0)


def _drifts(axes: "Axes", record: Record) -> None:
    """Entropy drift of each task with its interval: filled on-policy, hollow on the references."""
    tasks = list(reversed(record["tasks"]))
    for at, task in enumerate(tasks):
        colour, marker = NATURES[record["order"]["natures"][task]]
        for measure, shift, filled in (("on_policy", 0.12, True), ("forced", -0.12, False)):
            drift = record["drifts"][task][measure]
            axes.plot([drift["low"], drift["high"]], [at + shift] * 2, color=colour, linewidth=1.6)
            axes.plot(
                drift["value"], at + shift, marker=marker, color=colour, markersize=7,
                markerfacecolor=colour if filled else "white", linestyle="none",
            )  # fmt: skip
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(tasks)), [f"{task}\n{record['order']['natures'][task]}" for task in tasks])
    axes.set_ylim(-0.6, len(tasks) - 0.4)
    axes.set_xlabel("change of entropy by a short training, nats a token")
    axes.set_title(
        "Entropy drift: structured falls, open-ended rises\n(filled: own answers; hollow: references; 95% intervals)",
        loc="left", fontsize=11,
    )  # fmt: skip
    axes.spines[["top", "right"]].set_visible(False)
