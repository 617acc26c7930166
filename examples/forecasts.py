"""The forecasts of the demo: airline passengers of 1960 from the years before, by the numbers alone and with a text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openai import OpenAI, OpenAIError
from rich.console import Console
from rich.table import Table
from rich.text import Text

MODEL = "divisi"
HORIZON = 12
MOST_ERROR = 0.10
"""The mean absolute error, as a share of the truth, that a right forecast of the year stays below."""

LEAST_INSIDE = 8
"""Months of the year that the 80% interval must hold, of 12."""

CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class ForecastScene:
    """One forecast with what is right about it.

    Attributes:
        title: what is shown.
        text: what the user says of the series.
        factors: month -> what the text makes of the pool's forecast; every other month must stay as it is.
    """

    title: str
    text: str
    factors: Mapping[str, float]


SCENES = (
    ForecastScene("by the numbers", "Forecast the passengers of the next twelve months.", {}),
    ForecastScene(
        "with a text",
        "A strike halves the number of passengers in July 1960. Ferry passengers are not affected.",
        {"1960-07": 0.5},
    ),
)


@dataclass(frozen=True, slots=True)
class Passengers:
    """The series: what the service is shown, and what came."""

    months: tuple[str, ...]
    known: tuple[float, ...]
    truth: tuple[float, ...]


def air_passengers() -> Passengers:
    """Monthly passengers of airlines, 1949 to 1960, as statsforecast brings them; the last year is the truth."""
    from statsforecast.utils import AirPassengers

    values = [float(value) for value in AirPassengers]
    months = tuple(f"{1949 + place // 12}-{1 + place % 12:02d}-01" for place in range(len(values)))
    return Passengers(months[:-HORIZON], tuple(values[:-HORIZON]), tuple(values[-HORIZON:]))


def perform_forecasts(client: OpenAI, console: Console) -> bool:
    """Ask for all forecasts and show them; gives whether every one is right."""
    passengers = air_passengers()
    right = True
    for scene in SCENES:
        console.print(f"forecast {scene.title}: {scene.text}", markup=False, style="bold")
        try:
            answer = ask_forecast(client, scene, passengers)
        except OpenAIError as error:
            console.print(f"WRONG: {type(error).__name__}: {error}", markup=False, style="red")
            return False
        console.print(answer["series"][0]["explanation"], markup=False)
        console.print(table_of(answer, passengers))
        for fault in faults_of(answer, scene, passengers):
            console.print(f"WRONG: {fault}", markup=False, style="red")
            right = False
    return right


def ask_forecast(client: OpenAI, scene: ForecastScene, passengers: Passengers) -> Mapping[str, Any]:
    """Send the series with the text as a conversation; gives the forecast of the answer."""
    spec = {
        "series": {"ds": list(passengers.months), "y": list(passengers.known)},
        "horizon": HORIZON,
        "facts": {"name": "airline passengers", "unit": "thousand"},
    }
    messages: list[Any] = [{"role": "user", "content": scene.text}]
    completion = client.chat.completions.create(model=MODEL, messages=messages, extra_body={"forecast": spec})
    forecast: Mapping[str, Any] = (completion.model_extra or {})["divisi"]["forecast"]
    return forecast


def faults_of(answer: Mapping[str, Any], scene: ForecastScene, passengers: Passengers) -> Iterator[str]:
    """What is wrong with a forecast; nothing where it is right."""
    columns = answer["forecast"]
    error = mean_error(columns["pool"], passengers.truth)
    if error > MOST_ERROR:
        yield f"the pool is off by {error:.1%} of the passengers, more than {MOST_ERROR:.0%}"
    inside = sum(
        low <= truth <= high
        for low, truth, high in zip(columns["divisi-lo-80"], passengers.truth, columns["divisi-hi-80"], strict=True)
    )
    if not scene.factors and inside < LEAST_INSIDE:
        yield f"the 80% interval holds {inside} of {HORIZON} months, fewer than {LEAST_INSIDE}"
    for month, pool, final in zip(columns["ds"], columns["pool"], columns["divisi"], strict=True):
        expected = pool * scene.factors.get(month[:7], 1.0)
        if abs(final - expected) > CLOSE * abs(pool):
            yield f"expected {expected:.1f} for {month}, got {final:.1f}"


def mean_error(point: Sequence[float], truth: Sequence[float]) -> float:
    """The mean absolute error as a share of the mean truth."""
    missed = sum(abs(one - other) for one, other in zip(point, truth, strict=True))
    return missed / sum(truth)


def table_of(answer: Mapping[str, Any], passengers: Passengers) -> Table:
    """The forecast beside what came, and the effects that were read."""
    columns = answer["forecast"]
    effects = "; ".join(
        f"{effect['type']}: {effect['evidence']!r} {'applied' if effect['accepted'] else 'rejected'}"
        for effect in answer["series"][0]["effects"]
    )
    table = Table(title=Text(f"effects: {effects or 'none'}"), title_justify="left")
    for heading in ("month", "pool", "forecast", "80% interval", "truth"):
        table.add_column(heading, justify="left" if heading == "month" else "right")
    for place, month in enumerate(columns["ds"]):
        band = f"{columns['divisi-lo-80'][place]:.0f} to {columns['divisi-hi-80'][place]:.0f}"
        values = (columns["pool"][place], columns["divisi"][place], passengers.truth[place])
        table.add_row(month[:7], f"{values[0]:.0f}", f"{values[1]:.0f}", band, f"{values[2]:.0f}")
    return table
