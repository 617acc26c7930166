"""A picture of the training ablation: the orders against one joint adapter, the kinds by size and by length of answers.

python benchmarks/training_plot.py --out benchmarks/results/training.svg
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from results import FOLDER, read_results
from training_scores import AGAINST, ALL, LENGTHS

METRIC = "sure"
GROUPS = (*(f"length up to {bound}" for bound in LENGTHS), "longer")
INCHES = (15, 4.5)

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
    metric = f"{METRIC} against {AGAINST}"
    pairs = [(one["arm"], found) for one in sections if (found := measure(one, ALL, metric)) and one["arm"] != AGAINST]
    for place, (_, one) in enumerate(pairs):
        axes.errorbar(one["value"], place, xerr=[[one["value"] - one["low"]], [one["high"] - one["value"]]], fmt="o")
    axes.axvline(0.0, color="grey", linewidth=0.8)
    axes.set_yticks(range(len(pairs)), [arm for arm, _ in pairs])
    axes.set_title(f"{METRIC}: difference to one joint adapter")


def draw_sizes(axes: Any, sections: Sequence[Section]) -> None:
    """Each kind by its trained parameters."""
    for kind in dict.fromkeys(one["kind"] for one in sections):
        own = [(one["parameters"], measure(one, ALL, METRIC)) for one in sections if one["kind"] == kind]
        points = sorted((size, found["value"], found["low"], found["high"]) for size, found in own if found)
        x, y, low, high = zip(*points, strict=True)
        spread = [[a - b for a, b in zip(y, low, strict=True)], [b - a for a, b in zip(y, high, strict=True)]]
        axes.errorbar(x, y, yerr=spread, marker="o", label=kind)
    axes.set_xscale("log")
    axes.set_xlabel("trained parameters of a specialist")
    axes.set_title(f"{METRIC} by kind and size")
    if sections:
        axes.legend()


def draw_lengths(axes: Any, sections: Sequence[Section]) -> None:
    """The largest of each kind by the length of the true answers."""
    for kind in dict.fromkeys(one["kind"] for one in sections):
        largest = max((one for one in sections if one["kind"] == kind), key=lambda one: one["parameters"])
        points = [
            (place, found["value"]) for place, group in enumerate(GROUPS) if (found := measure(largest, group, METRIC))
        ]
        axes.plot(*zip(*points, strict=True), marker="o", label=largest["arm"])
    axes.set_xticks(range(len(GROUPS)), [group.removeprefix("length ") for group in GROUPS])
    axes.set_xlabel("characters of the true answer")
    axes.set_title(f"{METRIC} by length")
    if sections:
        axes.legend()


if __name__ == "__main__":
    typer.run(main)
