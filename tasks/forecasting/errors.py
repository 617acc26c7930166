"""What forecasting refuses, each with a code that a program can read.

Errors:
    TaskError                   anything that tasks refuses
    └── ForecastError           anything that this folder refuses
        ├── FrequencyError      a frequency that is not known
        ├── SeriesError         a frame of series that cannot be forecast as it is
        ├── TextError           a text about a series that cannot be read
        ├── CardError           a series card that does not have the card's form
        ├── EffectError         an effect that is malformed, or cannot be computed
        └── PoolError           a pool that cannot forecast (declared in pool.py)
"""

from divisi.tasks.subtask import TaskError


class ForecastError(TaskError):
    """Anything that this folder refuses.

    Args:
        code: names the reason in snake_case, the same for every message of this kind.
        message: what was given, what was expected, what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class FrequencyError(ForecastError):
    """A frequency that is not known."""


class SeriesError(ForecastError):
    """A frame of series that cannot be forecast as it is."""


class TextError(ForecastError):
    """A text about a series that cannot be read."""


class CardError(ForecastError):
    """A series card that does not have the card's form."""


class EffectError(ForecastError):
    """An effect that is malformed, or cannot be computed."""
