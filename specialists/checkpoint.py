"""Checkpoints: where a training is, kept so that it goes on from there after any kind of death.

A checkpoint is one safetensors file, step-00000120.safetensors, with what is no tensor in its header. It is written
aside, synced and renamed, so that it is there whole or not at all. The two newest are kept. Training goes on from the
newest; where that is damaged, it stops with an error, because going back loses work: `step_back` does that, when asked.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from divisi.specialists.errors import DamagedError

KEPT = 2
PATTERN = "step-*.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Where a training is.

    Attributes:
        step: how many steps are done.
        facts: what else there is to know, as plain JSON.
        tensors: parameters and optimisers, by name.
    """

    step: int
    facts: Mapping[str, Any]
    tensors: Mapping[str, Tensor]


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write a checkpoint beside the one before it; older ones go. Returns where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{checkpoint.step:08}.safetensors"
    aside = folder / "checkpoint.part"
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in checkpoint.tensors.items()}
    told = json.dumps({"step": checkpoint.step, "facts": checkpoint.facts}, sort_keys=True)
    save_file(tensors, aside, metadata={"checkpoint": told, "sha256": _digest(told, tensors)})
    with aside.open("rb") as written:
        os.fsync(written.fileno())
    aside.replace(path)
    for old in _newest_first(folder)[KEPT:]:
        old.unlink()
    return path


def load_checkpoint(folder: Path) -> Checkpoint | None:
    """The newest checkpoint of a folder, or None where there is none.

    Raises:
        DamagedError: it is cut or changed; the message says which one is before it.
    """
    paths = _newest_first(folder)
    if not paths:
        return None
    try:
        return _read(paths[0])
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        before = f"the one before it is {paths[1].name}" if paths[1:] else "there is none before it"
        raise DamagedError(
            f"{paths[0]} is damaged ({error}); {before}: step back to that, or train in a new folder"
        ) from error


def step_back(folder: Path) -> Path | None:
    """Give up the newest checkpoint. Returns the one that training goes on from now, None where it begins anew."""
    paths = _newest_first(folder)
    if paths:
        paths[0].unlink()
    return paths[1] if paths[1:] else None


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob(PATTERN), reverse=True)


def _read(path: Path) -> Checkpoint:
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    told = metadata["checkpoint"]
    if metadata["sha256"] != _digest(told, tensors):
        raise ValueError("its content is not what was written")
    record = json.loads(told)
    return Checkpoint(record["step"], record["facts"], tensors)


def _digest(told: str, tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256(told.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"\0{name}\0{tensor.dtype}\0{list(tensor.shape)}\0".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
