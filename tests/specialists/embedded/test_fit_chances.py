"""Nets of chances: fitted, joined, calibrated, measured."""

from random import Random

import numpy as np
import pytest

from divisi.specialists.embedded.fit_chances import (
    answerable,
    balanced,
    drawn,
    fit_net,
    logits_of,
    measured,
    temperature_of,
    threshold_of,
)
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked


def asked(kind, messages=({"role": "user", "content": "Do a"},), source="written/x"):
    tools = tuple(
        {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
        for name in "abc"
    )
    return Asked("1", source, messages, tools, kind, (Call("a", {}),) if kind == "single" else ())


def test_a_net_learns_what_is_not_linear_and_is_the_mean_of_its_parts():
    random = np.random.default_rng(0)
    x = random.normal(size=(2000, 3))
    truth = (x[:, 0] * x[:, 1] > 0).astype(float)
    net = fit_net(x, truth, np.ones(len(x)), 1, seed=0)
    fresh = random.normal(size=(500, 3))
    right = (logits_of(net, fresh)[:, 0] > 0) == (fresh[:, 0] * fresh[:, 1] > 0)
    assert right.mean() > 0.85
    assert net["first"].shape[0] % 3 == 0


def test_both_classes_count_the_same():
    weight = balanced(np.array([1.0, 1.0, 1.0, 2.0]), np.array([True, False, False, False]))
    assert weight[0] == pytest.approx(weight[1:].sum())
    assert weight.mean() == pytest.approx(1)


def test_the_temperature_undoes_what_is_too_sure():
    random = np.random.default_rng(1)
    logits = random.normal(size=5000) * 2
    truth = random.random(5000) < 1 / (1 + np.exp(-logits))
    assert temperature_of(logits * 3, truth, np.ones(5000)) == pytest.approx(3, rel=0.15)


def test_the_threshold_keeps_the_share_of_calls():
    none = np.linspace(0, 1, 100)
    truth = np.arange(100) % 2 == 0
    assert (none[~truth] < threshold_of(none, truth, 0.9)).mean() == pytest.approx(0.9)


def test_a_perfect_order_has_the_whole_area():
    found = measured(np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, True, True]))
    assert found["area"] == 1
    assert found["turned_away_at_0.97"] == 1


def test_only_what_the_user_just_asked_is_fitted_on():
    behind = ({"role": "user", "content": "?"}, {"role": "tool", "content": "1"})
    assert answerable(asked("single"))
    assert not answerable(asked("reply"))
    assert not answerable(asked("continue", behind))


def test_variants_and_public_sets_weigh_less():
    cases = drawn([asked("single"), asked("single", source="snips/train")], Random(0))
    weights = {asked.source.split("/")[0]: [] for asked, _ in cases}
    for one, weight in cases:
        weights[one.source.split("/")[0]].append(weight)
    assert weights["written"] == [1.0, 0.6, 0.6]
    assert weights["snips"] == pytest.approx([0.3, 0.18, 0.18])
