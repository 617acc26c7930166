"""Reader of the texts about series written by hand: data/written/effects.jsonl, and those of this project."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from divisi.tasks.example import Example
from divisi.tasks.forecasting.card import Card, forecast_case
from divisi.tasks.forecasting.effect import effect_from_record, effect_to_record

TEST_DOMAINS = frozenset({"hotel occupancy", "telecom", "waste"})
"""Domains whose texts are for testing alone."""

SOURCE, OWN_SOURCE = "written/effects", "written_own/effects"
WRITTEN = Path(__file__).parents[1] / "corpora" / "written"
OWN_TRAINING = WRITTEN / "effects_more.jsonl"
OWN_TEST = WRITTEN / "effects_test.jsonl"


def read_training(data: Path) -> Iterator[Example]:
    """The texts of the domains that may be trained on: those of the data folder, then those of this project."""
    yield from (example for example in read_all(data) if not _is_test(example))
    yield from read_own_training()


def read_own_training() -> Iterator[Example]:
    """The texts written for training here, of domains that no test has."""
    return (example_from(record, OWN_SOURCE) for record in _records(OWN_TRAINING))


def read_test(data: Path) -> Iterator[Example]:
    """The texts of the domains that are kept for testing."""
    return (example for example in read_all(data) if _is_test(example))


def read_own_test() -> Iterator[Example]:
    """The 72 texts written for testing alone, of domains that no other text has."""
    return map(example_from, _records(OWN_TEST))


def read_all(data: Path) -> Iterator[Example]:
    """Every text, as an example of `context`; the group is the series' domain."""
    return map(example_from, _records(data / "written" / "effects.jsonl"))


def example_from(record: Mapping[str, Any], source: str = SOURCE) -> Example:
    """One text as an example.

    Args:
        record: a line of the files.
        source: where it comes from; with the series' domain it names the example's group.

    Raises:
        EffectError: an effect does not have the form of one.
    """
    gold = record["gold"]
    effects = [effect_to_record(effect_from_record(effect)) for effect in gold["effects"]]
    target = {"effects": effects, "irrelevant": list(gold["irrelevant"])}
    case = forecast_case(_card(record["series"]), record["text"])
    return Example(record["id"], "context", source, case, target, f"{source}/{record['series']['domain']}")


def _records(path: Path) -> Iterator[Mapping[str, Any]]:
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


def _card(series: Mapping[str, Any]) -> Card:
    return Card(
        name=series["name"],
        unit=series["unit"],
        freq=series["freq"],
        history_start=series["history_start"],
        history_end=series["history_end"],
        horizon=series["horizon"],
        domain=series["domain"],
        seasonality=series["seasonality"] or "",
        last_values=tuple(map(float, series["last_values"])),
    )


def _is_test(example: Example) -> bool:
    return example.group.removeprefix(f"{SOURCE}/") in TEST_DOMAINS
