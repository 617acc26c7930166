"""A pool that repeats the last season, series to forecast, and a section whose specialists answer from a script."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from divisi.services.player import Resident, Row
from divisi.services.section import Section
from divisi.tasks.forecasting import pool
from divisi.tasks.forecasting.context import Context
from divisi.tasks.forecasting.macro import Macro
from divisi.tasks.forecasting.micro import Micro
from divisi.tasks.forecasting.synthesis import Synthesis

SUBTASKS = {"context": Context(), "macro": Macro(), "micro": Micro(), "synthesis": Synthesis()}


@pytest.fixture(autouse=True)
def naive_pool(monkeypatch):
    """Every model repeats the last season: nothing has to be imported, and forecasts are known."""
    monkeypatch.setattr(pool, "run_model", lambda _, values, horizon, season: pool.repeated(values, horizon, season))


@pytest.fixture
def monthly() -> dict[str, Any]:
    """Four years of a season from 100 to 111, with a small ripple, beginning in 2020."""
    dates = np.arange("2020-01", "2024-01", dtype="datetime64[M]").astype("datetime64[D]")
    values = 100.0 + np.arange(48) % 12 + np.where(np.arange(48) // 12 % 2, 1.0, 0.0)
    return {"ds": [str(date) for date in dates], "y": values.tolist()}


@pytest.fixture
def section_with(scripted: Any) -> Callable[..., Section]:
    """A section of some specialists that answer from a script."""

    class FirstLines(scripted):
        """Looks a row's answer up by the first line of its invocation: synthesis repeats the effects below it."""

        async def play(self, row: Row, heard: Any = None) -> Any:
            return await super().play(replace(row, invocation=row.invocation.partition("\n")[0]), heard)

    def make(script: dict[str, Any], names: tuple[str, ...] = tuple(SUBTASKS)) -> Section:
        player = FirstLines(script)
        player.residents = tuple(Resident(name, name, "lora", f"{name}-v1") for name in names)
        return Section(player, None, SUBTASKS)

    return make
