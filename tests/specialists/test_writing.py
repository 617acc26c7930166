"""One answer takes chosen tokens, adds forced ones, and ends once, for its first reason."""

import math

import pytest
import torch

from divisi.specialists.grammar import Grammars
from divisi.specialists.prefix import Prefix
from divisi.specialists.row import RowRequest
from divisi.specialists.vocabulary import Vocabulary
from divisi.specialists.writing import Writing


@pytest.fixture(scope="module")
def vocabulary(base) -> Vocabulary:
    """One token a byte."""
    return Vocabulary(base)


@pytest.fixture
def begin(base, vocabulary):
    """Begins an answer: begin(schema=None, max_tokens=20)."""
    prefix = Prefix((5,), (), (), torch.zeros(1, 1), base.fingerprint)

    def build(schema: dict | None = None, max_tokens: int = 20) -> Writing:
        grammar = None if schema is None else Grammars(vocabulary).compile(schema)
        return Writing(RowRequest(prefix, None, (8, 9), schema, max_tokens), vocabulary, grammar)

    return build


def test_the_invocation_is_read_first_with_what_must_follow(base, begin):
    writing = begin({"type": "object", "properties": {"a": {"type": "boolean"}}, "required": ["a"]})
    assert writing.pending[:2] == [8, 9]
    assert base.decode(writing.pending[2:]).startswith('{"a": ')


def test_a_choice_is_read_next_with_what_it_forces(base, begin):
    writing = begin({"enum": ["yes", "no"]})
    (token,) = base.encode("n")
    writing.take(token, -0.5)
    assert base.decode(writing.pending) == 'no"'
    assert writing.finish == "stop"
    result = writing.result(0.0)
    assert (result.text, result.forced_tokens, result.mean_logprob) == ('"no"', 3, -0.5)


def test_the_first_reason_to_end_stays(base, begin):
    writing = begin()
    writing.take(base.encode("a")[0], -1.0)
    writing.fail("broken")
    writing.end("cancelled")
    writing.take(base.encode("b")[0], -1.0)
    result = writing.result(0.0)
    assert (result.finish, result.problem, result.text) == ("failed", "broken", "a")


def test_a_token_that_the_grammar_does_not_allow_fails(base, begin):
    writing = begin({"enum": ["yes", "no"]})
    writing.take(base.encode("x")[0], -1.0)
    result = writing.result(0.0)
    assert (result.finish, result.by_grammar) == ("failed", True)
    assert "cannot follow" in result.problem


def test_the_end_counts_as_a_choice(base, begin):
    writing = begin()
    writing.take(base.encode("a")[0], -1.0)
    writing.take(base.end_id, -3.0)
    result = writing.result(0.0)
    assert (result.finish, result.text, result.mean_logprob) == ("stop", "a", -2.0)


@pytest.mark.parametrize("schema", [None, {"enum": ["yes", "no"]}])
def test_a_probability_that_is_no_number_fails_and_not_by_the_grammar(base, begin, schema):
    writing = begin(schema)
    writing.take(base.encode("n")[0], math.nan)
    result = writing.result(0.0)
    assert (result.finish, result.by_grammar) == ("failed", False)


def test_news_are_told_once(base, begin):
    writing = begin()
    writing.take(base.encode("a")[0], -1.0)
    assert writing.news() == (tuple(base.encode("a")), "a")
    assert writing.news() == ((), "")
