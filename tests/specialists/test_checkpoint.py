"""A checkpoint is there whole or not at all, and nothing goes back to an older one unasked."""

import pytest
import torch

from divisi.specialists.checkpoint import Checkpoint, load_checkpoint, save_checkpoint, step_back
from divisi.specialists.errors import DamagedError


def checkpoint(step: int) -> Checkpoint:
    tensors = {"a/0": torch.full((3, 2), float(step)), "count": torch.tensor(step), "half": torch.ones(2).bfloat16()}
    return Checkpoint(step, {"tokens": 10 * step}, tensors)


def test_what_is_saved_is_loaded(tmp_path):
    save_checkpoint(tmp_path / "new", checkpoint(7))
    loaded = load_checkpoint(tmp_path / "new")
    assert (loaded.step, loaded.facts) == (7, {"tokens": 70})
    assert set(loaded.tensors) == {"a/0", "count", "half"}
    assert all(torch.equal(loaded.tensors[name], tensor) for name, tensor in checkpoint(7).tensors.items())


def test_a_folder_without_checkpoints_has_none(tmp_path):
    assert load_checkpoint(tmp_path) is None
    assert load_checkpoint(tmp_path / "missing") is None


def test_the_newest_counts_and_the_one_before_is_kept(tmp_path):
    for step in (9, 10, 11):
        save_checkpoint(tmp_path, checkpoint(step))
    assert load_checkpoint(tmp_path).step == 11
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "step-00000010.safetensors",
        "step-00000011.safetensors",
    ]


def test_a_process_that_died_while_writing_leaves_the_last_checkpoint(tmp_path):
    whole = save_checkpoint(tmp_path, checkpoint(1)).read_bytes()
    (tmp_path / "checkpoint.part").write_bytes(whole[: len(whole) // 2])
    assert load_checkpoint(tmp_path).step == 1
    save_checkpoint(tmp_path, checkpoint(2))
    assert load_checkpoint(tmp_path).step == 2


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied"])
def test_a_damaged_checkpoint_is_an_error_that_names_the_one_before(tmp_path, damage):
    save_checkpoint(tmp_path, checkpoint(1))
    path = save_checkpoint(tmp_path, checkpoint(2))
    content = path.read_bytes()
    damaged = {"cut": content[:-5], "flipped": content[:-1] + bytes([content[-1] ^ 1]), "emptied": b""}
    path.write_bytes(damaged[damage])
    with pytest.raises(DamagedError, match=r"step-00000002.* is damaged .*before it is step-00000001"):
        load_checkpoint(tmp_path)


def test_stepping_back_goes_on_from_the_one_before(tmp_path):
    save_checkpoint(tmp_path, checkpoint(1))
    save_checkpoint(tmp_path, checkpoint(2)).write_bytes(b"damaged")
    assert step_back(tmp_path).name == "step-00000001.safetensors"
    assert load_checkpoint(tmp_path).step == 1
    assert step_back(tmp_path) is None
    assert load_checkpoint(tmp_path) is None
