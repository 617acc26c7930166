"""Proof of the split on the real data: what tests use is in no record for training."""

import os
from pathlib import Path

import pytest

from divisi.tasks.calling.turns import called_names
from divisi.tasks.corpora import read_api_bank, read_seal_tools
from divisi.tasks.corpora.flaws import flaw
from divisi.tasks.corpora.offering import name_of
from divisi.tasks.corpora.registry import CORPORA, read_requests

DATA = Path(os.environ.get("DIVISI_DATA", "no-data"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (DATA / "calling").is_dir(), reason="DIVISI_DATA names no folder with the public data sets"),
]


@pytest.fixture(scope="module")
def training():
    return read_requests(DATA)[0]


@pytest.fixture(scope="module")
def tests():
    return read_requests(DATA, [name for name, corpus in CORPORA.items() if corpus.use == "test"])[0]


def names(requests):
    """Every tool that is offered, called now, called before, or lacks values."""
    offered = {name_of(tool) for asked in requests for tool in asked.tools}
    called = {call.name for asked in requests for call in asked.calls}
    before = {name for asked in requests for name in called_names(asked.messages)}
    return offered | called | before | {asked.tool for asked in requests if asked.tool is not None}


def first_words(asked):
    """What the user says first."""
    return next(turn["content"] for turn in asked.messages if turn["role"] == "user")


def test_no_tool_of_seal_tools_out_domain_is_in_training(training):
    held = read_seal_tools.tool_names(DATA)
    assert len(held) > 1000
    assert names(training).isdisjoint(held)


def test_no_tool_of_api_bank_test_is_in_training(training):
    held = read_api_bank.tool_names(DATA)
    assert len(held) > 40
    assert names(training).isdisjoint(held)


def test_no_domain_and_no_tool_of_written_d_is_in_training(training, tests):
    written = [asked for asked in tests if asked.source == "written/d"]
    domains = {asked.group.rsplit("/", 1)[1] for asked in written}
    assert len(domains) == 20
    assert domains.isdisjoint(
        asked.group.rsplit("/", 1)[1] for asked in training if asked.source.startswith("written/")
    )
    assert names(training).isdisjoint(names(written))


def test_no_long_request_of_a_test_is_in_training(training, tests):
    asked_in_tests = {first_words(asked) for asked in tests if len(first_words(asked)) > 40}
    assert asked_in_tests.isdisjoint(first_words(asked) for asked in training)


def test_every_kind_is_in_training_and_its_truth_is_sound(training):
    assert len({asked.kind for asked in training}) == 9
    assert not {asked.id: flaw(asked) for asked in training if flaw(asked)}


def test_ids_are_unique_within_their_source(training):
    assert len({(asked.source, asked.id) for asked in training}) == len(training)
