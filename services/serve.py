"""Serving in one process: uvicorn, a socket on a chosen or a free port, and an exit that says what went wrong."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from divisi.services.app import create_app
from divisi.services.config import Config
from divisi.services.errors import ConfigError
from divisi.services.house import House, Load, Sources
from divisi.services.logs import log

BACKLOG = 2048
GRACE_S = 10
"""How long answers that are being written may go on after a signal to stop."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What is told when requests can be answered."""

    address: str
    house: House
    seconds: float


def serve(
    config: Config,
    load: Load,
    *,
    port_file: Path | None = None,
    ready: Callable[[Ready], None],
) -> BaseException | None:
    """Serve until a signal to stop.

    Args:
        config: where to listen.
        load: makes the section ready.
        port_file: where the port is written once requests can be answered, or None.
        ready: told at the same moment.

    Returns:
        Why loading failed, or None.

    Raises:
        ConfigError: nothing can listen there.
    """
    began = time.perf_counter()
    listening = listen(config.host, config.port)
    port = listening.getsockname()[1]
    house = House(load, most_requests=config.most_requests, sources=Sources())

    def opened(house: House) -> None:
        if house.failure is not None:
            server.should_exit = True
            return
        ready(Ready(address(config.host, port), house, time.perf_counter() - began))
        if port_file is not None:
            write_port(port_file, port)

    app = create_app(house, opened=opened)
    settings = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_S)
    server = uvicorn.Server(settings)
    log("listening", {"host": config.host, "port": port})
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        log("stopped", {"by": "keyboard"})
    finally:
        if port_file is not None:
            port_file.unlink(missing_ok=True)
    return house.failure


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 is any free one.

    Raises:
        ConfigError: the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigError(f"cannot listen on {host} port {port}: {error.strerror}; try --port 0") from error


def address(host: str, port: int) -> str:
    """The address for a client on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def write_port(file: Path, port: int) -> None:
    """Write the port; the file appears whole or not at all."""
    temporary = file.with_name(file.name + ".part")
    temporary.write_text(f"{port}\n", encoding="utf-8")
    temporary.replace(file)
