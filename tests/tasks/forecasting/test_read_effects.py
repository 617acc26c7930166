"""Texts by hand as examples: split by domain, right by the checks, and none for training of a domain that is tested."""

import json
from pathlib import Path
from typing import Any

from divisi.tasks.catalog import FORECASTING
from divisi.tasks.forecasting import read_effects
from divisi.tasks.forecasting.effect import effect_from_record

CONTEXT = FORECASTING["context"]


def written(domain: str) -> dict[str, Any]:
    effect = {
        "type": "multiply", "target": "this_series", "start": "2025-03-12", "end": "2025-03-13", "duration": None,
        "recurrence": None, "value": 1.8, "unit": "x", "applies_to": "future", "certainty": "stated",
        "evidence": "plan on 1.8x again",
    }  # fmt: skip
    series = {
        "name": "Sales", "unit": "units", "domain": domain, "freq": "D", "history_start": "2024-01-01",
        "history_end": "2025-03-09", "horizon": 14, "last_values": [1, 2, 3], "seasonality": None,
    }  # fmt: skip
    text = "12 and 13 March: plan on 1.8x again. The shop in Graz is blue."
    gold = {"effects": [effect], "irrelevant": ["The shop in Graz is blue"]}
    return {"id": f"we-{domain}", "series": series, "text": text, "gold": gold}


def test_texts_by_hand_are_split_by_domain_and_pass_the_checks(tmp_path: Path) -> None:
    (tmp_path / "written").mkdir()
    records = [written(domain) for domain in ("retail", "telecom", "road traffic")]
    lines = "\n".join(json.dumps(record) for record in records)
    (tmp_path / "written" / "effects.jsonl").write_text(lines, encoding="utf-8")
    training, test = list(read_effects.read_training(tmp_path)), list(read_effects.read_test(tmp_path))
    given = [example.group for example in training if example.source == read_effects.SOURCE]
    assert given == ["written/effects/retail", "written/effects/road traffic"]
    assert [example.group for example in test] == ["written/effects/telecom"]
    (example,) = test
    assert CONTEXT.verify(example.target, example.case).problems == ()
    assert example.target["effects"] == records[1]["gold"]["effects"]


def test_texts_for_training_pass_the_checks_and_share_no_domain_with_a_test() -> None:
    examples = list(read_effects.read_own_training())
    assert [example.id for example in examples if CONTEXT.verify(example.target, example.case).problems] == []
    assert len({example.id for example in examples}) == len(examples) > 0
    tested = {example.group.rpartition("/")[2] for example in read_effects.read_own_test()} | read_effects.TEST_DOMAINS
    assert not tested & {example.group.rpartition("/")[2] for example in examples}


def test_own_texts_are_trained_on_beside_those_of_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "written").mkdir()
    (tmp_path / "written" / "effects.jsonl").write_text(json.dumps(written("retail")), encoding="utf-8")
    training = list(read_effects.read_training(tmp_path))
    own = [example.id for example in training if example.source == read_effects.OWN_SOURCE]
    assert own == [example.id for example in read_effects.read_own_training()]
    assert len(training) == len(own) + 1


def test_texts_for_training_say_effects_of_every_type_and_certainty() -> None:
    examples = list(read_effects.read_own_training())
    effects = [effect_from_record(record) for example in examples for record in example.target["effects"]]
    assert len({effect.type for effect in effects}) == 13
    assert {effect.certainty for effect in effects} == {"stated", "implied", "hypothetical", "negated"}
    assert {effect.target for effect in effects} == {"this_series", "other"}


def test_texts_for_testing_pass_the_checks_and_have_all_types() -> None:
    examples = list(read_effects.read_own_test())
    assert len({example.group for example in examples}) == len(examples) == 72
    assert [example.id for example in examples if CONTEXT.verify(example.target, example.case).problems] == []
    assert len({effect["type"] for example in examples for effect in example.target["effects"]}) == 13
