"""A regression is read in the order that is asked for."""

import json

import numpy as np
import pytest

from divisi.tasks.calling.regression import stored

RECORD = {"bias": 0.5, "weights": {"a": 1.0, "b": -2.0}}


def test_weights_stand_in_the_order_of_the_features(tmp_path):
    file = tmp_path / "weights.json"
    file.write_text(json.dumps(RECORD), encoding="utf-8")
    fitted = stored(file, ("b", "a"))
    assert fitted.weights.tolist() == [-2.0, 1.0]
    np.testing.assert_allclose(fitted(np.array([[0.0, 0.0], [1.0, 1.5]])), [1 / (1 + np.exp(-0.5)), 0.5])
    assert stored(file, ("b", "a")) is fitted


def test_a_part_of_a_file_is_found_by_its_name(tmp_path):
    file = tmp_path / "parts.json"
    file.write_text(json.dumps({"given": RECORD}), encoding="utf-8")
    assert stored(file, ("a",), "given").bias == 0.5
    with pytest.raises(KeyError):
        stored(file, ("missing",), "given")
