"""Cross-validation has the rows and columns that statsforecast's own has."""

import numpy as np
import pandas as pd
import pytest

from divisi.tasks.forecasting import pool
from divisi.tasks.forecasting.crossval import cross_validation
from divisi.tasks.forecasting.pool import PoolError

MODELS = ("DynamicOptimizedTheta", "SeasonalNaive")


def frame(count: int) -> pd.DataFrame:
    values = 50 + np.arange(count) + 9 * np.sin(np.arange(count) * np.pi / 2)
    dates = pd.date_range("2020-01-01", periods=count, freq="MS")
    return pd.concat(
        [pd.DataFrame({"unique_id": name, "ds": dates, "y": values + add}) for name, add in (("a", 0), ("b", 7))]
    )


def test_rows_and_columns_are_those_of_statsforecast():
    from statsforecast import StatsForecast
    from statsforecast.models import DynamicOptimizedTheta, SeasonalNaive

    data = frame(30)
    ours = cross_validation(data, 3, season_length=4, windows=2, step=2, models=MODELS)
    models = [DynamicOptimizedTheta(season_length=4), SeasonalNaive(season_length=4)]
    theirs = StatsForecast(models=models, freq="MS").cross_validation(df=data, h=3, n_windows=2, step_size=2)
    assert [*ours.columns] == ["unique_id", "ds", "cutoff", "y", *MODELS, "divisi"]
    pd.testing.assert_frame_equal(ours.drop(columns="divisi"), theirs.reset_index(drop=True))


def test_a_model_that_was_left_out_is_missing_in_its_column(monkeypatch):
    monkeypatch.setattr(
        pool, "run_model", lambda name, values, horizon, _: np.full(horizon, np.nan if name == "CES" else 60.0)
    )
    found = cross_validation(frame(30), 3, season_length=1, models=("CES", "AutoETS"))
    assert found["CES"].isna().all()
    assert (found["divisi"] == 60.0).all()


def test_too_many_windows_are_refused():
    with pytest.raises(PoolError, match="ask for fewer"):
        cross_validation(frame(30), 10, season_length=1, windows=4)
