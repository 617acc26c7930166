"""Function calling: specialists against one adapter for everything and the base alone, on sets never trained on.

    python benchmarks/calling.py                                  everything; hours on two cores
    python benchmarks/calling.py --arms specialists --sets written,latency
    python benchmarks/calling.py --grammar both --limit 20        a look, twenty requests of each group

Every answer is kept under .work/ as it comes, so that a killed run goes on where it was; results/calling.json is
written after each set. The sets and their measures: seal.py, bfcl.py, written.py, api_bank.py; of all: checks.py.
"""

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from arms import ARMS, Arm, load_arm
from checks import costs, held, refusals, routes
from comparing import FREE_TEXT, LEAST_WORD_F1
from errors import BenchmarkError
from items import Answered, Item
from machine import describe_machine, now, which_base
from playing import answer_all, shelf
from results import FOLDER, merged, read_results, write_results
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sets import SETS, read_set
from tables import bar_table, set_table

from divisi.services.config import Config

ROOT = Path(__file__).parents[1]
WIDTH = 180
"""Columns of tables that are written to a file."""

Grammar = Literal["on", "off", "both"]

NOTES = {
    "specialists": "router, specialists and trunk as `divisi serve` runs them; in process, without HTTP",
    "umbrella": "one adapter of as many parameters on the same examples, one row a request that lists all calls; "
    "such a list cannot say which values are missing, so `missing` is out of its reach",
    "joint": "the same adapter by the plans of `specialists`",
    "base": "the plans of `specialists`, every row by the base without any adapter",
    "plan": "calls are those of the whole plan; over HTTP, calls that wait for results of others are not yet sent",
    "exact": f"in `written`, arguments named {', '.join(sorted(FREE_TEXT))} are compared by their words (F1 at least "
    f"{LEAST_WORD_F1}); exact_strict compares them as they are",
    "refused": "a request that the service refuses (a schema that cannot be enforced, a prompt over the context) "
    "counts as answered without a call",
    "bfcl": "official checker, columns weighted as on the leaderboard; tools in OpenAI's form (benchmarks/"
    "bfcl_entry.py); never trained or tuned on",
    "milliseconds": "of requests that are answered together with others, waiting included; in `latency` one at a time",
    "interval": "95% percentile bootstrap over items, 1000 resamples",
}


@dataclass(frozen=True, slots=True)
class Run:
    """What is run.

    Attributes:
        answers: the folder where answers are kept.
        sets, limit, seed: which requests.
        together: how many are answered at once.
        out: the results.
        command: what was typed, without places of this machine.
    """

    answers: Path
    sets: tuple[str, ...]
    limit: int | None
    seed: int
    together: int
    out: Path
    command: str


def main(
    *,
    arms: Annotated[str, typer.Option(help=f"Some of {', '.join(ARMS)}.")] = ",".join(ARMS),
    sets: Annotated[str, typer.Option(help=f"Some of {', '.join(SETS)}.")] = ",".join(SETS),
    grammar: Annotated[Grammar, typer.Option(help="Whether rows are held to their schemas.")] = "on",
    limit: Annotated[int | None, typer.Option(min=1, help="So many requests of each group.")] = None,
    seed: Annotated[int, typer.Option(help="Of the limit's draw and of the intervals.")] = 0,
    together: Annotated[int, typer.Option(min=1, help="Requests that are answered at once.")] = 32,
    base: Annotated[str | None, typer.Option(help="A folder or hub name; the embedded base by default.")] = None,
    specialists: Annotated[Path | None, typer.Option(help="A folder of specialists' folders.")] = None,
    probe: Annotated[Path | None, typer.Option(help="The probe's folder.")] = None,
    umbrella: Annotated[Path, typer.Option(help="A folder that holds the one adapter's folder.")] = ROOT
    / ".work/umbrella",
    device: Annotated[str | None, typer.Option(help="cpu, cuda; a GPU where there is one by default.")] = None,
    threads: Annotated[int | None, typer.Option(help="Of torch on the CPU.")] = None,
    grounded: Annotated[bool, typer.Option(help="Choose arguments among what was said; see Config.")] = False,
    data: Annotated[Path, typer.Option(help="A folder that holds calling and written.")] = ROOT / "data",
    answers: Annotated[Path, typer.Option(help="Where answers are kept.")] = ROOT / ".work/calling",
    out: Annotated[Path | None, typer.Option(help="results/calling.json; with --limit, a file under .work.")] = None,
) -> None:
    """Compare specialists, one adapter for everything and the base on function calling."""
    names, chosen = tuple(sets.split(",")), tuple(arms.split(","))
    command = f"python benchmarks/calling.py --arms {arms} --sets {sets} --grammar {grammar} --seed {seed}"
    command += f" --together {together}" + ("" if limit is None else f" --limit {limit}")
    command += "" if threads is None else f" --threads {threads}"
    command += " --grounded" if grounded else ""
    usual = FOLDER / "calling.json" if limit is None else answers / "calling-limited.json"
    run = Run(answers, names, limit, seed, together, out or usual, command)
    roots = None if specialists is None else (specialists,)
    config = Config(
        base=base, specialists=roots, probe=probe, device=device, threads=threads, most_rows=together, grounded=grounded
    )
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    try:
        check_arms(chosen, umbrella)
        items = {name: read_set(name, data, limit=limit, seed=seed) for name in names}
        for arm in chosen:
            run_arm(load_arm(arm, config, umbrella), grammar, items, run, console)
    except BenchmarkError as error:
        console.print(f"calling: {error}", markup=False, style="red", soft_wrap=True)
        raise typer.Exit(1) from error
    show(run, console)


TRAINER = "divisi.specialists.embedded.train_skills"


def check_arms(chosen: Sequence[str], umbrella: Path) -> None:
    """Refuse what would fail only after the arms before it.

    Raises:
        BenchmarkError: an arm is unknown, or needs an adapter that is not there.
    """
    if unknown := [arm for arm in chosen if arm not in ARMS]:
        raise BenchmarkError(f"no arm is named {', '.join(unknown)}; there are {', '.join(ARMS)}")
    if {"umbrella", "joint"} & set(chosen) and not umbrella.is_dir():
        raise BenchmarkError(
            f"{umbrella} is missing: train it with divisi.specialists.embedded.train_skills --umbrella"
        )


def run_arm(arm: Arm, grammar: Grammar, items: Mapping[str, tuple[Item, ...]], run: Run, console: Console) -> None:
    """Answer and measure all sets by one arm; the results are written after each."""
    try:
        for one in played(arm, grammar):
            for name, asked in items.items():
                answered = answer_set(one, name, asked, run, console)
                add(section_of(one, name, answered, run), one, run)
                for baseline in baselines_of(one, name, asked, run):
                    add(baseline, one, run)
    finally:
        asyncio.run(arm.section.player.close())


def played(arm: Arm, grammar: Grammar) -> Iterator[Arm]:
    """The arm with grammar, without, or both ways."""
    if grammar != "off":
        yield arm
    if grammar != "on":
        yield arm.without_grammar()


def answer_set(arm: Arm, name: str, items: tuple[Item, ...], run: Run, console: Console) -> list[Answered]:
    """Answer the items of a set, behind a progress bar."""
    together = SETS[name].together or run.together
    bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar.live.console = console
    with bar:
        task = bar.add_task(f"{arm.name}{'' if arm.mode.grammar else ' without grammar'}: {name}", total=len(items))
        playing = answer_all(
            arm,
            items,
            shelf(run.answers, arm, name),
            together=together,
            told=lambda done: bar.update(task, completed=done),
        )
        return asyncio.run(playing)


def section_of(arm: Arm, name: str, answered: list[Answered], run: Run) -> dict[str, Any]:
    """The section of an arm's answers to a set."""
    measures = (*SETS[name].measure(answered, run.seed), *held(answered, run.seed), *costs(answered, run.seed))
    return {
        **_described(arm.name, "on" if arm.mode.grammar else "off", name, arm, run),
        "together": SETS[name].together or run.together,
        "requests": len(answered),
        "adapters": [dict(adapter) for adapter in arm.adapters],
        "parameters": arm.parameters,
        "measures": [one.to_record() for one in measures],
        "routes": routes(answered),
        "refusals": refusals(answered),
    }


def baselines_of(arm: Arm, name: str, items: tuple[Item, ...], run: Run) -> Iterator[dict[str, Any]]:
    """The sections of what is reached without a model."""
    for baseline, measures in SETS[name].baselines(items, run.seed).items():
        yield {
            **_described(baseline, "none", name, arm, run),
            "requests": len(items),
            "measures": [one.to_record() for one in measures],
        }


def _described(name: str, grammar: str, set_name: str, arm: Arm, run: Run) -> dict[str, Any]:
    return {
        "set": set_name,
        "arm": name,
        "grammar": grammar,
        "base_fingerprint": arm.fingerprint,
        "command": run.command,
        "seed": run.seed,
        "limit": run.limit,
        "date": now(),
        "machine": describe_machine(),
    }


def add(section: Mapping[str, Any], arm: Arm, run: Run) -> None:
    """Put a section into the results."""
    base = {
        "name": which_base(arm.section.player.base_name),
        "fingerprint": arm.fingerprint,
        "context_tokens": arm.section.player.context_tokens,
    }
    head = {"benchmark": "calling", "date": now(), "base": base, "notes": NOTES}
    write_results(run.out, merged(read_results(run.out), head, section))


def show(run: Run, console: Console) -> None:
    """Print the results that are in the file, of the sets that were asked for."""
    sections = read_results(run.out).get("sections", [])
    for name in run.sets:
        console.print(set_table(name, sections))
    console.print(bar_table(sections))


if __name__ == "__main__":
    typer.run(main)
