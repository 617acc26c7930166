"""What was changed in what somebody sent, so that the answer can say it."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Repair:
    """One kind of change to one series, or to all that was sent.

    Attributes:
        kind: in snake_case, the same for every change of this kind.
        unique_id: the series, or None where it concerns all that was sent.
        count: how many rows, columns or characters were changed.
        first: where the first of them is (a date, a name), or None.
        what: one sentence that says what was done.
    """

    kind: str
    unique_id: Hashable | None
    count: int
    first: str | None
    what: str

    def to_record(self) -> dict[str, Any]:
        """The repair as a plain JSON object."""
        named = None if self.unique_id is None else str(self.unique_id)
        return {"kind": self.kind, "unique_id": named, "count": self.count, "first": self.first, "what": self.what}


@dataclass(frozen=True, slots=True)
class Report:
    """What the guard found and changed.

    Attributes:
        freq: the frequency as pandas spells it, or a whole number for series without dates.
        season_length: steps of the season that this frequency has; 1 is none.
        horizon: steps asked for.
        series: how many series there are.
        rows: how many rows the validated frame has.
        repairs: every change, by series.
        short: series with fewer than max(2 seasons, 10) points; a naive forecast is due, and has to be named.
        constant: series of one value only; their intervals have no width, which has to be said.
        nonnegative: series that were never below zero; their forecasts are clipped there.
    """

    freq: str | int
    season_length: int
    horizon: int
    series: int
    rows: int
    repairs: tuple[Repair, ...] = ()
    short: tuple[Hashable, ...] = ()
    constant: tuple[Hashable, ...] = ()
    nonnegative: frozenset[Hashable] = frozenset()

    def to_record(self) -> dict[str, Any]:
        """The report as a plain JSON object."""
        return {
            "freq": self.freq,
            "season_length": self.season_length,
            "horizon": self.horizon,
            "series": self.series,
            "rows": self.rows,
            "repairs": [repair.to_record() for repair in self.repairs],
            "short": [str(name) for name in self.short],
            "constant": [str(name) for name in self.constant],
        }
