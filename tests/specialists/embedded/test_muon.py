"""Muon against torch's own, and what its updates are: nearly orthogonal."""

import torch
from torch import nn

from divisi.specialists.embedded.muon import Muon, orthogonalised


def test_updates_have_singular_values_near_one() -> None:
    matrices = torch.randn(3, 24, 40, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonalised(matrices))
    # Five Newton-Schulz steps with these coefficients end between 0.7 and 1.2 (Jordan et al. 2024).
    assert values.min() > 0.5
    assert values.max() < 1.3


def test_a_step_equals_torch_muon() -> None:
    generator = torch.Generator().manual_seed(1)
    ours = [nn.Parameter(torch.randn(shape, generator=generator)) for shape in ((16, 24), (24, 16), (16, 24))]
    theirs = [nn.Parameter(part.detach().clone()) for part in ours]
    muon = Muon(ours, momentum=0.95, decay=0.01)
    reference = torch.optim.Muon(theirs, lr=0.02, momentum=0.95, weight_decay=0.01)
    for _ in range(3):
        for one, other in zip(ours, theirs, strict=True):
            one.grad = torch.randn(one.shape, generator=generator)
            other.grad = one.grad.clone()
        muon.step(0.02)
        reference.step()
    for one, other in zip(ours, theirs, strict=True):
        # torch computes the update in bfloat16: 2^-8 of 0.02, three times.
        torch.testing.assert_close(one, other, atol=1e-3, rtol=0)
