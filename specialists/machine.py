"""What a machine computes with, by plain names, so that those who choose it need not import torch."""

import torch

from divisi.specialists.errors import BaseModelError

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def best_device() -> str:
    """A GPU where there is one, else the CPU."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def precision(name: str) -> torch.dtype:
    """A precision by its name.

    Raises:
        BaseModelError: none has that name.
    """
    if name not in PRECISIONS:
        raise BaseModelError(f"no precision is called {name!r}; there are: {', '.join(PRECISIONS)}")
    return PRECISIONS[name]


def use_threads(count: int) -> None:
    """Compute with so many threads on the CPU, in the whole process."""
    torch.set_num_threads(count)


def chance(seed: int) -> torch.Generator:
    """A source of chance on the CPU that the seed replays."""
    return torch.Generator().manual_seed(seed)
