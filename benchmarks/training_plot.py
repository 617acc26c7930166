"""A picture of the training ablation: the orders against one joint adapter, the kinds by size and by length of answers.

python benchmarks/training_plot.py --out benchmarks/results/training.svg
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from results import FOLDER, read_results
from training_scores import AGAINST, ALL, LENGTHS, compared

METRIC = "sure"
GROUPS = (*(f"length up to {bound}" for bound in LENGTHS), "longer")
INCHES = (15, 4.8)
MARKERS = "osD^v*"
"""Of the kinds, which tell them apart without colours too."""
APART = 0.06
"""How far kinds stand from each other: of a length's place, and as a share of a size."""

Section = Mapping[str, Any]


def main(
    *,
    results: Annotated[Path, typer.Option(help="What benchmarks/training.py has written.")] = FOLDER / "training.json",
    out: Annotated[Path, typer.Option(help=".svg, .png or .pdf.")] = FOLDER / "training.svg",
) -> None:
    """Draw the picture."""
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams["svg.hashsalt"] = "divisi"  # the same numbers give the same file
    sections = read_results(results).get("sections", [])
    figure = Figure(figsize=INCHES, layout="constrained")
    orders, sizes, lengths = figure.subplots(1, 3)
    draw_orders(orders, [one for one in sections if one["set"] == "orders"])
    kinds = [one for one in sections if one["set"] == "kinds"]
    draw_sizes(sizes, kinds)
    draw_lengths(lengths, kinds)
    figure.savefig(out, metadata={"Date": None} if out.suffix == ".svg" else None)


def measure(section: Section, group: str, metric: str) -> Mapping[str, float] | None:
    """A measure of a section, where it has it."""
    found = [one for one in section["measures"] if (one["group"], one["metric"]) == (group, metric)]
    return found[0] if found else None


def draw_orders(axes: Any, sections: Sequence[Section]) -> None:
    """The difference of each arm to the joint adapter."""
    pairs = [(one["arm"], found) for one in sections if (found := measure(one, ALL, compared(METRIC, "orders")))]
    for place, (_, one) in enumerate(pairs):
        around = [[one["value"] - one["low"]], [one["high"] - one["value"]]]
        axes.errorbar(one["value"], place, xerr=around, fmt="o", color="black", capsize=3)
    axes.axvline(0.0, color="grey", linewidth=0.8)
    axes.locator_params(axis="x", nbins=5)
    axes.set_yticks(range(len(pairs)), [arm for arm, _ in pairs])
    axes.set_title(f"{METRIC}: difference to one joint adapter")


def draw_sizes(axes: Any, sections: Sequence[Section]) -> None:
    """The difference of each kind to the one that all are compared with, by its trained parameters."""
    metric = compared(METRIC, "kinds")
    for place, kind in enumerate(kinds := kinds_of(sections)):
        own = [(one["parameters"], measure(one, ALL, metric)) for one in sections if one["kind"] == kind]
        points = [(size * (1 + beside(place, kinds)), found) for size, found in sorted(own, key=size_of) if found]
        draw_measures(axes, points, place, kind)
    axes.set_xscale("log")
    axes.set_xlabel("trained parameters of a specialist")
    axes.set_title(f"{METRIC} by kind and size: difference to {AGAINST['kinds']}")
    _with_legend(axes, sections)


def draw_lengths(axes: Any, sections: Sequence[Section]) -> None:
    """The difference of the largest of each kind, by the length of the true answers."""
    metric = compared(METRIC, "kinds")
    for place, kind in enumerate(kinds := kinds_of(sections)):
        largest = max((one for one in sections if one["kind"] == kind), key=lambda one: one["parameters"])
        found = [(at + beside(place, kinds), measure(largest, group, metric)) for at, group in enumerate(GROUPS)]
        draw_measures(axes, [(at, one) for at, one in found if one], place, largest["arm"])
    axes.set_xticks(range(len(GROUPS)), [group.removeprefix("length ") for group in GROUPS])
    axes.set_xlabel("characters of the true answer")
    axes.set_title(f"{METRIC} by length: difference to {AGAINST['kinds']}")
    _with_legend(axes, sections)


def kinds_of(sections: Sequence[Section]) -> list[str]:
    """The kinds, each once."""
    return list(dict.fromkeys(one["kind"] for one in sections))


def size_of(one: tuple[int, object]) -> int:
    """What points are sorted by."""
    return one[0]


def beside(place: int, kinds: Sequence[str]) -> float:
    """How far a kind is moved, so that none hides another."""
    return APART * (place - (len(kinds) - 1) / 2)


def draw_measures(axes: Any, points: Sequence[tuple[float, Mapping[str, float]]], place: int, label: str) -> None:
    """Values with their intervals, in the colour and with the marker of a kind."""
    if not points:
        return
    around = [[one["value"] - one["low"] for _, one in points], [one["high"] - one["value"] for _, one in points]]
    x, y = [at for at, _ in points], [one["value"] for _, one in points]
    axes.axhline(0.0, color="grey", linewidth=0.8)
    marker, colour = MARKERS[place % len(MARKERS)], f"C{place}"
    axes.errorbar(x, y, yerr=around, marker=marker, color=colour, label=label, capsize=2)


def _with_legend(axes: Any, sections: Sequence[Section]) -> None:
    if sections:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=4, frameon=False, fontsize="small")


if __name__ == "__main__":
    typer.run(main)
