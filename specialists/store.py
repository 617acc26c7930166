"""Specialists on disk: a folder each, written whole or not at all, and refused unless it matches the base.

adapter_config.json          PEFT's own format, so that other programs can read a LoRA; other kinds have a peft_type
                             of ours, which PEFT refuses
adapter_model.safetensors    the slots
specialist.json              the card: what it is, of which base, trained on what, how good
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from divisi.specialists.awake import EVERYWHERE, FROM_INVOCATION, ON_INVOCATION, PREFIX, Awake
from divisi.specialists.base import Base
from divisi.specialists.card import CARD, Card, read_card, read_json, write_card, write_json
from divisi.specialists.errors import DamagedError, FormatError, MismatchError, StoreError, TensorError
from divisi.specialists.lora import new_lora, new_lora_everywhere, new_trunk
from divisi.specialists.lora_file import from_peft, from_plain_peft, to_peft, to_plain_peft
from divisi.specialists.placing import written_whole
from divisi.specialists.reft import new_reft, read_reft, write_reft
from divisi.specialists.slots import SiteSlots, Slots
from divisi.specialists.svf import new_svf, read_svf, write_svf

CONFIG, TENSORS = "adapter_config.json", "adapter_model.safetensors"
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")

Files = tuple[dict[str, Any], dict[str, Tensor]]
"""What a kind writes: adapter_config.json and the tensors of adapter_model.safetensors."""


New = Callable[[Base, str, int | None, torch.Generator], Slots]
"""Makes slots that begin at the base: (base, name, rank or None for the kind's own, generator)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How the slots of one kind of specialist begin, become files and come back.

    Attributes:
        new: makes new ones.
        write: (sites, invocation=, base_name=) -> files.
        read: (config, tensors on the base's device, base, precision) -> sites; raises FormatError, TensorError or
            MismatchError. What a kind keeps in float32 stays in it.
        awake: on which parts of a row they act.
        rate: a learning rate to begin with.
    """

    new: New
    write: Callable[..., Files]
    read: Callable[[Mapping[str, Any], Mapping[str, Tensor], Base, torch.dtype], dict[str, SiteSlots]]
    awake: Awake
    rate: float


KINDS: Mapping[str, Kind] = {
    "lora": Kind(new_lora, to_peft, from_peft, FROM_INVOCATION, rate=1e-3),
    "lora_everywhere": Kind(new_lora_everywhere, to_plain_peft, from_plain_peft, EVERYWHERE, rate=1e-3),
    "loreft": Kind(new_reft, write_reft, read_reft, ON_INVOCATION, rate=9e-4),
    "svf": Kind(new_svf, write_svf, read_svf, FROM_INVOCATION, rate=2e-3),
    "trunk": Kind(new_trunk, to_peft, from_peft, FROM_INVOCATION, rate=1e-3),
}
"""Every kind that can be made and stored; a new one is its file and one line here. Rates: of LoReFT and SVF those of
their papers, of LoRA our own."""


@dataclass(frozen=True, slots=True, eq=False)
class Specialist:
    """A specialist as it comes from disk: its card, and slots that take no gradient."""

    card: Card
    slots: Slots


def save_specialist(
    folder: Path,
    slots: Slots,
    *,
    base: Base,
    subtask: str | None,
    data_hash: str | None,
    metrics: Mapping[str, Any],
    trunk: str | None = None,
    stored: torch.dtype | None = None,
) -> Card:
    """Store a specialist: written aside, read back, then put in the place of what was there.

    Args:
        folder: where; a specialist that is there is replaced, anything else is not touched.
        slots: what is stored; `slots.kind` says how.
        base: what it was trained on.
        subtask: the subtask's name, None for a trunk.
        data_hash, metrics, trunk: for the card.
        stored: precision of the tensors in the file; None is their own.

    Raises:
        StoreError: the folder holds something else, or what was written does not read back.
    """
    if folder.exists() and not (folder / CARD).is_file():
        raise StoreError(f"{folder} is there and is no specialist; give a new folder")
    kind = find_kind(slots.kind)
    if slots.awake != kind.awake:
        raise FormatError(f"{slots.name!r} is a {slots.kind}, which is awake as {kind.awake}, not as {slots.awake}")
    invocation = _invocation(slots.kind, base.invocation_start())
    base_name = Path(base.name).name if Path(base.name).is_dir() else base.name
    config, tensors = kind.write(slots.sites, invocation=invocation, base_name=base_name)
    tensors = {key: tensor.to(stored or tensor.dtype) for key, tensor in tensors.items()}
    card = Card(
        name=slots.name,
        subtask=subtask,
        kind=slots.kind,
        version=_version(config, tensors),
        base_fingerprint=base.fingerprint,
        invocation=invocation,
        data_hash=data_hash,
        metrics=metrics,
        trunk=trunk,
    )
    with written_whole(folder) as aside:
        write_json(aside / CONFIG, config)
        save_file(tensors, aside / TENSORS, metadata={"format": "pt"})
        write_card(aside, card)
        load_specialist(aside, base, trunk=trunk)
    return card


def load_specialist(
    folder: Path, base: Base, *, trunk: str | None = None, dtype: torch.dtype | None = None
) -> Specialist:
    """A specialist from disk, checked against the base.

    Args:
        folder: where it is.
        base: what it shall play on.
        trunk: version of the trunk that plays beside it, or None.
        dtype: precision of the slots; None is the base's.

    Raises:
        FormatError: a format version, kind, option or file type that we do not read.
        DamagedError: a file is missing, cut or changed.
        TensorError: tensors are missing, unexpected or of another shape.
        MismatchError: made for another base, trunk or invocation.
    """
    card = read_card(folder)
    find_kind(card.kind)
    _check_match(folder, card, base, trunk)
    files = _read_files(folder)
    specialist = _specialist(folder, card, files, base, dtype)
    if _version(*files) != card.version:
        raise DamagedError(f"{folder}: config or tensors are not those that were stored; fetch or train it again")
    return specialist


def import_peft(
    folder: Path,
    base: Base,
    *,
    name: str,
    subtask: str | None,
    kind: str = "lora",
    dtype: torch.dtype | None = None,
) -> Specialist:
    """A specialist from a LoRA that PEFT has written; that it belongs to this base is taken on trust, but for shapes.

    Args:
        folder: where it is.
        base: what it shall play on.
        name, subtask: for its card.
        kind: "lora" for an aLoRA. A LoRA that was trained awake on the whole prompt is "lora_everywhere": its rows read
            their own prefix, which costs what shared prefixes save.
        dtype: precision of the slots; None is the base's.

    Raises:
        FormatError, DamagedError, TensorError: as `load_specialist`.
        MismatchError: it wakes at other tokens than the invocations of this base.
    """
    files = _read_files(folder)
    card = Card(
        name=name,
        subtask=subtask,
        kind=kind,
        version=_version(*files),
        base_fingerprint=base.fingerprint,
        invocation=_invocation(kind, files[0].get("alora_invocation_tokens") or ()),
        data_hash=None,
        metrics={},
    )
    specialist = _specialist(folder, card, files, base, dtype)
    _check_match(folder, card, base, None)
    return specialist


def find_specialists(root: Path) -> dict[Path, Card]:
    """Every specialist in the folders of `root`, by folder, in the order of their names.

    Raises:
        FormatError, DamagedError: a card cannot be read.
    """
    return {
        path.parent: read_card(path.parent) for path in sorted(root.glob(f"*/{CARD}")) if path.parent.name[0] != "."
    }


def find_kind(name: str) -> Kind:
    """A kind by its name.

    Raises:
        FormatError: there is none of that name; the message lists those that there are.
    """
    if name not in KINDS:
        raise FormatError(f"no kind of specialist is called {name!r}; this program knows {', '.join(KINDS)}")
    return KINDS[name]


def _invocation(kind: str, tokens: Sequence[int]) -> tuple[int, ...]:
    """The tokens at which a specialist wakes; none where it is awake before them."""
    return () if find_kind(kind).awake[PREFIX] else tuple(tokens)


def _check_match(folder: Path, card: Card, base: Base, trunk: str | None) -> None:
    if card.base_fingerprint != base.fingerprint:
        raise MismatchError(
            f"{folder} was trained on base {card.base_fingerprint[:12]}, this is {base.name} {base.fingerprint[:12]}; "
            "load the base that it was trained on, or train it on this one"
        )
    if card.trunk != trunk:
        raise MismatchError(
            f"{folder} was trained beside trunk {(card.trunk or 'none')[:12]}, here plays {(trunk or 'none')[:12]}; "
            "load its trunk first, or train it beside this one"
        )
    if find_kind(card.kind).awake[PREFIX]:
        return
    start = base.invocation_start()
    shorter = min(len(start), len(card.invocation))
    if not shorter or card.invocation[:shorter] != start[:shorter]:
        raise MismatchError(
            f"{folder} wakes at tokens {list(card.invocation)}, invocations of {base.name} begin with {list(start)}; "
            "it would never wake: train it with that invocation"
        )


def _read_files(folder: Path) -> Files:
    config = read_json(folder / CONFIG)
    path = folder / TENSORS
    if not path.is_file():
        pickles = sorted(file.name for file in folder.iterdir() if file.suffix in PICKLES)
        if pickles:
            raise FormatError(
                f"{folder} has {', '.join(pickles)}: pickles run code when they are opened and never are; "
                f"save it as {TENSORS} (safe_serialization=True in PEFT)"
            )
        raise DamagedError(f"{path} is missing")
    try:
        return config, load_file(path)
    except (SafetensorError, OSError) as error:
        raise DamagedError(f"{path} cannot be read: {error}") from error


def _specialist(folder: Path, card: Card, files: Files, base: Base, dtype: torch.dtype | None) -> Specialist:
    config, tensors = files
    there = {key: tensor.to(base.device) for key, tensor in tensors.items()}
    kind = find_kind(card.kind)
    try:
        sites = kind.read(config, there, base, dtype or base.dtype)
    except (FormatError, TensorError, MismatchError) as error:
        raise type(error)(f"{folder}: {error}") from error
    return Specialist(card, Slots(card.name, card.kind, sites, kind.awake))


def _version(config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> str:
    told = {key: value for key, value in config.items() if key != "base_model_name_or_path"}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for key in sorted(tensors):
        tensor = tensors[key].contiguous()
        digest.update(f"\0{key}\0{tensor.dtype}\0{list(tensor.shape)}\0".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
