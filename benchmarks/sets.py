"""The sets by name: what each needs, who reads and who measures it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import api_bank
import bfcl
import seal
import written
from errors import BenchmarkError
from items import Answered, Item
from measures import Measure


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One set.

    Attributes:
        read: the data folder -> its items.
        measure: answered items, seed -> measures.
        of_package: whether a package brings the data, so that no data folder is needed.
        baselines: items, seed -> what is reached without a model, by its name.
        together: how many requests are answered at once, None for as many as asked for.
    """

    read: Callable[[Path], tuple[Item, ...]]
    measure: Callable[[Sequence[Answered], int], tuple[Measure, ...]]
    of_package: bool = False
    baselines: Callable[[Sequence[Item], int], Mapping[str, tuple[Measure, ...]]] = lambda _items, _seed: {}
    together: int | None = None


FOLDERS = ("calling/seal_tools", "calling/api_bank_test", "written")
"""What all sets of the data folder need: the names that only tests may offer are read from all of them."""

ALONE = 40
"""Requests of the set `latency`, in which nothing else is answered meanwhile."""


def read_alone(data: Path) -> tuple[Item, ...]:
    """Some requests written by hand, the same ones each time."""
    return tuple(Random(0).sample(written.read(data), ALONE))


SETS: Mapping[str, Benchmark] = {
    "seal": Benchmark(seal.read, seal.measure, baselines=seal.baselines),
    "bfcl": Benchmark(bfcl.read, bfcl.measure, of_package=True),
    "written": Benchmark(written.read, written.measure),
    "api_bank": Benchmark(api_bank.read, api_bank.measure),
    "latency": Benchmark(read_alone, lambda _answered, _seed: (), together=1),
}


def read_set(name: str, data: Path, *, limit: int | None, seed: int) -> tuple[Item, ...]:
    """The items of a set, or of each of its groups as many as a limit allows.

    Raises:
        BenchmarkError: the set is unknown, or its data are not there.
    """
    if name not in SETS:
        raise BenchmarkError(f"no set is called {name!r}; there are {', '.join(SETS)}")
    missing = [str(data / folder) for folder in FOLDERS if not (data / folder).is_dir()]
    if missing and not SETS[name].of_package:
        raise BenchmarkError(
            f"the set {name!r} needs {', '.join(missing)}, which is not there: give the data folder by --data, "
            f"or leave the set out, as in --sets bfcl"
        )
    items = SETS[name].read(data)
    return items if limit is None else limited(items, limit, seed)


def limited(items: Sequence[Item], limit: int, seed: int) -> tuple[Item, ...]:
    """So many items of each group, drawn by the seed, in their own order."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    drawn = {
        (group, item.id)
        for group, members in groups.items()
        for item in Random(f"{seed}/{group}").sample(members, min(limit, len(members)))
    }
    return tuple(item for item in items if (item.group, item.id) in drawn)
