"""The house: what an app holds while it runs, from the doors opening to the section being seated."""

import asyncio
import itertools
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from divisi.services.admission import Admission
from divisi.services.errors import NotReadyError
from divisi.services.forecasting.workers import Processes, Workers
from divisi.services.logs import log
from divisi.services.section import Section

Load = Callable[[], Section]
"""Makes the section ready; may take seconds."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where an app takes time and chance from; replaced in tests, so that answers can be replayed.

    Attributes:
        new_id: an identifier that was never given before.
        new_seed: for sampling, where the client gives none.
        now_s: seconds since 1970.
    """

    new_id: Callable[[], str] = field(default=lambda: secrets.token_hex(12))
    new_seed: Callable[[], int] = field(default=lambda: secrets.randbits(31))
    now_s: Callable[[], float] = time.time


def counted() -> Sources:
    """Sources that give 1, 2, 3, ... at time 0."""
    numbers = itertools.count(1)
    return Sources(new_id=lambda: str(next(numbers)), new_seed=lambda: 0, now_s=lambda: 0.0)


class House:
    """Loads the section once, in a thread; answers with NotReadyError until it is there.

    Args:
        load: makes the section ready.
        most_requests: requests that are answered at once; one more is refused with 429.
        sources: of time and chance.
        workers: who computes the numbers of many series; by default processes of this machine.
    """

    def __init__(self, load: Load, *, most_requests: int, sources: Sources, workers: Workers | None = None) -> None:
        self.admission = Admission(most_requests)
        self.sources = sources
        self.workers: Workers = Processes() if workers is None else workers
        self._load = load
        self._section: Section | None = None
        self._failure: BaseException | None = None

    @property
    def section(self) -> Section:
        """Who plays.

        Raises:
            NotReadyError: loading has not ended, or has failed.
        """
        if self._section is None:
            raise NotReadyError("loading failed; see the log" if self._failure else "the base is still being loaded")
        return self._section

    @property
    def failure(self) -> BaseException | None:
        """Why loading failed, or None."""
        return self._failure

    def seat(self) -> None:
        """Load the section in the calling thread, unless it is there."""
        if self._section is not None:
            return
        began = time.perf_counter()
        section = self._load()
        log("ready", {**_described(section), "seconds": time.perf_counter() - began})
        self._section = section

    async def open(self) -> None:
        """Load the section in a thread of its own. A failure is logged and kept for whoever started the app."""
        try:
            await asyncio.to_thread(self.seat)
        except Exception as error:
            self._failure = error
            log("load_failed", {"kind": type(error).__name__, "error": error}, level=logging.ERROR)

    async def close(self) -> None:
        """Let the players go."""
        if self._section is not None:
            await self._section.player.close()


def _described(section: Section) -> dict[str, str]:
    residents = ",".join(one.name for one in section.player.residents) or "none"
    probe = "none" if section.probe is None else "fitted"
    return {"base": section.player.base_name, "specialists": residents, "probe": probe}
