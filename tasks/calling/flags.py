"""Whether a text says yes or no for the boolean parameters of a function, or nothing.

    p(given) = 1 / (1 + exp(-(bias + weights . features)))      1 where the parameter is required
    p(true | given)                                             the same with weights of its own

Two questions, as different words answer them: whether a parameter is spoken of is a matter of likeness, yes or no one
of "not" and of what the schema takes for granted. The weights are those of logistic regressions on requests of the
training data by hand, which `python -m divisi.specialists.embedded.fit_flags` fits; they know no base.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from divisi.tasks.calling.flag_sights import FEATURES, booleans, features
from divisi.tasks.calling.reading import Reading
from divisi.tasks.calling.regression import stored
from divisi.tasks.calling.sights import Wanted

FILE = Path(__file__).with_name("flags.json")


@dataclass(frozen=True, slots=True)
class Flag:
    """How probable a boolean parameter is given as true, and as false; what is left to 1: that it is not given."""

    true: float
    false: float


def flags(reading: Reading, wanted: Wanted) -> dict[str, Flag]:
    """What a text seems to say for each boolean parameter of a call."""
    names = booleans(wanted.tool)
    if not names or not reading.starts.size:
        return {}
    seen = features(reading, wanted, names)
    given, true = (stored(FILE, FEATURES, part) for part in ("given", "true"))
    required = seen[:, FEATURES.index("required")] > 0
    chances = np.where(required, 1.0, given(seen))
    yes = true(seen)
    rows = zip(names, (chances * yes).tolist(), (chances * (1 - yes)).tolist(), strict=True)
    return {name: Flag(one, other) for name, one, other in rows}
