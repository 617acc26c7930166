"""Forecasts with text: how well effects are read from unseen wordings, and what they are worth to the forecast.

    python benchmarks/texts.py --data DATA                            everything; an hour on two cores
    python benchmarks/texts.py --data DATA --limit 20 --out look.json   a look, in a few minutes
    python benchmarks/texts.py --data DATA --arms nothing             without specialists: the pool and the truth

Sets: the test domains of written/effects.jsonl, the 72 texts written for testing alone, and generated texts in held
words about held series, whose futures are known. Every arm is written to results/texts.json as it is done.
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from arms import described
from errors import BenchmarkError
from machine import describe_machine, now, which_base
from measures import Measure
from results import FOLDER, merged, read_results, write_results
from rich.console import Console
from rich.progress import Progress
from tables import set_table, shown
from text_futures import Scored, future_measures, score, swapped
from text_items import GENERATED, OWN, SETS, Item, read_items
from text_measures import MOST_TAKEN, latency_measures, reading_measures
from text_reading import ARMS, READING, Arm, Read, Reader, load_arm, read_all, read_nothing

from divisi.services.config import Config
from divisi.services.errors import LoadError
from divisi.services.loading import load_section, places
from divisi.services.section import Section

ROOT = Path(__file__).parents[1]
FUTURES = "futures of generated texts"
WIDTH = 160
NOTES = {
    "applied": "what the service applies, after checks and synthesis; `context alone` is what context says would apply",
    "specialists": "context and synthesis as served; macro and micro are off, so that only the text differs",
    "unaided": "the specialists without leaning to what code reads; their invocations still tell it",
    "base": "the same rows by the base without any adapter",
    "code": "what code tells specialists of a text (readings.py), taken at its word from a probability of a half on",
    "effect_f1": "over all effects of a set; effects are equal that act alike on the same steps",
    "slots": "type, steps, size and own slot of the true effects, over texts that have effects",
    "distractors_taken": "effects whose evidence lies in another series' effect, a hypothetical or withdrawn one, or a "
    f"span marked irrelevant, over all such distractors; the bar is {MOST_TAKEN:g}",
    "swapped text": "the text of another series of the same step; `same days`: the series is moved to its days",
    "true effects": "stated in the request, no text read: what perfect reading comes to",
    "crps": "of 500 sample paths, in units of the naive forecast's error, as mase; over series that change",
    "interval": "95% percentile bootstrap over texts, 1000 resamples; ratios to the pool are drawn in pairs",
}


@dataclass(frozen=True, slots=True)
class Run:
    """What is run: where results go, what was typed, how many texts at once, the seed, texts for the latency."""

    out: Path
    command: str
    together: int
    seed: int
    timed: int


def main(
    *,
    data: Annotated[Path, typer.Option(help="A folder that holds written/effects.jsonl.")] = ROOT / "data",
    arms: Annotated[str, typer.Option(help=f"Some of {', '.join(ARMS)}.")] = ",".join(ARMS),
    sets: Annotated[str, typer.Option(help=f"Some of {', '.join(SETS)}.")] = ",".join(SETS),
    count: Annotated[int, typer.Option(help="Generated texts.")] = 240,
    limit: Annotated[int | None, typer.Option(min=1, help="So many texts of each set.")] = None,
    seed: Annotated[int, typer.Option(help="Of every drawing.")] = 0,
    together: Annotated[int, typer.Option(min=1, help="Texts that are read at once.")] = 8,
    timed: Annotated[int, typer.Option(help="Texts read one at a time, for the latency.")] = 40,
    processes: Annotated[int, typer.Option(help="That compute the pool.")] = 2,
    base: Annotated[str | None, typer.Option(help="A folder or hub name; the embedded base by default.")] = None,
    specialists: Annotated[Path | None, typer.Option(help="A folder of specialists' folders.")] = None,
    probe: Annotated[Path | None, typer.Option(help="The probe's folder; its trust says how far to lean.")] = None,
    threads: Annotated[int | None, typer.Option(help="Of torch.")] = None,
    out: Annotated[Path | None, typer.Option(help="results/texts.json; needed with --limit.")] = None,
) -> None:
    """Measure forecasts with text."""
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    chosen, names = arms.split(","), sets.split(",")
    command = f'python benchmarks/texts.py --arms {arms} --sets "{sets}" --count {count} --seed {seed}'
    command += "" if limit is None else f" --limit {limit}"
    roots = None if specialists is None else (specialists,)
    config = Config(base=base, specialists=roots, probe=probe, threads=threads, most_rows=together)
    try:
        if limit is not None and out is None:
            raise BenchmarkError("a look must not replace the results: give --out with --limit")
        run = Run(out or FOLDER / "texts.json", command, together, seed, timed)
        section = _loaded(config)
        loaded = [load_arm(arm, section) for arm in chosen]
        items = {
            name: read_items(name, data, count=count, limit=limit, processes=processes, seed=seed)
            for name in _known(names)
        }
        head = head_of(section, run)
        adapters = described(places(config).specialists)
        for arm in loaded:
            played = [one for one in adapters if arm.name in ("specialists", "unaided") and one["subtask"] in READING]
            asyncio.run(run_arm(arm, items, run, console, head=head, adapters=played))
    except BenchmarkError as error:
        console.print(f"texts: {error}", markup=False, style="red", soft_wrap=True)
        raise typer.Exit(1) from error
    show(run.out, console)


def _known(names: Sequence[str]) -> Sequence[str]:
    if unknown := [name for name in names if name not in SETS]:
        raise BenchmarkError(f"no set is called {unknown[0]!r}; there are {', '.join(SETS)}")
    return names


def _loaded(config: Config) -> Section:
    try:
        return load_section(config)
    except LoadError as error:
        raise BenchmarkError(f"the base cannot be loaded: {error}") from error


def head_of(section: Section, run: Run) -> dict[str, Any]:
    """What is true of all results."""
    return {
        "benchmark": "texts",
        "command": run.command,
        "date": now(),
        "machine": describe_machine(),
        "base": {"name": which_base(section.player.base_name), "fingerprint": section.player.base_fingerprint},
        "notes": NOTES,
    }


async def run_arm(
    arm: Arm,
    items: Mapping[str, Sequence[Item]],
    run: Run,
    console: Console,
    *,
    head: Mapping[str, Any],
    adapters: Sequence[Mapping[str, Any]],
) -> None:
    """One arm on every set; each section is written as it is done."""
    for name, texts in items.items():
        for part, measures in (await measured(arm, name, texts, run, console)).items():
            one = {"set": part, "arm": arm.name, "grammar": "on", "base_fingerprint": head["base"]["fingerprint"]}
            one |= {"command": run.command, "date": now(), "seed": run.seed, "adapters": adapters}
            one |= {"measures": [measure.to_record() for measure in measures]}
            write_results(run.out, merged(read_results(run.out), head, one))


async def measured(arm: Arm, name: str, items: Sequence[Item], run: Run, console: Console) -> dict[str, list[Measure]]:
    """The measures of one arm on one set, and for generated texts those of their futures."""
    found: dict[str, list[Measure]] = {}
    timed = name == OWN and arm.name != "nothing"
    latency = await timed_one_by_one(items[: run.timed], arm.read, run) if timed else []
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(name, total=len(items))
        reads = await read_all(items, arm.read, together=run.together, done=lambda: progress.advance(task))
    found[name] = [*reading_measures(items, reads, seed=run.seed), *latency]
    if name == GENERATED:
        blank = await read_all(items, read_nothing, together=run.together)
        pool = [score(item, read.opinion) for item, read in zip(items, blank, strict=True)]
        if arm.name == "nothing":
            found[FUTURES] = of_truth(items, blank, pool, run)
        else:
            found[FUTURES] = await of_texts(items, reads, pool, arm.read, run)
    return found


async def timed_one_by_one(items: Sequence[Item], reader: Reader, run: Run) -> list[Measure]:
    """The latency of texts that are alone; the first one is read before, because it warms what is lazy."""
    await read_all(items[:1], reader, together=1)
    return latency_measures(await read_all(items[1:] or items, reader, together=1), seed=run.seed)


def of_truth(items: Sequence[Item], blank: Sequence[Read], pool: Sequence[Scored | None], run: Run) -> list[Measure]:
    """Scores without any text, and with the true effects stated in the request."""
    told = [score(item, read.opinion, effects=item.true_acts) for item, read in zip(items, blank, strict=True)]
    return [
        *of_groups("no text", pool, pool, items, run.seed),
        *of_groups("true effects", told, pool, items, run.seed),
    ]


async def of_texts(
    items: Sequence[Item], reads: Sequence[Read], pool: Sequence[Scored | None], reader: Reader, run: Run
) -> list[Measure]:
    """Scores with the right text and with another one."""
    right = [score(item, read.opinion) for item, read in zip(items, reads, strict=True)]
    measures = of_groups("right text", right, pool, items, run.seed)
    for group, same_days in (("swapped text", False), ("swapped text, same days", True)):
        others = swapped(items, same_days=same_days)
        read = await read_all(others, reader, together=run.together)
        rows = [score(item, one.opinion) for item, one in zip(others, read, strict=True)]
        measures += of_groups(group, rows, pool, items, run.seed)
    return measures


def of_groups(
    group: str, rows: Sequence[Scored | None], pool: Sequence[Scored | None], items: Sequence[Item], seed: int
) -> list[Measure]:
    """Scores over all series, and over those whose own text has effects or has none."""
    made = []
    for name, wanted in ((group, (True, False)), (f"{group}, effects", (True,)), (f"{group}, no effects", (False,))):
        pairs = [
            (own, other)
            for own, other, item in zip(rows, pool, items, strict=True)
            if own is not None and other is not None and bool(item.true_acts) in wanted
        ]
        if pairs:
            made += future_measures(name, [own for own, _ in pairs], [other for _, other in pairs], seed=seed)
    return made


def show(file: Path, console: Console) -> None:
    """Print all results of a file, and whether the bar is met."""
    sections = read_results(file).get("sections", [])
    for name in (*SETS, FUTURES):
        if any(section["set"] == name for section in sections):
            console.print(set_table(name, sections))
    for section in sections:
        for one in section["measures"]:
            if (section["arm"], one["group"], one["metric"]) == ("specialists", "applied", "distractors_taken"):
                verdict = "met" if one["value"] < MOST_TAKEN else "missed"
                console.print(f"{section['set']}: distractors taken {shown(one)}: {verdict} (below {MOST_TAKEN:g})")


if __name__ == "__main__":
    typer.run(main)
