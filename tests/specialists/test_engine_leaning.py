"""What is known beside the model moves the choice where the grammar leaves one, and nothing else."""

import json

import pytest

from divisi.router.leaning import NamesLeaning, Trust
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.engine import Engine
from divisi.specialists.row import Leaning, RowRequest, RowResult

NAMES = ("get_weather", "get_time", "köln", "東京")
LIST = {"type": "array", "items": {"enum": list(NAMES)}, "minItems": 1, "maxItems": 1}


def written(base: Base, *leanings: Leaning | None, grammar: dict | None = LIST) -> list[RowResult]:
    """One row for each leaning, in one batch."""
    engine = Engine(base, Bank(base.model))
    prefix = engine.read(base.prefix_ids(({"role": "user", "content": "Hello"},), ()))
    asked = tuple(base.invocation_ids("names", (), ()))
    return engine.run([RowRequest(prefix, None, asked, grammar, 24, leaning=leaning) for leaning in leanings])


def leaning(name: str) -> NamesLeaning:
    return NamesLeaning(NAMES, [float(name == other) for other in NAMES], Trust(choice=60.0))


@pytest.mark.parametrize("name", NAMES)
def test_a_strong_leaning_decides_whatever_the_model_thinks(merging_base: Base, name: str) -> None:
    (result,) = written(merging_base, leaning(name))
    assert json.loads(result.text) == [name]


def test_rows_of_one_batch_lean_each_for_itself(merging_base: Base) -> None:
    one, plain, other = written(merging_base, leaning("köln"), None, leaning("get_time"))
    assert (json.loads(one.text), json.loads(other.text)) == (["köln"], ["get_time"])
    assert plain.ids == written(merging_base, None)[0].ids


def test_free_text_is_not_leant(merging_base: Base) -> None:
    plain, leant = written(merging_base, None, lambda _text, _piece: 5.0, grammar=None)
    assert plain.ids == leant.ids
