"""Muon in one batched product for each shape, in float32 where the machine has no fast bfloat16.

torch.optim.Muon computes in bfloat16, one matrix at a time: a third of a training step on a CPU without bfloat16
instructions. Same update: Nesterov momentum, five Newton-Schulz steps, scaled by sqrt(max(1, rows / columns)).

Source: Jordan et al., Muon, 2024 (https://kellerjordan.github.io/posts/muon/).
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
STEPS = 5


class Muon:
    """Orthogonalised momentum for matrices."""

    def __init__(self, matrices: Iterable[nn.Parameter], *, momentum: float, decay: float) -> None:
        self.matrices = list(matrices)
        self.momentum = momentum
        self.decay = decay
        self.velocities = [torch.zeros_like(matrix) for matrix in self.matrices]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Update every matrix from its gradient.

        Args:
            rate: the learning rate of this step.
        """
        by_shape: dict[torch.Size, list[int]] = {}
        for index, matrix in enumerate(self.matrices):
            by_shape.setdefault(matrix.shape, []).append(index)
        for indices in by_shape.values():
            directions = torch.stack([self._momentum(index) for index in indices])
            updates = orthogonalised(directions)
            rows, columns = updates.shape[1:]
            scale = rate * max(1.0, rows / columns) ** 0.5
            for index, update in zip(indices, updates, strict=True):
                self.matrices[index].mul_(1 - rate * self.decay).add_(
                    update.to(self.matrices[index].dtype), alpha=-scale
                )
                self.matrices[index].grad = None

    def _momentum(self, index: int) -> Tensor:
        gradient = self.matrices[index].grad
        assert gradient is not None, "a matrix without gradient: it takes no part in the loss"
        velocity = self.velocities[index].lerp_(gradient, 1 - self.momentum)
        return gradient.lerp(velocity, self.momentum)

    def state_dict(self) -> dict[str, Any]:
        """The velocities."""
        return {"velocities": self.velocities}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take velocities from a saved state."""
        for velocity, saved in zip(self.velocities, state["velocities"], strict=True):
            velocity.copy_(saved)


def orthogonalised(matrices: Tensor) -> Tensor:
    """The nearest matrices with singular values about 1, by Newton-Schulz.

    Args:
        matrices: float [matrices, rows, columns].
    """
    a, b, c = COEFFICIENTS
    tall = matrices.shape[1] > matrices.shape[2]
    dtype = torch.bfloat16 if matrices.is_cuda else torch.float32
    x = (matrices.mT if tall else matrices).to(dtype)
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(STEPS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    orthogonal: Tensor = x.mT if tall else x
    return orthogonal
