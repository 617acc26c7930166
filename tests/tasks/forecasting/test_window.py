"""Which steps an effect acts on, by the conventions of the texts written by hand."""

import numpy as np
import pytest

from divisi.tasks.forecasting.effect import effect_from_record
from divisi.tasks.forecasting.errors import EffectError, FrequencyError
from divisi.tasks.forecasting.frequency import (
    future_dates,
    moment,
    periods,
    read_frequency,
    season_length,
    shown_date,
)
from divisi.tasks.forecasting.window import covered, progress


def steps(last: str | int, freq: str | int, horizon: int, **slots: object) -> list[int]:
    """The steps after `last` that an effect with these slots acts on."""
    dates = future_dates(last if isinstance(last, int) else moment(last), freq, horizon)
    effect = effect_from_record({"type": "add", "value": 1, "unit": "abs", **slots})
    return np.flatnonzero(covered(effect, dates, read_frequency(freq))).tolist()


def test_a_day_at_the_end_is_included() -> None:
    assert steps("2025-03-09", "D", 10, start="2025-03-12", end="2025-03-14") == [2, 3, 4]


def test_a_clock_time_at_the_end_is_the_boundary() -> None:
    assert steps("2025-01-21T23:00", "h", 24, start="2025-01-22T09:00", end="2025-01-22T13:00") == [9, 10, 11, 12]


def test_without_an_end_it_lasts() -> None:
    assert steps("2025-03-09", "D", 5, start="2025-03-13") == [3, 4]


def test_a_duration_stands_for_the_end() -> None:
    assert steps("2025-05-26", "W-MON", 6, start="2025-06-09", duration={"n": 2, "unit": "W"}) == [1, 2]


def test_nights_recur_until_the_end_of_the_last() -> None:
    night = {"start": "2025-03-14T22:00", "end": "2025-03-16T05:00"}
    twice = steps(
        "2025-03-13T23:00", "h", 72, **night, duration={"n": 7, "unit": "h"}, recurrence={"every": 1, "unit": "D"}
    )
    assert twice == [*range(22, 29), *range(46, 53)]


def test_single_days_recur_by_the_week() -> None:
    mondays = steps(
        "2025-06-22", "D", 30, start="2025-06-30", end="2025-07-21", duration={"n": 1, "unit": "D"},
        recurrence={"every": 1, "unit": "W"},
    )  # fmt: skip
    assert mondays == [7, 14, 21, 28]


def test_a_month_is_its_days() -> None:
    assert steps("2024-12-01", "MS", 12, start="2025-08-01", end="2025-08-31") == [7]
    assert steps("2024-12-31", "ME", 12, start="2025-08-01", end="2025-08-31") == [7]


def test_less_than_half_of_a_step_does_not_count_beside_whole_ones() -> None:
    assert steps("2025-06-02", "W-MON", 4, start="2025-06-09", end="2025-06-24") == [0, 1]


def test_three_days_of_a_week_are_that_week() -> None:
    assert steps("2025-06-02", "W-MON", 4, start="2025-06-17", end="2025-06-18") == [1]


def test_steps_without_dates_are_counted() -> None:
    assert steps(99, 1, 5, start=101, end=102) == [1, 2]


def test_a_date_is_no_moment_of_a_series_without_dates() -> None:
    with pytest.raises(EffectError, match="counts in whole numbers"):
        steps(99, 1, 5, start="2025-01-01")


def test_a_ramp_rises_in_equal_steps_and_stays() -> None:
    dates = future_dates(moment("2025-03-09"), "D", 6)
    effect = effect_from_record({"type": "ramp", "start": "2025-03-11", "end": "2025-03-14"})
    np.testing.assert_allclose(progress(effect, dates, read_frequency("D")), [0, 0.25, 0.5, 0.75, 1, 1])


def test_a_ramp_beyond_the_horizon_is_not_complete_in_it() -> None:
    dates = future_dates(moment("2025-03-09"), "D", 4)
    effect = effect_from_record({"type": "ramp", "start": "2025-03-10", "end": "2025-03-17"})
    np.testing.assert_allclose(progress(effect, dates, read_frequency("D")), [1 / 8, 2 / 8, 3 / 8, 4 / 8])


@pytest.mark.parametrize(
    ("freq", "season"),
    [("h", 24), ("15min", 96), ("D", 7), ("B", 5), ("W", 52), ("MS", 12), ("QE", 4), ("YS", 1), (1, 1)],
)
def test_the_season_of_a_frequency(freq: str | int, season: int) -> None:
    assert season_length(freq) == season


@pytest.mark.parametrize("freq", ["", "x", "D7", "-1D", "MS-MON", True, 0, 1.5, None])
def test_what_is_no_frequency(freq: object) -> None:
    with pytest.raises(FrequencyError, match="known are"):
        read_frequency(freq)  # type: ignore[arg-type]


def test_quarters_and_their_ends() -> None:
    dates = future_dates(moment("2024-12-31"), "QE", 2)
    assert [shown_date(date, read_frequency("QE")) for date in dates] == ["2025-03-31", "2025-06-30"]
    begins, ends = periods(dates, read_frequency("QE"))
    assert (str(begins[0])[:10], str(ends[0])[:10]) == ("2025-01-01", "2025-04-01")


@pytest.mark.parametrize("text", ["", "tomorrow", "2025-13-01", None, "3 March"])
def test_what_is_no_moment(text: object) -> None:
    with pytest.raises(FrequencyError, match="is not a date"):
        moment(text)  # type: ignore[arg-type]
