"""What pyreft has trained computes its formula here, and nothing in its files can run code."""

import json
import pickle
from pathlib import Path

import pytest
import torch

from divisi.specialists.errors import DamagedError, FormatError, SpecialistError, TensorError
from divisi.specialists.pyreft_file import import_pyreft
from divisi.specialists.store import load_specialist, save_specialist

LOREFT = "<class 'pyreft.interventions.LoreftIntervention'>"
NEW = "intkey_layer_{}_comp_block_output_unit_pos_nunit_1#0.bin"
ELSEWHERE = "intkey_layer_0_comp_mlp_output_unit_pos_nunit_1#0.bin"
NAMES = (
    NEW,
    "intkey_layer.{}.comp.block_output.unit.pos.nunit.1#0.bin",
    "intkey_layer.{}.repr.block_output.unit.pos.nunit.1#0.bin",
    "intkey_comp_model_layers[{}]_output_unit_pos_nunit_1#0.bin",
)


def tensors(rank: int = 3, width: int = 32, seed: int = 0) -> dict[str, torch.Tensor]:
    """What LoreftIntervention.state_dict returns."""
    generator = torch.Generator().manual_seed(seed)
    rotation = torch.linalg.qr(torch.randn(width, rank, generator=generator)).Q
    weight, bias = torch.randn(rank, width, generator=generator), torch.randn(rank, generator=generator)
    return {"weight": weight, "bias": bias, "rotate_layer": rotation}


def write(folder: Path, name: str = NEW, kind: str = LOREFT, blocks=(0, 1)) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"intervention_types": [kind] * len(blocks)}))
    for block in blocks:
        torch.save(tensors(seed=block), folder / name.format(block))
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_slots_compute_what_pyreft_computes(base, tmp_path, name):
    slots = import_pyreft(write(tmp_path / "theirs", name), base, name="mine")
    assert list(slots.sites) == ["model.layers.0", "model.layers.1"]
    for block, site in enumerate(slots.sites.values()):
        theirs, h = tensors(seed=block), torch.randn(5, 32)
        # LoreftIntervention.forward
        rotated = h @ theirs["rotate_layer"]
        source = torch.nn.functional.linear(h, theirs["weight"], theirs["bias"])
        expected = h + (source - rotated) @ theirs["rotate_layer"].T
        torch.testing.assert_close(h + (h @ site.A.T + site.a) @ site.B.T, expected, rtol=0, atol=1e-5)


def test_it_is_stored_as_a_specialist_in_safetensors(base, tmp_path):
    slots = import_pyreft(write(tmp_path / "run" / "intervenable_model", blocks=(1,)).parent, base, name="mine")
    save_specialist(tmp_path / "mine", slots, base=base, subtask="names", data_hash=None, metrics={})
    back = load_specialist(tmp_path / "mine", base).slots
    assert torch.equal(back.sites["model.layers.1"].A, slots.sites["model.layers.1"].A)
    assert {path.suffix for path in (tmp_path / "mine").iterdir()} == {".json", ".safetensors"}


class Evil:
    """A pickle that would create a file where it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_code_in_a_pickle_does_not_run(base, tmp_path):
    folder = write(tmp_path / "theirs", blocks=(0,))
    (folder / NEW.format(0)).write_bytes(pickle.dumps(Evil(tmp_path / "ran"), protocol=2))
    with pytest.raises(DamagedError, match="something else than tensors"):
        import_pyreft(folder, base, name="mine")
    assert not (tmp_path / "ran").exists()


def spoil(folder: Path, change) -> None:
    content = tensors()
    change(content)
    torch.save(content, folder / NEW.format(0))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda f: spoil(f, lambda t: t.pop("bias")), TensorError, "has rotate_layer, weight"),
        (lambda f: spoil(f, lambda t: t.update(weight=torch.ones(3, 31))), TensorError, "do not fit a width of 32"),
        (lambda f: spoil(f, lambda t: t["rotate_layer"].mul_(1.2)), TensorError, "not orthonormal"),
        (lambda f: (f / NEW.format(0)).rename(f / NEW.format(7)), TensorError, "is for block 7"),
        (lambda f: (f / NEW.format(0)).rename(f / ELSEWHERE), FormatError, "output"),
        (lambda f: (f / NEW.format(0)).rename(f / NEW.format(0).replace("#0", "#1")), FormatError, "only one interv"),
        (lambda f: (f / NEW.format(0)).unlink(), DamagedError, "no intkey"),
    ],
    ids=["missing", "width", "skewed", "block", "component", "two at one place", "nothing"],
)
def test_what_is_not_a_loreft_of_this_base_is_refused(base, tmp_path, change, error, message):
    folder = write(tmp_path / "theirs", blocks=(0,))
    change(folder)
    with pytest.raises(error, match=message):
        import_pyreft(folder, base, name="mine")


@pytest.mark.parametrize("kind", ["<class 'pyreft.interventions.NodireftIntervention'>", "BiasReft"])
def test_another_intervention_is_refused_by_name(base, tmp_path, kind):
    with pytest.raises(SpecialistError, match=r"holds (NodireftIntervention|BiasReft), not LoReFT"):
        import_pyreft(write(tmp_path / "theirs", kind=kind), base, name="mine")
