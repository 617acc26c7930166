"""Training speed: one mixed batch that trains seven specialists, against seven PEFT trainings of the same tokens.

    python benchmarks/training_speed.py --data examples.jsonl --out benchmarks/results/training-speed.json

Each way (training_ways.py) runs in a process of its own, so that its peak memory is its own; they take turns, an epoch
each, in another order every time, and the first turn does not count. Tokens are those of the examples read one by one:
what is shared is work that is saved, not work that is counted.
"""

import multiprocessing
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Annotated, Any

import torch
import typer
from machine import describe_machine, now
from results import FOLDER, write_results
from rich.console import Console
from rich.table import Table
from speed import ratio, summary
from training_ways import WAYS, Job, size_of

from divisi.services.errors import ServiceError
from divisi.services.loading import EMBEDDED
from divisi.services.own_data import read_own
from divisi.specialists.base import Base
from divisi.specialists.behaviour import question_of
from divisi.specialists.branches import grow
from divisi.tasks.example import Example

OURS, BAR = "mixed", 1.5

NOTES = {
    "tokens_per_s": "tokens of the examples, each with its conversation, over the seconds of an epoch",
    "speedup": "of mixed over the way: quotient of the medians of the turns, 95% bootstrap interval over turns",
    "cpu": "the same by the processor time of the process, which other work on the machine changes less",
    "bar": f"at least {BAR}x over peft, the usual way",
    "peak_memory_mib": "resident memory of the process at its highest, base and Python included; on a GPU, torch's",
    "loss": "mean over the steps of the last epoch, to see that the same was learned; steps are not the same",
}


def main(
    *,
    data: Annotated[list[str], typer.Option(help="Examples as JSON lines; repeatable.")],
    conversations: Annotated[int, typer.Option(help="At most so many, with all their examples.", min=1)] = 40,
    base: Annotated[Path, typer.Option(help="A folder; the embedded base by default.")] = EMBEDDED / "base",
    rank: Annotated[int, typer.Option(min=1)] = 16,
    batch_tokens: Annotated[int, typer.Option(help="Of a step, about.")] = 2048,
    length: Annotated[int, typer.Option(help="The most tokens of a sequence.")] = 1024,
    turns: Annotated[int, typer.Option(help="Of each way, but for the first.", min=1)] = 5,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    threads: Annotated[int, typer.Option(min=1)] = 2,
    ways: Annotated[str, typer.Option(help=f"Some of {', '.join(WAYS)}.")] = ",".join(WAYS),
    seed: int = 0,
    out: Annotated[Path, typer.Option(help="The results.")] = FOLDER / "training-speed.json",
) -> None:
    """Measure them."""
    console = Console()
    try:
        chosen = some_conversations(read_own(data).examples, conversations, seed)
    except ServiceError as error:
        console.print(f"training_speed: {error}", markup=False, style="red", soft_wrap=True)
        raise typer.Exit(1) from error
    torch.set_num_threads(threads)
    kept, facts = described(base, chosen, length)
    job = Job(base, kept, rank, batch_tokens, length, device, seed)
    names = tuple(ways.split(","))
    found = measured(job, names, threads=threads, turns=turns, seed=seed)
    results = {
        "benchmark": "training_speed",
        "date": now(),
        "command": f"python benchmarks/training_speed.py --conversations {conversations} --rank {rank} --batch-tokens "
        f"{batch_tokens} --length {length} --turns {turns} --device {device} --threads {threads} --seed {seed}",
        "machine": describe_machine(),
        "notes": NOTES,
        **facts,
        "ways": compared(found, facts["tokens"], seed),
    }
    write_results(out, results)
    show(results, console)


def some_conversations(examples: Sequence[Example], count: int, seed: int) -> tuple[Example, ...]:
    """All examples of some conversations: those that supervise most subtasks first, as whole conversations do."""
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(str((example.case.messages, example.case.tools)), []).append(example)
    order = list(groups.values())
    Random(seed).shuffle(order)
    return tuple(example for group in order[:count] for example in group)


def described(base: Path, examples: Sequence[Example], length: int) -> tuple[tuple[Example, ...], dict[str, Any]]:
    """The examples that every way can read, and what there is to say of them."""
    loaded = Base.load(base)
    sizes = {example.id: size_of(question_of(loaded, example)) for example in examples}
    kept = tuple(example for example in examples if sizes[example.id] <= length)
    names = {example.subtask: example.subtask for example in kept}
    trees = grow(loaded, kept, specialists=names, length=length).trees
    return kept, {
        "base_fingerprint": loaded.fingerprint,
        "examples": dict(Counter(example.subtask for example in kept)),
        "tokens": sum(sizes[example.id] for example in kept),
        "tokens_with_sharing": sum(tree.size_tokens for tree in trees),
    }


def measured(job: Job, names: Sequence[str], *, threads: int, turns: int, seed: int) -> dict[str, dict[str, Any]]:
    """Way -> seconds and processor seconds of each turn, peak memory and the last loss."""
    seconds: dict[str, list[float]] = {name: [] for name in names}
    cpu_seconds: dict[str, list[float]] = {name: [] for name in names}
    found: dict[str, dict[str, Any]] = {}
    with _children(job, names, threads) as children:
        for turn in range(turns + 1):
            for name in Random(f"{seed}/{turn}").sample(names, len(names)):
                children[name].send("epoch")
                took_s, cpu_s, loss, peak = children[name].recv()
                seconds[name] += [took_s] if turn else []
                cpu_seconds[name] += [cpu_s] if turn else []
                times = {"seconds": seconds[name], "cpu_seconds": cpu_seconds[name]}
                found[name] = {**times, "loss": loss, "peak_memory_mib": peak}
    return found


@contextmanager
def _children(job: Job, names: Sequence[str], threads: int) -> Iterator[dict[str, Connection]]:
    """A process for each way, which waits for its turn."""
    context = multiprocessing.get_context("spawn")
    pipes: dict[str, Connection] = {}
    processes = []
    for name in names:
        pipes[name], theirs = context.Pipe()
        processes.append(context.Process(target=_serve, args=(theirs, name, job, threads), daemon=True))
        processes[-1].start()
    try:
        yield pipes
    finally:
        for pipe in pipes.values():
            pipe.close()
        for process in processes:
            process.join()


def _serve(pipe: Connection, name: str, job: Job, threads: int) -> None:
    """An epoch whenever one is asked for: seconds, processor seconds, loss, peak memory."""
    torch.set_num_threads(threads)
    epoch = WAYS[name](job)
    while True:
        try:
            pipe.recv()
        except EOFError:
            return
        began_s, cpu_s = time.perf_counter(), time.process_time()
        loss = epoch()
        pipe.send((time.perf_counter() - began_s, time.process_time() - cpu_s, loss, _peak_mib(job.device)))


def _peak_mib(device: str) -> float:
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated() / 2**20
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def compared(found: Mapping[str, Mapping[str, Any]], tokens: int, seed: int) -> dict[str, Any]:
    """Each way's seconds, tokens a second, memory and loss, and how much faster ours is."""
    told: dict[str, Any] = {}
    for name, one in found.items():
        median = summary(one["seconds"], seed)
        told[name] = {
            "seconds": median,
            "tokens_per_s": round(tokens / median["value"]),
            "peak_memory_mib": round(one["peak_memory_mib"]),
            "loss": round(one["loss"], 4),
        }
        told[name]["cpu_seconds"] = summary(one["cpu_seconds"], seed)
        if name != OURS and OURS in found:
            told[name]["speedup"] = ratio(one["seconds"], found[OURS]["seconds"], seed)
            told[name]["cpu_speedup"] = ratio(one["cpu_seconds"], found[OURS]["cpu_seconds"], seed)
    return told


def show(results: Mapping[str, Any], console: Console) -> None:
    """Print what was found."""
    count = sum(results["examples"].values())
    title = f"{count} examples, {results['tokens']} tokens; with sharing {results['tokens_with_sharing']}"
    table = Table(title=title, title_justify="left")
    for column in ("way", "tokens/s", "seconds", f"{OURS} over it", "the same by cpu", "peak MiB", "loss"):
        table.add_column(column, justify="right")
    for name, one in results["ways"].items():
        faster = [_told(one.get(key)) for key in ("speedup", "cpu_speedup")]
        peak, loss = str(one["peak_memory_mib"]), f"{one['loss']:.3f}"
        table.add_row(name, str(one["tokens_per_s"]), f"{one['seconds']['value']:.1f}", *faster, peak, loss)
    console.print(table)


def _told(faster: Mapping[str, Any] | None) -> str:
    return "" if faster is None else f"{faster['value']:.2f}x [{faster['low']:.2f}, {faster['high']:.2f}]"


if __name__ == "__main__":
    typer.run(main)
