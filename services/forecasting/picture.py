"""The picture of a forecast: history, pool, final forecast with intervals, and the effects with the words behind them.

Colours are Okabe and Ito's, which stay apart for colour-blind people; every line also has its own dash and every
interval its own grey, so that the picture can be read in print without colour.
"""

import textwrap
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from divisi.services.forecasting.answer import SeriesForecast
from divisi.tasks.forecasting.apply import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION = "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00"
EFFECTS = ((ORANGE, "//"), (GREEN, "\\\\"), (VERMILION, ".."), (SKY, "xx"))
"""Colour and hatch of each effect's window; they come again after the last."""

SEASONS_SHOWN, LEAST_SHOWN = 3, 30
MOST_SERIES = 6
WIDTH, HEIGHT, NOTE_HEIGHT = 9.0, 4.2, 0.24
"""Inches: of the picture, of one series, of one line of notes."""

MOST_MARKED = 40
"""Steps whose points are marked; more of them would hide the line."""

LINE, TITLE = 108, 44
"""Characters of a note's line, and of a title."""


def draw(forecasts: Sequence[SeriesForecast], file: Path, *, season_length: int = 1) -> None:
    """Write a picture of some series below each other; its kind follows the file's ending (png, svg, pdf).

    Args:
        forecasts: at most MOST_SERIES are drawn; the title says how many there are.
        file: to be written.
        season_length: points of a season; the last seasons of the history are shown.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = forecasts[:MOST_SERIES]
    notes = [notes_of(one) for one in shown]
    heights = [HEIGHT + NOTE_HEIGHT * sum(map(len, each)) for each in notes]
    figure = Figure(figsize=(WIDTH, sum(heights)), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(len(shown), 1, height_ratios=heights)
    for place, (one, lines) in enumerate(zip(shown, notes, strict=True)):
        _draw_one(figure, grid[place], one, lines, season_length)
    if len(forecasts) > MOST_SERIES:
        figure.suptitle(f"the first {MOST_SERIES} of {len(forecasts)} series")
    figure.savefig(file, dpi=160)


def _draw_one(figure: "Figure", cell: Any, one: SeriesForecast, notes: Sequence[Sequence[str]], season: int) -> None:
    lines = sum(map(len, notes))
    if lines:
        inner = cell.subgridspec(2, 1, height_ratios=(HEIGHT, NOTE_HEIGHT * lines))
        axes, below = figure.add_subplot(inner[0]), figure.add_subplot(inner[1])
        _write_notes(below, one, notes)
    else:
        axes = figure.add_subplot(cell)
    kept = max(LEAST_SHOWN, SEASONS_SHOWN * season, 2 * len(one.ahead))
    _draw_lines(axes, one, kept)
    _draw_effects(axes, one, kept)
    axes.set_title(textwrap.shorten(one.name, TITLE, placeholder=" …"), loc="left", fontsize=12, fontweight="bold")
    axes.set_ylabel(one.unit)
    axes.margins(x=0.01)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color="0.9", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    _date_ticks(axes, one)
    _legend(axes)


def _legend(axes: "Axes") -> None:
    """Above the picture, so that it hides nothing: lines first, intervals last."""
    handles, labels = axes.get_legend_handles_labels()
    order = sorted(range(len(labels)), key=lambda place: "interval" in labels[place])
    axes.legend(
        [handles[place] for place in order],
        [labels[place] for place in order],
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=len(order),
        fontsize=8,
        frameon=False,
        borderaxespad=0.2,
        columnspacing=1.2,
        handlelength=1.8,
    )


def _draw_lines(axes: "Axes", one: SeriesForecast, kept: int) -> None:
    dates, history = one.dates[-kept:], one.history[-kept:]
    greys = np.linspace(0.88, 0.70, len(one.bands)) if len(one.bands) > 1 else [0.8]
    for (level, (low, high)), grey in zip(sorted(one.bands.items(), reverse=True), greys, strict=True):
        axes.fill_between(one.ahead, low, high, color=str(grey), linewidth=0, label=f"{level:g}% interval", zorder=1)
    axes.plot(dates, history, color=BLACK, linewidth=1.2, label="history", zorder=3)
    if not np.allclose(one.pool, one.final):
        axes.plot(one.ahead, one.pool, color=VERMILION, linewidth=1.3, linestyle=(0, (4, 2)), label="pool", zorder=4)
    marker = "o" if len(one.ahead) <= MOST_MARKED else ""
    line = axes.plot(one.ahead, one.final, color=BLUE, linewidth=1.8, label="forecast", zorder=5)[0]
    line.set(marker=marker, markersize=3.2)
    axes.axvline(_between(one.dates[-1], one.ahead[0]), color="0.45", linewidth=0.8, linestyle=":", zorder=2)


def _draw_effects(axes: "Axes", one: SeriesForecast, kept: int) -> None:
    """Shade the steps of every accepted effect, and number them as the notes do."""
    for place, outcome in enumerate(accepted(one)):
        colour, hatch = EFFECTS[place % len(EFFECTS)]
        for run, (left, right) in enumerate(_windows(one, outcome, kept)):
            axes.axvspan(left, right, facecolor=colour, alpha=0.16, linewidth=0, zorder=0)
            axes.axvspan(left, right, ymax=0.03, facecolor="none", edgecolor=colour, hatch=hatch, linewidth=0, zorder=2)
            if run == 0:
                _number(axes, left, right, place)


def _number(axes: "Axes", left: Any, right: Any, place: int) -> None:
    axes.annotate(
        str(place + 1),
        (_between(left, right), 0.965 - 0.07 * (place % 3)),
        xycoords=("data", "axes fraction"),
        ha="center",
        va="center",
        fontsize=8,
        fontweight="bold",
        bbox={"boxstyle": "circle,pad=0.25", "facecolor": "white", "edgecolor": EFFECTS[place % len(EFFECTS)][0]},
        zorder=6,
    )


def _write_notes(axes: "Axes", one: SeriesForecast, notes: Sequence[Sequence[str]]) -> None:
    axes.set_axis_off()
    lines = sum(map(len, notes))
    marks = len(accepted(one))
    row = 0
    for place, note in enumerate(notes):
        for part in note:
            colour = EFFECTS[place % len(EFFECTS)][0] if place < marks and part is note[0] else None
            height = 1 - (row + 0.5) / lines
            if colour:
                axes.scatter([0.006], [height], s=46, color=colour, transform=axes.transAxes, clip_on=False)
            shade = BLACK if place < marks else "0.4"
            axes.text(0.02, height, part, transform=axes.transAxes, va="center", fontsize=8.5, color=shade)
            row += 1
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)


def notes_of(one: SeriesForecast) -> list[list[str]]:
    """The lines below the picture: accepted effects by number with their words, then the rejected ones."""
    notes = [f"{place}  {_told(outcome)}" for place, outcome in enumerate(accepted(one), 1)]
    notes += [f"not applied: {_told(outcome)} ({outcome.reason})" for outcome in one.outcomes if not outcome.accepted]
    return [textwrap.wrap(note, LINE, subsequent_indent="    ") for note in notes]


def _told(outcome: Outcome) -> str:
    effect = outcome.effect
    sign = "+" if effect.unit != "x" and effect.type in ("add", "level_shift", "ramp", "multiply") else ""
    size = "" if effect.value is None else f" {effect.value:{sign}g}{_unit(effect.unit)}".replace("-", "−")
    words = f"“{effect.evidence}”" if effect.evidence else "stated in the request"
    return f"{effect.type.replace('_', ' ')}{size}: {words}"


def _unit(unit: str | None) -> str:
    return {"x": "×", "pct": "%"}.get(unit or "", "")


def accepted(one: SeriesForecast) -> list[Outcome]:
    """The effects that changed the forecast."""
    return [outcome for outcome in one.outcomes if outcome.accepted]


def runs(steps: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each stretch of steps that follow each other."""
    ordered = sorted(steps)
    cuts = [place for place, (one, other) in enumerate(pairwise(ordered), 1) if other > one + 1]
    parts = [ordered[start:end] for start, end in pairwise([0, *cuts, len(ordered)])]
    return [(part[0], part[-1]) for part in parts if part]


def _windows(one: SeriesForecast, outcome: Outcome, kept: int) -> list[tuple[Any, Any]]:
    """Where an effect acts, in the unit of the dates: half a step before its first step to half a step after its last.

    Steps are those of the horizon; of a masked history, those of the history that are shown.
    """
    dates = np.concatenate([one.dates[-kept:], one.ahead])
    masks = outcome.effect.type == "mask_history"
    shift = kept - len(one.dates) if masks and len(one.dates) > kept else 0 if masks else len(dates) - len(one.ahead)
    middles = [_between(left, right) for left, right in pairwise(dates)]
    edges = [dates[0], *middles, dates[-1] + (dates[-1] - dates[-2]) / 2]
    shown = [step + shift for step in outcome.steps if step + shift >= 0]
    return [(edges[first], edges[last + 1]) for first, last in runs(shown)]


def _between(one: Any, other: Any) -> Any:
    return one + (other - one) / 2


def _date_ticks(axes: "Axes", one: SeriesForecast) -> None:
    if np.asarray(one.ahead).dtype.kind == "M":
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        locator = AutoDateLocator(minticks=4, maxticks=9)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
