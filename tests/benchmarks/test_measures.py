"""Numbers and their intervals."""

import pytest
from measures import mean, micro_f1, part, quantile, weighted


def test_micro_f1_sums_before_it_divides():
    pairs = [(["f"], ["f"]), (["f", "g", "h"], ["g"])]
    found = micro_f1("all", "name_f1", pairs, seed=0)
    assert found.value == pytest.approx(2 * 2 / 6)
    assert found.count == 2


def test_a_column_weighs_its_categories_not_its_entries():
    column = weighted("all", "accuracy", [part([1.0] * 9, 0.5), part([0.0], 0.5)], seed=0)
    assert (column.value, column.count) == (0.5, 10)


def test_an_interval_holds_the_value_and_narrows_with_more_items():
    few, many = (mean("all", "exact", [0.0, 1.0] * times, seed=0) for times in (5, 200))
    assert few.low < few.value < few.high
    assert many.high - many.low < few.high - few.low


def test_the_same_seed_gives_the_same_interval():
    values = [0.0, 1.0, 1.0, 0.5]
    assert mean("all", "exact", values, seed=3) == mean("all", "exact", values, seed=3)


def test_a_quantile_is_that_of_the_items():
    assert quantile("cost", "milliseconds_p50", [1.0, 2.0, 30.0], 0.5, seed=0).value == 2.0
