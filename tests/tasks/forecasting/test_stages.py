"""Examples of macro and micro from plain arrays of a pool's forecasts."""

from dataclasses import replace

import numpy as np
import pytest

from divisi.tasks.catalog import FORECASTING
from divisi.tasks.forecasting import macro, micro
from divisi.tasks.forecasting.card import card_of
from divisi.tasks.forecasting.frequency import as_dates, moment, read_frequency, stepped
from divisi.tasks.forecasting.stages import Origin, macro_example, micro_example

DATES = stepped(as_dates([moment("2020-01-01")]), read_frequency("MS"), np.arange(36))
ACTUAL = np.array([50.0, 52, 54, 56, 58, 60])
ORIGIN = Origin(
    group="forecast/made/1",
    name="Made",
    unit="pieces",
    freq="MS",
    history=np.arange(36.0) + 10,
    dates=DATES,
    forecasts={"ETS": ACTUAL + 9, "DOT": ACTUAL - 8, "CES": ACTUAL + 0.1, "SNaive": ACTUAL - 20},
    combined=ACTUAL + 4,
    actual=ACTUAL,
    errors={"ETS": 1.5, "DOT": 0.9},
    residuals=np.array([1.0, -2.0, 2.0, -1.0]),
)


def test_macro_learns_the_model_that_was_right() -> None:
    example = macro_example(ORIGIN, id="one", source="made")
    assert example.target["pool_weights"]["CES"] > max(example.target["pool_weights"][name] for name in ("ETS", "DOT"))
    changed = macro.apply_macro(
        ORIGIN.forecasts,
        example.target,
        combined=ORIGIN.combined,
        history=ORIGIN.history,
        history_dates=DATES,
        season=12,
    )
    assert np.abs(changed - ACTUAL).mean() < np.abs(ORIGIN.combined - ACTUAL).mean()


def test_micro_learns_the_direction_of_the_error() -> None:
    example = micro_example(ORIGIN, id="one", source="made")
    moved = micro.apply_micro(ORIGIN.combined, example.target, sigma=ORIGIN.sigma, shrink=1.0)
    assert np.abs(moved - ACTUAL).mean() < np.abs(ORIGIN.combined - ACTUAL).mean()


def test_a_pool_without_residuals_teaches_no_correction() -> None:
    example = micro_example(replace(ORIGIN, residuals=np.zeros(0)), id="one", source="made", outlier_last=True)
    assert example.target == {**micro.NEUTRAL, "outlier_last": True}


@pytest.mark.parametrize("make", [macro_example, micro_example])
def test_the_examples_hold_together_and_hide_what_came(make) -> None:  # type: ignore[no-untyped-def]
    example = make(ORIGIN, id="one", source="made")
    subtask = FORECASTING[example.subtask]
    assert subtask.parse(subtask.write(example.target, example.case), example.case) == example.target
    assert subtask.verify(example.target, example.case).problems == ()
    card = card_of(example.case)
    assert (card.errors, card.horizon, len(card.residuals)) == ({"ETS": 1.5, "DOT": 0.9}, 6, 4)
    assert example.group == "forecast/made/1"
