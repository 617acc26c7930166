"""The picture: what is drawn where, and that every kind of series can be drawn."""

import asyncio

import numpy as np
import pytest
from matplotlib.image import imread

from divisi.services.forecasting import picture
from divisi.services.forecasting.conduct import conduct
from divisi.services.forecasting.picture import draw, notes_of, runs
from divisi.services.forecasting.wire import ForecastRequest
from divisi.services.forecasting.workers import Processes

CLOSED = {"type": "set", "start": "2024-03-01", "end": "2024-04-30", "value": 0, "unit": "abs"}
MASK = {"type": "mask_history", "start": "2023-05-01", "end": "2023-06-30"}


@pytest.fixture
def made(monthly):
    def forecast(**changes):
        request = ForecastRequest.model_validate({"series": monthly, "horizon": 6, **changes})
        return asyncio.run(conduct(request, None, None, Processes())).series

    return forecast


def test_steps_that_follow_each_other_are_one_stretch():
    assert runs((5, 2, 3, 9)) == [(2, 3), (5, 5), (9, 9)]
    assert runs(()) == []


def test_an_effect_is_shaded_from_half_a_step_before_to_half_a_step_after(made):
    (one,) = made(effects=[CLOSED, MASK])
    ahead, past = (picture._windows(one, outcome, 12)[0] for outcome in one.outcomes)
    half_of_february = one.ahead[1] + (one.ahead[2] - one.ahead[1]) / 2
    assert ahead[0] == half_of_february
    assert one.ahead[3] < ahead[1] < one.ahead[4]
    assert one.dates[39] < past[0] < one.dates[40]
    assert one.dates[41] < past[1] < one.dates[42]


def test_what_is_masked_before_the_picture_begins_is_not_drawn(made):
    (one,) = made(effects=[MASK])
    assert picture._windows(one, one.outcomes[0], 4) == []


def test_notes_say_what_was_applied_and_what_was_not(made):
    applied, rejected = notes_of(made(effects=[CLOSED, {**CLOSED, "certainty": "hypothetical"}])[0])
    assert applied == ["1  set 0: stated in the request"]
    assert rejected[0].startswith("not applied: set 0: stated in the request (it is only possible")


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_picture_is_written(made, tmp_path, ending):
    file = tmp_path / f"forecast.{ending}"
    draw(made(effects=[CLOSED], facts={"name": "Sales", "unit": "crates"}), file, season_length=12)
    assert file.stat().st_size > 5000
    if ending == "png":
        assert np.asarray(imread(file)).std() > 0.05


def test_a_series_without_dates_can_be_drawn(made, tmp_path):
    draw(made(series={"ds": list(range(30)), "y": [float(step % 7) for step in range(30)]}), tmp_path / "steps.png")
    assert (tmp_path / "steps.png").is_file()
