"""The spectrum of a base is right, computed once, and found again by the base's fingerprint."""

import pytest
import torch

from divisi.specialists import spectrum
from divisi.specialists.base import Base
from divisi.specialists.errors import BankError, DamagedError
from divisi.specialists.spectrum import Spectrum, decompose

SITE = "model.layers.0.self_attn.k_proj"


@pytest.fixture
def computed(monkeypatch) -> list[tuple[int, ...]]:
    """The shapes of all weights that are decomposed from now on."""
    shapes = []

    def watched(weight):
        shapes.append(tuple(weight.shape))
        return decompose(weight)

    monkeypatch.setattr(spectrum, "decompose", watched)
    return shapes


def test_the_factors_make_the_weight_again(base):
    read, write = base.spectrum.factors(SITE, 16, torch.float32)
    weight = base.model.get_submodule(SITE).weight
    torch.testing.assert_close(write @ read, weight, rtol=0, atol=1e-5)
    norms = read.norm(dim=1)
    assert torch.equal(norms, norms.sort(descending=True).values)
    torch.testing.assert_close(write.T @ write, torch.eye(16), rtol=0, atol=1e-5)


def test_the_signs_do_not_depend_on_who_computes():
    weight = torch.randn(6, 4)
    U, _, Vt = decompose(weight)  # noqa: N806
    again = decompose(weight.T.contiguous().T)
    torch.testing.assert_close((U, Vt), (again[0], again[2]), rtol=0, atol=1e-5)
    assert bool((U.gather(0, U.abs().argmax(0, keepdim=True)) > 0).all())


def test_who_asks_for_the_same_gets_the_same_tensors(base):
    one, other = (base.spectrum.factors(SITE, 4, torch.float32) for _ in range(2))
    assert all(left is right for left, right in zip(one, other, strict=True))
    assert base.spectrum.factors(SITE, 4, torch.bfloat16)[0].dtype == torch.bfloat16


def test_it_is_computed_once_for_all_processes(base_folder, tmp_path, computed):
    first = Base.load(base_folder, spectra=tmp_path).spectrum.factors(SITE, 16, torch.float32)
    second = Base.load(base_folder, spectra=tmp_path).spectrum
    again, top = second.factors(SITE, 16, torch.float32), second.factors(SITE, 3, torch.float32)
    assert computed == [(16, 32)]
    assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))
    assert torch.equal(top[0], first[0][:3])
    assert torch.equal(top[1], first[1][:, :3])


def test_another_base_or_precision_has_files_of_its_own(base_folder, build_base, tmp_path, computed):
    Base.load(base_folder, spectra=tmp_path / "s").spectrum.factors(SITE, 1, torch.float32)
    other = Base.load(build_base(tmp_path / "other", seed=3), spectra=tmp_path / "s")
    other.spectrum.factors(SITE, 1, torch.float32)
    half = Base.load(base_folder, spectra=tmp_path / "s", dtype=torch.bfloat16)
    half.spectrum.factors(SITE, 1, torch.bfloat16)
    assert len(computed) == 3


def test_a_damaged_file_is_said_so(base, tmp_path):
    kept = Spectrum(base.model, "f", tmp_path)
    kept.factors(SITE, 2, torch.float32)
    (path,) = tmp_path.rglob("*.safetensors")
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(DamagedError, match="delete it"):
        Spectrum(base.model, "f", tmp_path).factors(SITE, 2, torch.float32)


@pytest.mark.parametrize(("site", "rank"), [("model.layers.0", 1), ("nowhere", 1), (SITE, 17), (SITE, 0)])
def test_what_has_no_such_singular_values_is_refused(base, site, rank):
    with pytest.raises(BankError, match=r"no linear layer|singular values"):
        base.spectrum.factors(site, rank, torch.float32)
