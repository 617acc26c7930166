"""Every kind is stored in the same two files, comes back bit by bit, and is refused where it does not fit."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from divisi.specialists.base import Base
from divisi.specialists.errors import FormatError, MismatchError, TensorError
from divisi.specialists.slots import Slots
from divisi.specialists.store import KINDS, load_specialist, save_specialist

BLOCK = "base_model.model.model.layers.1"
Q0 = "base_model.model.model.layers.0.self_attn.q_proj"


def save(folder: Path, base: Base, slots: Slots):
    return save_specialist(folder, slots, base=base, subtask="names", data_hash=None, metrics={})


@pytest.fixture
def stored(base, trained, tmp_path) -> Callable[[str], Path]:
    """The folder of a stored specialist of a kind: stored("svf")."""

    def make(kind: str) -> Path:
        save(tmp_path / kind, base, trained(base, kind, kind))
        return tmp_path / kind

    return make


def edit(folder: Path, change) -> None:
    tensors = load_file(folder / "adapter_model.safetensors")
    change(tensors)
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_comes_back_bit_by_bit(base, trained, tmp_path, kind):
    slots = trained(base, kind, "one")
    card = save(tmp_path / "one", base, slots)
    back = load_specialist(tmp_path / "one", base)
    assert (back.card, back.slots.kind, back.slots.awake) == (card, kind, KINDS[kind].awake)
    assert list(back.slots.sites) == list(slots.sites)
    for site, own in slots.sites.items():
        other = back.slots.sites[site]
        assert torch.equal(own.A, other.A)
        assert torch.equal(own.B, other.B)
        assert torch.equal(own.coefficient, other.coefficient)
        assert (own.a is None and other.a is None) or torch.equal(own.a, other.a)
    assert back.slots.parameters() == []
    assert save(tmp_path / "again", base, back.slots).version == card.version


def test_a_rotation_stays_in_float32_on_a_base_in_half_precision(base_folder, stored):
    half = Base.load(base_folder, dtype=torch.bfloat16)
    site = load_specialist(stored("loreft"), half).slots.sites["model.layers.1"]
    assert (site.A.dtype, site.B.dtype, site.a.dtype) == (torch.float32,) * 3


def test_loaded_svf_specialists_share_the_bases_spectrum(base, stored, trained, tmp_path):
    save(tmp_path / "other", base, trained(base, "svf", "other", seed=5))
    one, other = (load_specialist(folder, base).slots for folder in (stored("svf"), tmp_path / "other"))
    site = "model.layers.0.mlp.up_proj"
    assert one.sites[site].A is other.sites[site].A
    assert one.sites[site].A is base.spectrum.factors(site, 3, torch.float32)[0]


def test_a_specialist_that_is_awake_everywhere_needs_no_invocation(base, stored):
    folder = stored("lora_everywhere")
    assert load_specialist(folder, base).card.invocation == ()
    assert json.loads((folder / "adapter_config.json").read_text())["alora_invocation_tokens"] is None


def test_slots_that_are_awake_otherwise_than_their_kind_are_not_stored(base, trained, tmp_path):
    slots = trained(base, "lora", "one")
    with pytest.raises(FormatError, match="which is awake as"):
        save(tmp_path / "one", base, Slots("one", "loreft", slots.sites, slots.awake))


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("loreft", lambda t: t.pop(f"{BLOCK}.loreft_offset"), f"1 of 6 tensors are missing, first {BLOCK}"),
        ("loreft", lambda t: t.update({f"{BLOCK}.loreft_offset": torch.ones(2)}), r"expected \[r, 32\]"),
        ("loreft", lambda t: t[f"{BLOCK}.loreft_rotation"].mul_(1.1), "not orthonormal"),
        ("svf", lambda t: t.update({f"{Q0}.svf_shift": torch.ones(33)}), "expected up to 32"),
        ("svf", lambda t: t.update({"more": torch.ones(2)}), "1 tensors belong to no target"),
    ],
    ids=["missing", "another shape", "skewed", "too many", "unexpected"],
)
def test_tensors_that_do_not_match_are_refused(base, stored, kind, change, message):
    folder = stored(kind)
    edit(folder, change)
    with pytest.raises(TensorError, match=message):
        load_specialist(folder, base)


@pytest.mark.parametrize("kind", ["loreft", "svf"])
def test_a_kind_is_not_read_as_another(base, stored, kind):
    folder = stored("lora")
    card = json.loads((folder / "specialist.json").read_text())
    (folder / "specialist.json").write_text(json.dumps({**card, "kind": kind}))
    with pytest.raises(FormatError, match="peft_type is 'LORA'"):
        load_specialist(folder, base)


@pytest.mark.parametrize("kind", ["loreft", "svf"])
def test_sites_that_the_base_has_not_are_refused(base, stored, kind):
    folder = stored(kind)
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps({**config, "target_modules": ["model.layers.9"]}))
    with pytest.raises(TensorError, match=r"the slots are for model.layers.9"):
        load_specialist(folder, base)


def test_singular_vectors_that_come_out_otherwise_are_refused(base, stored):
    """Where values lie close together another machine may find other vectors, and z would scale those."""
    folder = stored("svf")
    edit(folder, lambda tensors: tensors[f"{Q0}.svf_mark"].copy_(tensors[f"{Q0}.svf_mark"].flip(0)))
    with pytest.raises(MismatchError, match=r"singular vectors of .* come out otherwise"):
        load_specialist(folder, base)
