"""Workers give one result for each item with its place, here and in other processes."""

import math

import numpy as np
import pytest

from divisi.services.forecasting import numbers
from divisi.services.forecasting.numbers import Job, compute, compute_all, spread_among
from divisi.services.forecasting.workers import Processes
from divisi.tasks.forecasting import pool
from divisi.tasks.forecasting.pool import PoolError


def test_few_items_stay_in_this_process():
    calls = []
    assert list(Processes(2).map(lambda item: calls.append(item) or item, [5, 6])) == [(0, 5), (1, 6)]
    assert calls == [5, 6]


def test_many_items_are_done_by_other_processes():
    found = dict(Processes(2, few=0).map(math.sqrt, [float(number) for number in range(20)]))
    assert found == {number: math.sqrt(number) for number in range(20)}


def test_every_series_is_counted_once():
    jobs = [Job(np.arange(30.0) + place, 2, 1) for place in range(3)]
    done = []
    found = compute_all(jobs, Processes(), done=lambda: done.append(1))
    assert [one.job.values[0] for one in found] == [0.0, 1.0, 2.0]
    assert len(done) == 3


def test_a_failure_is_plain_data_that_becomes_an_error(monkeypatch):
    monkeypatch.setattr(pool, "run_model", lambda *_: np.array([np.nan]))
    job = Job(np.arange(30.0), 1, 1)
    assert compute(job).code == "no_model_answered"
    with pytest.raises(PoolError, match="no model could forecast"):
        compute_all([job], Processes(), done=lambda: None)


def test_many_series_have_intervals_from_their_own_errors(monkeypatch):
    random = np.random.default_rng(0)
    jobs = [Job(random.normal(100, 10, 30), 2, 1) for _ in range(120)]
    found = compute_all(jobs, Processes(few=1000), done=lambda: None)
    assert spread_among(found).origin == "errors of this request's own series (240 windows)"
    assert "M1" in spread_among(found[:20]).origin


def test_a_windows_scale_does_not_know_its_own_errors(monkeypatch):
    seen = []
    monkeypatch.setattr(numbers, "own_spread", lambda errors, scales, typical: seen.append((errors, scales)))
    flat = np.array([100.0, 101.0] * 15)
    flat[-1] += 1000
    spread_among([compute(Job(flat, 1, 1))])
    ((errors, scales),) = seen
    assert abs(errors[1][0]) > 900
    assert scales[1] < scales[0]


@pytest.mark.ray
@pytest.mark.slow
def test_ray_tasks_do_the_same():
    ray = pytest.importorskip("ray")
    from divisi.services.forecasting.ray_workers import RayTasks

    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
    try:
        assert dict(RayTasks(few=0).map(math.sqrt, [1.0, 4.0, 9.0])) == {0: 1.0, 1: 2.0, 2: 3.0}
    finally:
        ray.shutdown()
