"""What macro and micro should have said of real series whose future is known: their examples for training.

    python -m divisi.services.forecasting.hindsight --out .work/hindsight.jsonl

Windows of M1, M3's and Tourism's training parts, but of the series that are kept for testing. Cards and numbers are
made as they are for `POST /v1/forecast`, so that a specialist is trained on what it will be served.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import numpy as np

from divisi.services.forecasting.intake import intake
from divisi.services.forecasting.matter import Matter, card_of, short_name
from divisi.services.forecasting.numbers import Failure, Job, Numbers, compute, scale_of
from divisi.services.forecasting.wire import ForecastSpec
from divisi.services.forecasting.workers import Processes
from divisi.tasks.example import Example, write_examples
from divisi.tasks.forecasting.card import forecast_case
from divisi.tasks.forecasting.frequency import as_dates, read_frequency, shown_date, stepped
from divisi.tasks.forecasting.ground import Source, is_test, public_sources
from divisi.tasks.forecasting.intervals import spread_for
from divisi.tasks.forecasting.pool import Array, combine
from divisi.tasks.forecasting.targets import macro_target, micro_target

FREQUENCIES = {1: ("YS", 6), 4: ("QS", 8), 12: ("MS", 18)}
"""Points of a season -> how its dates step, and the steps ahead."""

FEWEST = 12
"""Points of a history."""

DATED_SHARE = 0.5
"""The share of series with real dates; the others count their steps."""

LONGEST_CUT = 3
"""A window ends at most so many horizons before its series does."""


def hindsight(sources: Sequence[Source], count: int, *, seed: int) -> Iterator[Example]:
    """Two examples of each window, of `macro` and of `micro`.

    Args:
        sources: real series; those kept for testing are passed over.
        count: of windows.
        seed: of what is drawn.
    """
    random = Random(seed)
    usable = [one for one in sources if not is_test(one) and one.season in FREQUENCIES]
    drawn = [window for one in random.sample(usable, len(usable)) if (window := window_of(one, random)) is not None]
    windows = drawn[:count]
    jobs = [Job(history, len(actual), one.season) for one, history, actual in windows]
    for place, numbers in Processes().map(compute, jobs):
        if not isinstance(numbers, Failure):
            source, history, actual = windows[place]
            yield from _examples(source, history, actual, numbers, Random(f"{seed}/{place}"))


def window_of(source: Source, random: Random) -> tuple[Source, Array, Array] | None:
    """A series with the history and the future of one of its windows; None where it is too short."""
    steps = FREQUENCIES[source.season][1]
    longest = len(source.values) - steps
    if longest < max(FEWEST, 2 * source.season + 2):
        return None
    last = random.randint(max(FEWEST, 2 * source.season + 2, longest - LONGEST_CUT * steps), longest)
    return source, source.values[:last], source.values[last : last + steps]


def _examples(source: Source, history: Array, actual: Array, numbers: Numbers, random: Random) -> Iterator[Example]:
    matter = matter_of(source, history, numbers, random)
    dates = as_dates(matter.known.dates)
    forecast, pool = numbers.forecast, combine(numbers.forecast).point
    said = dict(zip(map(short_name, forecast.models), forecast.points, strict=True))
    macro = macro_target(
        said, actual, combined=pool, history=history, history_dates=dates, season=numbers.job.season_length
    )
    micro = micro_target(pool, actual, scale_of(numbers, matter.spread) * matter.spread.sigma(len(pool)))
    case = forecast_case(card_of(matter), "")
    for subtask, target in (("macro", macro), ("micro", micro)):
        yield Example(f"{source.group}/{len(history)}", subtask, "hindsight", case, target, source.group)


def matter_of(source: Source, history: Array, numbers: Numbers, random: Random) -> Matter:
    """The window as a request for its forecast would bring it."""
    alias, _ = FREQUENCIES[source.season]
    dated = random.random() < DATED_SHARE
    spec = ForecastSpec.model_validate(
        {
            "series": {
                "ds": _dates(len(history), alias, random) if dated else list(range(len(history))),
                "y": [*history],
            },
            "freq": alias if dated else 1,
            "horizon": numbers.job.horizon,
            "season_length": source.season,
            "facts": {"name": source.group.rsplit("/", 1)[-1]},
        }
    )
    wanted = intake(spec, None)
    return Matter(wanted, wanted.series[0], numbers, spread_for(source.season))


def _dates(count: int, alias: str, random: Random) -> list[str]:
    """The dates of a history that ends in some year."""
    frequency = read_frequency(alias)
    last = as_dates([np.datetime64(f"{random.randint(1995, 2026)}-01-01", "s")])
    return [shown_date(date, frequency) for date in stepped(last, frequency, np.arange(1 - count, 1))]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Make the examples of macro and micro from real series.")
    parser.add_argument("--out", type=Path, required=True, help="JSON lines, two a window")
    parser.add_argument("--count", type=int, default=900, help="windows")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    write_examples(options.out, hindsight(tuple(public_sources()), options.count, seed=options.seed))


if __name__ == "__main__":
    main()
