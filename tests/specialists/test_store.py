"""What is stored comes back the same, and whatever does not match is refused by a named error."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from divisi.specialists.base import Base
from divisi.specialists.errors import DamagedError, FormatError, MismatchError, StoreError, TensorError
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.slots import FixedSlots, Slots
from divisi.specialists.store import find_specialists, import_peft, load_specialist, save_specialist

Q0 = "base_model.model.model.layers.0.self_attn.q_proj"


def learned(base: Base, *, name: str = "names", kind: str = "lora", rank: int = 4, seed: int = 0) -> Slots:
    """Slots as after training."""
    generator = torch.Generator().manual_seed(seed)
    slots = lora_slots(base.model, name, LoraOptions(rank, 10.0), generator=generator, kind=kind)
    with torch.no_grad():
        for site in slots.sites.values():
            site.B.normal_(generator=generator)
    return slots


def save(folder: Path, base: Base, slots: Slots, trunk: str | None = None):
    return save_specialist(
        folder, slots, base=base, subtask="names", data_hash="d4", metrics={"name_f1": 0.93}, trunk=trunk
    )


def same(one: Slots, other: Slots) -> bool:
    pairs = zip(one.sites.values(), other.sites.values(), strict=True)
    return list(one.sites) == list(other.sites) and all(
        torch.equal(a.A, b.A) and torch.equal(a.B, b.B) and torch.equal(a.coefficient, b.coefficient) for a, b in pairs
    )


@pytest.fixture
def stored(base, tmp_path) -> Path:
    """The folder of a stored specialist."""
    save(tmp_path / "names", base, learned(base))
    return tmp_path / "names"


def edit_json(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def edit_tensors(folder: Path, change) -> None:
    tensors = load_file(folder / "adapter_model.safetensors")
    change(tensors)
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize("rank", [1, 3, 4])
def test_a_specialist_comes_back_bit_by_bit(base, tmp_path, rank):
    slots = learned(base, rank=rank)
    card = save(tmp_path / "names", base, slots)
    specialist = load_specialist(tmp_path / "names", base)
    assert specialist.card == card
    assert (card.name, card.subtask, card.kind, card.metrics) == ("names", "names", "lora", {"name_f1": 0.93})
    assert same(specialist.slots, slots)
    assert specialist.slots.parameters() == []


def test_ranks_and_strengths_that_differ_by_site_come_back(base, tmp_path):
    sites = dict(learned(base).sites)
    site = "model.layers.1.mlp.down_proj"
    sites[site] = FixedSlots(torch.randn(7, 48), torch.randn(32, 7), torch.full((7,), 0.3))
    slots = Slots("names", "lora", sites)
    save(tmp_path / "names", base, slots)
    assert same(load_specialist(tmp_path / "names", base).slots, slots)


def test_slots_come_in_the_precision_of_the_base_or_as_asked(base_folder, stored):
    half = Base.load(base_folder, dtype=torch.bfloat16)
    site = "model.layers.0.mlp.up_proj"
    assert load_specialist(stored, half).slots.sites[site].A.dtype == torch.bfloat16
    assert load_specialist(stored, half, dtype=torch.float32).slots.sites[site].A.dtype == torch.float32


def test_the_version_is_of_the_content(base, tmp_path):
    one, same_again, other = (
        save(tmp_path / f"at{i}", base, learned(base, seed=seed)).version for i, seed in enumerate((1, 1, 2))
    )
    assert one == same_again != other


def test_a_new_version_takes_the_place_of_the_old_and_leaves_nothing_beside(base, stored):
    newer = learned(base, seed=9)
    save(stored, base, newer)
    assert same(load_specialist(stored, base).slots, newer)
    assert [path.name for path in stored.parent.iterdir()] == ["names"]


def test_what_cannot_be_written_leaves_the_old_version(base, stored):
    before = load_specialist(stored, base)
    sites = {site: FixedSlots(own.A, own.B, own.coefficient, torch.ones(4)) for site, own in before.slots.sites.items()}
    with pytest.raises(FormatError, match="adds nothing to what is read"):
        save(stored, base, Slots("names", "lora", sites))
    assert load_specialist(stored, base).card == before.card
    assert [path.name for path in stored.parent.iterdir()] == ["names"]


def test_a_write_that_fails_half_way_leaves_the_old_version_and_nothing_beside(base, stored):
    before = load_specialist(stored, base)
    with pytest.raises(TypeError, match="not JSON serializable"):
        save_specialist(
            stored, learned(base, seed=5), base=base, subtask="names", data_hash=None, metrics={"f1": object()}
        )
    assert load_specialist(stored, base).card == before.card
    assert [path.name for path in stored.parent.iterdir()] == ["names"]


def test_a_folder_of_something_else_is_not_replaced(base, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.txt").write_text("years of work")
    with pytest.raises(StoreError, match="no specialist"):
        save(tmp_path / "thesis", base, learned(base))
    assert (tmp_path / "thesis" / "thesis.txt").read_text() == "years of work"


def test_the_specialists_of_a_folder_are_found_by_name(base, tmp_path):
    for name in ("reply", "names"):
        save(tmp_path / name, base, learned(base, name=name))
    (tmp_path / "notes").mkdir()
    shutil.copytree(tmp_path / "names", tmp_path / ".names.7.part")
    assert [card.name for card in find_specialists(tmp_path).values()] == ["names", "reply"]
    assert find_specialists(tmp_path / "nothing") == {}


def test_a_trunk_is_its_own_folder_and_binds_what_was_trained_beside_it(base, tmp_path):
    trunk = save(tmp_path / "trunk", base, learned(base, name="trunk", kind="trunk"))
    save(tmp_path / "names", base, learned(base), trunk=trunk.version)
    assert load_specialist(tmp_path / "trunk", base).card.kind == "trunk"
    assert load_specialist(tmp_path / "names", base, trunk=trunk.version).card.trunk == trunk.version
    with pytest.raises(MismatchError, match="here plays none"):
        load_specialist(tmp_path / "names", base)


def test_another_base_is_refused_with_both_fingerprints(build_base, stored, tmp_path, base):
    other = Base.load(build_base(tmp_path / "other", seed=1))
    both = rf"trained on base {base.fingerprint[:12]}, .* {other.fingerprint[:12]}"
    with pytest.raises(MismatchError, match=both):
        load_specialist(stored, other)


def test_another_invocation_is_refused_since_it_would_never_wake(base, stored):
    edit_json(stored / "specialist.json", invocation=[5, 6])
    with pytest.raises(MismatchError, match=r"wakes at tokens \[5, 6\]"):
        load_specialist(stored, base)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 99}, "format 99, this program reads 1"),
        ({"kind": "hypernet"}, "'hypernet'; this program knows lora"),
    ],
)
def test_a_format_or_kind_from_elsewhere_is_refused(base, stored, changes, message):
    edit_json(stored / "specialist.json", **changes)
    with pytest.raises(FormatError, match=message):
        load_specialist(stored, base)


def test_a_card_that_lacks_something_is_damaged(base, stored):
    card = json.loads((stored / "specialist.json").read_text())
    del card["base_fingerprint"]
    (stored / "specialist.json").write_text(json.dumps(card))
    with pytest.raises(DamagedError, match=r"expected .*base_fingerprint"):
        load_specialist(stored, base)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"peft_type": "VERA"}, "only 'LORA'"),
        ({"alora_invocation_tokens": None}, "awake on the whole prompt"),
        ({"use_dora": True}, "use_dora"),
        ({"bias": "all"}, "bias"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
        ({"init_lora_weights": "pissa"}, "changes the base's weights"),
        ({"invented_tomorrow": {"strength": 2}}, "invented_tomorrow"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_slots_cannot_do_is_refused(base, stored, changes, message):
    edit_json(stored / "adapter_config.json", **changes)
    with pytest.raises(FormatError, match=message):
        load_specialist(stored, base)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop(f"{Q0}.lora_B.weight"), f"1 of 28 tensors are missing, first {Q0}.lora_B.weight"),
        (lambda t: t.update({f"{Q0}.lora_magnitude_vector": torch.ones(32)}), "1 tensors belong to no target"),
        (lambda t: t.update({f"{Q0}.lora_A.weight": torch.zeros(4, 31)}), r"lora_A \[4, 31\].*expected \[4, 32\]"),
        (lambda t: t.update({f"{Q0}.lora_A.weight": torch.zeros(5, 32)}), r"lora_A \[5, 32\].*expected \[4, 32\]"),
    ],
    ids=["missing", "unexpected", "another width", "another rank"],
)
def test_tensors_that_do_not_match_are_refused(base, stored, change, message):
    edit_tensors(stored, change)
    with pytest.raises(TensorError, match=message):
        load_specialist(stored, base)


def test_a_changed_weight_is_damage(base, stored):
    edit_tensors(stored, lambda tensors: tensors[f"{Q0}.lora_A.weight"][0].add_(1e-6))
    with pytest.raises(DamagedError, match="not those that were stored"):
        load_specialist(stored, base)


def test_a_changed_strength_is_damage(base, stored):
    edit_json(stored / "adapter_config.json", lora_alpha=11)
    with pytest.raises(DamagedError, match="not those that were stored"):
        load_specialist(stored, base)


def test_a_cut_file_is_damage(base, stored):
    path = stored / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DamagedError, match="cannot be read"):
        load_specialist(stored, base)


def test_pickles_are_never_opened(base, stored):
    (stored / "adapter_model.safetensors").unlink()
    torch.save({}, stored / "adapter_model.bin")
    with pytest.raises(FormatError, match="pickles run code"):
        load_specialist(stored, base)


def test_a_missing_folder_is_said_so(base, tmp_path):
    with pytest.raises(DamagedError, match="cannot be read"):
        load_specialist(tmp_path / "nothing", base)


def test_an_import_of_another_invocation_is_refused(base, stored):
    edit_json(stored / "adapter_config.json", alora_invocation_tokens=[44, 45])
    with pytest.raises(MismatchError, match="it would never wake"):
        import_peft(stored, base, name="names", subtask="names")
