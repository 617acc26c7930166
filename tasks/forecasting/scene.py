"""What effects act on and may look at: the horizon, the history, other series, the levels of states."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from divisi.tasks.forecasting.frequency import Dates, Frequency, read_frequency

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scene:
    """The horizon and everything that an operator may look at.

    Attributes:
        dates: [horizon], of the steps ahead.
        freq: as pandas spells it, or 1.
        history: [n] what was measured, oldest first.
        history_dates: [n]
        references: name -> (dates, values) of series that texts may refer to, known into the horizon.
        states: name of a state -> the factor that it puts on the forecast ("half load": 0.5).
        country: ISO code of the country whose holidays profiles may name, or None.
        unit: of the values, as the user gives it, or "".
        name: what the series is called, or "".
    """

    dates: Dates
    freq: str | int
    history: Floats
    history_dates: Dates
    references: Mapping[str, tuple[Dates, Floats]] = field(default_factory=dict)
    states: Mapping[str, float] = field(default_factory=dict)
    country: str | None = None
    unit: str = ""
    name: str = ""

    @property
    def frequency(self) -> Frequency:
        """The frequency, read."""
        return read_frequency(self.freq)

    @property
    def nonnegative(self) -> bool:
        """Whether the history was never below zero, so that the future is not either."""
        return bool(len(self.history)) and bool(np.nanmin(self.history) >= 0)
