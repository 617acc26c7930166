"""A lock between processes that ends with the process that holds it, however that dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Wait until no other process is inside of the same file's lock.

    A killed process leaves no lock behind, since the kernel holds it, and no file is read: two drivers, or a driver and
    an orphan of the one before it, can work on one folder.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
