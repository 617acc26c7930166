"""How long `divisi serve` takes from the command to the first request that it can answer.

    python benchmarks/start.py                  the embedded base and its specialists

Each run is a new process; ready is when GET /readyz says so. The bar is 6 s on 2 cores.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import httpx
import typer
from errors import BenchmarkError
from machine import describe_machine, now
from results import FOLDER, write_results
from rich.console import Console
from speed import summary

BAR_S = 6.0
PATIENCE_S = 120.0
GRACE_S = 20.0
LOOK_S = 0.005
SERVE = (sys.executable, "-m", "divisi.services.cli", "serve", "--port", "0", "--log-level", "error")


def main(
    *,
    base: Annotated[str | None, typer.Option(help="A folder or hub name; the embedded base by default.")] = None,
    specialists: Annotated[Path | None, typer.Option(help="A folder of specialists' folders.")] = None,
    repeats: Annotated[int, typer.Option(min=1)] = 5,
    seed: Annotated[int, typer.Option(help="Of the interval.")] = 0,
    out: Annotated[Path, typer.Option(help="The results.")] = FOLDER / "start.json",
) -> None:
    """Measure the start of the service."""
    options = ["--base", base] if base is not None else []
    options += ["--specialists", str(specialists)] if specialists is not None else []
    console = Console()
    try:
        starts = [started(options) for _ in range(repeats)]
    except BenchmarkError as error:
        console.print(f"start: {error}", markup=False, style="red", soft_wrap=True)
        raise typer.Exit(1) from error
    result = described(starts, seed)
    write_results(out, {"benchmark": "start", "base": "embedded" if base is None else "given", **result})
    middle = result["seconds"]
    verdict = "met" if middle["value"] <= BAR_S else "missed"
    console.print(
        f"divisi serve is ready after {middle['value']:.2f} s [{middle['low']:.2f}, {middle['high']:.2f}], "
        f"{result['cpu_seconds']['value']:.2f} s of CPU, {repeats} starts; bar {BAR_S:g} s {verdict}",
        soft_wrap=True,
    )


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds until it was ready, and what it computed from start to stop, which other load changes less."""

    seconds: float
    cpu_seconds: float


def described(starts: Sequence[Start], seed: int) -> dict[str, Any]:
    """The starts as plain JSON. The first may have read the files from a disk, the others from memory."""
    return {
        "command": f"python benchmarks/start.py --repeats {len(starts)}",
        "date": now(),
        "machine": describe_machine(),
        "seconds": summary([one.seconds for one in starts], seed),
        "cpu_seconds": summary([one.cpu_seconds for one in starts], seed),
        "all_seconds": [round(one.seconds, 3) for one in starts],
        "bar_s": BAR_S,
    }


def started(options: Sequence[str]) -> Start:
    """Start the service, wait until it is ready, stop it.

    Raises:
        BenchmarkError: it ended, or was not ready in time.
    """
    with TemporaryDirectory() as temporary, (Path(temporary) / "log").open("w+", encoding="utf-8") as log:
        port_file = Path(temporary) / "port"
        began, spent = time.perf_counter(), _children_cpu_seconds()
        service = subprocess.Popen([*SERVE, "--port-file", str(port_file), *options], stdout=log, stderr=log)
        try:
            while not _ready(port_file):
                if service.poll() is not None or time.perf_counter() - began > PATIENCE_S:
                    log.seek(0)
                    raise BenchmarkError(f"the service did not become ready: {log.read()[-500:].strip()}")
                time.sleep(LOOK_S)
            seconds = time.perf_counter() - began
        finally:
            service.terminate()
            service.wait(GRACE_S)
    return Start(seconds, _children_cpu_seconds() - spent)


def _children_cpu_seconds() -> float:
    """CPU time of all processes that were waited for."""
    times = os.times()
    return times.children_user + times.children_system


def _ready(port_file: Path) -> bool:
    """Whether requests can be answered; the port is written once they can, and then /readyz says so."""
    if not port_file.is_file():
        return False
    port = int(port_file.read_text(encoding="utf-8"))
    return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == httpx.codes.OK


if __name__ == "__main__":
    typer.run(main)
