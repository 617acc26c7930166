"""One request, five stages, a long prefix: read once and answered as one batch, against PEFT re-reading it each time.

    python benchmarks/pipeline.py                          the embedded base
    python benchmarks/pipeline.py --model 20m              a stock Qwen3 with random weights; also 100m, 0.6b
    python benchmarks/pipeline.py --model 0.6b --device cuda

All ways run in one process on the same weights, in turns, in another order each time; the table shows medians. The way
of PEFT's users is `peft_reread`; `peft_mixed` is its best. The ways themselves: contestants.py.
"""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import torch
import typer
from contestants import Contestant, Written, make_adapters, make_work, ours, theirs
from errors import BenchmarkError
from machine import describe_machine, now
from results import FOLDER, read_results, write_results
from rich.console import Console
from rich.progress import track
from speed import compared, summary, table
from stock import SHAPES, write_stock

from divisi.services.loading import EMBEDDED
from divisi.specialists.base import Base
from divisi.specialists.errors import SpecialistError

WIDTH = 160
"""Columns of a table that is written to a file."""

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True, slots=True)
class Setting:
    """What is measured.

    Attributes:
        model: "embedded", a key of SHAPES, or a folder.
        device, dtype, threads: where it runs.
        prefix_tokens, invocation_tokens, stages: the request.
        lengths: new tokens a stage.
        rank: of the adapters.
        repeats: how often each way is measured.
        seed: of tokens and weights.
    """

    model: str
    device: str
    dtype: str
    threads: int
    prefix_tokens: int
    invocation_tokens: int
    stages: int
    lengths: tuple[int, ...]
    rank: int
    repeats: int
    seed: int


def main(
    *,
    model: Annotated[str, typer.Option(help=f"embedded, a folder, or one of {', '.join(SHAPES)}.")] = "embedded",
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    dtype: Annotated[str, typer.Option(help=f"One of {', '.join(DTYPES)}.")] = "float32",
    threads: Annotated[int, typer.Option(min=1, help="Of torch on the CPU.")] = 2,
    prefix_tokens: Annotated[int, typer.Option(min=16)] = 1500,
    invocation_tokens: Annotated[int, typer.Option(min=4)] = 16,
    stages: Annotated[int, typer.Option(min=1)] = 5,
    lengths: Annotated[str, typer.Option(help="New tokens a stage, comma-separated.")] = "1,8,32",
    rank: Annotated[int, typer.Option(min=1, help="Of the adapters, on all linear layers.")] = 16,
    repeats: Annotated[int, typer.Option(min=1)] = 7,
    seed: int = 0,
    out: Annotated[Path, typer.Option(help="The results.")] = FOLDER / "pipeline.json",
) -> None:
    """Measure the ways to answer several stages after one prefix."""
    wanted = tuple(int(length) for length in lengths.split(","))
    shape = (prefix_tokens, invocation_tokens, stages, wanted)
    setting = Setting(model, device, dtype, threads, *shape, rank, repeats, seed)
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    torch.set_num_threads(threads)
    try:
        result = run(setting, console)
    except (BenchmarkError, SpecialistError) as error:
        console.print(f"pipeline: {error}", markup=False, style="red", soft_wrap=True)
        raise typer.Exit(1) from error
    kept = [old for old in read_results(out).get("runs", []) if _place(old) != _place(result)]
    write_results(out, {"benchmark": "pipeline", "date": now(), "runs": [*kept, result]})
    console.print(table(result))
    if not result["equal"]:
        console.print("pipeline: the ways did not write the same tokens", style="red")
        raise typer.Exit(1)


def _place(result: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(result[key]) for key in ("model", "device", "dtype", "threads", "prefix_tokens", "stages"))


def run(setting: Setting, console: Console) -> dict[str, Any]:
    """Prepare all ways, measure them in turns, and describe what came out."""
    with TemporaryDirectory() as temporary:
        source = source_of(setting, Path(temporary) / "base")
        base = Base.load(source, device=setting.device, dtype=DTYPES[setting.dtype])
        work = make_work(
            base,
            prefix_tokens=setting.prefix_tokens,
            invocation_tokens=setting.invocation_tokens,
            stages=setting.stages,
            seed=setting.seed,
        )
        folder = Path(temporary) / "adapters"
        adapters = make_adapters(base, work.stages, folder, rank=setting.rank, seed=setting.seed)
        read, ways = ours(base, work, adapters)
        ways |= theirs(source, folder, work, device=setting.device, dtype=DTYPES[setting.dtype])
        prefill_ms, samples, written = measured(setting, read, ways, console)
    found = {
        length: compared(samples[length], written[length], length, seed=setting.seed) for length in setting.lengths
    }
    return {
        "model": setting.model if setting.model in (*SHAPES, "embedded") else "given",
        "base_fingerprint": base.fingerprint,
        "parameters": sum(tensor.numel() for tensor in base.model.parameters()),
        **{key: getattr(setting, key) for key in ("device", "dtype", "threads", "prefix_tokens", "invocation_tokens")},
        **{key: getattr(setting, key) for key in ("stages", "rank", "repeats", "seed")},
        "command": f"python benchmarks/{' '.join([Path(sys.argv[0]).name, *_plain(sys.argv[1:])])}",
        "date": now(),
        "machine": describe_machine(),
        "prefill_ms": summary(prefill_ms, setting.seed),
        "lengths": [found[length] for length in setting.lengths],
        "equal": all(one["equal"] for one in found.values()),
    }


def _plain(arguments: Sequence[str]) -> list[str]:
    """Arguments without places of this machine."""
    return [Path(argument).name if "/" in argument else argument for argument in arguments]


def source_of(setting: Setting, folder: Path) -> Path:
    """The folder of the base; a stock one is written first.

    Raises:
        BenchmarkError: it is not there.
    """
    if setting.model in SHAPES:
        return write_stock(folder, SHAPES[setting.model], seed=setting.seed)
    source = EMBEDDED / "base" if setting.model == "embedded" else Path(setting.model)
    if not source.is_dir():
        raise BenchmarkError(f"{source} is not there; give a folder, or one of {', '.join(SHAPES)}")
    return source


Samples = dict[int, dict[str, list[float]]]
"""New tokens a stage -> way -> milliseconds of each repeat."""


def measured(
    setting: Setting, read: Callable[[], object], ways: Mapping[str, Contestant], console: Console
) -> tuple[list[float], Samples, dict[int, dict[str, Written]]]:
    """Milliseconds of reading the prefix and of every way, and what the ways wrote."""
    prefill_ms: list[float] = []
    samples: Samples = {length: {name: [] for name in ways} for length in setting.lengths}
    written: dict[int, dict[str, Written]] = {length: {} for length in setting.lengths}
    for way in ways.values():
        way(min(setting.lengths))
    for repeat in track(range(setting.repeats), "measuring", console=console, transient=True):
        prefill_ms.append(timed(read, setting.device)[0])
        for length in setting.lengths:
            for name in turned(list(ways), repeat):
                milliseconds, tokens = timed(partial(ways[name], length), setting.device)
                samples[length][name].append(milliseconds)
                written[length][name] = tokens
    return prefill_ms, samples, written


def turned(names: list[str], repeat: int) -> list[str]:
    """The names, begun with another one each time."""
    start = repeat % len(names)
    return names[start:] + names[:start]


def timed(work: Callable[[], Any], device: str) -> tuple[float, Any]:
    """Milliseconds of some work, and what it gave."""
    began = _clock(device)
    given = work()
    return 1000 * (_clock(device) - began), given


def _clock(device: str) -> float:
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    return time.perf_counter()


if __name__ == "__main__":
    typer.run(main)
