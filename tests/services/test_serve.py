"""Serving in one process: the port, the file that tells it, and the exit."""

import os
import signal
import socket
import threading

import pytest

from divisi.services.config import Config
from divisi.services.errors import ConfigError
from divisi.services.serve import address, listen, serve


def stop():
    os.kill(os.getpid(), signal.SIGINT)


def test_the_port_is_told_when_requests_can_be_answered(section_of, scripted, tmp_path, http):
    told = []
    file = tmp_path / "port"

    def ready(now):
        told.append(now.address)
        threading.Timer(0.05, look).start()

    def look():
        told.append((http.get(f"{told[0]}/readyz").status_code, file.read_text()))
        stop()

    failure = serve(Config(port=0), lambda: section_of(scripted({})), port_file=file, ready=ready)
    port = told[0].rsplit(":", 1)[1]
    assert told[1:] == [(200, f"{port}\n")]
    assert failure is None
    assert not file.exists()


def test_a_base_that_cannot_be_loaded_ends_the_service(tmp_path):
    def load():
        raise OSError("no such base")

    failure = serve(Config(port=0), load, port_file=tmp_path / "port", ready=lambda now: pytest.fail("not ready"))
    assert str(failure) == "no such base"


def test_a_port_that_is_taken_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"127.0.0.1 port {port}: .*--port 0"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("0.0.0.0", "http://127.0.0.1:8"), ("::", "http://[::1]:8"), ("fe80::1", "http://[fe80::1]:8")],
)
def test_address(host, expected):
    assert address(host, 8) == expected
