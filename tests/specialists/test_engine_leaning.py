"""What is known beside the model moves the choice that is left, and nothing else."""

import json
from unittest.mock import Mock

import pytest
import torch

from divisi.router.leaning import NamesLeaning, Trust
from divisi.specialists import guiding
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.engine import Engine
from divisi.specialists.guiding import lean
from divisi.specialists.row import RowRequest, RowResult
from divisi.specialists.vocabulary import Vocabulary
from divisi.specialists.writing import Writing
from divisi.tasks.leaning import Leaning

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


class Wanting:
    """Wants a text wherever many tokens may come."""

    def __call__(self, text: bytes, piece: bytes) -> float:
        return 0.0

    def wanted(self, text: bytes) -> tuple[bytes, float]:
        rest = '{"note": "Łódź"}'.encode().removeprefix(text)
        return rest, 60.0


def test_a_wanted_text_is_written_where_many_tokens_may_come(
    merging_base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guiding, "FEW_TOKENS", 2)  # this base knows few tokens
    schema = {
        "type": "object",
        "properties": {"note": {"type": "string"}},
        "required": ["note"],
        "additionalProperties": False,
    }
    (result,) = written(merging_base, Wanting(), grammar=schema)
    assert json.loads(result.text) == {"note": "Łódź"}


class Filling:
    """Knows the first value of an object, and that a second one follows."""

    text = '{"one": "ab", "two": 1}'

    def __call__(self, text: bytes, piece: bytes) -> float:
        return 0.0 if self.text.encode().startswith(text + piece) else -60.0

    def wanted(self, text: bytes) -> tuple[bytes, float]:
        value = b'{"one": "ab"'
        return value.removeprefix(text) if value.startswith(text) else b"", 60.0


def test_a_piece_that_ends_a_wanted_value_is_weighed_with_what_it_says_beyond(
    merging_base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guiding, "FEW_TOKENS", 2)
    vocabulary, begun = Vocabulary(merging_base), b'{"one": "ab'
    ending = {vocabulary.text_bytes(token): token for token in vocabulary.beginnings(begun, b'"')}
    logits = torch.zeros(1, vocabulary.size)
    logits[0, ending[b'"}']] = 1.0
    lean(logits, [Mock(spec=Writing, finish=None, walk=object(), written=begun)], [Filling()], vocabulary)
    assert logits[0, ending[b'"}']] == 1.0
    assert logits[0, ending[b'",']] == logits.max() == 60.0


class Enumerated:
    """Wants one of two texts that begin alike."""

    def __call__(self, text: bytes, piece: bytes) -> float:
        return 0.0 if b'"get_weather"'.startswith(text + piece) else -9.0

    def wanted(self, text: bytes) -> tuple[bytes, float]:
        return b'"get_weather"'.removeprefix(text), 9.0


def test_pieces_that_spell_a_wanted_text_as_it_is_not_encoded_are_as_dear_as_other_texts(merging_base: Base) -> None:
    vocabulary = Vocabulary(merging_base)
    encoded = merging_base.encode('"get_weather"')
    place = next(place for place, token in enumerate(encoded) if len(vocabulary.text_bytes(token)) > 1)
    begun = b"".join(map(vocabulary.text_bytes, encoded[:place]))
    astray = merging_base.encode(b'"get_weather"'[len(begun) : len(begun) + 1].decode())[-1]
    logits = torch.full((1, vocabulary.size), -torch.inf)
    logits[0, [encoded[place], astray]] = torch.tensor([-5.0, 0.0])
    writing = Mock(spec=Writing, finish=None, walk=object(), written=begun)
    lean(logits, [writing], [Enumerated()], vocabulary)
    assert logits[0, [encoded[place], astray]].tolist() == [-5.0, -9.0]


class Saying(Wanting):
    """Knows a text, and nothing else: all that departs from it, or ends before it does, is dear."""

    def __call__(self, text: bytes, piece: bytes) -> float:
        said = "Łódź, 7781".encode()
        fits = said.startswith(text + piece) if piece else text == said
        return 0.0 if fits else -60.0

    def wanted(self, text: bytes) -> tuple[bytes, float]:
        return "Łódź, 7781".encode().removeprefix(text), 0.0


def test_free_text_says_what_is_known_and_ends_there(merging_base: Base) -> None:
    (result,) = written(merging_base, Saying(), grammar=None)
    assert (result.text, result.finish) == ("Łódź, 7781", "stop")


class Refusing(Wanting):
    """Refuses every piece alike."""

    def __call__(self, text: bytes, piece: bytes) -> float:
        return -60.0

    def wanted(self, text: bytes) -> tuple[bytes, float]:
        return b"", 0.0


def test_free_text_stays_as_it_is_where_all_pieces_cost_the_same(
    merging_base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guiding, "LIKELY_TOKENS", 2)  # what is not asked about does not get ahead
    plain, leant = written(merging_base, None, Refusing(), grammar=None)
    assert plain.ids == leant.ids
