"""Why a training stopped, as a named error that says what to do; what was stored before is still good."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from divisi.services.errors import DiskFullError, StoppedError
from divisi.specialists.errors import DamagedError, SpecialistError
from divisi.tasks.subtask import TaskError

NUMBERS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL = ("No space left on device", "Disk quota exceeded", "File too large")
"""What libraries say that lose the number of an error; the last is a limit on the size of files."""


@contextmanager
def named(what: str, work: Path) -> Iterator[None]:
    """Give what happens inside a name.

    Args:
        what: is being done.
        work: where checkpoints are.

    Raises:
        DiskFullError: there is no room.
        StoppedError: anything else that stops a training.
    """
    from safetensors import SafetensorError

    try:
        yield
    except DamagedError as error:
        raise StoppedError(f"{what}: {error}. Remove the damaged file to go on from the one before it") from error
    except (SpecialistError, TaskError) as error:
        raise StoppedError(f"{what}: {error}") from error
    except (OSError, SafetensorError) as error:
        if getattr(error, "errno", None) in NUMBERS or any(sign in str(error) for sign in FULL):
            raise DiskFullError(
                f"{what}: no room left at {work}: {error}. Free some and start again; it goes on from the last "
                "checkpoint that was written whole"
            ) from error
        raise StoppedError(f"{what}: {error}") from error
