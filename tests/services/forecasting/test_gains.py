"""What macro and micro save is measured against what came, and kept on their cards."""

import asyncio
import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from divisi.services.forecasting.gains import Trial, gain, savings, trials, write_gains
from divisi.services.forecasting.hindsight import matter_of
from divisi.services.forecasting.numbers import Failure, Job, compute
from divisi.specialists.card import Card, read_card, write_card
from divisi.tasks.forecasting.ground import Source, is_test
from divisi.tasks.forecasting.macro import NEUTRAL as MACRO
from divisi.tasks.forecasting.micro import NEUTRAL as MICRO


def one_trial() -> Trial:
    """Ten years at one level, then a rise that the repeated last value cannot know."""
    source = Source("yearly/1", np.array([100.0, 104, 98, 103, 99, 101, 97, 102, 100, 100, 103, 99, 100, 100]), 1)
    numbers = compute(Job(source.values, 4, 1))
    assert not isinstance(numbers, Failure)
    return matter_of(source, source.values, numbers, Random(0)), np.full(4, 110.0)


@pytest.mark.parametrize(("bias", "helps"), [(1, True), (-1, False), (0, None)])
def test_a_move_towards_what_came_saves_and_one_away_costs(section_with: Any, bias: int, helps: bool | None) -> None:
    script = {"macro": json.dumps(MACRO), "micro": json.dumps({**MICRO, "bias": bias})}
    section = section_with(script, ("macro", "micro"))
    saved = asyncio.run(savings([one_trial()], section))
    assert saved["macro"] == [0.0]
    (micro,) = saved["micro"]
    assert (micro > 0, micro < 0) == (helps is True, helps is False)


def test_a_gain_has_an_interval_that_leaves_out_zero_only_where_all_agree() -> None:
    sure, unsure = gain([0.1, 0.12, 0.09, 0.11], seed=0), gain([0.5, -0.5, 0.4, -0.3], seed=0)
    assert sure["gain_low"] > 0
    assert unsure["gain_low"] < 0 < unsure["gain_high"]
    assert sure["windows"] == 4


def test_windows_are_of_series_that_are_kept_for_testing(naive_pool: None) -> None:
    random = np.random.default_rng(0)
    sources = [Source(f"yearly/{number}", 50 + random.normal(0, 3, 30).cumsum(), 1) for number in range(40)]
    found = trials(sources, 3, seed=0)
    kept = {one.group.rpartition("/")[2] for one in sources if is_test(one)}
    assert 0 < len(found) <= 3
    assert {matter.wanted.spec.facts.name for matter, _ in found} <= kept


def test_gains_are_written_on_the_cards_of_their_subtasks(tmp_path: Path) -> None:
    for name in ("macro", "context"):
        (tmp_path / name).mkdir()
        write_card(tmp_path / name, Card(name, name, "lora", "v", "f", (1,), None, {"loss": 1.0}))
    write_gains([tmp_path], {"macro": {"gain": 0.1, "gain_low": -0.1}})
    assert read_card(tmp_path / "macro").metrics == {"loss": 1.0, "gain": 0.1, "gain_low": -0.1}
    assert read_card(tmp_path / "context").metrics == {"loss": 1.0}
