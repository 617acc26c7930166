"""Where a trainer keeps what it has done, each under a name that follows from how it came about.

Doing something again finds it done: that is all there is to resuming, for a worker as for a whole schedule, and workers
on one disk share what each has done.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divisi.services.alone import alone
from divisi.services.stopping import named


@dataclass(frozen=True, slots=True)
class Kept:
    """The folder of a training.

    Attributes:
        work: holds everything.
    """

    work: Path

    def state(self, key: str) -> Path:
        """The folder of a trunk."""
        return self.work / "states" / key

    def specialist(self, key: str, task: str) -> Path:
        """The folder of a specialist that was not accepted yet."""
        return self.work / "trained" / key / task

    def checkpoints(self, key: str) -> Path:
        """Where the checkpoints of a fit are."""
        return self.work / "fits" / key

    def alone(self, key: str) -> AbstractContextManager[None]:
        """Wait until no other process does the same."""
        return alone(self.work / "locks" / key)

    def remembered(self, key: str, measure: Callable[[], Any]) -> Any:
        """What was measured, from disk where it has been."""
        file = self.work / "measured" / f"{key}.json"
        with named("measuring", self.work):
            if not file.exists():
                value = measure()
                file.parent.mkdir(parents=True, exist_ok=True)
                with self.alone(key):
                    temporary = file.with_suffix(".part")
                    temporary.write_text(json.dumps(value), encoding="utf-8")
                    temporary.replace(file)
            return json.loads(file.read_text(encoding="utf-8"))
