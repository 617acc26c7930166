"""What code tells the specialists, on requests by hand that are held back from all training; no model is asked.

    python benchmarks/choosing.py --data data

first       share of requests whose likest tool is a right one; chance is a tool drawn at random
among_20    share whose right tools are all among the 20 likest, when 100 tools of others are offered beside them
name_f1     of the tools whose need is a half or more, with the names that are called, by request
value       share of the arguments (but true and false, lists and objects) for which the right value is told
certain     share of the values told as probable (a half or more) that are right
sure        the mean of the probabilities told with those; where they are true it is as high as `certain`
lists       share of the lists of texts for which the right list is told
whole       share of the calls whose values told as probable are exactly the right arguments

Source of the others: the tools of the same hand-written sets.
"""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Annotated

import typer
from asked import needed
from machine import now
from measures import Measure, mean
from results import FOLDER, write_results
from rich.console import Console

from divisi.specialists.embedded.library import divided
from divisi.tasks.calling.call import canonical
from divisi.tasks.calling.dialogue import Asked, examples
from divisi.tasks.calling.found import found as found_in
from divisi.tasks.calling.likeness import likeness
from divisi.tasks.corpora.registry import read_requests
from divisi.tasks.score import name_scores
from divisi.tasks.subtask import ToolRecord

CALLING = ("single", "parallel", "chain", "nested")
SOURCES = ("written", "written_own")
OTHERS, KEPT = 100, 20
PROBABLE = 0.5


def likest(asked: Asked, tools: Sequence[ToolRecord], count: int) -> set[str]:
    """The names of so many of the tools that are most like a request; of equals the first."""
    scores = likeness(asked.messages, tools)
    order = sorted(range(len(tools)), key=lambda place: -scores[place])[:count]
    return {tools[place]["function"]["name"] for place in order}


def measures_of(held: Sequence[Asked], others: Sequence[ToolRecord], seed: int) -> list[Measure]:
    """All measures, over the requests that ask for calls and are offered several tools."""
    asking = [asked for asked in held if asked.kind in CALLING and len(asked.tools) > 1]
    right = [{call.name for call in asked.calls} for asked in asking]
    random = Random(seed)
    crowded = [(*asked.tools, *random.sample(others, min(OTHERS, len(others)))) for asked in asking]
    pairs = list(zip(asking, right, strict=True))
    found = {
        "first": [float(bool(likest(asked, asked.tools, 1) & names)) for asked, names in pairs],
        "chance": [len(names) / len(asked.tools) for asked, names in pairs],
        "among_20": [
            float(names <= likest(asked, tools, KEPT)) for (asked, names), tools in zip(pairs, crowded, strict=True)
        ],
    }
    found["name_f1"] = [name_scores(needed(asked), [call.name for call in asked.calls])["name_f1"] for asked in asking]
    found |= told(asking)
    return [mean("written, held back", metric, values, seed=seed) for metric, values in found.items() if values]


def told(asking: Sequence[Asked]) -> dict[str, list[float]]:
    """Whether each argument is told rightly, each value told as probable is right, and all of a call are."""
    measured: dict[str, list[float]] = {name: [] for name in ("value", "certain", "sure", "lists", "whole")}
    for asked in asking:
        for example in examples(asked):
            if example.subtask != "arguments":
                continue
            values, target = found_in(example.case), canonical(example.target)
            said = {name: canonical(one.value) for name, one in values.items()}
            for name, value in target.items():
                if isinstance(value, list):
                    measured["lists"].append(float(said.get(name) == value))
                elif not isinstance(value, bool | dict):
                    measured["value"].append(float(said.get(name) == value))
            probable = {name: one.probability for name, one in values.items() if one.probability >= PROBABLE}
            for name, probability in probable.items():
                if isinstance(values[name].value, str | float):
                    measured["certain"].append(float(name in target and said[name] == target[name]))
                    measured["sure"].append(probability)
            measured["whole"].append(float({name: said[name] for name in probable} == target))
    return measured


def main(
    *,
    data: Annotated[Path, typer.Option(help="A folder that holds calling and written.")],
    seed: Annotated[int, typer.Option(help="Of the others and of the intervals.")] = 0,
    out: Annotated[Path, typer.Option(help="The results.")] = FOLDER / "choosing.json",
) -> None:
    """Measure what code tells."""
    every, _ = read_requests(data, SOURCES)
    learned, held = divided(every)
    others = list({tool["function"]["name"]: tool for asked in learned for tool in asked.tools}.values())
    found = measures_of(held, others, seed)
    command = f"python benchmarks/choosing.py --data DATA --seed {seed}"
    records = [one.to_record() for one in found]
    write_results(out, {"benchmark": "choosing", "date": now(), "command": command, "seed": seed, "measures": records})
    for record in records:
        Console().print(
            f"{record['metric']}: {record['value']:.3f} [{record['low']:.3f}, {record['high']:.3f}] {record['count']}"
        )


if __name__ == "__main__":
    typer.run(main)
