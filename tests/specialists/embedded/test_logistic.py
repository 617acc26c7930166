"""Logistic regression against what made its cases."""

import json

import numpy as np
import pytest

from divisi.specialists.embedded.logistic import fit_logistic


@pytest.fixture(scope="module")
def cases():
    random = np.random.default_rng(0)
    x = random.normal(size=(20_000, 2)) * [1, 10]
    truth = random.random(len(x)) < 1 / (1 + np.exp(-(1.5 * x[:, 0] - 0.1 * x[:, 1] - 0.5)))
    return x, truth.astype(float)


def test_it_finds_the_weights_that_made_the_cases(cases):
    fitted = fit_logistic(*cases, np.ones(len(cases[0])))
    assert fitted.weights == pytest.approx([1.5, -0.1], rel=0.1)
    assert fitted.bias == pytest.approx(-0.5, abs=0.1)
    assert fitted(cases[0]).mean() == pytest.approx(cases[1].mean(), abs=0.01)


def test_cases_without_weight_do_not_count(cases):
    x, truth = cases
    half = np.arange(len(x)) % 2 == 0
    weighted = fit_logistic(x, np.where(half, truth, 1 - truth), half.astype(float))
    alone = fit_logistic(x[half], truth[half], np.ones(half.sum()))
    assert weighted.weights == pytest.approx(alone.weights, rel=0.05)


def test_weights_are_stored_by_name(cases, tmp_path):
    fitted = fit_logistic(*cases, np.ones(len(cases[0])))
    fitted.save(tmp_path / "weights.json", ("first", "second"))
    record = json.loads((tmp_path / "weights.json").read_text())
    assert record["weights"]["second"] == pytest.approx(fitted.weights[1], abs=1e-6)
    assert set(record) == {"bias", "weights"}
