"""Admission: how many requests are answered at once; one more is refused, so that none waits for ever."""

from collections.abc import Iterator
from contextlib import contextmanager

from divisi.services.errors import QueueFullError


class Admission:
    """Counts the requests that are being answered. Used from one event loop only."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._present = 0

    @property
    def present(self) -> int:
        """Requests that are being answered."""
        return self._present

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for one request.

        Raises:
            QueueFullError: all are taken.
        """
        if self._present >= self._most:
            raise QueueFullError(f"{self._present} requests are being answered already; try again in a second")
        self._present += 1
        try:
            yield
        finally:
            self._present -= 1
