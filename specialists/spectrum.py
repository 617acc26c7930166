"""The spectrum of a base: singular values and vectors of its linear layers, computed once and shared by all.

A layer's weight W [d_out, d_in] is U diag(s) Vᵀ. It costs minutes for a large base and never changes, so it is kept on
disk, by the base's fingerprint and precision, a file for each layer:

    FOLDER/<fingerprint>/float32/model.layers.0.self_attn.q_proj.safetensors      U [d_out, m]  s [m]  Vt [m, d_in]
"""

import os
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from divisi.specialists.errors import BankError, DamagedError

Factors = tuple[Tensor, Tensor]
"""diag(s) Vᵀ [k, d_in] and U [d_out, k]."""


class Spectrum:
    """The singular values and vectors of one base, the same tensors for all who ask for as many of them.

    Args:
        model: the base's model.
        fingerprint: the base's.
        folder: where they are kept, for any number of bases; None keeps them in memory alone.
    """

    def __init__(self, model: nn.Module, fingerprint: str, folder: Path | None) -> None:
        self._model, self._fingerprint, self._folder = model, fingerprint, folder
        self._held: dict[tuple[str, int, torch.dtype], Factors] = {}

    def full_rank(self, site: str) -> int:
        """How many singular values a layer has.

        Raises:
            BankError: it is no linear layer of the base.
        """
        return min(self._weight(site).shape)

    def factors(self, site: str, rank: int, dtype: torch.dtype) -> Factors:
        """The largest singular values of a layer with their vectors, on the layer's device.

        Args:
            site: name of the layer.
            rank: how many.
            dtype: in which precision.

        Raises:
            BankError: it is no linear layer of the base, or has fewer.
            DamagedError: what is kept on disk cannot be read.
        """
        weight = self._weight(site)
        if not 1 <= rank <= min(weight.shape):
            raise BankError(f"{site} has {min(weight.shape)} singular values, not {rank}")
        key = (site, rank, dtype)
        if key not in self._held:
            U, s, Vt = self._top(site, weight, rank)  # noqa: N806
            read = (s.unsqueeze(1) * Vt).to(weight.device, dtype)
            self._held[key] = read, U.to(weight.device, dtype)
        return self._held[key]

    def _weight(self, site: str) -> Tensor:
        """W [d_out, d_in]."""
        module = dict(self._model.named_modules()).get(site)
        if isinstance(module, nn.Linear):
            return module.weight.detach()
        if isinstance(module, Conv1D):
            weight: Tensor = module.weight.detach().T
            return weight
        raise BankError(f"{site!r} is no linear layer of the base")

    def _top(self, site: str, weight: Tensor, rank: int) -> tuple[Tensor, Tensor, Tensor]:
        if self._folder is None:
            U, s, Vt = decompose(weight)  # noqa: N806
            return U[:, :rank], s[:rank], Vt[:rank]
        place = self._folder / self._fingerprint / str(weight.dtype).removeprefix("torch.")
        path = place / f"{site}.safetensors"
        if not path.is_file():
            _write(path, decompose(weight))
        try:
            with safe_open(path, framework="pt") as file:
                parts = file.get_slice("U")[:, :rank], file.get_slice("s")[:rank], file.get_slice("Vt")[:rank]
        except (SafetensorError, OSError) as error:
            raise DamagedError(f"{path} cannot be read: {error}; delete it, and it is computed anew") from error
        if [list(part.shape) for part in parts] != [[weight.shape[0], rank], [rank], [rank, weight.shape[1]]]:
            raise DamagedError(f"{path} is of another layer; delete it, and it is computed anew")
        return parts


def decompose(weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """U [d_out, m], s [m], Vᵀ [m, d_in] of a weight, in float32, largest first; each pair's sign is the same always."""
    U, s, Vt = torch.linalg.svd(weight.float(), full_matrices=False)  # noqa: N806
    # A pair of vectors may be turned around as one: the largest entry of each column of U is made positive.
    largest = U.gather(0, U.abs().argmax(0, keepdim=True))
    sign = torch.where(largest < 0, -1.0, 1.0)
    return U * sign, s, Vt * sign.T


def _write(path: Path, parts: tuple[Tensor, Tensor, Tensor]) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    tensors = {name: part.cpu().contiguous() for name, part in zip(("U", "s", "Vt"), parts, strict=True)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(tensors, aside)
        aside.replace(path)
    except (SafetensorError, OSError) as error:
        aside.unlink(missing_ok=True)
        raise BankError(f"{path} cannot be written: {error}; make room, or keep spectra in another folder") from error
