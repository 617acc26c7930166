"""The picture of the training ablation is drawn from what is there, and the same numbers give the same file."""

import json

import pytest
from training_plot import main, measure


def section(name, arm, **facts):
    groups = {"all tasks": 0.5, "length up to 16": 0.7, "longer": 0.2}
    measures = [
        {"group": group, "metric": "sure", "value": v, "low": v - 0.1, "high": v + 0.1} for group, v in groups.items()
    ]
    changed = {"orders": "joint", "kinds": "lora-16"}[name]
    measures += [{**one, "metric": f"sure against {changed}"} for one in measures]
    return {"set": name, "arm": arm, "measures": measures, **facts}


SECTIONS = [
    section("orders", "joint"),
    section("orders", "separate"),
    section("kinds", "lora-1", kind="lora", parameters=10),
    section("kinds", "lora-4", kind="lora", parameters=40),
]


@pytest.mark.parametrize("sections", [SECTIONS, SECTIONS[:2], []])
def test_it_is_drawn_from_what_is_there(tmp_path, sections):
    (tmp_path / "training.json").write_text(json.dumps({"sections": sections}))
    main(results=tmp_path / "training.json", out=tmp_path / "one.svg")
    main(results=tmp_path / "training.json", out=tmp_path / "two.svg")
    drawn = (tmp_path / "one.svg").read_text()
    assert drawn == (tmp_path / "two.svg").read_text()
    assert drawn.lstrip().startswith("<?xml")


def test_a_measure_that_is_not_there_is_none():
    assert measure(SECTIONS[0], "all tasks", "score") is None
    assert measure(SECTIONS[0], "longer", "sure")["value"] == 0.2
