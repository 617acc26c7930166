"""The body of POST /v1/forecast as pydantic models; unknown keys are errors, values are not converted."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from divisi.services.section import ROUTER_MODEL
from divisi.services.wire_part import Wire, refuse_broken

Time = int | str
Cell = float | int | str | bool | None
"""What may stand in a column of values; the guard says which of them it takes."""


def _level(level: float) -> float:
    if not 0 < level < 100:
        raise ValueError(f"a level is a percentage between 0 and 100, got {level}")
    return level


class Columns(Wire):
    """Series in long form, by column, as pandas' `frame.to_dict("list")` gives them; one series without unique_id."""

    unique_id: list[Time] | None = None
    ds: list[Time] = Field(min_length=1)
    y: list[Cell] = Field(min_length=1)

    @model_validator(mode="after")
    def _even(self) -> "Columns":
        lengths = {len(column) for column in (self.unique_id, self.ds, self.y) if column is not None}
        if len(lengths) > 1:
            raise ValueError("the columns of series must have the same length")
        return self


class Reference(Wire):
    """Another series that a text may refer to, with as much of its future as is known."""

    ds: list[Time] = Field(min_length=1)
    y: list[float | int] = Field(min_length=1)

    @model_validator(mode="after")
    def _even(self) -> "Reference":
        if len(self.ds) != len(self.y):
            raise ValueError(f"a reference has {len(self.ds)} dates and {len(self.y)} values; it needs one for each")
        return self


class Facts(Wire):
    """What is known of the series besides their values; specialists read it before the text."""

    name: str | None = None
    unit: str = ""
    domain: str = ""
    country: str | None = None


class Stages(Wire):
    """Which stages may act; one that is off is neutral, and the trace says so.

    Null: macro and micro not for very many series, and none of the three where its specialist was measured not to help.
    """

    context: bool = True
    macro: bool | None = None
    micro: bool | None = None
    synthesis: bool | None = None


class Folds(Wire):
    """Windows of the past to test the pool on, by the names of Nixtla's `cross_validation`."""

    n_windows: int = Field(default=3, gt=0, le=100)
    step_size: int | None = Field(default=None, gt=0)


class ForecastSpec(Wire):
    """What to forecast; the field `forecast` of a chat completion request.

    `calibrate`: macro and micro act as far as the past of these series shows that they help; false takes their word.
    """

    series: Columns
    horizon: int = Field(gt=0)
    freq: Time | None = None
    season_length: int | None = Field(default=None, gt=0)
    level: list[Annotated[float, AfterValidator(_level)]] = Field(default=[80.0, 95.0], min_length=1, max_length=9)
    models: list[str] | None = Field(default=None, min_length=1)
    facts: Facts = Facts()
    contexts: dict[str, str] | None = None
    effects: list[dict[str, Any]] | None = None
    references: dict[str, Reference] | None = None
    states: dict[str, float] | None = None
    stages: Stages = Stages()
    calibrate: bool = True
    cross_validation: Folds | None = None
    samples: int = Field(default=500, ge=100, le=5000)
    seed: int = Field(default=0, ge=0, lt=2**63)


class ForecastRequest(ForecastSpec):
    """The body of POST /v1/forecast.

    `context` is the text about all series, `contexts` the text about one: unique_id -> text, instead of the former.
    """

    model: str = ROUTER_MODEL
    context: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, body: Any) -> Any:
        if isinstance(body, dict):
            refuse_broken(body)
        return body
