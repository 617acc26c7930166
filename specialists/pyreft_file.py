"""LoReFT that pyreft has trained, as slots: its folder of pickles is read without running any code in them.

    config.json                                                  the kinds of interventions
    intkey_layer_8_comp_block_output_unit_pos_nunit_1#0.bin      one for each place: weight = W [r, width],
                                                                 bias = b [r], rotate_layer = Rᵀ [width, r]

Older versions write dots where newer ones write underscores. The positions that it was trained at are not in its files:
where those were not the last tokens of the prompt, it acts otherwise here, on all tokens of the invocation.

Source: pyreft, interventions.py; pyvene, models/intervenable_base.py.
"""

import pickle
import re
from pathlib import Path

import torch
from torch import Tensor

from divisi.specialists.awake import ON_INVOCATION
from divisi.specialists.base import Base
from divisi.specialists.card import read_json
from divisi.specialists.errors import DamagedError, FormatError, TensorError
from divisi.specialists.reft import SKEW, block_sites
from divisi.specialists.slots import FixedSlots, SiteSlots, Slots

FILE = re.compile(
    r"intkey_(?:layer[._](?P<layer>\d+)[._](?:comp|repr)[._]block_output|comp[._].*layers[._\[](?P<named>\d+)\]?[._]output)"
    r"[._]unit[._]pos[._]nunit[._]1#0\.bin"
)
LOREFT = re.compile(r"(Loreft|LoreftIntervention|LoreftIntervention_IdentityInit)$")
TENSORS = {"weight", "bias", "rotate_layer"}


def import_pyreft(folder: Path, base: Base, *, name: str) -> Slots:
    """The slots of a folder that pyreft has written; that it belongs to this base is taken on trust, but for shapes.

    `save_specialist` stores them as a specialist, in safetensors.

    Args:
        folder: where it is, or the folder that its trainer wrote, with `intervenable_model` in it.
        base: what it shall play on.
        name: of the specialist.

    Raises:
        FormatError: an intervention other than LoReFT, at another place than a block's output, or several at one.
        DamagedError: a file is missing, or holds something else than tensors.
        TensorError: a tensor is missing, unexpected or of another shape, or the base has no such block.
    """
    inner = folder / "intervenable_model"
    place = inner if inner.is_dir() else folder
    _check_types(place)
    blocks = block_sites(base.model)
    found: dict[int, SiteSlots] = {}
    for path in sorted(place.glob("intkey_*.bin")):
        layer = _layer(path)
        if layer >= len(blocks):
            raise TensorError(f"{path} is for block {layer}, and {base.name} has {len(blocks)}; it is of another base")
        found[layer] = _site(path, base)
    if not found:
        raise DamagedError(f"{place} has no intkey_*.bin")
    return Slots(name, "loreft", {blocks[layer]: found[layer] for layer in sorted(found)}, ON_INVOCATION)


def _check_types(place: Path) -> None:
    types = read_json(place / "config.json").get("intervention_types")
    names = [str(one).removeprefix("<class '").removesuffix("'>").rsplit(".", 1)[-1] for one in types or []]
    if not names or (others := sorted({one for one in names if LOREFT.match(one) is None})):
        raise FormatError(f"{place} holds {', '.join(others) if names else 'nothing that says its kind'}, not LoReFT")


def _layer(path: Path) -> int:
    match = FILE.fullmatch(path.name)
    if match is None:
        raise FormatError(
            f"{path.name}: only one intervention a block, on the block's output, can be read; "
            "train with tied weights (share_weights), and component block_output"
        )
    return int(match["layer"] or match["named"])


def _site(path: Path, base: Base) -> FixedSlots:
    tensors = _load(path)
    if set(tensors) != TENSORS:
        raise TensorError(f"{path} has {', '.join(sorted(tensors))}, a LoReFT has {', '.join(sorted(TENSORS))}")
    W, b, Rt = (tensors[part].to(base.device, torch.float32) for part in ("weight", "bias", "rotate_layer"))  # noqa: N806
    width: int = base.model.config.hidden_size
    rank = W.shape[0]
    if [list(part.shape) for part in (W, b, Rt)] != [[rank, width], [rank], [width, rank]]:
        raise TensorError(f"{path}: shapes {[list(p.shape) for p in (W, b, Rt)]} do not fit a width of {width}")
    skew = float((Rt.T @ Rt - torch.eye(rank, device=Rt.device)).abs().max())
    if not skew < 10 * SKEW:  # bfloat16, in which pyreft trains, leaves about 0.004
        raise TensorError(f"{path}: the rows of R are not orthonormal, R Rᵀ is {skew:.2g} off")
    return FixedSlots(W - Rt.T, Rt, torch.ones(rank, device=base.device), b)


def _load(path: Path) -> dict[str, Tensor]:
    try:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise DamagedError(f"{path} holds something else than tensors, or is cut: {error}") from error
    if not isinstance(tensors, dict) or not all(isinstance(part, Tensor) for part in tensors.values()):
        raise DamagedError(f"{path} is no mapping of tensors")
    return tensors
