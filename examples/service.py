"""A running service: `divisi serve` as a process of its own on a free port, stopped when its user is done."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_WITHIN_S = 120
STOP_WITHIN_S = 30
LOG_LINES = 15


class ServiceFailedError(Exception):
    """The service did not start, did not last or did not stop; the message ends with its log."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that answers.

    Attributes:
        url: what a client takes as its base URL.
        ready_s: seconds from the start of the process until requests were answered.
    """

    url: str
    ready_s: float


@contextmanager
def running(options: Sequence[str]) -> Iterator[Service]:
    """Serve while the block runs.

    Args:
        options: for `divisi serve`, besides the port.

    Raises:
        ServiceFailedError: it did not become ready, ended by itself, or did not end when told to.
    """
    with tempfile.TemporaryDirectory() as folder:
        port_file, log = Path(folder, "port"), Path(folder, "log")
        began = time.monotonic()
        process = _start([*options, "--port", "0", "--port-file", str(port_file)], log)
        try:
            port = _await_port(process, port_file, log)
            yield Service(f"http://127.0.0.1:{port}/v1", time.monotonic() - began)
            _expect_alive(process, log)
        finally:
            ended = _stop(process)
        if ended not in (0, -signal.SIGTERM):
            raise _failed(f"the service did not stop within {STOP_WITHIN_S} s of being told to", log)


def _start(options: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "divisi.services.cli", "serve", *options]
    with log.open("wb") as file:
        return subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)


def _await_port(process: subprocess.Popen[bytes], port_file: Path, log: Path) -> int:
    deadline = time.monotonic() + READY_WITHIN_S
    while not port_file.exists():
        _expect_alive(process, log)
        if time.monotonic() > deadline:
            raise _failed(f"the service was not ready within {READY_WITHIN_S} s", log)
        time.sleep(0.05)
    return int(port_file.read_text(encoding="utf-8"))


def _expect_alive(process: subprocess.Popen[bytes], log: Path) -> None:
    status = process.poll()
    if status is not None:
        raise _failed(f"the service ended by itself with status {status}", log)


def _stop(process: subprocess.Popen[bytes]) -> int:
    """End the process, by force where it does not end by itself; gives its status."""
    process.terminate()
    try:
        return process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _failed(what: str, log: Path) -> ServiceFailedError:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
    return ServiceFailedError("\n  ".join([f"{what}; the end of its log:", *(lines or ["(empty)"])]))
