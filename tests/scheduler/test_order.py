"""The linear ordering problem against brute force, and an order that says when it is no better than chance."""

from itertools import permutations
from random import Random

import numpy as np
import pytest

from divisi.scheduler import order as ordering
from divisi.scheduler.learner import ScheduleError
from divisi.scheduler.order import best_order, decide_order, random_value, value_of
from divisi.scheduler.transfer import Transfer


def matrix_of(count, seed):
    random = np.random.default_rng(seed)
    matrix = random.uniform(-1, 1, size=(count, count))
    np.fill_diagonal(matrix, 1.0)
    return matrix


def slow_value(matrix, order):
    return sum(matrix[later, earlier] for at, later in enumerate(order) for earlier in order[:at])


def transfer(matrix, *, noise, seed=0, draws=60, items=40):
    random = np.random.default_rng(seed)
    count = len(matrix)
    drawn = matrix + noise * random.normal(size=(draws, count, count))
    return Transfer(tuple("abcdefghijkl"[:count]), matrix, drawn, np.zeros(count), np.ones(count), items)


@pytest.mark.parametrize("count", [1, 2, 5, 6])
def test_the_best_order_is_that_of_brute_force(count):
    matrix = matrix_of(count, seed=count)
    slow = max(slow_value(matrix, order) for order in permutations(range(count)))
    found = best_order(matrix, range(count))
    assert sorted(found) == list(range(count))
    assert slow_value(matrix, found) == pytest.approx(slow)
    assert value_of(matrix, found) == pytest.approx(slow)


def test_a_random_order_is_worth_the_mean_of_all():
    matrix = matrix_of(4, seed=7)
    values = [slow_value(matrix, order) for order in permutations(range(4))]
    assert random_value(matrix) == pytest.approx(sum(values) / len(values))


def test_insertion_and_swaps_come_near_the_best_order(monkeypatch):
    matrices = [matrix_of(7, seed=seed) for seed in range(8)]
    best = [value_of(matrix, best_order(matrix, range(7))) for matrix in matrices]
    monkeypatch.setattr(ordering, "EXACT", 0)
    found = [value_of(matrix, best_order(matrix, range(7))) for matrix in matrices]
    chance = [random_value(matrix) for matrix in matrices]
    assert all(one <= other + 1e-9 for one, other in zip(found, best, strict=True))
    assert sum(found) - sum(chance) > 0.9 * (sum(best) - sum(chance))


def test_many_tasks_find_a_clear_order():
    count = ordering.EXACT + 3
    hidden = Random(3).sample(range(count), count)
    place = {task: at for at, task in enumerate(hidden)}
    matrix = np.asarray([[0.5 if place[j] > place[i] else -0.5 for i in range(count)] for j in range(count)])
    assert best_order(matrix, range(count)) == hidden


def test_structured_tasks_come_first_and_the_cost_is_said():
    # c harms a and b, so that it had better come first; but it is open-ended.
    matrix = np.asarray([[1.0, 0.4, 0.0], [-0.4, 1.0, 0.0], [-0.9, -0.9, 1.0]])
    natures = {"a": "structured", "b": "structured", "c": "open"}
    found = decide_order(transfer(matrix, noise=0.01), natures)
    assert found.tasks == ("b", "a", "c")
    assert found.unbound[0] == ("c", "b", "a")
    assert found.bwt == pytest.approx((0.4 - 1.8) / 2)
    assert "without structured-first the best order has BWT +0.200" in found.reason
    assert not found.better


def test_a_clear_order_is_better_than_a_random_one():
    matrix = np.asarray([[1.0, -0.8, -0.8], [0.8, 1.0, -0.8], [0.8, 0.8, 1.0]])
    found = decide_order(transfer(matrix, noise=0.05), dict.fromkeys("abc", "structured"))
    assert found.tasks == ("a", "b", "c")
    assert found.better
    assert "better than a random order by +0.8" in found.reason


def test_a_handful_of_items_says_nothing_however_clear_it_looks():
    matrix = np.asarray([[1.0, -0.8], [0.8, 1.0]])
    found = decide_order(transfer(matrix, noise=0.01, items=3), dict.fromkeys("ab", "structured"))
    assert found.advantage.above_zero
    assert not found.better
    assert "cannot be said on 3 items a task" in found.reason


def test_an_order_that_follows_noise_is_not_better_than_a_random_one():
    better = []
    for seed in range(6):
        random = np.random.default_rng(seed)
        noise = 0.3 * random.normal(size=(5, 5))
        found = decide_order(transfer(noise, noise=0.3, seed=seed), dict.fromkeys("abcde", "unclear"))
        better.append(found.better)
    assert sum(better) <= 1
    assert "not better than a random order" in found.reason


def test_a_task_without_a_nature_is_refused():
    with pytest.raises(ScheduleError, match="need a nature each"):
        decide_order(transfer(matrix_of(2, 0), noise=0.1), {"a": "open"})
