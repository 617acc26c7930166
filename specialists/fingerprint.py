"""The fingerprint of a base: one hash of what its files say, whatever the shards, device or loaded precision."""

import hashlib
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from divisi.specialists.errors import BaseModelError

INDEX = "model.safetensors.index.json"
TEXT_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "chat_template.jinja",
    "chat_template.json",
    "tokenizer.model",
    "vocab.json",
    "merges.txt",
    "special_tokens_map.json",
    "added_tokens.json",
)
VOLATILE_KEYS = ("_name_or_path", "transformers_version", "dtype", "torch_dtype")
BLOCK_BYTES = 1 << 24


def fingerprint(folder: Path) -> str:
    """The sha256 of a base's config, tokenizer files and tensors (name, dtype, shape, content), in hexadecimal.

    Raises:
        BaseModelError: no config.json or no safetensors (pickled weights are never opened).
    """
    digest = hashlib.sha256()
    config = {key: value for key, value in _json(folder / "config.json").items() if key not in VOLATILE_KEYS}
    digest.update(json.dumps(config, sort_keys=True).encode())
    for name in TEXT_FILES:
        if (folder / name).is_file():
            digest.update(f"\0{name}\0".encode())
            digest.update((folder / name).read_bytes())
    for name, file, header, start in sorted(_tensors(folder), key=lambda tensor: tensor[0]):
        begin, end = header["data_offsets"]
        digest.update(f"\0{name}\0{header['dtype']}\0{header['shape']}\0".encode())
        for block in _blocks(file, start + begin, end - begin):
            digest.update(block)
    return digest.hexdigest()


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files that hold a base's weights, in the order of their names.

    Raises:
        BaseModelError: there are none, or the index names one that is missing.
    """
    if (folder / INDEX).is_file():
        names = sorted(set(_json(folder / INDEX)["weight_map"].values()))
    else:
        names = ["model.safetensors"]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise BaseModelError(
            f"{folder}: {', '.join(missing)} missing; a base needs its weights as safetensors, pickles are never opened"
        )
    return [folder / name for name in names]


def _tensors(folder: Path) -> Iterator[tuple[str, Path, dict[str, Any], int]]:
    for file in weight_files(folder):
        with file.open("rb") as stream:
            length = struct.unpack("<Q", stream.read(8))[0]
            headers: dict[str, Any] = json.loads(stream.read(length))
        for name, header in headers.items():
            if name != "__metadata__":
                yield name, file, header, 8 + length


def _blocks(file: Path, start: int, size: int) -> Iterator[bytes]:
    with file.open("rb") as stream:
        stream.seek(start)
        while size > 0:
            block = stream.read(min(size, BLOCK_BYTES))
            if not block:
                raise BaseModelError(f"{file} is cut: {size} bytes of a tensor are missing; fetch it again")
            size -= len(block)
            yield block


def _json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BaseModelError(f"{path} cannot be read: {error}") from error
    return content
