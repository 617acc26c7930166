"""The ways of a pipeline write the same tokens, and their speeds are compared as medians."""

import pytest
import torch
from contestants import make_adapters, make_work, ours, theirs
from errors import BenchmarkError
from speed import compared, ratio
from stock import Shape, write_stock

from divisi.specialists.base import Base

pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")

TINY = Shape(width=32, layers=2, heads=4, kv_heads=2, head_width=8, feed_forward=48, vocabulary=300)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return write_stock(tmp_path_factory.mktemp("stock"), TINY, seed=0)


@pytest.fixture(scope="module")
def base(source):
    torch.set_num_threads(1)
    return Base.load(source)


def test_all_ways_write_the_same_tokens(base, source, tmp_path):
    pytest.importorskip("peft")
    work = make_work(base, prefix_tokens=40, invocation_tokens=6, stages=3, seed=0)
    adapters = make_adapters(base, work.stages, tmp_path, rank=4, seed=0)
    read, ways = ours(base, work, adapters)
    ways |= theirs(source, tmp_path, work, device="cpu", dtype=torch.float32)
    written = {name: way(5) for name, way in ways.items()}
    assert len(read().ids) == 40
    assert [len(tokens) for tokens in written["shared_batch"]] == [5, 5, 5]
    assert all(tokens == written["shared_batch"] for tokens in written.values())


def test_every_invocation_wakes_its_adapter_and_the_prefix_wakes_none(base):
    work = make_work(base, prefix_tokens=40, invocation_tokens=6, stages=3, seed=0)
    start = base.invocation_start()
    assert all(invocation[: len(start)] == start and len(invocation) == 6 for invocation in work.invocations)
    assert not set(start) & set(work.prefix)


def test_a_speedup_is_the_quotient_of_medians():
    found = ratio([30.0, 33.0, 300.0], [10.0, 11.0, 12.0], 0)
    assert (found["value"], found["count"]) == (3.0, 3)
    assert found["low"] <= 3.0 <= found["high"]


def test_ways_that_differ_are_not_called_equal():
    samples = {"shared_batch": [1.0], "peft_reread": [4.0], "peft_mixed": [3.0]}
    written = {"shared_batch": [[1], [2]], "peft_reread": [[1], [2]], "peft_mixed": [[1], [3]]}
    found = compared(samples, written, 1, seed=0)
    assert (found["equal"], found["stages_with_equal_tokens"]["peft_mixed"]) == (False, 1)
    assert found["speedup"]["peft_reread"]["value"] == 4.0


def test_a_stage_that_ended_early_is_no_measurement():
    with pytest.raises(BenchmarkError, match="try a --seed"):
        compared({"shared_batch": [1.0]}, {"shared_batch": [[1], []]}, 1, seed=0)
