"""The factor that each state of a path puts on a forecast: what it is called says it, or the caller does."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from divisi.tasks.forecasting.effect import Effect
from divisi.tasks.forecasting.errors import EffectError
from divisi.tasks.forecasting.frequency import as_dates, periods
from divisi.tasks.forecasting.scene import Floats, Scene
from divisi.tasks.forecasting.window import bound

STATES: Mapping[str, float] = MappingProxyType(
    {
        **dict.fromkeys(
            ("off", "out", "closed", "shut", "shut down", "shutdown", "stopped", "standstill", "idle"), 0.0
        ),
        **dict.fromkeys(("offline", "down", "dead", "halted", "out of service", "no service", "suspended"), 0.0),
        **dict.fromkeys(("on", "running", "running again", "normal", "open", "full", "full load", "online"), 1.0),
        **dict.fromkeys(("regular", "in service", "as usual", "standard", "open again", "normal again"), 1.0),
        **dict.fromkeys(("half", "half load", "half capacity", "half speed"), 0.5),
    }
)
"""States whose names say their level."""


def known_factor(state: str, states: Mapping[str, float]) -> float | None:
    """The factor of a state: the caller's, else what its name says, else None."""
    name = " ".join(state.casefold().split())
    given = {key.casefold(): factor for key, factor in states.items()}
    return given.get(name, STATES.get(name))


def state_factors(effect: Effect, scene: Scene) -> Floats:
    """The factor of the state at each step; 1 before the first. [horizon]

    Raises:
        EffectError: a state has no known level; the message names all such.
    """
    unknown = unknown_states(effect, scene.states)
    if unknown:
        raise EffectError(
            "unknown_state", f"nothing says what {' and '.join(map(repr, unknown))} does to the series; send a factor"
        )
    starts, ends = periods(as_dates(scene.dates), scene.frequency)
    middle = starts + (ends - starts) // 2
    factors = np.ones(len(starts))
    until = None if effect.end is None else bound(effect.end, scene.frequency)
    for state in effect.path:
        factor = known_factor(state.state, scene.states)
        factors[middle >= bound(state.start, scene.frequency)] = factor
    if until is not None:
        factors[starts > until] = 1.0
    return factors


def unknown_states(effect: Effect, states: Mapping[str, float]) -> list[str]:
    """The states of a path that have no known level, each once."""
    return [name for name in dict.fromkeys(state.state for state in effect.path) if known_factor(name, states) is None]
