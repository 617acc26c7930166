"""Cross-validation in Nixtla's shape: one row for each series, origin and step, with the truth and every model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from divisi.tasks.forecasting.backtest import Backtest, backtest_at, origins_of
from divisi.tasks.forecasting.pool import POOL, check_models

if TYPE_CHECKING:
    import pandas

FINAL = "divisi"
"""The column of the combined forecast."""


def cross_validation(
    frame: "pandas.DataFrame",
    horizon: int,
    *,
    season_length: int,
    windows: int = 1,
    step: int | None = None,
    models: Sequence[str] = POOL,
) -> "pandas.DataFrame":
    """What the pool would have said at earlier origins.

    Args:
        frame: unique_id, ds, y in long form, guarded: sorted, without gaps.
        horizon: steps ahead.
        season_length: points of a season; 1 is none.
        windows: origins of each series; the last leaves exactly one horizon.
        step: points between origins; one horizon by default.
        models: by statsforecast's column names.

    Returns:
        unique_id, ds, cutoff, y, one column a model (NaN where it was left out), and `divisi`, their median.

    Raises:
        PoolError: a series is too short for the windows, or no model could forecast.
    """
    import pandas as pd

    names = check_models(models)
    parts = []
    for series, own in frame.groupby("unique_id", sort=False):
        values = own["y"].to_numpy(dtype=np.float64)
        origins = origins_of(len(values), horizon, windows, step=step)
        ran = backtest_at(values, origins, horizon, season_length, models=names)
        parts += [_rows(series, own["ds"].array, ran, window, names) for window in range(windows)]
    return pd.concat(parts, ignore_index=True)


def _rows(series: Any, dates: Any, ran: Backtest, window: int, names: Sequence[str]) -> "pandas.DataFrame":
    import pandas as pd

    origin, steps = ran.origins[window], ran.truth.shape[1]
    columns = {
        "unique_id": series,
        "ds": dates[origin : origin + steps],
        "cutoff": dates[origin - 1],
        "y": ran.truth[window],
        **{name: ran.points[ran.models.index(name), window] for name in names},
        FINAL: ran.combined(window),
    }
    return pd.DataFrame(columns)
