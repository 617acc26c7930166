"""What a machine computes with."""

import pytest
import torch

from divisi.specialists.errors import BaseModelError
from divisi.specialists.machine import best_device, chance, precision, use_threads


def test_precisions_by_name():
    assert precision("bfloat16") is torch.bfloat16
    with pytest.raises(BaseModelError, match="there are: float32"):
        precision("int4")


def test_a_seed_replays_chance():
    assert torch.equal(torch.rand(3, generator=chance(7)), torch.rand(3, generator=chance(7)))


def test_the_best_device_can_be_used():
    assert torch.zeros(1, device=best_device()).device.type in ("cpu", "cuda")


def test_threads_are_set():
    before = torch.get_num_threads()
    use_threads(1)
    assert torch.get_num_threads() == 1
    use_threads(before)
